package index

import (
	"encoding/binary"
	"errors"

	"github.com/RoaringBitmap/roaring/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"
)

// segmentView is a segment of a snapshot, as a search reads it: the bytes of its
// file, and where in them its fields' terms are.
type segmentView struct {
	data    []byte
	first   uint64 // the number of its first document
	docs    uint32
	deleted []uint64 // a bit for each document that is void; nil where there is none
	fields  map[Field]dictionary
}

// views returns the segments of a store, whose documents are numbered one segment
// after the other.
func (s *snapshot) views() ([]segmentView, error) {
	var out []segmentView
	first := uint64(0)
	for _, seg := range s.segments() {
		v, err := view(seg)
		if err != nil {
			return nil, err
		}
		v.first = first
		first += uint64(v.docs)
		out = append(out, v)
	}
	return out, nil
}

// segmentFile is what bleve's segments of files have.
type segmentFile interface {
	Path() string
	Data() []byte
	DictAddr(field string) (uint64, error)
}

// fileOf returns the file of a segment.
func fileOf(seg segmentapi.Segment) (segmentFile, error) {
	if f, ok := seg.(segmentFile); ok {
		return f, nil
	}
	return nil, errors.New("a segment without a file")
}

func view(seg *scorch.SegmentSnapshot) (segmentView, error) {
	file, err := fileOf(seg.Segment())
	if err != nil {
		return segmentView{}, err
	}
	v := segmentView{data: file.Data(), docs: uint32(seg.Segment().Count()), fields: map[Field]dictionary{}}
	if seg.Deleted() != nil && !seg.Deleted().IsEmpty() {
		v.deleted = dense(seg.Deleted(), v.docs)
	}
	return v, v.readFields(file)
}

// readFields finds the dictionaries of the fields.
func (v *segmentView) readFields(file segmentFile) error {
	for _, f := range schema {
		at, err := file.DictAddr(string(f.name))
		if err != nil {
			continue // no message of the segment has the field
		}
		if v.fields[f.name], err = readDictionary(v.data[at:]); err != nil {
			return err
		}
	}
	return nil
}

// dense makes a set of all of a segment's documents.
func dense(b *roaring.Bitmap, docs uint32) []uint64 {
	set := make([]uint64, (docs+windowDocs-1)/windowDocs*windowDocs/64)
	for i := b.Iterator(); i.HasNext(); {
		doc := i.Next()
		set[doc>>6] |= 1 << (doc & 63)
	}
	return set
}

// term returns a term's postings, nil where no document has it.
func (v *segmentView) term(f Field, term string) (*segmentTerm, error) {
	d, ok := v.fields[f]
	if !ok {
		return nil, nil
	}
	at, ok := d.lookup(term)
	if !ok {
		return nil, nil
	}
	return v.postings(f, at)
}

// segmentTerm is a term's postings in a segment. docs are its documents, void
// ones included.
type segmentTerm struct {
	docs   docList
	live   int
	first  uint64 // the number of the segment's first document
	counts chunkList
	places chunkList
	size   uint32 // documents of a chunk; 0 where counts and lengths are not asked for
}

// postings reads what the dictionary says of a term: see segment_terms.go.
func (v *segmentView) postings(f Field, at uint64) (*segmentTerm, error) {
	t := &segmentTerm{first: v.first}
	if at&zap.FSTValEncodingMask == zap.FSTValEncoding1Hit {
		doc, _ := zap.FSTValDecode1Hit(at)
		t.docs.one(uint32(doc))
	} else {
		counts, n := binary.Uvarint(v.data[at:])
		places, m := binary.Uvarint(v.data[at+uint64(n):])
		size, k := binary.Uvarint(v.data[at+uint64(n+m):])
		from := at + uint64(n+m+k)
		if err := t.docs.read(v.data[from : from+size]); err != nil {
			return nil, err
		}
		if !f.exact() {
			t.size = uint32(chunkDocs(int(v.docs), t.docs.docs))
			t.counts, t.places = readChunks(v.data, counts), readChunks(v.data, places)
		}
	}
	t.live = t.docs.docs
	if v.deleted != nil {
		t.live -= t.docs.in(v.deleted)
	}
	if t.live == 0 {
		return nil, nil
	}
	return t, nil
}

// chunkList is what is written of the documents of a term, by chunks of
// documents. It is fast where they are asked for in order.
type chunkList struct {
	count int    // of chunks
	ends  []byte // of the chunks, from the one that comes next on
	data  []byte // of all
	next  int    // chunk
	start uint64 // of the next one
	all   []byte // ends of all chunks
}

// readChunks reads where the chunks are; none, if there is nothing to say.
func readChunks(data []byte, at uint64) chunkList {
	if at == 0 {
		return chunkList{}
	}
	count, n := binary.Uvarint(data[at:])
	ends := data[at+uint64(n):]
	return chunkList{count: int(count), all: ends, ends: ends, data: skipVarints(ends, int(count))}
}

// chunk returns the bytes of a chunk, and whatever is behind it.
func (c *chunkList) chunk(i int) []byte {
	if i >= c.count {
		return nil
	}
	if i < c.next {
		c.ends, c.next, c.start = c.all, 0, 0
	}
	for ; c.next < i; c.next++ {
		end, n := binary.Uvarint(c.ends)
		c.ends, c.start = c.ends[n:], end
	}
	return c.data[c.start:]
}
