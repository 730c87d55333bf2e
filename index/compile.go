package index

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// Bounds on what one query may cost (B6).
const (
	maxDepth  = 100  // nodes inside nodes
	maxLeaves = 4096 // postings opened
)

// ErrTooComplex is returned for a query that is nested too deeply or has too
// many words.
var ErrTooComplex = fmt.Errorf("index: the query is too long: at most %d levels and %d word forms", maxDepth, maxLeaves)

// compiler turns a query into matchers over one snapshot.
type compiler struct {
	*snapshot
	ctx     context.Context
	when    *whenReader
	leaves  int
	stemmer stemmer
	depth   int
	ignored []string
	near    nearness // of the words at the top of the query
}

// compile opens the matcher of a node. Its caller closes it.
func (c *compiler) compile(q Query) (matcher, error) {
	if c.depth++; c.depth > maxDepth {
		return nil, ErrTooComplex
	}
	defer func() { c.depth-- }()
	switch q := q.(type) {
	case nil, All:
		return c.openAll(c.ctx)
	case Word:
		return c.word(q, nil)
	case Phrase:
		return c.phrase(q)
	case DateRange:
		return c.dateRange(q)
	case And:
		return c.and(q)
	case Or:
		return c.or(q)
	case Not:
		return c.and(And{q})
	}
	return nil, fmt.Errorf("index: unknown query node %T", q)
}

// and compiles what has to match, then takes away what must not.
func (c *compiler) and(q And) (matcher, error) {
	var must, not []matcher
	add := func(to *[]matcher, m matcher, err error) error {
		if err == nil {
			*to = append(*to, m)
		}
		return err
	}
	for i, part := range q {
		var err error
		switch part := part.(type) {
		case Not:
			m, merr := c.compile(part.Of)
			err = add(&not, m, merr)
		case Word:
			m, merr := c.word(part, neighbours(q, i))
			if err = add(&must, m, merr); err == nil && c.depth == 1 {
				err = c.nearWord(part, m)
			}
		default:
			m, merr := c.compile(part)
			err = add(&must, m, merr)
		}
		if err != nil {
			closeAll(must)
			closeAll(not)
			return nil, err
		}
	}
	return c.mustNot(must, not)
}

func (c *compiler) mustNot(must, not []matcher) (matcher, error) {
	var m matcher
	switch len(must) {
	case 0:
		all, err := c.openAll(c.ctx)
		if err != nil {
			closeAll(not)
			return nil, err
		}
		m = all
	case 1:
		m = must[0]
	default:
		m = &andMatcher{parts: must}
	}
	if len(not) == 0 {
		return m, nil
	}
	return &butMatcher{of: m, but: &orMatcher{parts: not}}, nil
}

// neighbours returns the words that q[i] makes with the word before and the
// word behind it: "multi factor" is looked for as "multifactor" too (M2).
func neighbours(q And, i int) []string {
	word := q[i].(Word)
	mine := places(word.Text)
	if len(mine) != 1 || word.Field.exact() {
		return nil
	}
	var out []string
	if at := neighbour(q, i-1, word.Field); at != nil {
		out = append(out, present(joined(*at, mine[0]))...)
	}
	if at := neighbour(q, i+1, word.Field); at != nil {
		out = append(out, present(joined(mine[0], *at))...)
	}
	return out
}

func neighbour(q And, i int, f Field) *place {
	if i < 0 || i >= len(q) {
		return nil
	}
	w, ok := q[i].(Word)
	if !ok || w.Field != f {
		return nil
	}
	if at := places(w.Text); len(at) == 1 {
		return &at[0]
	}
	return nil
}

func (c *compiler) or(q Or) (matcher, error) {
	var parts []matcher
	for _, part := range q {
		m, err := c.compile(part)
		if err != nil {
			closeAll(parts)
			return nil, err
		}
		parts = append(parts, m)
	}
	if len(parts) == 0 {
		return noneMatcher{}, nil
	}
	return &orMatcher{parts: parts}, nil
}

// word compiles a word in all its forms. also holds words that mean it too.
func (c *compiler) word(q Word, also []string) (matcher, error) {
	if !q.Field.known() {
		return nil, fmt.Errorf("index: there is no field %q", q.Field)
	}
	if q.Field.exact() {
		return c.exact(q.Field, q.Text)
	}
	forms := Expand(q.Text)
	if len(forms) == 0 {
		c.ignored = append(c.ignored, q.Text)
		return c.openAll(c.ctx)
	}
	for _, w := range also {
		for _, term := range sameStem(w) {
			forms = append(forms, []string{term})
		}
	}
	w := &wordMatcher{}
	if err := c.open(w, q.Field, forms); err != nil {
		w.close()
		return nil, err
	}
	w.idf = c.idf(w)
	if err := c.bonus(w, q.Field, q.Text); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// open opens every form in every field.
func (c *compiler) open(w *wordMatcher, f Field, forms [][]string) error {
	for _, field := range c.fields(f) {
		words, err := c.withStems(field.field, forms)
		if err != nil {
			return err
		}
		for _, form := range words {
			if err := c.leaf(w, field, form, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// withStems puts words of the index in the place of stems.
func (c *compiler) withStems(f Field, forms [][]string) ([][]string, error) {
	var out [][]string
	for _, form := range forms {
		last := len(form) - 1
		stem, ok := strings.CutPrefix(form[last], StemMark)
		if !ok {
			out = append(out, form)
			continue
		}
		words, err := c.words(f, stem)
		if err != nil {
			return nil, err
		}
		for _, word := range words {
			out = append(out, splice(form, last, last+1, word))
		}
	}
	return out, nil
}

func (c *compiler) fields(f Field) []weight {
	if f == FieldAny {
		return textFields
	}
	return []weight{fieldWeight(f)}
}

// exactBonus is what a word counts for in addition where it stands in the very
// form that was searched for.
const exactBonus = 0.25

// bonus favours the word as written over other words of the same stem.
func (c *compiler) bonus(w *wordMatcher, f Field, text string) error {
	at := places(text)
	if len(at) != 1 || sameStem(at[0].whole)[0] == at[0].whole {
		return nil
	}
	for _, field := range c.fields(f) {
		field.boost *= exactBonus
		if err := c.leaf(w, field, []string{at[0].whole}, true); err != nil {
			return err
		}
	}
	return nil
}

func (c *compiler) leaf(w *wordMatcher, field weight, form []string, bonus bool) error {
	if c.leaves += len(form); c.leaves > maxLeaves {
		return ErrTooComplex
	}
	p, err := c.postings(field.field, form)
	if err != nil || p == nil {
		return err
	}
	w.leaves = append(w.leaves, leaf{postings: p, weight: field, mean: c.mean(field.field), bonus: bonus})
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
	return idf(most, c.docs)
}

func (c *compiler) phrase(q Phrase) (matcher, error) {
	if !q.Field.known() {
		return nil, fmt.Errorf("index: there is no field %q", q.Field)
	}
	if q.Field.exact() {
		return c.exact(q.Field, q.Text)
	}
	forms := ExpandPhrase(q.Text)
	if len(forms) == 0 {
		c.ignored = append(c.ignored, q.Text)
		return c.openAll(c.ctx)
	}
	w := &wordMatcher{}
	if err := c.open(w, q.Field, forms); err != nil {
		w.close()
		return nil, err
	}
	w.idf = c.idf(w)
	return w, nil
}

// exact compiles a value of a field that has just one. It does not score.
func (c *compiler) exact(f Field, text string) (matcher, error) {
	return c.terms(f, []string{exactTerm(f, text)})
}

// terms matches the documents with one of the terms; it does not score.
func (c *compiler) terms(f Field, terms []string) (matcher, error) {
	or := &orMatcher{}
	for _, term := range terms {
		p, err := c.openTerm(c.ctx, f, term, false)
		if err != nil {
			or.close()
			return nil, err
		}
		if p != nil {
			or.parts = append(or.parts, termMatcher{p})
		}
	}
	return or, nil
}

// termMatcher matches a term without scoring it.
type termMatcher struct{ *termPostings }

func (termMatcher) score() float64 { return 0 }

// dateRange matches the days of the range by their terms, whole years and
// months by one each; of the days at its edges it looks at the dates.
func (c *compiler) dateRange(q DateRange) (matcher, error) {
	if q.After.IsZero() && q.Before.IsZero() {
		return c.openAll(c.ctx)
	}
	if err := c.span(); err != nil {
		return nil, err
	}
	from, to := c.bounds(q)
	if !from.Before(to) {
		return noneMatcher{}, nil
	}
	inner, edges := cover(from, to)
	m, err := c.terms(fieldDay, inner)
	if err != nil || len(edges) == 0 {
		return m, err
	}
	days, err := c.terms(fieldDay, edges)
	if err != nil {
		m.close()
		return nil, err
	}
	first, last := whenTerm(from), whenTerm(to)
	edge := &filterMatcher{of: days, keep: func(doc uint64) (bool, error) {
		when, err := c.when.read(doc)
		return first <= when && when < last, err
	}}
	return &orMatcher{parts: []matcher{m, edge}}, nil
}

// bounds closes an open range at the first and last day that the index holds.
func (c *compiler) bounds(q DateRange) (from, to time.Time) {
	from, to = q.After.UTC(), q.Before.UTC()
	if first := c.firstDay; from.IsZero() || from.Before(first) {
		from = first
	}
	if last := c.lastDay.AddDate(0, 0, 1); q.Before.IsZero() || to.After(last) {
		to = last
	}
	return from, to
}

// cover returns terms for the whole days in [from, to), and the days of which
// only some is in it.
func cover(from, to time.Time) (inner, edges []string) {
	day := from.Truncate(24 * time.Hour)
	if !day.Equal(from) {
		edges = append(edges, day.Format(time.DateOnly))
		day = day.AddDate(0, 0, 1)
	}
	for day.Before(to) {
		term, next := longest(day, to)
		if next.After(to) {
			edges = append(edges, term)
		} else {
			inner = append(inner, term)
		}
		day = next
	}
	return inner, edges
}

// longest returns the year, month or day that begins at day and ends by to;
// failing all, the day.
func longest(day, to time.Time) (term string, next time.Time) {
	term = day.Format(time.DateOnly)
	if next = day.AddDate(1, 0, 0); day.YearDay() == 1 && !next.After(to) {
		return strings.TrimSuffix(term, "-01-01"), next
	}
	if next = day.AddDate(0, 1, 0); day.Day() == 1 && !next.After(to) {
		return strings.TrimSuffix(term, "-01"), next
	}
	return term, day.AddDate(0, 0, 1)
}
