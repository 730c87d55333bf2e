package index

import (
	"encoding/binary"
	"iter"
	"math/bits"
)

// occurrences reads how often a term stands in documents, how long their field
// is, and where it stands there. What is on disk has to be read one document
// after the other from the beginning of a chunk on, so it is fast where they are
// asked for in order.
type occurrences struct {
	*segmentTerm
	cursor docCursor
	starts docCursor // of chunks
	counts chunkList // those of the term, which reading moves
	places chunkList
	placed bool // places are asked for

	from, until uint32 // documents of the chunk being read
	next        int    // documents of the term before the next one
	ahead       []byte // counts and lengths, from the next document on
	aheadPlaces []byte

	// Of the document found last:
	freq   uint64 // see packPlaces
	length uint32
	at     []byte // its several places
}

func (t *segmentTerm) occurrences(placed bool) occurrences {
	docs := docCursor{docList: &t.docs}
	return occurrences{segmentTerm: t, cursor: docs, starts: docs, counts: t.counts, places: t.places, placed: placed}
}

// find reads what is known of a document; false if it lacks the term.
func (r *occurrences) find(doc uint32) bool {
	before, has := r.cursor.seek(doc)
	if has {
		r.read(doc, before)
	}
	return has
}

// read reads what is known of a document that is the term's first but so many.
func (r *occurrences) read(doc uint32, before int) {
	if r.size == 0 {
		r.freq, r.length = 2, 1
		return
	}
	if doc < r.from || doc >= r.until || before < r.next {
		r.enter(doc)
	}
	if before > r.next {
		r.skip(before - r.next)
	}
	flagged, length := uint64(0), uint64(0)
	flagged, r.ahead = varint(r.ahead)
	length, r.ahead = varint(r.ahead)
	r.freq, r.length, r.at = flagged>>1, uint32(length), nil
	if r.placed && flagged&1 == 1 {
		r.at, r.aheadPlaces = block(r.aheadPlaces)
	}
	r.next = before + 1
}

// enter begins to read the chunk that has a document.
func (r *occurrences) enter(doc uint32) {
	chunk := doc / r.size
	r.from, r.until = chunk*r.size, (chunk+1)*r.size
	r.next, _ = r.starts.seek(r.from)
	r.ahead = r.counts.chunk(int(chunk))
	if r.placed {
		r.aheadPlaces = r.places.chunk(int(chunk))
	}
}

// skip leaves out documents.
func (r *occurrences) skip(n int) {
	if !r.placed {
		r.ahead = skipVarints(r.ahead, 2*n)
		return
	}
	for range n {
		flagged := uint64(0)
		flagged, r.ahead = varint(r.ahead)
		r.ahead = skipVarints(r.ahead, 1)
		if flagged&1 == 1 {
			_, r.aheadPlaces = block(r.aheadPlaces)
		}
	}
}

func (r *occurrences) count() int { return max(unpackCount(r.freq), 1) }

// all reads all documents of the term, in order.
func (r *occurrences) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if r.segmentTerm == nil {
			return
		}
		before := 0
		for i := range r.docs.containers {
			c := &r.docs.containers[i]
			for doc := range c.all() {
				r.read(doc, before)
				if before++; !yield(doc) {
					return
				}
			}
		}
	}
}

// appendPlaces adds the places of the document found last, in order.
func (r *occurrences) appendPlaces(to []uint64) []uint64 {
	if r.freq&1 == 1 {
		return append(to, r.freq>>1)
	}
	for rest := r.at; len(rest) > 0; {
		rest = skipVarints(rest, 1) // the field
		var at, n uint64
		at, rest = varint(rest)
		to = append(to, at)
		n, rest = varint(skipVarints(rest, 2))
		for range n {
			var distance uint64
			distance, rest = varint(rest)
			at += distance
			to = append(to, at)
		}
	}
	return to
}

// block takes bytes behind their number.
func block(data []byte) (head, rest []byte) {
	n, rest := varint(data)
	return rest[:n], rest[n:]
}

// varint takes a number; most have one byte or two.
func varint(data []byte) (uint64, []byte) {
	if b := data[0]; b < 0x80 {
		return uint64(b), data[1:]
	}
	if b := data[1]; b < 0x80 {
		return uint64(data[0]&0x7f) | uint64(b)<<7, data[2:]
	}
	v, n := binary.Uvarint(data)
	if n <= 0 {
		panic("a number that does not end")
	}
	return v, data[n:]
}

// skipVarints leaves out numbers, eight bytes at a time where they are many.
func skipVarints(data []byte, n int) []byte {
	for n > 8 && len(data) >= 8 {
		ends := ^binary.LittleEndian.Uint64(data) & 0x8080808080808080
		n -= bits.OnesCount64(ends) // 8 at most, so the last one is still to come
		data = data[8:]
	}
	for ; n > 0; n-- {
		i := 0
		for data[i] >= 0x80 {
			i++
		}
		data = data[i+1:]
	}
	return data
}
