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
	tree[matcher]
	*snapshot
	ctx     context.Context
	when    *columnCursor
	leaves  int
	stemmer stemmer
	ignored []string
	cut     []string
	insides []Inside
	likely  []string
	wholly  bool     // words are looked for as such, never inside of others
	read    int      // postings gathered
	wild    int      // Prefix and Fuzzy met
	threads int      // InThread met
	near    nearness // of the words at the top of the query
}

func newCompiler(ctx context.Context, s *snapshot, r *Request) *compiler {
	c := &compiler{
		tree: tree[matcher]{synonyms: r.synonyms}, snapshot: s, ctx: ctx, when: &columnCursor{columnSet: s.columns},
		wholly: r.Wholly, near: nearness{ctx: ctx},
	}
	c.engine = c
	return c
}

func (c *compiler) all() matcher  { return allMatcher{} }
func (c *compiler) none() matcher { return noneMatcher{} }

func (c *compiler) allOf(parts []matcher) matcher { return &andMatcher{parts: parts} }
func (c *compiler) oneOf(parts []matcher) matcher { return &orMatcher{parts: parts} }

func (c *compiler) without(of matcher, parts []matcher) matcher {
	return &butMatcher{of: of, but: &orMatcher{parts: parts}}
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
