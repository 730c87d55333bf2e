package index

import "github.com/bxsearch/bxsearch/internal/pace"

// gather matches the words that a text stands for in each field. It reads all
// their postings beforehand: there may be thousands, too many to walk abreast.
func (c *compiler) gather(f Field, text string, list spellings) (matcher, error) {
	g := &gatherer{compiler: c, text: text}
	most := uint64(0)
	for _, field := range fieldsOf(f) {
		words, err := list(field.field, maxGathered)
		if err != nil {
			return nil, err
		}
		docs := uint64(0)
		for _, s := range words {
			if err := g.add(field, s); err != nil {
				return nil, err
			}
			docs += s.count
		}
		most = max(most, docs)
	}
	return g.matcher(idf(most, c.docs)), nil
}

// gatherer adds up what documents have of many words.
type gatherer struct {
	*compiler
	text  string    // of the query
	found []float32 // by document
}

// add reads the postings of one word in one field. Once a query has read too
// many it reads no more.
func (g *gatherer) add(field weight, s spelling) error {
	if g.read += int(s.count); g.read > maxPostings {
		g.cutShort(g.text)
		return nil
	}
	if err := pace.Spend(g.ctx, int(s.count)); err != nil {
		return err
	}
	p, err := g.openTerm(g.ctx, field.field, s.term, false)
	if p == nil || err != nil {
		return err
	}
	mean := max(g.mean(field.field), 1)
	if g.found == nil {
		g.found = make([]float32, g.numbers())
	}
	for i := range p.parts {
		part := &p.parts[i]
		for doc := range part.all() {
			norm := 1 - field.b + field.b*float64(part.length)/mean
			g.found[part.first+uint64(doc)] += float32(max(field.boost*s.weight*float64(part.count())/norm, leastFound))
		}
	}
	return nil
}

// leastFound marks a document that has a word which adds nothing to its score.
const leastFound = 1e-6

func (g *gatherer) matcher(idf float64) matcher { return &gatheredMatcher{found: g.found, idf: idf} }

// gatheredMatcher matches the documents that a gatherer has found.
type gatheredMatcher struct {
	found []float32
	idf   float64
}

func (m *gatheredMatcher) match(w *window, set *docSet) error {
	if m.found == nil {
		*set = docSet{}
		return nil
	}
	found := m.found[w.first:]
	for i := range set.all() {
		if found[i] == 0 {
			set.remove(i)
		}
	}
	return nil
}

func (m *gatheredMatcher) score(w *window, set *docSet, to *scores) {
	for i := range set.all() {
		found := float64(m.found[w.first+uint64(i)])
		to[i] = m.idf * found * (k1 + 1) / (k1 + found)
	}
}
