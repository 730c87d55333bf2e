package index

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"

	zap "github.com/blevesearch/zapx/v17"
)

// mergeSegments writes the documents of segments, but for the dropped ones, as
// one segment: one segment behind the other, in their order. It returns their
// new numbers. bleve's own way goes through each posting; where no document is
// dropped, most postings of a term can be put one behind the other as they are,
// and the dictionary is made beside that.
func mergeSegments(ctx context.Context, path string, from []*segment) (numbers [][]uint64, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("a segment is damaged: %v", p)
		}
	}()
	m := &merge{ctx: ctx, from: from}
	numbers = make([][]uint64, len(from))
	docs := 0
	for i, s := range from {
		in := readMergeInput(s)
		in.number(s.dropped, uint64(docs))
		numbers[i] = in.numbers
		docs += in.live
		m.inputs = append(m.inputs, in)
	}
	defer m.letGo()
	return numbers, createSegment(path, docs, func(w *segmentWriter) error {
		m.segmentWriter = w
		return m.all()
	})
}

// merge is a segment in the making, from others.
type merge struct {
	*segmentWriter
	ctx    context.Context
	from   []*segment
	inputs []*mergeInput
	next   uint64 // bytes written at which to let go again
}

// letGoEvery is how many bytes a merge writes before it lets go of what it has
// read. The segments that it reads are mapped into memory, and what was read of
// them stays there until somebody else needs it: without letting go, a process
// that merges gigabytes appears to have gigabytes.
const letGoEvery = 4 << 20

func (m *merge) letGo() {
	for _, s := range m.from {
		s.letGo()
	}
}

func (m *merge) all() error {
	stored := m.stored(func(yield func(id []byte) bool) {
		for _, in := range m.inputs {
			in.ids(yield)
		}
	})
	heads := m.inputs[0].heads
	starts := make([]uint64, len(heads))
	for i, h := range heads {
		var err error
		if starts[i], err = m.field(h); err != nil {
			return err
		}
	}
	return m.footer(stored, m.fieldIndex(heads, starts))
}

// field merges a field, and returns where its offsets are.
func (m *merge) field(h fieldHead) (uint64, error) {
	m.dict.Reset()
	if err := m.fst.Reset(&m.dict); err != nil {
		return 0, err
	}
	words := newDictWriter(m.fst)
	err := m.terms(h, words)
	if err = errors.Join(err, words.close()); err != nil {
		return 0, err
	}
	return m.closeField(h.options, func(c *valueChunks) error {
		for _, in := range m.inputs {
			err := in.values(h.name, func(doc int, value []byte) {
				if n := in.numbers[doc]; n != dropped {
					c.add(int(n), string(value))
				}
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// terms merges the postings of a field, term by term.
func (m *merge) terms(h fieldHead, words *dictWriter) error {
	var cursors []*termCursor
	for _, in := range m.inputs {
		c, err := in.terms(h.name)
		if err != nil {
			return err
		}
		if c != nil {
			cursors = append(cursors, c)
		}
	}
	var same []*termCursor // those at the first term
	for len(cursors) > 0 {
		same = same[:0]
		for _, c := range cursors {
			switch d := bytes.Compare(c.term, firstTerm(same)); {
			case len(same) == 0 || d < 0:
				same = append(same[:0], c)
			case d == 0:
				same = append(same, c)
			}
		}
		value, ok, err := m.term(h, same)
		if err != nil {
			return err
		}
		if ok {
			words.add(same[0].term, value)
		}
		left := cursors[:0]
		for _, c := range cursors {
			if len(same) > 0 && c == same[0] {
				same = same[1:]
				if more, err := c.advance(); err != nil {
					return err
				} else if !more {
					continue
				}
			}
			left = append(left, c)
		}
		cursors = left
		if m.at >= m.next {
			m.next = m.at + letGoEvery
			m.letGo()
			if err := m.ctx.Err(); err != nil {
				return err
			}
		}
	}
	return nil
}

func firstTerm(cursors []*termCursor) []byte {
	if len(cursors) == 0 {
		return nil
	}
	return cursors[0].term
}

// term writes the postings of a term that some segments have, and returns what
// stands for them in the dictionary; false if no document is left. See
// segmentWriter.term.
func (m *merge) term(h fieldHead, from []*termCursor) (value uint64, ok bool, err error) {
	m.nums = m.nums[:0]
	whole := true
	for _, c := range from {
		if err := c.read(); err != nil {
			return 0, false, err
		}
		whole = whole && c.in.whole
		for _, doc := range c.docs {
			if n := c.in.numbers[doc]; n != dropped {
				m.nums = append(m.nums, uint32(n))
			}
		}
	}
	if len(m.nums) == 0 {
		return 0, false, nil
	}
	size := chunkDocs(m.docs, len(m.nums))
	m.counts.reset(size)
	m.places.reset(size)
	if whole && size == m.docs {
		for _, c := range from {
			m.counts.data = append(m.counts.data, c.counts...)
			m.places.data = append(m.places.data, c.places...)
		}
	} else {
		for _, c := range from {
			m.filter(c)
		}
	}
	if len(m.nums) == 1 && !h.options.IncludeTermVectors() {
		_, n := binary.Uvarint(m.counts.data)
		length, _ := binary.Uvarint(m.counts.data[n:])
		return zap.FSTValEncode1Hit(uint64(m.nums[0]), length), true, nil
	}
	return m.postings(), true, nil
}

// filter adds what is said of the documents of a term that are not dropped.
func (m *merge) filter(c *termCursor) {
	counts, places := c.counts, c.places
	for _, doc := range c.docs {
		freq, n := binary.Uvarint(counts)
		_, k := binary.Uvarint(counts[n:])
		count, place := counts[:n+k], []byte(nil)
		counts = counts[n+k:]
		if freq&1 == 1 {
			size, n := binary.Uvarint(places)
			place, places = places[:n+int(size)], places[n+int(size):]
		}
		number := c.in.numbers[doc]
		if number == dropped {
			continue
		}
		m.counts.begin(uint32(number))
		m.counts.data = append(m.counts.data, count...)
		if place != nil {
			m.places.begin(uint32(number))
			m.places.data = append(m.places.data, place...)
		}
	}
}
