package index

// clusterNearWord is one word of the query, for nearness.
type clusterNearWord struct {
	text  string // folded
	rule  clause
	forms int
	idf   float64
}

// nearWord notes a word whose place tells how near it is to others.
func (c *clusterCompiler) nearWord(q Word, n *clusterNode) error {
	if n.idf == 0 || q.Field != FieldAny && q.Field != FieldBody {
		return nil
	}
	text := foldRun(q.Text)
	for _, w := range c.near {
		if w.text == text {
			return nil
		}
	}
	if len(c.near) == nearWords {
		return nil
	}
	forms := newClusterForms(q.expand()(q.Text))
	if len(forms.terms) == 0 {
		return nil
	}
	var rules []clause
	for _, term := range forms.terms {
		rules = append(rules, wordRule(term))
	}
	c.near = append(c.near, clusterNearWord{text: text, rule: anyRule(rules), forms: len(rules), idf: n.idf})
	return nil
}

// withNearness adds to the scores of messages that have the query's words close
// together, in steps of how close: see nearness.
func (c *clusterCompiler) withNearness(n *clusterNode, r *Request) *clusterNode {
	if len(c.near) < 2 || r.Sort != ByRelevance {
		return n
	}
	return n
}
