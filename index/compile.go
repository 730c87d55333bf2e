package index

import (
	"context"
	"errors"
	"fmt"
)

// Bounds on what one query may cost (B6).
const (
	maxDepth  = 100  // nodes inside nodes
	maxLeaves = 4096 // postings opened
	maxWild   = 16   // Prefix and Fuzzy
	maxInside = 4    // InThread
)

var errLike = errors.New("index: a Like is of a field with words")

// ErrTooComplex is returned for a query that is nested too deeply or asks for
// too much.
var ErrTooComplex = fmt.Errorf("index: the query is too long: at most %d levels, %d word forms, %d beginnings and similar words, and %d queries for threads", maxDepth, maxLeaves, maxWild, maxInside)

// compiler turns a query into matchers over one snapshot.
type compiler struct {
	*snapshot
	ctx      context.Context
	when     *columnCursor
	leaves   int
	stemmer  stemmer
	depth    int
	ignored  []string
	cut      []string
	meanings []Meaning
	insides  []Inside
	likely   []string
	synonyms *Synonyms
	wholly   bool     // words are looked for as such, never inside of others
	excluded int      // Nots around
	read     int      // postings gathered
	wild     int      // Prefix and Fuzzy met
	threads  int      // InThread met
	near     nearness // of the words at the top of the query
}

// compile opens the matcher of a node. Its caller closes it.
func (c *compiler) compile(q Query) (matcher, error) {
	if c.depth++; c.depth > maxDepth {
		return nil, ErrTooComplex
	}
	defer func() { c.depth-- }()
	switch q := q.(type) {
	case nil, All:
		return allMatcher{}, nil
	case Word:
		return c.and(And{q})
	case Phrase:
		return c.phrase(q)
	case Prefix:
		return c.prefix(q)
	case Fuzzy:
		return c.fuzzy(q)
	case Near:
		return c.nearby(q)
	case InThread:
		return c.inThread(q)
	case Like:
		return c.like(q)
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
	for i := 0; i < len(q); i++ {
		var err error
		switch part := q[i].(type) {
		case Not:
			m, merr := c.but(part.Of)
			err = add(&not, m, merr)
		case Word:
			m, n, merr := c.meant(q, i)
			err = add(&must, m, merr)
			i += n - 1
		default:
			m, merr := c.compile(part)
			err = add(&must, m, merr)
		}
		if err != nil {
			return nil, err
		}
	}
	return c.mustNot(must, not)
}

// but compiles what a query excludes: what was written, and nothing else that
// it may mean.
func (c *compiler) but(q Query) (matcher, error) {
	c.excluded++
	defer func() { c.excluded-- }()
	return c.compile(q)
}

func (c *compiler) mustNot(must, not []matcher) (matcher, error) {
	var m matcher
	switch len(must) {
	case 0:
		m = allMatcher{}
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
	if len(mine) != 1 || word.Field.exact() || word.Exact {
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
	if !ok || w.Field != f || w.Exact {
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
			return nil, err
		}
		parts = append(parts, m)
	}
	if len(parts) == 0 {
		return noneMatcher{}, nil
	}
	return &orMatcher{parts: parts}, nil
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
			return nil, err
		}
		if p != nil {
			or.parts = append(or.parts, termMatcher{termPostings: p})
		}
	}
	return or, nil
}

func present(term string) []string {
	if term == "" {
		return nil
	}
	return []string{term}
}
