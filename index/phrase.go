package index

import "context"

// phrasePostings are the documents that hold terms at successive places.
type phrasePostings struct {
	terms  []*termPostings
	starts []uint64 // where in the current document the phrase begins
	places []uint64 // of one of the terms

	// Of the window matched last, by document: how often, and in how many words.
	has    docSet
	count  []uint32
	length []uint32
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

// candidates narrows the set to the documents that have all the terms.
func (p *phrasePostings) candidates(w *window, set *docSet) error {
	for _, t := range p.terms {
		if err := t.match(w, set); err != nil {
			return err
		}
	}
	return nil
}

func (p *phrasePostings) match(w *window, set *docSet) error {
	p.count, p.length, p.has = p.count[:0], p.length[:0], docSet{}
	if err := p.candidates(w, set); err != nil {
		return err
	}
	for i := range set.all() {
		if err := w.spend(len(p.terms)); err != nil {
			return err
		}
		if p.find(w, i); len(p.starts) > 0 {
			p.has.add(i)
			p.count = append(p.count, uint32(len(p.starts)))
			p.length = append(p.length, p.terms[0].part(w).length)
		}
	}
	*set = p.has
	return nil
}

func (p *phrasePostings) read(w *window, set *docSet) {
	found, at := w.reading(), 0
	for i := range p.has.all() {
		if set.has(i) {
			found.add(i, int(p.count[at]), p.length[at])
		}
		at++
	}
}

// find finds where the phrase begins in a document that has all the terms.
func (p *phrasePostings) find(w *window, i int) {
	for n, t := range p.terms {
		part := t.part(w)
		part.find(w.start + uint32(i))
		if n == 0 {
			p.starts = part.appendPlaces(p.starts[:0])
			continue
		}
		if len(p.starts) == 0 {
			return
		}
		p.places = part.appendPlaces(p.places[:0])
		p.follow(uint64(n))
	}
}

// follow keeps the starts that have one of the places at a distance.
func (p *phrasePostings) follow(distance uint64) {
	kept, places := p.starts[:0], p.places
	for _, start := range p.starts {
		want := start + distance
		for len(places) > 0 && places[0] < want {
			places = places[1:]
		}
		if len(places) == 0 {
			break
		}
		if places[0] == want {
			kept = append(kept, start)
		}
	}
	p.starts = kept
}

func (p *phrasePostings) docs() uint64 {
	n := uint64(noDoc)
	for _, t := range p.terms {
		n = min(n, t.docs())
	}
	return n
}
