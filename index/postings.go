package index

import (
	"context"
	"math"

	"github.com/blevesearch/bleve/v2/index/scorch"
	segmentapi "github.com/blevesearch/scorch_segment_api/v2"
	zap "github.com/blevesearch/zapx/v17"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// noDoc is the document number behind the last one.
const noDoc = math.MaxUint64

// postings walks the documents that hold a term, or a phrase, in one field.
type postings interface {
	// advance moves to the first document from min on, and returns it. min
	// never decreases.
	advance(min uint64) (uint64, error)
	// count is how often the current document holds it, length how many words
	// the field has there.
	count() int
	length() float64
	docs() uint64 // how many documents hold it, at most
}

// termPostings are the postings of one term: those of each segment that has it,
// one after the other. bleve has the same; it copies each posting, and computes
// what is undone here.
type termPostings struct {
	parts   []segmentPostings // not yet at their end
	current *zap.Posting
	doc     uint64
	started bool
	total   uint64
	ctx     context.Context
	steps   int
}

// segmentPostings are a segment's.
type segmentPostings struct {
	segmentapi.PostingsIterator
	start, end uint64 // the numbers of the segment's documents
}

// segments returns the segments, whose documents are numbered one segment after
// the other.
func (s *snapshot) segments() []*scorch.SegmentSnapshot {
	return s.reader.(*scorch.IndexSnapshot).Segments()
}

// openCost is what it takes to open a term, in postings read.
const openCost = 32

// openTerm returns nil where no document has the term.
func (s *snapshot) openTerm(ctx context.Context, f Field, term string, places bool) (*termPostings, error) {
	if err := pace.Spend(ctx, openCost); err != nil {
		return nil, err
	}
	p := &termPostings{ctx: ctx}
	end := uint64(0)
	for _, seg := range s.segments() {
		start := end
		end += seg.Segment().Count()
		dict, err := seg.Segment().Dictionary(string(f))
		if err != nil {
			return nil, err
		}
		list, err := dict.PostingsList([]byte(term), seg.Deleted(), nil)
		if err != nil {
			return nil, err
		}
		if n := list.Count(); n > 0 {
			p.total += n
			p.parts = append(p.parts, segmentPostings{list.Iterator(!f.exact(), !f.exact(), places, nil), start, end})
		}
	}
	if p.total == 0 {
		return nil, nil
	}
	return p, nil
}

func (p *termPostings) advance(min uint64) (uint64, error) {
	if p.started && p.doc >= min {
		return p.doc, nil
	}
	if p.steps++; p.steps%checkEvery == 0 {
		if err := pace.Spend(p.ctx, checkEvery); err != nil {
			return noDoc, err
		}
	}
	next := p.started && min == p.doc+1
	p.started = true
	for ; len(p.parts) > 0; p.parts = p.parts[1:] {
		part := &p.parts[0]
		if min >= part.end {
			continue
		}
		var found segmentapi.Posting
		var err error
		if next || min <= part.start {
			found, err = part.Next()
		} else {
			found, err = part.Advance(min - part.start)
		}
		if err != nil {
			return noDoc, err
		}
		if found != nil {
			p.current = found.(*zap.Posting)
			p.doc = part.start + p.current.Number()
			return p.doc, nil
		}
	}
	p.doc = noDoc
	return noDoc, nil
}

func (p *termPostings) count() int   { return max(unpackCount(p.current.Frequency()), 1) }
func (p *termPostings) docs() uint64 { return p.total }

// length is what bleve makes its norm of.
func (p *termPostings) length() float64 { return float64(max(p.current.NormUint64(), 1)) }

// phrasePostings are the documents that hold terms at successive places.
type phrasePostings struct {
	terms  []*termPostings
	doc    uint64
	starts []uint64 // where in the current document the phrase begins
	places []uint64 // of one of the terms
}

// openPhrase returns nil where no document can have the phrase.
func (s *snapshot) openPhrase(ctx context.Context, f Field, terms []string) (*phrasePostings, error) {
	p := &phrasePostings{}
	for _, term := range terms {
		t, err := s.openTerm(ctx, f, term, true)
		if err != nil || t == nil {
			return nil, err
		}
		p.terms = append(p.terms, t)
	}
	return p, nil
}

func (p *phrasePostings) advance(min uint64) (uint64, error) {
	if len(p.starts) > 0 && p.doc >= min || p.doc == noDoc {
		return p.doc, nil
	}
	for {
		doc, err := inAll(p.terms, min)
		p.doc = doc
		if err != nil || doc == noDoc {
			p.doc = noDoc
			return noDoc, err
		}
		if p.align(); len(p.starts) > 0 {
			return doc, nil
		}
		min = doc + 1
	}
}

// align keeps the places of the first term from which the others follow.
func (p *phrasePostings) align() {
	p.starts = unpackPlaces(p.starts[:0], p.terms[0].current)
	for i, t := range p.terms[1:] {
		p.places = unpackPlaces(p.places[:0], t.current)
		kept, places := p.starts[:0], p.places
		for _, start := range p.starts {
			want := start + uint64(i) + 1
			for len(places) > 0 && places[0] < want {
				places = places[1:]
			}
			if len(places) > 0 && places[0] == want {
				kept = append(kept, start)
			}
		}
		p.starts = kept
	}
}

func (p *phrasePostings) count() int      { return len(p.starts) }
func (p *phrasePostings) length() float64 { return p.terms[0].length() }

func (p *phrasePostings) docs() uint64 {
	n := uint64(noDoc)
	for _, t := range p.terms {
		n = min(n, t.docs())
	}
	return n
}
