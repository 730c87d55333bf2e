package index

import (
	"context"
	"math"

	bleveindex "github.com/blevesearch/bleve_index_api"
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
	close()
}

// termPostings are bleve's postings of one term.
type termPostings struct {
	reader  bleveindex.TermFieldReader
	current bleveindex.TermFieldDoc
	seek    bleveindex.IndexInternalID
	doc     uint64
	started bool
	total   uint64
	ctx     context.Context
	steps   int
}

// openTerm returns nil where no document has the term.
func (s *snapshot) openTerm(ctx context.Context, f Field, term string, places bool) (*termPostings, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	freqs := !f.exact()
	r, err := s.reader.TermFieldReader(ctx, []byte(term), string(f), freqs, freqs, places)
	if err != nil {
		return nil, err
	}
	n := r.Count()
	if n == 0 {
		return nil, r.Close()
	}
	return &termPostings{reader: r, total: n, ctx: ctx}, nil
}

func (p *termPostings) advance(min uint64) (uint64, error) {
	if p.started && p.doc >= min {
		return p.doc, nil
	}
	if p.steps++; p.steps%checkEvery == 0 && p.ctx.Err() != nil {
		return noDoc, p.ctx.Err()
	}
	var next *bleveindex.TermFieldDoc
	var err error
	if min == 0 || p.started && min == p.doc+1 {
		next, err = p.reader.Next(p.current.Reset())
	} else {
		p.seek = bleveindex.NewIndexInternalID(p.seek, min)
		next, err = p.reader.Advance(p.seek, p.current.Reset())
	}
	p.started = true
	p.doc = noDoc
	if next != nil {
		p.doc = next.ID.Value()
	}
	return p.doc, err
}

func (p *termPostings) count() int   { return max(unpackCount(p.current.Freq), 1) }
func (p *termPostings) docs() uint64 { return p.total }
func (p *termPostings) close()       { p.reader.Close() }

// length undoes bleve's norm, which is one over the root of the length.
func (p *termPostings) length() float64 {
	if p.current.Norm <= 0 || math.IsInf(p.current.Norm, 0) {
		return 1
	}
	return 1 / (p.current.Norm * p.current.Norm)
}

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
			p.close()
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
	p.starts = unpackPlaces(p.starts[:0], &p.terms[0].current)
	for i, t := range p.terms[1:] {
		p.places = unpackPlaces(p.places[:0], &t.current)
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

func (p *phrasePostings) close() {
	for _, t := range p.terms {
		t.close()
	}
}
