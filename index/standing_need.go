package index

import (
	"fmt"
	"slices"
)

// need is a condition that a message may meet: that it has one of some terms, or
// all or one of other conditions, or what is written in OpenSearch's language. A nil
// need is met by every message.
type need struct {
	field   Field
	terms   []string // one of these
	all     bool     // of parts, not one
	parts   []*need
	written string
}

// needer makes of a query a condition that every message meets which the query
// matches, whatever else the index holds: it looks nothing up. Where there is none
// to be had it is empty. Order and distance of words are left to who
// decides, and so are dates, which in a query may be those of today.
type needer struct {
	tree[*need]
	terms int
}

// maxNeeded bounds the terms of one condition. OpenSearch takes 1,024 clauses.
const maxNeeded = 500

// needOf compiles a query's condition. What cannot be compiled has none: what is
// wrong with it, the engine says that is asked.
func needOf(q Query, synonyms *Synonyms) *need {
	n := &needer{tree: tree[*need]{synonyms: synonyms}}
	n.engine = n
	c, err := n.compile(q)
	if err != nil || n.terms > maxNeeded {
		return nil
	}
	return c
}

func (n *needer) all() *need  { return nil }
func (n *needer) none() *need { return &need{written: `{"match_none":{}}`} }

func (n *needer) allOf(parts []*need) *need {
	must := slices.DeleteFunc(slices.Clone(parts), func(c *need) bool { return c == nil })
	switch len(must) {
	case 0:
		return nil
	case 1:
		return must[0]
	}
	return &need{all: true, parts: must}
}

func (n *needer) oneOf(parts []*need) *need {
	if slices.Contains(parts, nil) {
		return nil
	}
	if len(parts) == 1 {
		return parts[0]
	}
	return &need{parts: parts}
}

func (n *needer) without(of *need, _ []*need) *need { return of }

// word needs one of its forms, in any language: of which a message is, is not
// known yet.
func (n *needer) word(q Word, also []string) (*need, error) {
	if q.Field.exact() {
		return n.value(q.Field, q.Text), nil
	}
	forms := q.expand()(q.Text)
	if len(forms) == 0 || !q.Field.known() {
		return nil, nil
	}
	for _, w := range also {
		for _, term := range sameStem(w) {
			forms = append(forms, []string{term})
		}
	}
	at := newClusterForms(forms)
	if one := places(q.Text); len(one) == 1 && !q.Exact {
		for _, lang := range stemmedLanguages {
			for _, spelling := range spellingsIn(lang, q.Text, one[0].whole) {
				at.add(clusterForeign(lang, stemIn(lang, spelling)))
			}
		}
	}
	return n.forms(q.Field, at), nil
}

func (n *needer) phrase(q Phrase) (*need, error) {
	if q.Field.exact() {
		return n.value(q.Field, q.Text), nil
	}
	forms := q.expand()(q.Text)
	if len(forms) == 0 || !q.Field.known() {
		return nil, nil
	}
	return n.forms(q.Field, newClusterForms(forms)), nil
}

// forms needs one of the forms: a word, or all words of a sequence.
func (n *needer) forms(f Field, forms clusterForms) *need {
	var parts []*need
	if len(forms.terms) > 0 {
		parts = append(parts, n.oneTerm(f, forms.terms))
	}
	for _, s := range forms.sequences {
		var must []*need
		for _, terms := range s {
			must = append(must, n.oneTerm(f, terms))
		}
		parts = append(parts, n.allOf(must))
	}
	return n.oneOf(parts)
}

func (n *needer) oneTerm(f Field, terms []string) *need {
	n.terms += len(terms)
	return &need{field: f, terms: terms}
}

// value needs a value of an exact field.
func (n *needer) value(f Field, text string) *need {
	term := exactTerm(f, text)
	if term == "" {
		return nil
	}
	return n.oneTerm(f, []string{term})
}

func (n *needer) prefix(q Prefix) (*need, error) {
	begins := func(word string) *need {
		n.terms++
		return &need{written: standingClause("prefix", q.Field, appendTerm(nil, word))}
	}
	if q.Field.exact() {
		return begins(exactTerm(q.Field, q.Text)), nil
	}
	return n.lastWord(q.Field, q.Text, func(word string) *need { return begins(beginning(q.Text, word)) }), nil
}

func (n *needer) fuzzy(q Fuzzy) (*need, error) {
	edits := min(max(q.Edits, 1), 2)
	like := func(word string) *need {
		// Lucene takes no word for similar that is as short as the letters that may differ.
		if len([]rune(word)) <= 2*edits {
			return nil
		}
		n.terms++
		return &need{written: standingClause("fuzzy", q.Field, fmt.Appendf(nil, `{"value":%s,"fuzziness":%d,"rewrite":"constant_score"}`, appendTerm(nil, word), edits))}
	}
	if q.Field.exact() {
		return like(exactTerm(q.Field, q.Text)), nil
	}
	return n.lastWord(q.Field, q.Text, like), nil
}

// lastWord needs all words of a text, the last as it is said.
func (n *needer) lastWord(f Field, text string, as func(word string) *need) *need {
	words := wholes(places(text))
	if len(words) == 0 || !f.known() {
		return nil
	}
	last := len(words) - 1
	must := []*need{as(words[last])}
	for _, word := range words[:last] {
		must = append(must, n.oneTerm(f, []string{word}))
	}
	return n.allOf(must)
}

// nearby needs all its parts.
func (n *needer) nearby(q Near) (*need, error) {
	if len(q.Parts) < 2 || len(q.Parts) > maxNear {
		return nil, errNear
	}
	if _, err := fieldOf(q.Parts); err != nil {
		return nil, err
	}
	var must []*need
	for _, part := range q.Parts {
		c, err := n.compile(part)
		if err != nil {
			return nil, err
		}
		must = append(must, c)
	}
	return n.allOf(must), nil
}

func (n *needer) inThread(InThread) (*need, error)   { return nil, nil }
func (n *needer) like(Like) (*need, error)           { return nil, nil }
func (n *needer) dateRange(DateRange) (*need, error) { return nil, nil }

func (n *needer) apart(_ Word, words []*need) (*need, error) { return n.allOf(words), nil }

func (n *needer) synonymous(m *need, words And, also []string) (*need, error) {
	return n.oneOf([]*need{m, n.forms(words[0].(Word).Field, newClusterForms(synonymForms(also)))}), nil
}

func (n *needer) nearWord(Word, *need) error { return nil }
