package search

import (
	"fmt"
	"strings"

	"github.com/bxsearch/bxsearch/index"
)

// The bounds of a query: pasting a whole mail is an error that says so.
const (
	maxQuery = 16 << 10 // bytes
	maxTerms = 256      // words, phrases and dates
	maxDepth = 32       // parentheses inside each other
)

// Parse reads a query in the language that docs/query.md describes. An error
// is a *SyntaxError. Of opts it uses the Location; nil is fine.
func Parse(query string, opts *Options) (index.Query, error) {
	q, err := parse(query, opts)
	if err != nil {
		return nil, err
	}
	return q, nil
}

func parse(query string, opts *Options) (index.Query, *SyntaxError) {
	if len(query) > maxQuery {
		return nil, &SyntaxError{Query: query, Msg: fmt.Sprintf("the query has %d bytes", len(query)), Hint: fmt.Sprintf("%d are the most; take the words that matter", maxQuery)}
	}
	tokens, err := lex(query)
	if err != nil {
		return nil, err
	}
	p := &parser{query: query, tokens: tokens, opts: opts, open: []*group{{}}}
	for p.at < len(p.tokens) {
		if err := p.step(); err != nil {
			return nil, err
		}
	}
	return p.finish()
}

// parser turns tokens into a tree. It keeps a stack of its own instead of
// recurring, since anybody may send a query.
type parser struct {
	query  string
	tokens []token
	at     int
	opts   *Options
	open   []*group // the whole query, and the parentheses that are open
	terms  int
}

// group is what stands between two parentheses: alternatives of conjunctions.
type group struct {
	start token // its parenthesis
	field string
	not   bool          // excludes the whole group
	ors   []index.Query // the alternatives before the current one
	ands  []index.Query // the current one
	op    *token        // an operator that waits for its right side
	flip  bool          // the operator, or several, excludes what comes
}

func (p *parser) top() *group { return p.open[len(p.open)-1] }

func (p *parser) fail(t token, msg, hint string) *SyntaxError {
	return &SyntaxError{Query: p.query, Pos: t.pos, Msg: msg, Hint: hint}
}

// step takes the next token.
func (p *parser) step() *SyntaxError {
	t := p.tokens[p.at]
	p.at++
	switch t.kind {
	case kindAnd, kindOr, kindNot:
		return p.operator(t)
	case kindField:
		return p.field(t)
	case kindOpen:
		return p.push(t, p.top().field)
	case kindClose:
		return p.pop(t)
	}
	return p.leaf(t, p.top().field)
}

func (p *parser) operator(t token) *SyntaxError {
	g := p.top()
	if t.kind == kindNot {
		g.op, g.flip = &t, !g.flip
		return nil
	}
	if g.op != nil {
		return p.lone(*g.op)
	}
	if len(g.ands) == 0 {
		return p.lone(t)
	}
	if t.kind == kindOr {
		g.ors, g.ands = append(g.ors, and(g.ands)), nil
	}
	g.op = &t
	return nil
}

// lone is the error about an operator with nothing to work on.
func (p *parser) lone(t token) *SyntaxError {
	if t.kind == kindNot {
		return p.fail(t, t.text+" has nothing behind it to exclude", `write what to exclude, or "not" in small letters for the word`)
	}
	return p.fail(t, t.text+" needs something on both sides", fmt.Sprintf("add what is missing, or write %q in small letters for the word", strings.ToLower(t.text)))
}

// field applies a field to what follows. Behind a space it is a field only
// when it can be, so that pasted lines stay text.
func (p *parser) field(t token) *SyntaxError {
	var next token
	if p.at < len(p.tokens) {
		next = p.tokens[p.at]
	}
	applies := p.at < len(p.tokens) && (next.kind == kindWord || next.kind == kindPhrase || next.kind == kindOpen)
	if !applies {
		return p.leaf(token{kind: kindWord, pos: t.pos, text: t.text}, p.top().field)
	}
	if p.top().field != "" {
		return p.fail(t, fmt.Sprintf("%s: stands inside the parentheses of %s:", t.text, p.top().field), "close those parentheses before it")
	}
	p.at++
	if next.kind == kindOpen {
		return p.push(next, t.text)
	}
	err := p.leaf(next, t.text)
	if err != nil && t.spaced && t.text == fieldDate { // a mail's "Date: Fri, …"
		p.at--
		return p.leaf(token{kind: kindWord, pos: t.pos, text: t.text}, "")
	}
	return err
}

func (p *parser) push(t token, field string) *SyntaxError {
	g := p.top()
	if isDate(field) {
		return p.fail(t, field+": takes one date, and no parentheses", dateHint)
	}
	if len(p.open) > maxDepth {
		return p.fail(t, "too many parentheses inside each other", fmt.Sprintf("%d are the most", maxDepth))
	}
	p.open = append(p.open, &group{start: t, field: field, not: g.flip})
	g.op, g.flip = nil, false
	return nil
}

func (p *parser) pop(t token) *SyntaxError {
	g := p.top()
	switch {
	case len(p.open) == 1:
		return p.fail(t, "this parenthesis closes nothing", "take it away, or add the ( that is missing before it")
	case g.op != nil:
		return p.lone(*g.op)
	case len(g.ands) == 0:
		return p.fail(g.start, "there is nothing between these parentheses", "put something between them, or take them away")
	}
	p.open = p.open[:len(p.open)-1]
	p.add(g.query(), g.not)
	return nil
}

// leaf adds a word, a phrase or a date.
func (p *parser) leaf(t token, field string) *SyntaxError {
	if p.terms++; p.terms > maxTerms {
		return p.fail(t, fmt.Sprintf("the query has more than %d words", maxTerms), "take the words that matter")
	}
	g := p.top()
	q, err := p.term(t, field)
	if err != nil {
		return err
	}
	p.add(q, g.flip)
	return nil
}

// term returns the leaf of the tree that a word or a phrase of a field is.
func (p *parser) term(t token, field string) (index.Query, *SyntaxError) {
	f := index.Field(field)
	switch {
	case t.kind == kindAll:
		return index.All{}, nil
	case isDate(field):
		r, msg := dateRange(field, t.text, p.opts.location())
		if msg != "" {
			return nil, p.fail(t, msg, dateHint)
		}
		return r, nil
	case f == index.FieldMessageID:
		return index.Word{Field: f, Text: unbracket(t.text)}, nil
	case t.kind == kindPhrase && !isName(f):
		return index.Phrase{Field: f, Text: t.text}, nil
	}
	return index.Word{Field: f, Text: t.text}, nil
}

// add puts a part into the current conjunction.
func (p *parser) add(q index.Query, not bool) {
	g := p.top()
	g.op, g.flip = nil, false
	if inner, ok := q.(index.Not); ok && not {
		q = inner.Of
	} else if not {
		q = index.Not{Of: q}
	}
	g.ands = append(g.ands, q)
}

// finish returns the tree when all tokens are taken.
func (p *parser) finish() (index.Query, *SyntaxError) {
	g := p.top()
	switch {
	case g.op != nil:
		return nil, p.lone(*g.op)
	case len(p.open) > 1:
		return nil, p.fail(g.start, "this parenthesis is never closed", "add the ) that is missing, or take this one away")
	case len(g.ands) == 0:
		return nil, p.fail(token{}, "there is nothing to search for", "write some words, or * for every message")
	}
	return g.query(), nil
}

// query returns the group's tree.
func (g *group) query() index.Query { return or(append(g.ors, and(g.ands))) }

// and and or join parts without nesting what need not be nested.
func and(parts []index.Query) index.Query {
	var flat index.And
	for _, q := range parts {
		if inner, ok := q.(index.And); ok {
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

func or(parts []index.Query) index.Query {
	var flat index.Or
	for _, q := range parts {
		if inner, ok := q.(index.Or); ok {
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
	if s := strings.Trim(id, "<>"); s != "" {
		return s
	}
	return id
}
