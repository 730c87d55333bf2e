package index

import (
	"encoding/binary"
	"errors"
	"iter"
	"math/bits"
	"sort"
)

// docList is the documents of a segment that hold a term: a roaring bitmap, read
// where it lies in the file. The library makes a copy of it, and hands out one
// document a call; a search asks for windows, and for a document's place.
//
//	cookie (2 bytes), 12347 where some containers are runs, else 12346
//	of 12347: number of containers - 1 (2); a bit for each, set of runs
//	of 12346: 0 (2); number of containers (4)
//	of each container its key (2) and its number of documents - 1 (2)
//	where each begins (4); of 12347 only if there are 4 or more
//	containers: of runs their number (2), of each run its first document (2) and
//	    its length - 1 (2); of at most 4096 documents these (2 each); else a bit
//	    for each of 65,536
//
// Numbers are little-endian.
type docList struct {
	containers []container
	docs       int
	few        [1]container
}

// container has the documents [first, first + 65,536) of a list.
type container struct {
	first  uint32
	size   int
	before int // documents in the containers before
	dense  bool
	data   []byte
}

const (
	plainCookie = 12346 // of a bitmap without runs
	maxSparse   = 4096  // documents of a container that is a list of numbers
	runsCookie  = 12347
	fewRuns     = 4
	denseBytes  = 1 << 13 // of a container that is bits
)

var errDocList = errors.New("a list of documents cannot be read")

// read reads a bitmap.
func (l *docList) read(data []byte) error {
	var runs []byte
	n := 0
	switch cookie := binary.LittleEndian.Uint32(data); {
	case cookie == plainCookie:
		n, data = int(binary.LittleEndian.Uint32(data[4:])), data[8:]
	case cookie&0xffff == runsCookie:
		n = int(cookie>>16) + 1
		runs, data = data[4:4+(n+7)/8], data[4+(n+7)/8:]
	default:
		return errDocList
	}
	if n > 1<<16 {
		return errDocList
	}
	l.containers = l.few[:0]
	if n > 1 {
		l.containers = make([]container, 0, n)
	}
	head, data := data[:4*n], data[4*n:]
	if runs == nil || n >= fewRuns {
		data = data[4*n:]
	}
	for i := range n {
		c := container{
			first: uint32(binary.LittleEndian.Uint16(head[4*i:])) << 16,
			size:  int(binary.LittleEndian.Uint16(head[4*i+2:])) + 1, before: l.docs,
		}
		data = c.read(data, runs != nil && runs[i/8]>>(i%8)&1 == 1)
		l.containers = append(l.containers, c)
		l.docs += c.size
	}
	return nil
}

// read takes a container's documents.
func (c *container) read(data []byte, runs bool) (rest []byte) {
	length := 2 * c.size
	switch {
	case runs:
		length = 2 + 4*int(binary.LittleEndian.Uint16(data))
		c.dense, c.data = true, unroll(data[2:length])
		return data[length:]
	case c.size > maxSparse:
		c.dense, length = true, denseBytes
	}
	c.data = data[:length]
	return data[length:]
}

// unroll makes bits of runs: what every message has is one run for each 65,536.
func unroll(runs []byte) []byte {
	var set [denseBytes / 8]uint64
	for ; len(runs) > 0; runs = runs[4:] {
		from := int(binary.LittleEndian.Uint16(runs))
		to := min(from+int(binary.LittleEndian.Uint16(runs[2:])), 1<<16-1)
		for i := from >> 6; i <= to>>6; i++ {
			word := ^uint64(0)
			if i == from>>6 {
				word <<= from & 63
			}
			if i == to>>6 {
				word &= ^uint64(0) >> (63 - to&63)
			}
			set[i] |= word
		}
	}
	out := make([]byte, 0, denseBytes)
	for _, word := range set {
		out = binary.LittleEndian.AppendUint64(out, word)
	}
	return out
}

// one makes the list of one document.
func (l *docList) one(doc uint32) {
	data := binary.LittleEndian.AppendUint16(nil, uint16(doc))
	l.few[0] = container{first: doc &^ 0xffff, size: 1, data: data}
	l.containers, l.docs = l.few[:], 1
}

// appendTo appends the documents in order.
func (l *docList) appendTo(docs []uint32) []uint32 {
	for i := range l.containers {
		for doc := range l.containers[i].all() {
			docs = append(docs, doc)
		}
	}
	return docs
}

// find returns the number of the first container that ends behind a document.
func (l *docList) find(doc uint32) int {
	return sort.Search(len(l.containers), func(i int) bool { return l.containers[i].first >= doc&^0xffff })
}

// window returns the documents from start on, a multiple of windowDocs.
func (l *docList) window(start uint32, to *docSet) bool {
	*to = docSet{}
	at := l.find(start)
	if at == len(l.containers) || l.containers[at].first != start&^0xffff {
		return false
	}
	c := &l.containers[at]
	low := int(start & 0xffff)
	if c.dense {
		data := c.data[low/8:][:windowDocs/8]
		for i := range to {
			to[i] = binary.LittleEndian.Uint64(data[8*i:])
		}
		return true
	}
	i := c.search(uint16(low), 0)
	for ; i < c.size; i++ {
		doc := int(c.number(i)) - low
		if doc >= windowDocs {
			break
		}
		to.add(doc)
	}
	return true
}

// number is the lower half of a sparse container's i-th document.
func (c *container) number(i int) uint16 { return binary.LittleEndian.Uint16(c.data[2*i:]) }

// word is 64 documents of a dense container.
func (c *container) word(i int) uint64 { return binary.LittleEndian.Uint64(c.data[8*i:]) }

// search returns how many documents of a sparse container are before low. It is
// fast where that is little more than from, which must not be too many.
func (c *container) search(low uint16, from int) int {
	step := 1
	for from+step <= c.size && c.number(from+step-1) < low {
		from += step
		step *= 2
	}
	end := min(from+step, c.size)
	return from + sort.Search(end-from, func(i int) bool { return c.number(from+i) >= low })
}

// all yields the documents in order.
func (c *container) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if !c.dense {
			for i := range c.size {
				if !yield(c.first + uint32(c.number(i))) {
					return
				}
			}
			return
		}
		for i := range 1 << 10 {
			for w := c.word(i); w != 0; w &= w - 1 {
				if !yield(c.first + uint32(i<<6+bits.TrailingZeros64(w))) {
					return
				}
			}
		}
	}
}

// docCursor finds documents in a list. It is fast where they are asked for in
// order, and remembers what is before the last one.
type docCursor struct {
	*docList
	at   int // container
	done int // of a sparse container, documents before; of a dense one, words
	sum  int // documents in those words
}

// seek returns how many documents of the list are before one, and whether the
// list has it.
func (c *docCursor) seek(doc uint32) (before int, has bool) {
	if c.at >= len(c.containers) || c.containers[c.at].first != doc&^0xffff {
		c.at, c.done, c.sum = c.find(doc), 0, 0
	}
	if c.at == len(c.containers) {
		return c.docs, false
	}
	in := &c.containers[c.at]
	if in.first != doc&^0xffff {
		return in.before, false
	}
	if !in.dense {
		low := uint16(doc)
		if c.done > 0 && in.number(c.done-1) >= low {
			c.done = 0
		}
		c.done = in.search(low, c.done)
		return in.before + c.done, c.done < in.size && in.number(c.done) == low
	}
	word, bit := int(doc&0xffff)>>6, doc&63
	if word < c.done {
		c.done, c.sum = 0, 0
	}
	for ; c.done < word; c.done++ {
		c.sum += bits.OnesCount64(in.word(c.done))
	}
	w := in.word(word)
	return in.before + c.sum + bits.OnesCount64(w&(1<<bit-1)), w>>bit&1 == 1
}

// in returns how many documents of the list are in a set of all documents.
func (l *docList) in(set []uint64) (n int) {
	for i := range l.containers {
		c := &l.containers[i]
		words := set[min(int(c.first>>6), len(set)):]
		if c.dense {
			for j, w := range words[:min(len(words), 1<<10)] {
				n += bits.OnesCount64(w & c.word(j))
			}
			continue
		}
		for j := range c.size {
			if low := c.number(j); int(low>>6) < len(words) {
				n += int(words[low>>6] >> (low & 63) & 1)
			}
		}
	}
	return n
}
