package index

// gather matches the words that a text stands for in each field. It reads all
// their postings beforehand: there may be thousands, too many to walk abreast.
func (c *compiler) gather(f Field, text string, list spellings) (matcher, error) {
	g := &gatherer{compiler: c, text: text}
	most := uint64(0)
	for _, field := range c.fields(f) {
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
	p, err := g.openTerm(g.ctx, field.field, s.term, false)
	if p == nil || err != nil {
		return err
	}
	mean := max(g.mean(field.field), 1)
	for doc := uint64(0); ; doc++ {
		if doc, err = p.advance(doc); err != nil || doc == noDoc {
			return err
		}
		if n := int(doc) + 1 - len(g.found); n > 0 {
			g.found = append(g.found, make([]float32, n)...)
		}
		norm := 1 - field.b + field.b*p.length()/mean
		g.found[doc] += float32(max(field.boost*s.weight*float64(p.count())/norm, leastFound))
	}
}

// leastFound marks a document that has a word which adds nothing to its score.
const leastFound = 1e-6

func (g *gatherer) matcher(idf float64) matcher { return &gatheredMatcher{found: g.found, idf: idf} }

// gatheredMatcher matches the documents that a gatherer has found.
type gatheredMatcher struct {
	found []float32
	idf   float64
	doc   uint64
}

func (m *gatheredMatcher) advance(min uint64) (uint64, error) {
	for m.doc = min; m.doc < uint64(len(m.found)); m.doc++ {
		if m.found[m.doc] > 0 {
			return m.doc, nil
		}
	}
	m.doc = noDoc
	return noDoc, nil
}

func (m *gatheredMatcher) score() float64 {
	found := float64(m.found[m.doc])
	return m.idf * found * (k1 + 1) / (k1 + found)
}
