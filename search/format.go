package search

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/bxsearch/bxsearch/index"
)

// Format writes a query tree in the query language. For a tree that Parse
// gave, Parse gives the same tree again; of other trees, what the language
// cannot say is written as near as it can.
func Format(q index.Query) string { return format(q, false) }

// format is bounded by the depth of trees, which Parse bounds.
func format(q index.Query, inside bool) string {
	switch q := q.(type) {
	case index.And:
		return join(q, " ", "*", inside)
	case index.Or:
		return join(q, " OR ", "NOT *", inside)
	case index.Not:
		return "NOT " + format(q.Of, true)
	case index.Word:
		return formatWord(q)
	case index.Phrase:
		return prefix(q.Field) + equals(q.Exact) + quoted(q.Text)
	case index.Prefix:
		return prefix(q.Field) + q.Text + "*"
	case index.Fuzzy:
		return fmt.Sprintf("%s%s~%d", prefix(q.Field), q.Text, q.Edits)
	case index.Near:
		return formatNear(q)
	case index.InThread:
		return fieldThread + ":{" + format(q.Of, false) + "}"
	case index.DateRange:
		return formatRange(q)
	}
	return "*"
}

// join writes the parts of And and Or. An And needs no parentheses inside an
// Or, but has them for the reader's sake.
func join(parts []index.Query, sep, none string, inside bool) string {
	if len(parts) == 0 {
		return none
	}
	out := make([]string, len(parts))
	for i, p := range parts {
		out[i] = format(p, true)
	}
	s := strings.Join(out, sep)
	switch {
	case !inside:
		return s
	case signs.MatchString(s):
		return "(" + s + " )"
	}
	return "(" + s + ")"
}

// signs are what would make a smiley of a closing parenthesis right behind it,
// or be no pasted one any more.
var signs = regexp.MustCompile(`(?:[:;]-?[()]?|\(\))$`)

func formatWord(w index.Word) string {
	for _, s := range []string{prefix(w.Field) + equals(w.Exact) + w.Text, prefix(w.Field) + "(" + w.Text + " )"} {
		if q, err := parse(s, nil); err == nil && q == index.Query(w) {
			return s
		}
	}
	return prefix(w.Field) + equals(w.Exact) + quoted(w.Text)
}

func formatNear(n index.Near) string {
	op := token{text: "NEAR", n: n.Distance}
	if n.Ordered {
		op.text = "ADJ"
	}
	return join(n.Parts, " "+op.String()+" ", "NOT *", false)
}

func equals(exact bool) string {
	if exact {
		return "="
	}
	return ""
}

func prefix(f index.Field) string {
	if f == index.FieldAny {
		return ""
	}
	return string(f) + ":"
}

func quoted(text string) string {
	plain := strings.Map(func(r rune) rune {
		if isQuote(r) {
			return ' '
		}
		return r
	}, text)
	return `"` + tidy(plain) + `"`
}
