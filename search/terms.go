package search

import (
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// term is a word or a phrase of a query, as the index looks for it.
type term struct {
	field index.Field
	forms [][]string             // each the index's terms at successive places
	word  index.Word             // with other endings in other languages; or none
	like  func(term string) bool // tells other terms that it stands for; or nil
	first []string               // the terms before such a one
}

// appliesTo reports whether the term looks into a field.
func (t *term) appliesTo(f index.Field) bool {
	return t.field == index.FieldAny || t.field == f
}

// termsOf returns what a query looks for in texts. What it excludes is not
// part of that.
func termsOf(q index.Query, words *index.Synonyms) []term {
	var out []term
	todo := []index.Query{q}
	for len(todo) > 0 {
		q, todo = todo[len(todo)-1], todo[:len(todo)-1]
		switch q := q.(type) {
		case index.And:
			for i, part := range q {
				if w, ok := part.(index.Word); ok && !w.Exact {
					forms := append(index.Expand(w.Text), joined(q, i)...)
					out = append(out, term{field: w.Field, word: w, forms: append(forms, synonyms(q, i, words)...)})
				} else {
					todo = append(todo, part)
				}
			}
		case index.Word:
			if q.Exact {
				out = append(out, term{field: q.Field, forms: index.ExpandExact(q.Text)})
			} else {
				todo = append(todo, index.And{q})
			}
		case index.Or:
			todo = append(todo, q...)
		case index.Near:
			todo = append(todo, q.Parts...)
		default:
			if t, ok := termOf(q); ok {
				out = append(out, t)
			}
		}
	}
	return out
}

// inLanguageOf returns the terms as the index looks for them in a message of its
// language.
func inLanguageOf(m *archive.Message, terms []term) []term {
	lang := index.Language(m)
	if lang == "" || lang == "en" {
		return terms
	}
	out := slices.Clone(terms)
	for i, t := range out {
		if t.word.Text != "" {
			out[i].like = t.word.Stems(lang)
		}
	}
	return out
}

// lookInside lets terms stand for the words too that they were looked for inside of.
func lookInside(terms []term, found []index.Inside) {
	for _, in := range found {
		for i, t := range terms {
			if t.word.Text != in.Text {
				continue
			}
			for _, w := range in.Words {
				terms[i].forms = append(terms[i].forms, []string{w})
			}
		}
	}
}

// termOf returns what a leaf looks for.
func termOf(q index.Query) (term, bool) {
	switch q := q.(type) {
	case index.Phrase:
		if q.Exact {
			return term{field: q.Field, forms: index.ExpandExact(q.Text)}, true
		}
		return term{field: q.Field, forms: index.ExpandPhrase(q.Text)}, true
	case index.Prefix:
		return term{field: q.Field, like: q.Matches(), first: butLast(q.Text)}, true
	case index.Fuzzy:
		return term{field: q.Field, like: q.Matches(), first: butLast(q.Text)}, true
	}
	return term{}, false
}

// butLast returns the words of a text, such as an address, without the last one,
// which stands for others.
func butLast(text string) []string {
	forms := index.ExpandExact(text)
	if len(forms) == 0 {
		return nil
	}
	return forms[0][:len(forms[0])-1]
}

// synonyms returns what says the same as the words of a query from q[i] on.
func synonyms(q index.And, i int, words *index.Synonyms) [][]string {
	_, also := words.At(q, i)
	var out [][]string
	for _, text := range also {
		out = append(out, index.ExpandSynonym(text)...)
	}
	return out
}

// joined returns what a word of a query and the next one are when written as
// one: the index finds "multifactor" for multi factor (M2).
func joined(q index.And, i int) [][]string {
	if i+1 == len(q) {
		return nil
	}
	a, _ := q[i].(index.Word)
	b, ok := q[i+1].(index.Word)
	if !ok || a.Field != b.Field || b.Exact {
		return nil
	}
	var out [][]string
	for _, form := range index.ExpandPhrase(a.Text + " " + b.Text) {
		if len(form) == 1 {
			out = append(out, index.Expand(form[0])...)
		}
	}
	return out
}

// match is a stretch of a text where a term is.
type match struct {
	start, end int // bytes
	term       int // in the order of the terms
}

// matches finds the terms that look into field f in a text, by start.
func matches(text string, terms []term, f index.Field) []match {
	starts, alike := byFirst(terms, f)
	if len(starts)+len(alike) == 0 || strings.TrimSpace(text) == "" {
		return nil
	}
	found := wanted(terms, f).Find(text)
	var out []match
	for i, t := range found {
		for _, form := range starts[t.Term] {
			if _, end, ok := follow(found[i:], t.Pos+1, form.rest); ok {
				out = append(out, match{t.Start, max(t.End, end), form.term})
			}
		}
		for _, n := range alike {
			if start, ok := behind(found[:i], t, terms[n].first); ok && t.Kind != index.Stem && terms[n].like(t.Term) {
				out = append(out, match{start, t.End, n})
			}
		}
	}
	slices.SortStableFunc(out, func(a, b match) int { return a.start - b.start })
	return out
}

// sequence is one form of a term, without its first word.
type sequence struct {
	term int
	rest []string
}

// byFirst lists the forms by their first word, and the terms that stand for
// words alike.
func byFirst(terms []term, f index.Field) (out map[string][]sequence, alike []int) {
	out = map[string][]sequence{}
	for i, t := range terms {
		if !t.appliesTo(f) {
			continue
		}
		if t.like != nil {
			alike = append(alike, i)
		}
		for _, words := range t.forms {
			if len(words) > 0 {
				out[words[0]] = append(out[words[0]], sequence{i, words[1:]})
			}
		}
	}
	return out, alike
}

// wanted finds the terms that look into a field.
func wanted(terms []term, f index.Field) *index.Wanted {
	var words []string
	var like []func(string) bool
	for _, t := range terms {
		if !t.appliesTo(f) {
			continue
		}
		for _, form := range t.forms {
			words = append(words, form...)
		}
		words = append(words, t.first...)
		if t.like != nil {
			like = append(like, t.like)
		}
	}
	return index.NewWanted(words, like...)
}

// follow reports whether the words stand at a place and those behind it, in
// order, and where the first one begins and the last one ends.
func follow(tokens []index.Token, place int, words []string) (start, end int, ok bool) {
	for i, w := range words {
		at := slices.IndexFunc(tokens, func(t index.Token) bool { return t.Pos > place || t.Pos == place && t.Term == w })
		if at < 0 || tokens[at].Pos > place {
			return 0, 0, false
		}
		if i == 0 {
			start = tokens[at].Start
		}
		end, tokens = tokens[at].End, tokens[at+1:]
		place++
	}
	return start, end, true
}

// behind reports whether a token stands behind the words, in order, and where
// the first one begins; without any, that is where the token does. tokens are
// those before it.
func behind(tokens []index.Token, t index.Token, words []string) (start int, ok bool) {
	if len(words) == 0 {
		return t.Start, true
	}
	place := t.Pos - len(words)
	from := len(tokens)
	for from > 0 && tokens[from-1].Pos >= place {
		from--
	}
	start, _, ok = follow(tokens[from:], place, words)
	return start, ok
}
