package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/index"
)

// Mend proposes a query that can be read in place of one that cannot: brackets
// closed, a field's name corrected, what has a meaning in quotation marks. It is
// empty where nothing is near. A reader should see it before it is searched for.
func (e *SyntaxError) Mend(opts *Options) string {
	for range mostMistakes {
		var next *SyntaxError
		for _, q := range e.mended() {
			q = strings.TrimSpace(q)
			tree, wrong := parse(q, opts)
			if _, all := tree.(index.All); wrong == nil && !all && q != "" {
				return q
			}
			if next == nil && wrong != nil && wrong.Msg != e.Msg {
				next = wrong // that is mended, and there is another
			}
		}
		if next == nil {
			return ""
		}
		e = next
	}
	return ""
}

// mostMistakes is how many mistakes of one query are mended.
const mostMistakes = 3

// mended are the ways out, the likeliest first; not all of them can be read.
func (e *SyntaxError) mended() []string {
	before, at := e.Query[:e.Pos], e.Query[e.Pos:]
	end := strings.IndexFunc(at, unicode.IsSpace)
	if end < 0 {
		end = len(at)
	}
	token, after := at[:end], at[end:]
	var out []string
	add := func(texts ...string) {
		for _, t := range texts {
			out = append(out, before+t+after)
		}
	}
	valued := strings.HasSuffix(before, ":")
	if name, value, ok := strings.Cut(token, ":"); ok && !valued && !strings.ContainsFunc(name, isSign) {
		add(nearestField(name) + ":" + value)
	}
	if date := nearestWord([]string{strings.ToLower(token)}); date != "" && valued {
		add(date)
	}
	if from, to, ok := strings.Cut(token, ".."); ok {
		add(to+".."+from, from)
	}
	r, size := utf8.DecodeRuneInString(token)
	switch {
	case isQuote(r):
		out = append(out, e.Query+`"`)
		add("")
	case r == '(' || r == '{':
		out = append(out, e.Query+")", e.Query+"}")
	case r == ')' || r == '}':
		add(token[size:])
	case operators[token] || near.MatchString(token):
		add("")
	}
	if token != "" && !strings.ContainsAny(token, `"(){}`) && !valued {
		add(`"` + token + `"`)
	}
	return out
}

// operators are the words that join others.
var operators = map[string]bool{"AND": true, "OR": true, "NOT": true}

// nearestField is the field that a name may mean; a name that is near none stays
// as it is.
func nearestField(name string) string {
	name = strings.ToLower(name)
	if f, ok := otherNames[name]; ok {
		return f
	}
	f := slices.MinFunc(fieldNames, func(a, b string) int {
		return cmp.Or(cmp.Compare(distance(name, a), distance(name, b)), strings.Compare(a, b))
	})
	if len(name) > 20 || distance(name, f) > 2 {
		return name
	}
	return f
}
