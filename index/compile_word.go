package index

import (
	"fmt"
	"strings"
)

// word compiles a word in all its forms. also holds words that mean it too.
func (c *compiler) word(q Word, also []string) (matcher, error) {
	forms, m, err := c.forms(q.Field, q.Text, q.expand())
	if m != nil || err != nil {
		return m, err
	}
	for _, w := range also {
		for _, term := range sameStem(w) {
			forms = append(forms, []string{term})
		}
	}
	w, err := c.scored(q.Field, forms)
	if err != nil {
		return nil, err
	}
	w.label = q.Text
	if q.Exact {
		return w, nil
	}
	if at := places(q.Text); len(at) == 1 {
		w.written = at[0].whole
	}
	for _, more := range []func(*wordMatcher, Word) error{c.foreign, c.inside} {
		if err := more(w, q); err != nil {
			return nil, err
		}
	}
	return w, nil
}

func (c *compiler) phrase(q Phrase) (matcher, error) {
	forms, m, err := c.forms(q.Field, q.Text, q.expand())
	if m != nil || err != nil {
		return m, err
	}
	w, err := c.scored(q.Field, forms)
	if err != nil {
		return nil, err
	}
	w.label = `"` + q.Text + `"`
	return w, nil
}

// forms returns how a text may be written in the index; or, where that is no
// question, what matches it: the value of an exact field, or all messages
// where the text has no words.
func (c *compiler) forms(f Field, text string, expand func(string) [][]string) ([][]string, matcher, error) {
	if !f.known() {
		return nil, nil, fmt.Errorf("index: there is no field %q", f)
	}
	if f.exact() {
		m, err := c.exact(f, text)
		return nil, m, err
	}
	forms := expand(text)
	if len(forms) > 0 {
		return forms, nil, nil
	}
	c.ignored = append(c.ignored, text)
	return nil, allMatcher{}, nil
}

// scored opens the forms of a word or a phrase.
func (c *compiler) scored(f Field, forms [][]string) (*wordMatcher, error) {
	w := &wordMatcher{}
	if err := c.open(w, f, forms); err != nil {
		return nil, err
	}
	w.idf = c.idf(w)
	return w, nil
}

// open opens every form in every field.
func (c *compiler) open(w *wordMatcher, f Field, forms [][]string) error {
	for _, field := range fieldsOf(f) {
		for _, form := range c.withStems(field.field, forms) {
			if err := c.leaf(w, field, form); err != nil {
				return err
			}
		}
	}
	return nil
}

// withStems puts words of the index in the place of stems.
func (c *compiler) withStems(f Field, forms [][]string) [][]string {
	var out [][]string
	for _, form := range forms {
		last := len(form) - 1
		stem, ok := strings.CutPrefix(form[last], StemMark)
		if !ok {
			out = append(out, form)
			continue
		}
		for _, word := range c.words(f, stem) {
			out = append(out, splice(form, last, last+1, word))
		}
	}
	return out
}

func fieldsOf(f Field) []weight {
	if f == FieldAny {
		return textFields
	}
	return []weight{fieldWeight(f)}
}

func (c *compiler) leaf(w *wordMatcher, field weight, form []string) error {
	if c.leaves += len(form); c.leaves > maxLeaves {
		return ErrTooComplex
	}
	p, err := c.postings(field.field, form)
	if err != nil || p == nil {
		return err
	}
	w.leaves = append(w.leaves, leaf{postings: p, weight: field, mean: c.mean(field.field), form: strings.Join(form, " ")})
	return nil
}

func (c *compiler) postings(f Field, form []string) (postings, error) {
	if len(form) == 1 {
		if p, err := c.openTerm(c.ctx, f, form[0], false); p != nil || err != nil {
			return p, err
		}
		return nil, nil
	}
	if p, err := c.openPhrase(c.ctx, f, form); p != nil || err != nil {
		return p, err
	}
	return nil, nil
}

// idf is that of all forms together, in the field where they are met most: the
// rare spelling of a common word is no rarer a thing.
func (c *compiler) idf(w *wordMatcher) float64 {
	docs, most := map[Field]uint64{}, uint64(0)
	for i := range w.leaves {
		l := &w.leaves[i]
		docs[l.field] += l.docs()
		most = max(most, docs[l.field])
	}
	w.most = min(most, c.docs)
	return idf(most, c.docs)
}
