package index

import (
	"slices"
	"strconv"
	"strings"
)

// need is a condition in OpenSearch's language, as JSON; empty, it is met by every
// message. It is text and no clause, as there may be a hundred thousand of them to
// compare with what is stored.
type need string

// needed is whether there is a condition at all.
func needed(n need) bool { return n != "" }

// needer makes of a query a condition that every message meets which the query
// matches, whatever else the index holds: it looks nothing up. Where there is none
// to be had it is empty. Order and distance of words are left to who
// decides, and so are dates, which in a query may be those of today.
type needer struct {
	tree[need]
	terms int
}

// maxNeeded bounds the terms of one condition. OpenSearch takes 1,024 clauses.
const maxNeeded = 500

// need compiles a query's condition. What cannot be compiled has none: what is
// wrong with it, the engine says that is asked.
func (s *Standing) need(q Query) need {
	n := &needer{tree: tree[need]{synonyms: s.engine.words}}
	n.engine = n
	c, err := n.compile(q)
	if err != nil || n.terms > maxNeeded {
		return ""
	}
	return c
}

func (n *needer) all() need  { return "" }
func (n *needer) none() need { return `{"match_none":{}}` }

func (n *needer) allOf(parts []need) need {
	must := slices.DeleteFunc(slices.Clone(parts), func(c need) bool { return !needed(c) })
	if len(must) == 0 {
		return ""
	}
	return joinNeeds("filter", must)
}

func (n *needer) oneOf(parts []need) need {
	if slices.Contains(parts, "") {
		return ""
	}
	return joinNeeds("should", parts)
}

// joinNeeds makes one of some conditions.
func joinNeeds(how string, parts []need) need {
	if len(parts) == 1 {
		return parts[0]
	}
	var b strings.Builder
	b.WriteString(`{"bool":{"` + how + `":[`)
	for i, part := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(string(part))
	}
	b.WriteString(`]}}`)
	return need(b.String())
}

// fieldNeed is a condition of a kind on a field.
func fieldNeed(kind string, f Field, value []byte) need {
	return need(`{"` + kind + `":{"` + standingField(f) + `":` + string(value) + `}}`)
}

func (n *needer) without(of need, _ []need) need { return of }

// word needs one of its forms, in any language: of which a message is, is not
// known yet.
func (n *needer) word(q Word, also []string) (need, error) {
	if q.Field.exact() {
		return n.value(q.Field, q.Text), nil
	}
	forms := q.expand()(q.Text)
	if len(forms) == 0 || !q.Field.known() {
		return "", nil
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

func (n *needer) phrase(q Phrase) (need, error) {
	if q.Field.exact() {
		return n.value(q.Field, q.Text), nil
	}
	forms := q.expand()(q.Text)
	if len(forms) == 0 || !q.Field.known() {
		return "", nil
	}
	return n.forms(q.Field, newClusterForms(forms)), nil
}

// forms needs one of the forms: a word, or all words of a sequence.
func (n *needer) forms(f Field, forms clusterForms) need {
	var parts []need
	if len(forms.terms) > 0 {
		parts = append(parts, n.oneTerm(f, forms.terms))
	}
	for _, s := range forms.sequences {
		var must []need
		for _, terms := range s {
			must = append(must, n.oneTerm(f, terms))
		}
		parts = append(parts, n.allOf(must))
	}
	return n.oneOf(parts)
}

func (n *needer) oneTerm(f Field, terms []string) need {
	n.terms += len(terms)
	list := []byte{'['}
	for i, term := range terms {
		if i > 0 {
			list = append(list, ',')
		}
		list = appendTerm(list, term)
	}
	return fieldNeed("terms", f, append(list, ']'))
}

// appendTerm appends a term as JSON. Nearly all are plain words.
func appendTerm(to []byte, term string) []byte {
	if plainLetters(term) {
		return append(append(append(to, '"'), term...), '"')
	}
	to, _ = appendJSON(to, term) // of a string: cannot fail
	return to
}

// value needs a value of an exact field.
func (n *needer) value(f Field, text string) need {
	term := exactTerm(f, text)
	if term == "" {
		return ""
	}
	return n.oneTerm(f, []string{term})
}

func (n *needer) prefix(q Prefix) (need, error) {
	begins := func(word string) need {
		n.terms++
		return fieldNeed("prefix", q.Field, appendTerm(nil, word))
	}
	if q.Field.exact() {
		return begins(exactTerm(q.Field, q.Text)), nil
	}
	return n.lastWord(q.Field, q.Text, func(word string) need { return begins(beginning(q.Text, word)) }), nil
}

func (n *needer) fuzzy(q Fuzzy) (need, error) {
	edits := min(max(q.Edits, 1), 2)
	like := func(word string) need {
		// Lucene takes no word for similar that is as short as the letters that may differ.
		if len([]rune(word)) <= 2*edits {
			return ""
		}
		n.terms++
		return fieldNeed("fuzzy", q.Field, []byte(`{"value":`+string(appendTerm(nil, word))+`,"fuzziness":`+strconv.Itoa(edits)+`,"rewrite":"constant_score"}`))
	}
	if q.Field.exact() {
		return like(exactTerm(q.Field, q.Text)), nil
	}
	return n.lastWord(q.Field, q.Text, like), nil
}

// lastWord needs all words of a text, the last as it is said.
func (n *needer) lastWord(f Field, text string, as func(word string) need) need {
	words := wholes(places(text))
	if len(words) == 0 || !f.known() {
		return ""
	}
	last := len(words) - 1
	must := []need{as(words[last])}
	for _, word := range words[:last] {
		must = append(must, n.oneTerm(f, []string{word}))
	}
	return n.allOf(must)
}

// nearby needs all its parts.
func (n *needer) nearby(q Near) (need, error) {
	if len(q.Parts) < 2 || len(q.Parts) > maxNear {
		return "", errNear
	}
	if _, err := fieldOf(q.Parts); err != nil {
		return "", err
	}
	var must []need
	for _, part := range q.Parts {
		c, err := n.compile(part)
		if err != nil {
			return "", err
		}
		must = append(must, c)
	}
	return n.allOf(must), nil
}

func (n *needer) inThread(InThread) (need, error)   { return "", nil }
func (n *needer) like(Like) (need, error)           { return "", nil }
func (n *needer) dateRange(DateRange) (need, error) { return "", nil }

func (n *needer) apart(_ Word, words []need) (need, error) { return n.allOf(words), nil }

func (n *needer) synonymous(m need, words And, also []string) (need, error) {
	return n.oneOf([]need{m, n.forms(words[0].(Word).Field, newClusterForms(synonymForms(also)))}), nil
}

func (n *needer) nearWord(Word, need) error { return nil }
