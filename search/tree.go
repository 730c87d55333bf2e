package search

import (
	"strings"

	"github.com/bxsearch/bxsearch/index"
)

// term returns the leaf of the tree that a word or a phrase of a field is.
func (p *parser) term(t token, field string) (index.Query, *SyntaxError) {
	f := index.Field(field)
	switch {
	case t.kind == kindAll:
		return index.All{}, nil
	case isDate(field):
		r, bad := calendar{p.opts.location(), p.opts.now()}.dateRange(field, t.text)
		return r, p.bad(t, bad)
	case field == fieldCVE:
		q, bad := vulnerability(t.text, t.form)
		return q, p.bad(t, bad)
	case f == index.FieldMessageID:
		return index.Word{Field: f, Text: unbracket(t.text)}, nil
	case f == index.FieldThread && t.kind == kindPhrase && strings.HasPrefix(t.text, "{"):
		return nil, p.fail(t, "thread: takes braces without quotation marks", "write thread:{ and } around the query")
	case isValue(f) && !takesForms(field) && f != index.FieldThread, isHost(f) && (t.form == formAny || t.form == formExact):
		v, bad := valueOf(f, t.text)
		return index.Word{Field: f, Text: v}, p.bad(t, bad)
	}
	return t.query(f), nil
}

// query returns the leaf of the form that a word or a phrase has.
func (t token) query(f index.Field) index.Query {
	switch {
	case t.form == formPrefix:
		return index.Prefix{Field: f, Text: t.text}
	case t.form == formFuzzy:
		return index.Fuzzy{Field: f, Text: t.text, Edits: t.n}
	case t.kind == kindPhrase && !isName(f):
		return index.Phrase{Field: f, Text: t.text, Exact: t.form == formExact}
	}
	return index.Word{Field: f, Text: t.text, Exact: t.form == formExact && !isValue(f)}
}

// query returns the group's tree.
func (g *group) query() index.Query { return or(append(g.ors, and(g.ands))) }

// and and or join parts without nesting what need not be nested.
func and(parts []index.Query) index.Query { return flatten[index.And](parts) }
func or(parts []index.Query) index.Query  { return flatten[index.Or](parts) }

func flatten[T interface {
	~[]index.Query
	index.Query
}](parts []index.Query) index.Query {
	var flat T
	for _, q := range parts {
		if inner, ok := q.(T); ok {
			flat = append(flat, inner...)
		} else {
			flat = append(flat, q)
		}
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return flat
}

// unbracket takes the angle brackets off a Message-ID.
func unbracket(id string) string {
	if s := strings.Trim(id, "<> "); s != "" {
		return s
	}
	return id
}
