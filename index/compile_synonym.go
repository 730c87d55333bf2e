package index

import "strings"

// Meaning tells that words of a query were looked for as their synonyms too.
type Meaning struct {
	Text string   // of the query
	Also []string // as the file of synonyms has them
}

// synonymWeight is what a synonym counts for beside the word itself.
const synonymWeight = 0.7

// meant compiles the word q[i], or the phrase of words from there on that has
// synonyms, and returns how many words that is.
func (c *compiler) meant(q And, i int) (m matcher, n int, err error) {
	n, also := 0, []string(nil)
	if c.excluded == 0 {
		n, also = c.synonyms.At(q, i)
	}
	var parts []matcher
	k := i
	for k < i+max(n, 1) {
		m, taken, err := c.written(q, k)
		if err != nil {
			return nil, 0, err
		}
		parts = append(parts, m)
		k += taken
	}
	if m = parts[0]; len(parts) > 1 {
		m = &andMatcher{parts: parts}
	}
	if len(also) > 0 {
		m, err = c.orAlso(m, q[i:i+n], also)
	}
	return m, k - i, err
}

// written compiles the word q[i], or the compound that it and the next one are,
// and returns how many words that is.
func (c *compiler) written(q And, i int) (m matcher, n int, err error) {
	word := q[i].(Word)
	compound, apart := together(q, i)
	if !apart {
		m, err = c.word(word, neighbours(q, i))
		return m, 1, c.mayBeNear(q, word, m, err)
	}
	var words andMatcher
	for k := i; k < i+2; k++ {
		m, err := c.word(q[k].(Word), neighbours(q, k))
		if err != nil {
			return nil, 0, err
		}
		words.parts = append(words.parts, m)
	}
	m, err = c.apart(compound, words)
	return m, 2, c.mayBeNear(q, compound, m, err)
}

// mayBeNear opens what tells how near a word at the top of a query is to others.
func (c *compiler) mayBeNear(q And, word Word, m matcher, err error) error {
	if err != nil || c.depth > 1 || len(q) < 2 {
		return err
	}
	return c.nearWord(word, m)
}

// orAlso matches what m matches, and what has a synonym.
func (c *compiler) orAlso(m matcher, words And, also []string) (matcher, error) {
	first := words[0].(Word)
	meaning := Meaning{Text: asWritten(words), Also: also}
	var forms [][]string
	for _, text := range also {
		forms = append(forms, ExpandSynonym(text)...)
	}
	w, err := c.scored(first.Field, forms)
	if err != nil {
		return nil, err
	}
	w.label = strings.Join(also, ", ")
	c.meanings = append(c.meanings, meaning)
	return &meaningMatcher{orMatcher{parts: []matcher{m, w}}}, nil
}

// ExpandSynonym returns the forms in which a text may bear a synonym: a word as
// Expand has it, a phrase with any ending of its last word.
func ExpandSynonym(text string) [][]string {
	if len(places(text)) == 1 {
		return Expand(text)
	}
	var forms [][]string
	for _, form := range ExpandPhrase(text) {
		last := len(form) - 1
		for _, term := range sameStem(form[last]) {
			forms = append(forms, splice(form, last, last+1, term))
		}
	}
	return forms
}

func asWritten(words And) string {
	out := ""
	for i, w := range words {
		if i > 0 {
			out += " "
		}
		out += w.(Word).Text
	}
	return out
}

// meaningMatcher matches a phrase or its synonyms. It counts the better of the
// two: both say the same.
type meaningMatcher struct{ orMatcher }

func (m *meaningMatcher) score(w *window, set *docSet, to *scores) {
	*to = scores{}
	more := w.take()
	for i, p := range m.parts {
		has := m.part(i, set)
		p.score(w, &has, more)
		for doc := range has.all() {
			score := more[doc]
			if i > 0 {
				score *= synonymWeight
			}
			to[doc] = max(to[doc], score)
		}
	}
	w.give(more)
}
