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
	maxWild  = 16       // words with * or ~
	maxBrace = 4        // thread:{…}
)

// Parse reads a query in the language that docs/query.md describes. An error
// is a *SyntaxError. Of opts it uses Location and Now; nil is fine.
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
	wild   int // words with * or ~
	braces int // thread:{…}
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
	near  *token        // NEAR, which waits for its right side
	chain bool          // the last part was made by NEAR
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
	case kindNear:
		return p.near(t)
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
	if g.near != nil {
		return p.lone(*g.near)
	}
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
	if t.kind == kindNear {
		return p.fail(t, t.String()+" needs a word or a phrase on both sides", fmt.Sprintf("add what is missing, or write %q in small letters for the word", strings.ToLower(t.text)))
	}
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
	if t.spaced && t.text == fieldDate && !dateForm.MatchString(next.text) { // a mail's "Date: Fri, …"
		p.at--
		return p.leaf(token{kind: kindWord, pos: t.pos, text: t.text}, "")
	}
	return p.leaf(next, t.text)
}

func (p *parser) push(t token, field string) *SyntaxError {
	g := p.top()
	if isDate(field) {
		return p.fail(t, field+": takes one date, and no parentheses", dateHint)
	}
	brace := t.text == "{"
	if brace {
		if p.braces++; p.braces > maxBrace {
			return p.fail(t, fmt.Sprintf("the query asks more than %d times for threads", maxBrace), "take the words that matter")
		}
		field = ""
	}
	if g.near != nil && brace {
		return p.lone(*g.near)
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
		return p.fail(t, "this "+parenthesis(t)+" closes nothing", "take it away, or add the "+other(t)+" that is missing before it")
	case g.op != nil:
		return p.lone(*g.op)
	case g.near != nil:
		return p.lone(*g.near)
	case t.text != other(g.start):
		return p.fail(g.start, "this "+parenthesis(g.start)+" is never closed", "add the "+other(g.start)+" that is missing, or take this one away")
	case len(g.ands) == 0:
		return p.fail(g.start, "there is nothing between these "+plural(parenthesis(t)), "put something between them, or take them away")
	}
	p.open = p.open[:len(p.open)-1]
	q := g.query()
	if t.text == "}" {
		q = index.InThread{Of: q}
	}
	return p.add(t, q, g.not)
}

// leaf adds a word, a phrase or a date.
func (p *parser) leaf(t token, field string) *SyntaxError {
	if p.terms++; p.terms > maxTerms {
		return p.fail(t, fmt.Sprintf("the query has more than %d words", maxTerms), "take the words that matter")
	}
	if t.form == formPrefix || t.form == formFuzzy {
		if p.wild++; p.wild > maxWild {
			return p.fail(t, fmt.Sprintf("the query has more than %d words with * or ~", maxWild), "take the words that matter")
		}
	}
	q, err := p.term(t, field)
	if err != nil {
		return err
	}
	return p.add(t, q, p.top().flip)
}

// bad makes an error of a mistake, if there is one.
func (p *parser) bad(t token, m *mistake) *SyntaxError {
	if m == nil {
		return nil
	}
	return p.fail(t, m.msg, m.hint)
}

// add puts a part, which ends with t, into the current conjunction.
func (p *parser) add(t token, q index.Query, not bool) *SyntaxError {
	g := p.top()
	if g.near != nil {
		return p.join(t, q)
	}
	g.op, g.flip, g.chain = nil, false, false
	if inner, ok := q.(index.Not); ok && not {
		q = inner.Of
	} else if not {
		q = index.Not{Of: q}
	}
	g.ands = append(g.ands, q)
	return nil
}

// finish returns the tree when all tokens are taken.
func (p *parser) finish() (index.Query, *SyntaxError) {
	g := p.top()
	switch {
	case g.op != nil:
		return nil, p.lone(*g.op)
	case g.near != nil:
		return nil, p.lone(*g.near)
	case len(p.open) > 1:
		return nil, p.fail(g.start, "this "+parenthesis(g.start)+" is never closed", "add the "+other(g.start)+" that is missing, or take this one away")
	case len(g.ands) == 0:
		return nil, p.fail(token{}, "there is nothing to search for", "write some words, or * for every message")
	}
	return g.query(), nil
}
