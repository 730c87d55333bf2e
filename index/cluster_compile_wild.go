package index

import "slices"

// maxBeginnings bounds the words that the last word of a phrase, or a part of a
// Near, may stand for.
const maxBeginnings = 1000

func (c *clusterCompiler) prefix(q Prefix) (*clusterNode, error) {
	n, words, err := c.wildcard(q.Field, q.Text)
	if n != nil || err != nil {
		return n, err
	}
	begins := func(field, word string) clause {
		return clause{"prefix": clause{field: clause{"value": beginning(q.Text, word)}}}
	}
	if q.Field.exact() {
		return unscoredNode(filter(begins(string(q.Field), exactTerm(q.Field, q.Text)))), c.spend(1, 1, 1)
	}
	last := len(words) - 1
	in := fieldsOf(q.Field)
	if last == 0 {
		n := c.guessed()
		var parts []clause
		for _, field := range in {
			parts = append(parts, flat(begins(string(field.field), words[0]), n.idf*saturated(field.boost)))
		}
		n.clause = bestOf(parts...)
		return n, c.spend(len(parts), 1, len(in))
	}
	var parts []clause
	s := sequence{}
	for _, word := range append(slices.Clone(words[:last]), beginning(q.Text, words[last])) {
		s = append(s, []string{word})
	}
	for _, field := range in {
		parts = append(parts, flat(clause{"match_phrase_prefix": clause{string(field.field): clause{"query": s.text(), "max_expansions": maxBeginnings}}}, saturated(field.boost)*c.rarest(field.field, words[:last])))
	}
	return &clusterNode{clause: bestOf(parts...), scores: true}, c.spend(len(parts), len(words), len(in))
}

// wildcard does what Prefix and Fuzzy have in common.
func (c *clusterCompiler) wildcard(f Field, text string) (n *clusterNode, words []string, err error) {
	if c.wild++; c.wild > maxWild {
		return nil, nil, ErrTooComplex
	}
	if !f.exact() {
		n, err = c.fits(f, text)
	}
	return n, wholes(places(text)), err
}

// saturated is what a word that weighs so much, once, counts for.
func saturated(weight float64) float64 { return weight * (k1 + 1) / (k1 + weight) }

// guessed is a node that scores, of unknown rareness: as a word that one message in
// a hundred has.
func (c *clusterCompiler) guessed() *clusterNode {
	return &clusterNode{scores: true, idf: idf(c.facts.docs/100, c.facts.docs)}
}

// rarest is the IDF of the rarest of some words.
func (c *clusterCompiler) rarest(f Field, words []string) float64 {
	least := c.facts.docs
	for _, word := range words {
		least = min(least, c.counted(string(f), word))
	}
	return idf(least, c.facts.docs)
}

func (c *clusterCompiler) fuzzy(q Fuzzy) (*clusterNode, error) {
	n, words, err := c.wildcard(q.Field, q.Text)
	if n != nil || err != nil {
		return n, err
	}
	edits := min(max(q.Edits, 1), 2)
	if q.Field.exact() {
		return unscoredNode(filter(resemblingClause(string(q.Field), exactTerm(q.Field, q.Text), edits))), c.spend(1, 1, 1)
	}
	last := len(words) - 1
	in := fieldsOf(q.Field)
	if last == 0 {
		n := c.guessed()
		field := clusterField(q.Field)
		parts := []clause{oneTerm(field, words[0], clusterBoost)}
		for e := 1; e <= edits; e++ {
			weight := in[len(in)/2].boost / float64(int(1)<<e)
			parts = append(parts, flat(resemblingClause(field, words[0], e), n.idf*saturated(weight)))
		}
		n.clause = bestOf(parts...)
		return n, c.spend(len(parts), 1, len(in))
	}
	var parts []clause
	for _, field := range in {
		ends, err := c.resembling(field.field, q.Text, words[last], edits)
		if err != nil {
			return nil, err
		}
		if len(ends) == 0 {
			continue
		}
		var s sequence
		for _, word := range words[:last] {
			s = append(s, []string{word})
		}
		parts = append(parts, flat(append(s, ends).in(string(field.field), 1), saturated(field.boost)*c.rarest(field.field, words[:last])))
		if err := c.spend(1, len(words)-1+len(ends), 1); err != nil {
			return nil, err
		}
	}
	if len(parts) == 0 {
		return c.none(), nil
	}
	return &clusterNode{clause: bestOf(parts...), scores: true}, nil
}

// resemblingClause matches the words that differ by so many letters at most.
func resemblingClause(field, word string, edits int) clause {
	return clause{"fuzzy": clause{field: clause{"value": word, "fuzziness": edits, "rewrite": "constant_score"}}}
}

// resembling lists the most frequent words of a field that differ little from one.
func (c *clusterCompiler) resembling(f Field, text, word string, edits int) ([]string, error) {
	found, err := c.asks.similar(c.ctx, f, word, edits, maxPlaced+1)
	if err != nil {
		return nil, err
	}
	if len(found) > maxPlaced {
		found = found[:maxPlaced]
		if !slices.Contains(c.cut, text) {
			c.cut = append(c.cut, text)
		}
	}
	var words []string
	for _, s := range found {
		words = append(words, s.term)
	}
	return words, nil
}
