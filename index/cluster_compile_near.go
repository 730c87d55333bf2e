package index

import "fmt"

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
