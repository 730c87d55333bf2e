package index

import (
	"math"
	"slices"
)

// apartPart is what the words of a compound count for at most where they do not
// stand together, in parts of the compound's IDF.
const apartPart = 0.5

// together returns the compound that q[i] and the next word are when written
// apart: "multifactor" of multi, factor (M2).
func together(q And, i int) (compound Word, ok bool) {
	if i+1 >= len(q) {
		return compound, false
	}
	first, ok := q[i].(Word)
	if !ok || first.Exact || first.Field.exact() {
		return compound, false
	}
	a, b := neighbour(q, i, first.Field), neighbour(q, i+1, first.Field)
	if a == nil || b == nil {
		return compound, false
	}
	whole := joined(*a, *b)
	return Word{Field: first.Field, Text: whole}, slices.Equal(place{whole: whole}.apart(), []string{a.whole, b.whole})
}

// apart compiles a compound that a query writes as two words. It ranks as the
// compound does, so that a reader finds the same first however it is written;
// messages that have the words, but not together, come behind those.
func (c *compiler) apart(compound Word, words andMatcher) (matcher, error) {
	wholly := c.wholly
	c.wholly = true // it was not asked for: where nobody has it there is nothing to look for inside of words
	m, err := c.word(compound, nil)
	c.wholly = wholly
	if err != nil {
		return nil, err
	}
	whole, ok := m.(*wordMatcher)
	if !ok || len(whole.leaves) == 0 {
		return &words, nil
	}
	return &apartMatcher{andMatcher: words, whole: whole}, nil
}

// apartMatcher matches the words of a compound.
type apartMatcher struct {
	andMatcher
	whole *wordMatcher
	has   bool // the compound, in the current document
}

func (m *apartMatcher) advance(min uint64) (uint64, error) {
	doc, err := m.andMatcher.advance(min)
	if err != nil || doc == noDoc {
		return noDoc, err
	}
	at, err := m.whole.advance(doc)
	m.has = at == doc
	return doc, err
}

func (m *apartMatcher) score() float64 {
	if m.has {
		return m.whole.score()
	}
	return math.Min(m.andMatcher.score(), apartPart*m.whole.idf)
}
