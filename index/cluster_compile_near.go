package index

import (
	"fmt"
	"slices"
)

// A Near is asked for as Lucene's intervals, which know gaps where we know
// distances. The gaps of a stretch are the places between its parts: for two
// parts that is the distance less one; for more, the places that the middle ones
// take have no part in it. So each choice of the parts' lengths, and where they
// differ of who comes first and last, is a question of its own.

// maxOrders bounds the parts whose orders are all asked for. Of more, the
// distance may be a few places too wide where they are phrases.
const maxOrders = 4

// nearPart is a part of a Near in one field: its forms, by their length.
type nearPart struct {
	rules map[int][]clause
	words map[string]bool          // of one place
	wild  []func(word string) bool // of one place, which ones is not known
}

func (c *clusterCompiler) nearby(q Near) (*clusterNode, error) {
	if len(q.Parts) < 2 || len(q.Parts) > maxNear {
		return nil, fmt.Errorf("index: a Near of %d parts; it has 2 to %d", len(q.Parts), maxNear)
	}
	field, err := fieldOf(q.Parts)
	if err != nil {
		return nil, err
	}
	var parts []*clusterNode
	for _, part := range q.Parts {
		n, err := c.compile(part)
		if err != nil {
			return nil, err
		}
		parts = append(parts, n)
	}
	n := c.allOf(parts)
	var fields []clause
	for _, f := range fieldsOf(field) {
		placed, err := c.placed(f.field, q.Parts)
		if err != nil {
			return nil, err
		}
		if len(placed) == 0 {
			return n, nil
		}
		rules, err := c.nearRules(placed, max(q.Distance, 1), q.Ordered)
		if err != nil {
			return nil, err
		}
		if len(rules) > 0 {
			fields = append(fields, intervals(f.field, anyRule(rules)))
		}
	}
	if len(fields) == 0 {
		return c.none(), nil
	}
	n.clause = clause{"bool": clause{"must": []clause{n.clause}, "filter": []clause{some(fields...)}}}
	return n, nil
}

func intervals(f Field, rule clause) clause { return clause{"intervals": clause{string(f): rule}} }

func anyRule(rules []clause) clause {
	if len(rules) == 1 {
		return rules[0]
	}
	return clause{"any_of": clause{"intervals": rules}}
}

// placed makes the parts as a field has them, but for those without words.
func (c *clusterCompiler) placed(f Field, parts []Query) ([]*nearPart, error) {
	var out []*nearPart
	for _, part := range parts {
		if wordless(part) {
			continue
		}
		p := &nearPart{rules: map[int][]clause{}, words: map[string]bool{}}
		out = append(out, p)
		for _, leaf := range alternatives([]Query{part}) {
			if err := c.placedLeaf(p, f, leaf); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

func (c *clusterCompiler) placedLeaf(p *nearPart, f Field, leaf Query) error {
	switch q := leaf.(type) {
	case Word:
		return c.placedForms(p, newClusterForms(q.expand()(q.Text)))
	case Phrase:
		return c.placedForms(p, newClusterForms(q.expand()(q.Text)))
	case Prefix:
		words := wholes(places(q.Text))
		if len(words) == 0 {
			return nil
		}
		last := len(words) - 1
		rule := clause{"wildcard": clause{"pattern": beginning(q.Text, words[last]) + "*", "max_expansions": maxBeginnings}}
		if last == 0 {
			p.wild = append(p.wild, q.Matches())
		}
		p.add(words[:last], rule)
		return c.spend(len(words), len(words), 1)
	case Fuzzy:
		words := wholes(places(q.Text))
		if len(words) == 0 {
			return nil
		}
		last := len(words) - 1
		ends, err := c.resembling(f, q.Text, words[last], min(max(q.Edits, 1), 2))
		if err != nil || len(ends) == 0 {
			return err
		}
		var s sequence
		for _, word := range words[:last] {
			s = append(s, []string{word})
		}
		return c.placedForms(p, clusterForms{sequences: []sequence{append(s, ends)}})
	}
	return errNear
}

// placedForms adds the forms of a word or a phrase.
func (c *clusterCompiler) placedForms(p *nearPart, forms clusterForms) error {
	for _, term := range forms.terms {
		p.words[term] = true
		p.add(nil, wordRule(term))
		if err := c.spend(1, 1, 1); err != nil {
			return err
		}
	}
	for _, s := range forms.sequences {
		var words []string
		for _, terms := range s[:len(s)-1] {
			words = append(words, terms[0])
		}
		var ends []clause
		for _, term := range s[len(s)-1] {
			if len(s) == 1 {
				p.words[term] = true
			}
			ends = append(ends, wordRule(term))
		}
		p.add(words, anyRule(ends))
		if err := c.spend(len(words)+len(ends), len(words)+len(ends), 1); err != nil {
			return err
		}
	}
	return nil
}

func wordRule(term string) clause {
	return clause{"match": clause{"query": term, "analyzer": "whitespace"}}
}

// add adds words that are followed by what a rule matches.
func (p *nearPart) add(words []string, end clause) {
	length := len(words) + 1
	if length == 1 {
		p.rules[1] = append(p.rules[1], end)
		return
	}
	var all []clause
	for _, word := range words {
		all = append(all, wordRule(word))
	}
	p.rules[length] = append(p.rules[length], inSequence(append(all, end), 0))
}

// inSequence matches rules one behind the other.
func inSequence(rules []clause, gaps int) clause {
	return clause{"all_of": clause{"intervals": rules, "mode": "ordered", "max_gaps": gaps}}
}

// anyhow matches rules in any order, also at one place: those are the parts
// of one compound.
func anyhow(rules []clause, gaps int) clause {
	return clause{"all_of": clause{"intervals": rules, "mode": "unordered", "max_gaps": gaps}}
}

// anyhowApart matches rules in any order, none at the place of another one.
func anyhowApart(rules []clause, gaps int) clause {
	return clause{"all_of": clause{"intervals": rules, "mode": "unordered_no_overlap", "max_gaps": gaps}}
}

// nearRules asks for the parts within a distance.
func (c *clusterCompiler) nearRules(parts []*nearPart, distance int, ordered bool) ([]clause, error) {
	apart := ordered || overlapping(parts)
	var out []clause
	lengths := make([]int, len(parts))
	rules := make([]clause, len(parts))
	var choose func(i int) error
	choose = func(i int) error { // at most maxNear deep
		if i == len(parts) {
			more, cost := nearChoice(rules, lengths, distance, ordered, apart)
			out = append(out, more...)
			return c.spend(cost, 0, 0)
		}
		for length, of := range parts[i].rules {
			lengths[i], rules[i] = length, anyRule(of)
			if err := choose(i + 1); err != nil {
				return err
			}
		}
		return nil
	}
	return out, choose(0)
}

// overlapping tells whether one word may count for two parts.
func overlapping(parts []*nearPart) bool {
	for i, p := range parts {
		for _, q := range parts[:i] {
			if p.shares(q) {
				return true
			}
		}
	}
	return false
}

func (p *nearPart) shares(q *nearPart) bool {
	if len(p.wild) > 0 && len(q.wild) > 0 {
		return true
	}
	for word := range p.words {
		if q.words[word] || slices.ContainsFunc(q.wild, func(is func(string) bool) bool { return is(word) }) {
			return true
		}
	}
	for word := range q.words {
		if slices.ContainsFunc(p.wild, func(is func(string) bool) bool { return is(word) }) {
			return true
		}
	}
	return false
}

// nearChoice asks for parts of these lengths, and returns how many clauses that
// is.
func nearChoice(rules []clause, lengths []int, distance int, ordered, apart bool) (out []clause, cost int) {
	n := len(rules)
	rules = slices.Clone(rules) // the next choice is made in it
	if n == 1 {
		return rules, 1
	}
	if ordered {
		if gaps := distance - 1 - sum(lengths[1:n-1]); gaps >= 0 {
			out = append(out, inSequence(rules, gaps))
		}
		return out, n
	}
	long := slices.Max(lengths) > 1
	if gaps := distance - 1 - (n - 2); !long && !apart && gaps >= 0 {
		return []clause{anyhow(rules, gaps)}, n
	}
	if n > maxOrders {
		return []clause{anyhowApart(rules, max(distance-1-leastBetween(lengths), 0))}, n
	}
	for order := range orders(n) {
		inOrder, middle := make([]clause, n), 0
		for i, part := range order {
			inOrder[i] = rules[part]
			if i > 0 && i < n-1 {
				middle += lengths[part]
			}
		}
		if gaps := distance - 1 - middle; gaps >= 0 {
			out = append(out, inSequence(inOrder, gaps))
			cost += n
		}
	}
	return out, cost
}

// leastBetween is how many places the parts between the first and the last take
// at least.
func leastBetween(lengths []int) int {
	in := slices.Sorted(slices.Values(lengths))
	return sum(in[:len(in)-2])
}

func sum(numbers []int) (total int) {
	for _, n := range numbers {
		total += n
	}
	return total
}

// orders yields the orders of n things.
func orders(n int) func(yield func([]int) bool) {
	return func(yield func([]int) bool) {
		order := make([]int, n)
		for i := range order {
			order[i] = i
		}
		for {
			if !yield(slices.Clone(order)) || !nextOrder(order) {
				return
			}
		}
	}
}

// nextOrder makes the next order, in that of a dictionary.
func nextOrder(order []int) bool {
	i := len(order) - 2
	for i >= 0 && order[i] > order[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(order) - 1
	for order[j] < order[i] {
		j--
	}
	order[i], order[j] = order[j], order[i]
	slices.Reverse(order[i+1:])
	return true
}
