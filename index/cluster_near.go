package index

import "slices"

// clusterNearWord is one word of the query, for nearness.
type clusterNearWord struct {
	text  string // folded
	forms []string
	idf   float64
	docs  uint64 // that have it, at most
}

// rule matches a word's places.
func (w *clusterNearWord) rule() clause {
	rules := make([]clause, len(w.forms))
	for i, term := range w.forms {
		rules[i] = wordRule(term)
	}
	return anyRule(rules)
}

// nearWord notes a word whose place tells how near it is to others.
func (c *clusterCompiler) nearWord(q Word, n *clusterNode) error {
	if n.idf == 0 || q.Field != FieldAny && q.Field != FieldBody {
		return nil
	}
	text := foldRun(q.Text)
	again := slices.ContainsFunc(c.near, func(w clusterNearWord) bool { return w.text == text })
	if again || len(c.near) == nearWords {
		return nil
	}
	held := c.held(string(FieldBody), newClusterForms(q.expand()(q.Text)).terms)
	if len(held) == 0 {
		return nil
	}
	docs := uint64(0)
	for _, term := range held {
		docs += c.counted(string(FieldBody), term)
	}
	c.near = append(c.near, clusterNearWord{text: text, forms: held, idf: n.idf, docs: docs})
	return nil
}

// What looking for near words may cost.
const (
	nearSteps   = 12      // widths that are told apart
	nearLooks   = 150_000 // messages times words times widths; but each is looked at once
	nearWidest  = 800     // words; what is further apart gets nothing
	nearSubsets = 4       // words of which a message's own text may lack one, and the others are looked at
)

// withNearness adds to the scores of messages that have the query's words close
// together: see nearness. There, what a stretch adds goes by its width; here it
// goes by steps, each a third wider than the one before, and what the embedded
// engine does for those of the words that are there is done for all of them, and
// where one is missing for the others.
func (c *clusterCompiler) withNearness(n *clusterNode, r *Request) *clusterNode {
	if len(c.near) < 2 || r.Sort != ByRelevance {
		return n
	}
	near := []clause{c.within(c.near)}
	if len(c.near) > 2 && len(c.near) <= nearSubsets {
		for i := range c.near {
			others := c.within(slices.Delete(slices.Clone(c.near), i, i+1))
			lacks := clause{"terms": clause{string(FieldBody): c.near[i].forms}}
			near = append(near, clause{"bool": clause{"must": []clause{others}, "must_not": []clause{lacks}}})
		}
	}
	return &clusterNode{
		clause: clause{"bool": clause{"must": []clause{n.clause}, "should": []clause{bestOf(near...)}}},
		scores: true, idf: n.idf, label: n.label,
	}
}

// within gives a score to messages that have some words close together. A message
// that has them within a narrow stretch has them within a wide one, so whoever
// fails at that is not looked at again.
func (c *clusterCompiler) within(words []clusterNearWord) clause {
	rules, least, sum := make([]clause, len(words)), c.facts.docs, 0.0
	for i, w := range words {
		rules[i], least, sum = w.rule(), min(least, w.docs), sum+w.idf
	}
	widths := nearWidths(len(words), int(min(nearLooks/uint64(len(words))/(least+1)+1, nearSteps)))
	value := func(i int) float64 {
		if i == len(widths) {
			return 0
		}
		middle := float64(widths[i])
		if i > 0 {
			middle = float64(widths[i-1]+1+widths[i]) / 2
		}
		return nearBoost * sum / (1 + middle/paragraph)
	}
	var inner []clause
	for i, width := range widths {
		step := flat(intervals(FieldBody, anyhow(slices.Clone(rules), width-len(words))), value(i)-value(i+1))
		inner = []clause{{"bool": clause{"must": []clause{step}, "should": inner}}}
	}
	if len(widths) == 1 {
		return inner[0]
	}
	inOrder := intervals(FieldBody, inSequence(slices.Clone(rules), paragraph))
	return clause{"bool": clause{"must": inner, "should": []clause{flat(inOrder, orderPart*value(0)/2)}}}
}

// nearWidths are the widths of so many steps, the narrowest first.
func nearWidths(words, steps int) []int {
	widths := []int{words}
	grow := 4.0 / 3
	if steps < nearSteps {
		grow = 3
	}
	for next := float64(words + 1); len(widths) < steps && next < nearWidest; next = next*grow + 1 {
		widths = append(widths, int(next))
	}
	return widths
}
