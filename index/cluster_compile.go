package index

import (
	"context"
	"fmt"
)

// maxClauses is how many terms and phrases a query may ask OpenSearch for:
// Lucene refuses more, by its setting of old.
const maxClauses = 1000

// clusterNode is a compiled node: what OpenSearch is asked for.
type clusterNode struct {
	clause
	scores bool    // otherwise all its matches have a score of nothing
	idf    float64 // of a word
	label  string  // of a word or a phrase
}

// clusterCompiler turns a query into OpenSearch's. What it has to know of the
// index it looks up in facts; what is not known there yet is put into missing,
// and the query is compiled again once it is.
type clusterCompiler struct {
	tree[*clusterNode]
	ctx     context.Context
	facts   *clusterFacts
	asks    *clusterAsker
	missing map[factOf]bool
	leaves  int // as the embedded engine counts them
	clauses int
	ignored []string
	cut     []string
	insides []Inside
	likely  []string
	wholly  bool
	wild    int
	threads int
	near    []clusterNearWord // of the words at the top of the query
}

func newClusterCompiler(ctx context.Context, asks *clusterAsker, r *Request) *clusterCompiler {
	c := &clusterCompiler{
		tree: tree[*clusterNode]{synonyms: r.synonyms}, ctx: ctx, facts: asks.facts, asks: asks,
		missing: map[factOf]bool{}, wholly: r.Wholly,
	}
	c.engine = c
	return c
}

// spend counts what a query asks for: n clauses of OpenSearch's for so many
// words in so many fields.
func (c *clusterCompiler) spend(n, words, fields int) error {
	c.clauses += n
	c.leaves += words * fields
	if c.leaves > maxLeaves || c.clauses > maxClauses {
		return ErrTooComplex
	}
	return nil
}

// counted returns how many messages have a term in a field of OpenSearch's; 0
// as long as it is not known.
func (c *clusterCompiler) counted(field, term string) uint64 {
	return c.facts.known(factOf{field, term}, c.missing)
}

func unscoredNode(q clause) *clusterNode { return &clusterNode{clause: q} }

func (c *clusterCompiler) all() *clusterNode  { return unscoredNode(everything()) }
func (c *clusterCompiler) none() *clusterNode { return unscoredNode(nothing()) }

func (c *clusterCompiler) allOf(parts []*clusterNode) *clusterNode {
	clauses, scores := clausesOf(parts)
	return &clusterNode{clause: every(clauses...), scores: scores}
}

func (c *clusterCompiler) oneOf(parts []*clusterNode) *clusterNode {
	clauses, scores := clausesOf(parts)
	return &clusterNode{clause: some(clauses...), scores: scores}
}

func (c *clusterCompiler) without(of *clusterNode, parts []*clusterNode) *clusterNode {
	not, _ := clausesOf(parts)
	return &clusterNode{clause: clause{"bool": clause{"must": []clause{of.clause}, "must_not": not}}, scores: of.scores}
}

func clausesOf(parts []*clusterNode) (clauses []clause, scores bool) {
	for _, p := range parts {
		clauses = append(clauses, p.clause)
		scores = scores || p.scores
	}
	return clauses, scores
}

// exact compiles a value of a field that has just one.
func (c *clusterCompiler) exact(f Field, text string) (*clusterNode, error) {
	return unscoredNode(anyOf(string(f), []string{exactTerm(f, text)})), c.spend(1, 1, 1)
}

func (c *clusterCompiler) dateRange(q DateRange) (*clusterNode, error) {
	if q.After.IsZero() && q.Before.IsZero() {
		return c.all(), nil
	}
	bounds := clause{}
	if !q.After.IsZero() {
		bounds["gte"] = whenOf(q.After)
	}
	if !q.Before.IsZero() {
		bounds["lt"] = whenOf(q.Before)
	}
	return unscoredNode(filter(clause{"range": clause{clusterWhen: bounds}})), c.spend(1, 1, 1)
}

// fits tells of a text in a field whether its words are to be looked for: a
// value of an exact field, and a text without words, are nodes of their own.
func (c *clusterCompiler) fits(f Field, text string) (*clusterNode, error) {
	switch {
	case !f.known():
		return nil, fmt.Errorf("index: there is no field %q", f)
	case f.exact():
		return c.exact(f, text)
	case len(places(text)) == 0:
		c.ignored = append(c.ignored, text)
		return c.all(), nil
	}
	return nil, nil
}
