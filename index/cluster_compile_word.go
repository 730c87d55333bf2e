package index

import (
	"math"
	"slices"
)

// clusterBoost makes of Lucene's BM25, which leaves out a factor, ours.
const clusterBoost = k1 + 1

// word compiles a word in all its forms. also holds words that mean it too.
func (c *clusterCompiler) word(q Word, also []string) (*clusterNode, error) {
	if n, err := c.fits(q.Field, q.Text); n != nil || err != nil {
		return n, err
	}
	forms := q.expand()(q.Text)
	for _, w := range also {
		for _, term := range sameStem(w) {
			forms = append(forms, []string{term})
		}
	}
	at := newClusterForms(forms)
	if q.Exact {
		return c.forms(q.Field, at, q.Text)
	}
	one := places(q.Text)
	if len(one) == 1 {
		for _, lang := range c.facts.langs {
			for _, spelling := range spellingsIn(lang, q.Text, one[0].whole) {
				at.add(clusterForeign(lang, stemIn(lang, spelling)))
			}
		}
		if err := c.inside(&at, q, one[0].whole); err != nil {
			return nil, err
		}
	}
	n, err := c.forms(q.Field, at, q.Text)
	if err != nil || len(one) != 1 || c.written(q.Field, at, one[0].whole) {
		return n, err
	}
	return n, c.asWritten(n, q.Field, one[0].whole)
}

// asWritten lets messages count for less that have a word in other forms only.
func (c *clusterCompiler) asWritten(n *clusterNode, f Field, written string) error {
	other := clause{"bool": clause{"must_not": []clause{oneTerm(clusterField(f), written, 1)}}}
	n.clause = clause{"boosting": clause{"positive": n.clause, "negative": other, "negative_boost": otherForm}}
	return c.spend(2, 0, 0)
}

// written tells whether a word is met as it is written and in no other form.
func (c *clusterCompiler) written(f Field, forms clusterForms, word string) bool {
	terms := c.held(clusterField(f), forms.terms)
	for _, s := range forms.sequences {
		for _, field := range fieldsOf(f) {
			if c.heldSequence(field.field, s) != nil {
				return false
			}
		}
	}
	return len(terms) == 0 || len(terms) == 1 && (terms[0] == word || !c.facts.still)
}

// held leaves out terms that no message has: of several terms, even of those that
// are nowhere, OpenSearch makes more work than of one.
func (c *clusterCompiler) held(field string, terms []string) (out []string) {
	for _, term := range terms {
		if c.counted(field, term) > 0 || !c.facts.still {
			out = append(out, term)
		}
	}
	return out
}

// heldSequence is what messages may have of a sequence in a field; nil if none can
// have it.
func (c *clusterCompiler) heldSequence(f Field, s sequence) (out sequence) {
	for _, terms := range s {
		held := c.held(string(f), terms)
		if len(held) == 0 {
			return nil
		}
		out = append(out, held)
	}
	return out
}

// clusterField is the field of OpenSearch's where the words of a field are.
func clusterField(f Field) string {
	if f == FieldAny {
		return clusterAny
	}
	return string(f)
}

func (c *clusterCompiler) phrase(q Phrase) (*clusterNode, error) {
	if n, err := c.fits(q.Field, q.Text); n != nil || err != nil {
		return n, err
	}
	return c.forms(q.Field, newClusterForms(q.expand()(q.Text)), `"`+q.Text+`"`)
}

// forms matches what has one of some forms.
func (c *clusterCompiler) forms(f Field, forms clusterForms, label string) (*clusterNode, error) {
	n := &clusterNode{scores: true, label: label}
	docs := uint64(0)
	for _, term := range forms.terms {
		docs += c.counted(clusterField(f), term)
	}
	for _, s := range forms.sequences {
		docs += c.most(f, s)
	}
	n.idf = idf(docs, c.facts.docs)
	var parts []clause
	if held := c.held(clusterField(f), forms.terms); len(held) > 0 {
		parts = append(parts, stacked(clusterField(f), held, c.boost(clusterField(f), held, n.idf)))
	}
	for _, s := range forms.sequences {
		for _, field := range fieldsOf(f) {
			if held := c.heldSequence(field.field, s); held != nil {
				parts = append(parts, held.in(string(field.field), c.sequenceBoost(field, held, n.idf)))
			}
		}
	}
	if n.clause = nothing(); len(parts) > 0 {
		n.clause = bestOf(parts...)
	}
	words := len(forms.terms)
	for _, s := range forms.sequences {
		words += len(s)
	}
	return n, c.spend(len(forms.terms)+len(forms.sequences)*len(fieldsOf(f)), words, len(fieldsOf(f)))
}

// boost lets a word of several forms count by the IDF of all of them; Lucene
// counts by that of the most frequent one.
func (c *clusterCompiler) boost(field string, terms []string, idf float64) float64 {
	most := uint64(0)
	for _, term := range terms {
		most = max(most, c.counted(field, term))
	}
	return clusterBoost * idf / luceneIDF(most, c.facts.docs)
}

// most is in how many messages a sequence can be, in the field where it is met
// most.
func (c *clusterCompiler) most(f Field, s sequence) (most uint64) {
	for _, field := range fieldsOf(f) {
		least := uint64(math.MaxUint64)
		for _, terms := range s {
			docs := uint64(0)
			for _, term := range terms {
				docs += c.counted(string(field.field), term)
			}
			least = min(least, docs)
		}
		most = max(most, least)
	}
	return min(most, c.facts.docs)
}

// sequenceBoost lets a phrase count by the IDF of what it is a form of, and by
// its field. Lucene counts by the IDFs of all its words together.
func (c *clusterCompiler) sequenceBoost(field weight, s sequence, idf float64) float64 {
	sum := 0.0
	for _, terms := range s {
		for _, term := range terms {
			if docs := c.counted(string(field.field), term); docs > 0 {
				sum += luceneIDF(docs, c.facts.docs)
			}
		}
	}
	// What one occurrence adds, as wordMatcher and as Lucene's k1 of this field have it.
	ours, theirs := field.boost/(k1+field.boost), 1/(k1+1)
	return clusterBoost * ours / theirs * idf / math.Max(sum, 1e-9)
}

// apart makes a compound that a query writes as words.
func (c *clusterCompiler) apart(compound Word, words []*clusterNode) (*clusterNode, error) {
	wholly := c.wholly
	c.wholly = true // see compiler.apart
	whole, err := c.word(compound, nil)
	c.wholly = wholly
	if err != nil {
		return nil, err
	}
	both := c.allOf(words)
	n := &clusterNode{scores: true, idf: whole.idf, label: whole.label}
	n.clause = clause{"bool": clause{
		"filter": []clause{both.clause},
		"should": []clause{bestOf(whole.clause, flat(everything(), apartPart*whole.idf))},
	}}
	return n, nil
}

// synonymous matches what m matches, and what has a synonym of the words.
func (c *clusterCompiler) synonymous(m *clusterNode, words And, also []string) (*clusterNode, error) {
	s, err := c.forms(words[0].(Word).Field, newClusterForms(synonymForms(also)), "")
	if err != nil {
		return nil, err
	}
	less := clause{"bool": clause{"must": []clause{s.clause}, "boost": synonymWeight}}
	return &clusterNode{clause: bestOf(m.clause, less), scores: true, idf: m.idf, label: m.label}, nil
}

// inside makes the words that contain a word stand for one that no message has;
// see compiler.inside.
func (c *clusterCompiler) inside(forms *clusterForms, q Word, word string) error {
	if c.wholly || c.facts.docs > insideDocs || c.depth != 1 || len(c.insides) == insideQueries || len([]rune(word)) < insideLeast {
		return nil
	}
	for _, term := range forms.terms {
		if c.counted(clusterField(q.Field), term) > 0 {
			return nil
		}
	}
	for _, s := range forms.sequences {
		if c.most(q.Field, s) > 0 {
			return nil
		}
	}
	if len(c.missing) > 0 {
		return nil
	}
	words, err := c.asks.containing(c.ctx, q.Field, word)
	if err != nil || len(words) == 0 {
		return err
	}
	for _, w := range words {
		forms.add(w)
	}
	c.insides = append(c.insides, Inside{Text: q.Text, Words: slices.Clone(words)})
	return nil
}
