package index

import (
	"errors"
	"fmt"
)

// maxNear bounds the parts of a Near.
const maxNear = 8

// nearby matches documents that match all parts, then looks at the places.
func (c *compiler) nearby(q Near) (matcher, error) {
	if len(q.Parts) < 2 || len(q.Parts) > maxNear {
		return nil, fmt.Errorf("index: a Near of %d parts; it has 2 to %d", len(q.Parts), maxNear)
	}
	field, err := fieldOf(q.Parts)
	if err != nil {
		return nil, err
	}
	all := &andMatcher{}
	for _, part := range q.Parts {
		m, err := c.compile(part)
		if err != nil {
			return nil, err
		}
		all.parts = append(all.parts, m)
	}
	m := &nearMatcher{of: all, distance: max(q.Distance, 1), ordered: q.Ordered}
	for _, f := range fieldsOf(field) {
		places, err := c.placed(f.field, q.Parts)
		if err != nil {
			return nil, err
		}
		m.fields = append(m.fields, places)
	}
	if len(m.fields) > 1 { // where most of them are, what is found need not be looked for elsewhere
		m.fields[0], m.fields[1] = m.fields[1], m.fields[0]
	}
	return m, nil
}

var errNear = errors.New("index: the parts of a Near are words and phrases of one field, or Or of those")

// fieldOf returns the one field of the parts of a Near.
func fieldOf(parts []Query) (Field, error) {
	fields := map[Field]bool{}
	for _, leaf := range alternatives(parts) {
		switch q := leaf.(type) {
		case Word:
			fields[q.Field] = true
		case Phrase:
			fields[q.Field] = true
		case Prefix:
			fields[q.Field] = true
		case Fuzzy:
			fields[q.Field] = true
		default:
			return "", errNear
		}
	}
	for f := range fields {
		if len(fields) == 1 && f.known() && !f.exact() {
			return f, nil
		}
	}
	return "", errNear
}

// alternatives replaces each Or by its parts.
func alternatives(parts []Query) []Query {
	var out []Query
	for _, p := range parts {
		if or, ok := p.(Or); ok {
			out = append(out, or...)
		} else {
			out = append(out, p)
		}
	}
	return out
}

// wordless tells whether a part means nothing to the index, and has no place.
func wordless(part Query) bool {
	for _, leaf := range alternatives([]Query{part}) {
		if len(places(textOf(leaf))) > 0 {
			return false
		}
	}
	return true
}

func textOf(leaf Query) string {
	switch q := leaf.(type) {
	case Word:
		return q.Text
	case Phrase:
		return q.Text
	case Prefix:
		return q.Text
	case Fuzzy:
		return q.Text
	}
	return ""
}

// placed opens the places of each part in a field.
func (c *compiler) placed(f Field, parts []Query) ([]*placedPart, error) {
	out := make([]*placedPart, 0, len(parts))
	for _, part := range parts {
		if wordless(part) {
			continue
		}
		p := &placedPart{}
		out = append(out, p)
		for _, leaf := range alternatives([]Query{part}) {
			forms, err := c.placedForms(f, leaf)
			if err == nil {
				err = c.openPlaced(p, f, forms)
			}
			if err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// placedForms returns the forms that a leaf has in a field.
func (c *compiler) placedForms(f Field, leaf Query) ([][]string, error) {
	switch q := leaf.(type) {
	case Word:
		return c.withStems(f, q.expand()(q.Text)), nil
	case Phrase:
		return q.expand()(q.Text), nil
	case Prefix:
		return c.wildForms(f, q.Text, func(last string) spellings { return c.beginnings(q.Text, last) })
	case Fuzzy:
		return c.wildForms(f, q.Text, func(last string) spellings { return c.similar(q, last) })
	}
	return nil, errNear
}

func (c *compiler) wildForms(f Field, text string, list func(last string) spellings) ([][]string, error) {
	at := places(text)
	if len(at) == 0 {
		return nil, nil
	}
	words := wholes(at)
	last := len(words) - 1
	ends, err := list(words[last])(f, maxPlaced)
	if err != nil {
		return nil, err
	}
	var out [][]string
	for _, end := range ends {
		out = append(out, splice(words, last, last+1, end.term))
	}
	return out, nil
}

func (c *compiler) openPlaced(p *placedPart, f Field, forms [][]string) error {
	for _, form := range forms {
		if c.leaves += len(form); c.leaves > maxLeaves {
			return ErrTooComplex
		}
		phrase, err := c.openPhrase(c.ctx, f, form)
		if err != nil {
			return err
		}
		if phrase != nil {
			p.forms = append(p.forms, placedForm{phrasePostings: phrase, word: form[0]})
		}
	}
	return nil
}
