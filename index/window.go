package index

import (
	"context"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// window is the documents that a search looks at together: some successive ones
// of one segment.
type window struct {
	*snapshot
	ctx   context.Context
	seg   int    // number of the segment
	start uint32 // its first document there; a multiple of windowDocs
	first uint64 // the same, of all segments
	live  docSet // documents that are not void
	spare []*scores
	spent int // since pace was told
	told  int
	found *readings
}

// scores are those of the documents of a window.
type scores [windowDocs]float64

// readings are what is known of a term in some documents of a window.
type readings struct {
	n      int
	at     [windowDocs]uint16 // the documents
	count  [windowDocs]uint32
	length [windowDocs]uint32
}

// reading empties the readings.
func (w *window) reading() *readings {
	if w.found == nil {
		w.found = new(readings)
	}
	w.found.n = 0
	return w.found
}

func (r *readings) add(at, count int, length uint32) {
	r.at[r.n], r.count[r.n], r.length[r.n] = uint16(at), uint32(count), length
	r.n++
}

// move goes to the window from a document of a segment on.
func (w *window) move(seg int, start uint32) {
	v := &w.segs[seg]
	w.seg, w.start, w.first = seg, start, v.first+uint64(start)
	whole := v.docs - start
	for i := range w.live {
		switch from := uint32(i) << 6; {
		case whole >= from+64:
			w.live[i] = ^uint64(0)
		case whole > from:
			w.live[i] = 1<<(whole-from) - 1
		default:
			w.live[i] = 0
		}
	}
	if v.deleted != nil {
		w.live.but((*docSet)(v.deleted[start>>6:]))
	}
}

// spend tells how many postings were read, or what takes as long, and now and
// then looks at the context.
func (w *window) spend(postings int) error {
	if w.spent += postings; w.spent < checkEvery {
		return nil
	}
	return w.tell()
}

func (w *window) tell() error {
	spent := w.spent
	w.spent, w.told = 0, w.told+spent
	return pace.Spend(w.ctx, spent)
}

// take returns room for scores, until it is given back.
func (w *window) take() *scores {
	if n := len(w.spare); n > 0 {
		s := w.spare[n-1]
		w.spare = w.spare[:n-1]
		return s
	}
	return new(scores)
}

func (w *window) give(s *scores) { w.spare = append(w.spare, s) }

// walk visits the documents that a matcher matches, window by window, in order.
func (s *snapshot) walk(ctx context.Context, m matcher, visit func(w *window, set *docSet) error) error {
	w := &window{snapshot: s, ctx: ctx}
	for seg := range s.segs {
		for start := uint32(0); start < s.segs[seg].docs; start += windowDocs {
			w.move(seg, start)
			if err := w.visit(m, w.live, visit); err != nil {
				return err
			}
		}
	}
	return nil
}

// only visits those of some documents that a matcher matches. They are in order,
// and the matcher has seen none behind them.
func (s *snapshot) only(ctx context.Context, docs []uint64, m matcher, visit func(w *window, set *docSet) error) error {
	w := &window{snapshot: s, ctx: ctx}
	for len(docs) > 0 {
		seg := s.segmentOf(docs[0])
		w.move(seg, uint32(docs[0]-s.segs[seg].first)/windowDocs*windowDocs)
		var set docSet
		for len(docs) > 0 && docs[0]-w.first < windowDocs && docs[0] < s.segs[seg].end() {
			set.add(int(docs[0] - w.first))
			docs = docs[1:]
		}
		set.and(&w.live)
		if err := w.visit(m, set, visit); err != nil {
			return err
		}
	}
	return nil
}

func (w *window) visit(m matcher, set docSet, visit func(w *window, set *docSet) error) error {
	if err := w.tell(); err != nil {
		return err
	}
	if err := m.match(w, &set); err != nil || set.empty() {
		return err
	}
	return visit(w, &set)
}

func (v *segmentView) end() uint64 { return v.first + uint64(v.docs) }

// segmentOf returns the number of the segment that has a document.
func (s *snapshot) segmentOf(doc uint64) int {
	for i := range s.segs {
		if doc < s.segs[i].end() {
			return i
		}
	}
	return len(s.segs) - 1
}
