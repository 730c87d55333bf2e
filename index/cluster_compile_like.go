package index

import (
	"cmp"
	"math"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
)

// like matches what has enough of a text's most telling words.
func (c *clusterCompiler) like(q Like) (*clusterNode, error) {
	if !q.Field.known() || q.Field.exact() {
		return nil, errLike
	}
	known, err := c.saying(q.Of)
	if err != nil {
		return nil, err
	}
	words := c.telling(q, uint64(len(known)))
	if len(words) == 0 {
		return c.none(), nil
	}
	var parts, tells []clause
	all := 0.0
	for _, t := range words {
		n, err := c.forms(q.Field, newClusterForms(Expand(t.word)), t.word)
		if err != nil {
			return nil, err
		}
		parts, tells = append(parts, n.clause), append(tells, flat(n.clause, n.idf))
		all += n.idf
		c.likely = append(c.likely, t.word)
	}
	must := clause{"should": parts, "minimum_should_match": 1, "must_not": []clause{{"terms": clause{clusterID: known}}}}
	if least := q.Part * all; least > 0 {
		// Lucene adds up in numbers of 24 bits.
		enough := clause{"query": clause{"bool": clause{"should": tells}}, "min_score": float32(least * (1 - 1e-5))}
		must["filter"] = []clause{{"function_score": enough}}
		if err := c.spend(2*len(parts), 0, 0); err != nil {
			return nil, err
		}
	}
	return &clusterNode{clause: clause{"bool": must}, scores: true}, nil
}

// saying returns a message and its copies.
func (c *clusterCompiler) saying(id archive.ID) ([]string, error) {
	if id == "" {
		return []string{}, nil
	}
	return c.asks.copies(c.ctx, string(id))
}

// telling does what compiler.telling does.
func (c *clusterCompiler) telling(q Like, copies uint64) []telling {
	in, least := q.Field, uint64(1)
	if in == FieldAny {
		in, least = FieldBody, copies+1
	}
	var out []telling
	for _, t := range wordsOf(q.Text) {
		docs := c.counted(string(in), t.word)
		if docs < least {
			continue
		}
		t.tells = idf(docs, c.facts.docs) * (1 + math.Log(float64(t.count)))
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b telling) int { return cmp.Compare(b.tells, a.tells) })
	return out[:min(len(out), maxTelling)]
}
