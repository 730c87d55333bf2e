package search

import (
	"cmp"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind int

const (
	kindWord   kind = iota
	kindPhrase      // text without its quotes
	kindOpen
	kindClose
	kindAnd
	kindOr
	kindNot   // NOT, or a minus before a term
	kindNear  // NEAR or ADJ
	kindField // text is the field's name; what it applies to follows
	kindAll   // *
)

// token is a piece of a query.
type token struct {
	kind   kind
	pos    int // byte offset
	text   string
	spaced bool // kindField: a space follows the colon
	form   form // kindWord, kindPhrase
	n      int  // kindNear: the distance; similar words: how many letters differ
}

// lexer cuts a query into tokens.
type lexer struct {
	src   string
	pos   int
	value string // the field whose value comes next, or nothing
	open  int    // braces that are open
}

// lex returns all tokens of a query.
func lex(src string) ([]token, *SyntaxError) {
	l := &lexer{src: src}
	var out []token
	for l.skipSpace(); l.pos < len(src); l.skipSpace() {
		t, err := l.next()
		if err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// fail returns a syntax error about the byte offset pos.
func (l *lexer) fail(pos int, msg, hint string) *SyntaxError {
	return &SyntaxError{Query: l.src, Pos: pos, Msg: msg, Hint: hint}
}

// next returns the token at l.pos, which is not a space.
func (l *lexer) next() (token, *SyntaxError) {
	value := l.value
	l.value = ""
	start := l.pos
	r, n := l.peek()
	switch {
	case value == "" && l.pasted() > 0:
		l.pos += l.pasted()
		return token{kind: kindWord, pos: start, text: l.src[start:l.pos]}, nil
	case isDate(value) && r != '(':
		return l.date()
	case isQuote(r):
		l.pos += n
		return l.phrase(start)
	case r == '=' && l.quoteAt(start+1):
		_, n := utf8.DecodeRuneInString(l.src[start+1:])
		l.pos += 1 + n
		t, err := l.phrase(start)
		t.form = formExact
		return t, err
	case r == '{' && value == fieldThread:
		l.pos++
		l.open++
		return token{kind: kindOpen, pos: start, text: "{"}, nil
	case r == '}' && l.open > 0:
		l.pos++
		l.open--
		return token{kind: kindClose, pos: start, text: "}"}, nil
	case r == '(':
		l.pos++
		return token{kind: kindOpen, pos: start, text: "("}, nil
	case r == ')':
		l.pos++
		return token{kind: kindClose, pos: start, text: ")"}, nil
	}
	l.pos = l.wordEnd()
	if value != "" {
		return l.plain(start, value)
	}
	return l.word(start)
}

// phrase reads up to the closing quote; l.pos is behind the opening one.
func (l *lexer) phrase(start int) (token, *SyntaxError) {
	end := strings.IndexFunc(l.src[l.pos:], isQuote)
	if end < 0 {
		return token{}, l.fail(start, "this quotation mark is never closed", `add the second ", or take this one away`)
	}
	text := tidy(l.src[l.pos : l.pos+end])
	_, n := utf8.DecodeRuneInString(l.src[l.pos+end:])
	l.pos += end + n
	if text == "" {
		return token{}, l.fail(start, "there is nothing between these quotation marks", "put the words of the phrase between them, or take them away")
	}
	return token{kind: kindPhrase, pos: start, text: text}, nil
}

// word reads what starts at start and ends at l.pos: an operator, a field with
// its colon, or text. Of a field and of a minus it takes only that and leaves
// the rest.
func (l *lexer) word(start int) (token, *SyntaxError) {
	text := l.src[start:l.pos]
	switch text {
	case "AND":
		return token{kind: kindAnd, pos: start, text: text}, nil
	case "OR":
		return token{kind: kindOr, pos: start, text: text}, nil
	case "NOT":
		return token{kind: kindNot, pos: start, text: text}, nil
	case "*":
		return token{kind: kindAll, pos: start, text: text}, nil
	}
	if near.MatchString(text) {
		return l.near(start)
	}
	if text[0] == '-' && l.startsTerm(start+1) {
		l.pos = start + 1
		return token{kind: kindNot, pos: start, text: "-"}, nil
	}
	name, rest, colon := strings.Cut(text, ":")
	if !colon {
		return l.plain(start, "")
	}
	if f, ok := fieldNamed(name, cmp.Or(rest, l.joined())); ok {
		l.pos = start + len(name) + 1
		return l.field(token{kind: kindField, pos: start, text: f}), nil
	}
	if hint, ok := unknownField(name, cmp.Or(rest, l.joined())); ok {
		return token{}, l.fail(start, "there is no field "+name+":", hint)
	}
	return l.plain(start, "")
}

// field completes a field's token; l.pos is behind the colon.
func (l *lexer) field(t token) token {
	t.spaced = l.pos == len(l.src) || l.src[l.pos] == ')' || l.gap() > 0
	if !t.spaced {
		l.value = t.text
	}
	return t
}

// plain returns the word from start to l.pos, in the form that its signs give
// it. field is the one whose value it is.
func (l *lexer) plain(start int, field string) (token, *SyntaxError) {
	t := token{kind: kindWord, pos: start, text: l.src[start:l.pos]}
	if takesForms(field) {
		if msg, hint := t.readForm(); msg != "" {
			return token{}, l.fail(start, msg, hint)
		}
	}
	return t, nil
}

// date reads a field's date: words between quotation marks, dots and all, up to
// a space.
func (l *lexer) date() (token, *SyntaxError) {
	start, text := l.pos, strings.Builder{}
	for l.pos < len(l.src) {
		r, n := l.peek()
		switch {
		case isQuote(r):
			at := l.pos
			l.pos += n
			t, err := l.phrase(at)
			if err != nil {
				return token{}, err
			}
			text.WriteString(t.text)
			continue
		case isSpace(r), r == '(', r == ')', r == '}' && l.open > 0, !validAt(l.src[l.pos:], r):
			return token{kind: kindWord, pos: start, text: text.String()}, nil
		}
		text.WriteRune(r)
		l.pos += n
	}
	return token{kind: kindWord, pos: start, text: text.String()}, nil
}
