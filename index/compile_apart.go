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
func (c *compiler) apart(compound Word, parts []matcher) (matcher, error) {
	words := andMatcher{parts: parts}
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
	has   docSet // documents of the window with the compound
}

func (m *apartMatcher) match(w *window, set *docSet) error {
	if err := m.andMatcher.match(w, set); err != nil {
		return err
	}
	m.has = *set
	return m.whole.match(w, &m.has)
}

// together returns those of a set of matches that have the compound.
func (m *apartMatcher) together(set *docSet) docSet {
	has := m.has
	has.and(set)
	return has
}

func (m *apartMatcher) score(w *window, set *docSet, to *scores) {
	has, words := m.together(set), *set
	words.but(&has)
	m.andMatcher.score(w, &words, to)
	whole := w.take()
	m.whole.score(w, &has, whole)
	for i := range set.all() {
		if has.has(i) {
			to[i] = whole[i]
		} else {
			to[i] = math.Min(to[i], apartPart*m.whole.idf)
		}
	}
	w.give(whole)
}
