package index

import (
	"encoding/binary"

	bleveindex "github.com/blevesearch/bleve_index_api"
	zap "github.com/blevesearch/zapx/v17"
	"github.com/golang/snappy"
)

// term writes the postings of a term, and returns what stands for them in the
// dictionary: where they are, or the document itself where there is but one and
// nothing else to tell.
func (w *segmentWriter) term(field uint64, v *inverter, postings []uint32) uint64 {
	places := v.options.IncludeTermVectors()
	if first := v.postings[postings[0]]; len(postings) == 1 && !places {
		return zap.FSTValEncode1Hit(uint64(first.doc), uint64(v.lengths[first.doc]))
	}
	size := chunkDocs(w.docs, len(postings))
	w.counts.reset(size)
	w.places.reset(size)
	w.nums = w.nums[:0]
	for _, i := range postings {
		p := v.postings[i]
		w.nums = append(w.nums, p.doc)
		w.counts.begin(p.doc)
		freq, more := uint64(p.count), []uint32(nil)
		if places {
			freq, more = packPlaces(v.places[p.places : p.places+p.count])
		}
		flag := uint64(0)
		if len(more) > 0 {
			flag = 1
			w.places.begin(p.doc)
			w.places.data = appendPlaces(w.places.data, field, more)
		}
		w.counts.data = binary.AppendUvarint(w.counts.data, freq<<1|flag)
		w.counts.data = binary.AppendUvarint(w.counts.data, uint64(v.lengths[p.doc]))
	}
	return w.postings()
}

// postings writes what was collected of a term, and returns where it is.
func (w *segmentWriter) postings() uint64 {
	counts, locations := w.chunks(&w.counts), w.chunks(&w.places)
	at := w.at
	w.varints(counts, locations)
	w.documents()
	return at
}

// packPlaces returns what stands for a word's places in a document: in bleve's
// field for the count, one place as an odd number, and of several their count
// as an even one; the several places go into its field for locations.
func packPlaces(places []uint32) (freq uint64, several []uint32) {
	if len(places) == 1 {
		return uint64(places[0])<<1 | 1, nil
	}
	return uint64(len(places)) << 1, places
}

// unpackCount is how often a word stands in a document, of bleve's count.
func unpackCount(freq uint64) int {
	if freq&1 == 1 {
		return 1
	}
	return int(freq >> 1)
}

// appendPlaces writes several places as one of bleve's locations: the field,
// the first place, two zeros for what is not kept, and as the location's array
// the distance of each of the others from the one before it. A location for
// each would take four times the bytes, more than all else of the index.
func appendPlaces(data []byte, field uint64, places []uint32) []byte {
	size := varintLen(field) + varintLen(uint64(places[0])) + 2 + varintLen(uint64(len(places)-1))
	for i, p := range places[1:] {
		size += varintLen(uint64(p - places[i]))
	}
	data = binary.AppendUvarint(data, uint64(size))
	data = binary.AppendUvarint(data, field)
	data = binary.AppendUvarint(data, uint64(places[0]))
	data = append(data, 0, 0)
	data = binary.AppendUvarint(data, uint64(len(places)-1))
	for i, p := range places[1:] {
		data = binary.AppendUvarint(data, uint64(p-places[i]))
	}
	return data
}

func varintLen(v uint64) int {
	n := 1
	for ; v >= 0x80; v >>= 7 {
		n++
	}
	return n
}

// documents writes the bitmap of a term's documents: as roaring does, which is
// called only where a container is not a list of numbers.
func (w *segmentWriter) documents() {
	w.heads = w.heads[:0]
	longest := 0
	for from := 0; from < len(w.nums); {
		to, key := from+1, w.nums[from]>>16
		for to < len(w.nums) && w.nums[to]>>16 == key {
			to++
		}
		longest = max(longest, to-from)
		w.heads = append(w.heads, bitmapHead{uint16(key), to - from})
		from = to
	}
	if longest > maxSparse {
		w.bitmap.Clear()
		w.bitmap.AddMany(w.nums)
		w.varints(w.bitmap.GetSerializedSizeInBytes())
		n, _ := w.bitmap.WriteTo(w.w)
		w.at += uint64(n)
		return
	}
	start := 8 + 8*len(w.heads)
	b := binary.AppendUvarint(w.buf[:0], uint64(start+2*len(w.nums)))
	b = binary.LittleEndian.AppendUint32(b, plainCookie)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(w.heads)))
	for _, h := range w.heads {
		b = binary.LittleEndian.AppendUint16(b, h.key)
		b = binary.LittleEndian.AppendUint16(b, uint16(h.docs-1))
	}
	for _, h := range w.heads {
		b = binary.LittleEndian.AppendUint32(b, uint32(start))
		start += 2 * h.docs
	}
	for _, n := range w.nums {
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
	}
	w.buf = b
	w.write(b)
}

// bitmapHead is a container of a bitmap: the upper half of its documents'
// numbers, and how many there are.
type bitmapHead struct {
	key  uint16
	docs int
}

// chunkDocs is how many documents of a segment make a chunk of a term that some
// of them have.
func chunkDocs(docs, having int) int { return docs / (having/1024 + 1) }

// chunks collects what is written of the documents of a term, by chunks of
// documents.
type chunks struct {
	size int
	ends []int // of the chunks that are complete
	data []byte
}

func (c *chunks) reset(size int) { c.size, c.ends, c.data = size, c.ends[:0], c.data[:0] }

// begin completes the chunks before a document's.
func (c *chunks) begin(doc uint32) { c.complete(int(doc) / c.size) }

func (c *chunks) complete(n int) {
	for len(c.ends) < n {
		c.ends = append(c.ends, len(c.data))
	}
}

// chunks writes chunks, and returns where, 0 where there is nothing.
func (w *segmentWriter) chunks(c *chunks) uint64 {
	if len(c.data) == 0 {
		return 0
	}
	c.complete((w.docs-1)/c.size + 1)
	at := w.at
	w.varints(uint64(len(c.ends)))
	for _, end := range c.ends {
		w.varints(uint64(end))
	}
	w.write(c.data)
	return at
}

// valueChunks writes a field's values of each document that has one, by chunks
// of documents.
type valueChunks struct {
	w     *segmentWriter
	start uint64
	ends  []uint64 // of the chunks that are complete
	at    []uint64 // of the open one: each document and where its value ends
	data  []byte
}

const chunkOfValues = 1024 // documents

// add takes the value of a document; documents come in order.
func (c *valueChunks) add(doc int, value string) {
	if value == "" {
		return
	}
	c.complete(doc / chunkOfValues)
	c.data = append(append(c.data, value...), bleveindex.DocValueTermSeparator)
	c.at = append(c.at, uint64(doc), uint64(len(c.data)))
}

func (c *valueChunks) complete(n int) {
	for len(c.ends) < n {
		if len(c.at) > 0 {
			c.w.varints(uint64(len(c.at) / 2))
			c.w.varints(c.at...)
			c.w.write(snappy.Encode(nil, c.data))
			c.at, c.data = c.at[:0], c.data[:0]
		}
		c.ends = append(c.ends, c.w.at-c.start)
	}
}

// close writes where the chunks are.
func (c *valueChunks) close() {
	c.complete((c.w.docs + chunkOfValues - 1) / chunkOfValues)
	at := c.w.at
	c.w.varints(c.ends...)
	c.w.fixed64(c.w.at - at)
	c.w.fixed64(uint64(len(c.ends)))
}
