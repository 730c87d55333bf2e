package index

import "strings"

// Meaning tells that words of a query were looked for as their synonyms too.
type Meaning struct {
	Text string   // of the query
	Also []string // as the file of synonyms has them
}

// synonymWeight is what a synonym counts for beside the word itself.
const synonymWeight = 0.7

// synonymous matches what m matches, and what has a synonym.
func (c *compiler) synonymous(m matcher, words And, also []string) (matcher, error) {
	w, err := c.scored(words[0].(Word).Field, synonymForms(also))
	if err != nil {
		return nil, err
	}
	w.label = strings.Join(also, ", ")
	return &meaningMatcher{orMatcher{parts: []matcher{m, w}}}, nil
}

// synonymForms returns the forms of all synonyms.
func synonymForms(also []string) (forms [][]string) {
	for _, text := range also {
		forms = append(forms, ExpandSynonym(text)...)
	}
	return forms
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
