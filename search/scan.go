package search

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// startsTerm reports whether something that a minus can exclude is at pos.
func (l *lexer) startsTerm(pos int) bool {
	r, _ := utf8.DecodeRuneInString(l.src[pos:])
	return isQuote(r) || r == '(' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

// pasted is the length of parentheses at l.pos that people paste and that mean
// nothing: those of a stack trace's "main ()", and of a smiley.
func (l *lexer) pasted() int {
	n := len(pasted.FindString(l.src[l.pos:]))
	if end := l.src[l.pos+n:]; end != "" {
		if r, _ := utf8.DecodeRuneInString(end); !isSpace(r) {
			return 0
		}
	}
	return n
}

var pasted = regexp.MustCompile(`^(?:\(\)|[:;]-?[()])`)

func (l *lexer) quoteAt(pos int) bool {
	r, _ := utf8.DecodeRuneInString(l.src[pos:])
	return isQuote(r)
}

// joined returns the quotation mark or parenthesis that stands right behind
// the word, or nothing.
func (l *lexer) joined() string {
	if r, _ := l.peek(); isQuote(r) || r == '(' {
		return string(r)
	}
	return ""
}

// wordEnd returns where the word at l.pos ends: before a space, a quotation
// mark or a parenthesis. Two pairs of parentheses belong to words, because
// people paste them: "eval()", and those inside a URL.
func (l *lexer) wordEnd() int {
	depth := 0
	for i, r := range l.src[l.pos:] {
		at := l.pos + i
		switch {
		case r == '(' && i > 0 && strings.HasPrefix(l.src[at:], "()") && l.src[at-1] != ':':
			depth++
		case r == '(' && strings.Contains(l.src[l.pos:at], "://") && closes(l.src[at:]):
			depth++
		case r == ')' && depth > 0:
			depth--
		case r == '(' || r == ')' || r == '}' && l.open > 0 || isQuote(r) || isSpace(r) || !validAt(l.src[at:], r):
			return at
		}
	}
	return len(l.src)
}

func (l *lexer) peek() (rune, int) { return utf8.DecodeRuneInString(l.src[l.pos:]) }

func (l *lexer) skipSpace() {
	for n := l.gap(); n > 0; n = l.gap() {
		l.pos += n
	}
}

// gap returns the length of the space at l.pos; bytes that are no text count
// as one.
func (l *lexer) gap() int {
	r, n := l.peek()
	if n > 0 && (isSpace(r) || !validAt(l.src[l.pos:], r)) {
		return n
	}
	return 0
}

// closes reports whether s has a closing parenthesis before its first space or
// quotation mark.
func closes(s string) bool {
	i := strings.IndexFunc(s, func(r rune) bool { return r == ')' || isQuote(r) || isSpace(r) || r == utf8.RuneError })
	return i >= 0 && s[i] == ')'
}

// isQuote knows the marks that telephones and word processors turn " into.
func isQuote(r rune) bool { return strings.ContainsRune("\"\u201c\u201d\u201e", r) }

// isSpace takes control characters and byte order marks for spaces.
func isSpace(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == '\ufeff' }

// validAt reports whether s starts with r, and not with a byte that is no text.
func validAt(s string, r rune) bool {
	return r != utf8.RuneError || strings.HasPrefix(s, string(utf8.RuneError))
}

// tidy makes one line of a phrase.
func tidy(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, " "), isSpace), " ")
}
