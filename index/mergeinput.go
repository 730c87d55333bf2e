package index

import (
	"encoding/binary"
	"errors"

	"github.com/RoaringBitmap/roaring/v2"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"github.com/blevesearch/vellum"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/golang/snappy"
)

// mergeInput is a segment that is merged into another one. See writeSegment for
// the format; damaged bytes make its methods panic, or tell anything.
type mergeInput struct {
	data    []byte
	docs    int
	heads   []fieldHead
	fields  map[string]mergeField
	stored  uint64   // where the offsets of the documents are
	numbers []uint64 // the documents' new ones, or dropped
	live    int      // documents that are not dropped
	whole   bool     // all are live
}

// mergeField is where a field's parts are.
type mergeField struct{ values, valuesEnd, dict uint64 }

// segmentFooter is the length of what a segment ends with; see
// segmentWriter.footer.
const segmentFooter = 8 + 8 + 8 + 4 + 4 + 4

func readMergeInput(s *segment) *mergeInput {
	in := &mergeInput{data: s.data, docs: int(s.Count()), fields: map[string]mergeField{}}
	foot := in.data[len(in.data)-segmentFooter:]
	in.stored = binary.BigEndian.Uint64(foot[8:])
	r := in.at(binary.BigEndian.Uint64(foot[16:]))
	for n := r.varint(); n > 0; n-- {
		in.field(r.fixed64())
	}
	return in
}

// field reads what leads to a field.
func (in *mergeInput) field(at uint64) {
	r := in.at(at)
	h := fieldHead{name: string(r.bytes(r.varint()))}
	h.options = bleveindex.FieldIndexingOptions(r.varint())
	for n := r.varint(); n > 0; n-- {
		kind, at := r.bytes(2), r.fixed64()
		if binary.BigEndian.Uint16(kind) == zap.SectionInvertedTextIndex && at != 0 {
			o := in.at(at)
			in.fields[h.name] = mergeField{o.varint(), o.varint(), o.varint()}
		}
	}
	in.heads = append(in.heads, h)
}

// number gives the documents their new numbers, from first on.
func (in *mergeInput) number(gone *roaring.Bitmap, first uint64) {
	in.numbers = make([]uint64, in.docs)
	for doc := range in.numbers {
		if in.numbers[doc] = dropped; !gone.Contains(uint32(doc)) {
			in.numbers[doc] = first + uint64(in.live)
			in.live++
		}
	}
	in.whole = in.live == in.docs
}

// ids yields the IDs of the documents that are not dropped.
func (in *mergeInput) ids(yield func(id []byte) bool) {
	for doc, n := range in.numbers {
		if n == dropped {
			continue
		}
		r := in.at(binary.BigEndian.Uint64(in.data[in.stored+8*uint64(doc):]))
		head := r.varint()
		r.varint()
		if id, _ := binary.Uvarint(r.bytes(head)); !yield(r.bytes(id)) {
			return
		}
	}
}

// values yields the values of a field of all documents, in their order.
func (in *mergeInput) values(name string, yield func(doc int, value []byte)) error {
	f, ok := in.fields[name]
	if !ok || f.values == noValues {
		return nil
	}
	count := binary.BigEndian.Uint64(in.data[f.valuesEnd-8:])
	ends := in.at(f.valuesEnd - 16 - binary.BigEndian.Uint64(in.data[f.valuesEnd-16:]))
	from := f.values
	for range count {
		to := f.values + ends.varint()
		if from == to {
			continue
		}
		r := in.at(from)
		of := make([][2]uint64, r.varint())
		for i := range of {
			of[i] = [2]uint64{r.varint(), r.varint()}
		}
		values, err := snappy.Decode(nil, r[:int(to-from)-(len(in.data)-int(from)-len(r))])
		if err != nil {
			return err
		}
		start := uint64(0)
		for _, v := range of {
			yield(int(v[0]), values[start:v[1]-1])
			start = v[1]
		}
		from = to
	}
	return nil
}

// bytesReader reads numbers, one behind the other.
type bytesReader []byte

func (in *mergeInput) at(at uint64) bytesReader { return in.data[at:] }

func (r *bytesReader) varint() uint64 {
	v, n := binary.Uvarint(*r)
	*r = (*r)[n:]
	return v
}

func (r *bytesReader) bytes(n uint64) []byte {
	b := (*r)[:n]
	*r = (*r)[n:]
	return b
}

func (r *bytesReader) fixed64() uint64 { return binary.BigEndian.Uint64(r.bytes(8)) }

// termCursor goes through the terms of a field of one segment.
type termCursor struct {
	in   *mergeInput
	it   *vellum.FSTIterator
	term []byte
	at   uint64

	// Of the term, after read:
	list           docList
	docs           []uint32
	counts, places []byte // of all documents
	hit            []byte
}

// terms returns the terms of a field, nil where there are none.
func (in *mergeInput) terms(name string) (*termCursor, error) {
	f, ok := in.fields[name]
	if !ok {
		return nil, nil
	}
	r := in.at(f.dict)
	fst, err := vellum.Load(r.bytes(r.varint()))
	if err != nil {
		return nil, err
	}
	c := &termCursor{in: in}
	if c.it, err = fst.Iterator(nil, nil); err != nil {
		return nil, notDone(err)
	}
	c.term, c.at = c.it.Current()
	return c, nil
}

func notDone(err error) error {
	if errors.Is(err, vellum.ErrIteratorDone) {
		return nil
	}
	return err
}

// advance goes to the next term, if there is one.
func (c *termCursor) advance() (bool, error) {
	if err := c.it.Next(); err != nil {
		return false, notDone(err)
	}
	c.term, c.at = c.it.Current()
	return true, nil
}

// read finds what is said of the term: see segmentWriter.term.
func (c *termCursor) read() error {
	c.docs, c.counts, c.places = c.docs[:0], nil, nil
	if c.at&zap.FSTValEncodingMask == zap.FSTValEncoding1Hit {
		doc, length := zap.FSTValDecode1Hit(c.at)
		c.docs = append(c.docs, uint32(doc))
		c.hit = binary.AppendUvarint(append(c.hit[:0], 1<<1), length)
		c.counts = c.hit
		return nil
	}
	r := c.in.at(c.at)
	c.counts, c.places = c.in.chunks(r.varint()), c.in.chunks(r.varint())
	c.list = docList{}
	if err := c.list.read(r.bytes(r.varint())); err != nil {
		return err
	}
	c.docs = c.list.appendTo(c.docs)
	return nil
}

// chunks returns the bytes of all chunks.
func (in *mergeInput) chunks(at uint64) []byte {
	if at == 0 {
		return nil
	}
	r := in.at(at)
	end := uint64(0)
	for n := r.varint(); n > 0; n-- {
		end = r.varint()
	}
	return r[:end]
}
