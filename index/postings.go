package index

import (
	"context"
	"math"
	"math/bits"

	"github.com/blevesearch/bleve/v2/index/scorch"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// noDoc is the document number behind the last one.
const noDoc = math.MaxUint64

// postings are the documents that hold a term, or a phrase, in one field.
type postings interface {
	// match narrows the set to the documents of the window that hold it.
	match(w *window, set *docSet) error
	// read reads how often those documents of the set hold it that match let
	// pass, and how many words the field has there.
	read(w *window, set *docSet)
	docs() uint64 // how many documents hold it, at most
	// fork returns postings of the same for another goroutine.
	fork() postings
}

// segments returns the segments of bleve's store.
func (s *snapshot) segments() []*scorch.SegmentSnapshot {
	return s.reader.(*scorch.IndexSnapshot).Segments()
}

// termPostings are the postings of one term.
type termPostings struct {
	parts []occurrences // by segment; empty where it has none
	total uint64
}

// openCost is what it takes to open a term, in postings read.
const openCost = 32

// openTerm returns nil where no document has the term.
func (s *snapshot) openTerm(ctx context.Context, f Field, term string, places bool) (*termPostings, error) {
	if err := pace.Spend(ctx, openCost); err != nil {
		return nil, err
	}
	p := &termPostings{}
	for i := range s.segs {
		t, err := s.segs[i].term(f, term)
		if err != nil {
			return nil, err
		}
		if t == nil {
			continue
		}
		if p.parts == nil {
			p.parts = make([]occurrences, len(s.segs))
		}
		p.parts[i] = t.occurrences(places)
		p.total += uint64(t.live)
	}
	if p.total == 0 {
		return nil, nil
	}
	return p, nil
}

// part returns the postings in the segment of a window, nil if there are none.
func (p *termPostings) part(w *window) *occurrences {
	if part := &p.parts[w.seg]; part.segmentTerm != nil {
		return part
	}
	return nil
}

func (p *termPostings) match(w *window, set *docSet) error {
	var has docSet
	if part := p.part(w); part != nil {
		part.docs.window(w.start, &has)
	}
	set.and(&has)
	return nil
}

func (p *termPostings) read(w *window, set *docSet) {
	found, part := w.reading(), p.part(w)
	var has docSet
	if part == nil || !part.docs.window(w.start, &has) {
		return
	}
	before, _ := part.cursor.seek(w.start)
	for i, all := range has {
		for some := all & set[i]; some != 0; some &= some - 1 {
			bit := bits.TrailingZeros64(some)
			at := i<<6 + bit
			part.read(w.start+uint32(at), before+bits.OnesCount64(all&(1<<bit-1)))
			found.add(at, part.count(), part.length)
		}
		before += bits.OnesCount64(all)
	}
}

func (p *termPostings) docs() uint64 { return p.total }

// find returns the term in a document, nil if it is not there.
func (p *termPostings) find(s *snapshot, doc uint64) *occurrences {
	seg := s.segmentOf(doc)
	if part := &p.parts[seg]; part.segmentTerm != nil && part.find(uint32(doc-part.first)) {
		return part
	}
	return nil
}

// members returns the first documents that have the term.
func (p *termPostings) members(s *snapshot, most int) (out []uint64) {
	var w window
	w.snapshot = s
	for seg := range p.parts {
		t := p.parts[seg].segmentTerm
		if t == nil {
			continue
		}
		for _, c := range t.docs.containers {
			for start := c.first; start-c.first < 1<<16 && start < s.segs[seg].docs; start += windowDocs {
				var has docSet
				if w.move(seg, start); !t.docs.window(start, &has) {
					continue
				}
				has.and(&w.live)
				for i := range has.all() {
					if len(out) == most {
						return out
					}
					out = append(out, w.first+uint64(i))
				}
			}
		}
	}
	return out
}
