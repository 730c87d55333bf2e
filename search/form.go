package search

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// form is how a word is looked for.
type form int

const (
	formAny    form = iota // in all its forms
	formExact              // =word
	formPrefix             // word*
	formFuzzy              // word~
)

var (
	prefixForm = regexp.MustCompile(`^[\pL\pN][^*~]*[\pL\pN._-]\*$|^[\pL\pN]\*$`)
	fuzzyForm  = regexp.MustCompile(`^([\pL\pN][\pL\pN-]*)~([0-9]*)$`)
	exactForm  = regexp.MustCompile(`^=[\pL\pN]`)
	near       = regexp.MustCompile(`^(NEAR|ADJ)(?:/(.*))?$`)
)

const quoteIt = "put it in quotation marks to search for it as text"

// The bounds of NEAR.
const (
	maxDistance = 1000
	maxNear     = 8 // words
)

// readForm takes the signs of a form off a word.
func (t *token) readForm() (msg, hint string) {
	word := t.text
	if exactForm.MatchString(word) {
		t.form, t.text = formExact, word[1:]
	}
	switch {
	case prefixForm.MatchString(t.text):
		t.form, t.text = formPrefix, strings.TrimSuffix(t.text, "*")
		if n := utf8.RuneCountInString(t.text); n < 2 && t.text[0] < utf8.RuneSelf {
			return word + " stands for too many words", "write two letters or more, or " + quoteIt
		}
	case fuzzyForm.MatchString(t.text):
		return t.readFuzzy()
	}
	return "", ""
}

func (t *token) readFuzzy() (msg, hint string) {
	m := fuzzyForm.FindStringSubmatch(t.text)
	letters := utf8.RuneCountInString(m[1])
	t.form = formFuzzy
	switch {
	case letters < 3:
		return t.text + " stands for too many words", "write three letters or more, or " + quoteIt
	case m[2] == "":
		t.n = 1
		if letters > 5 {
			t.n = 2
		}
	case m[2] != "1" && m[2] != "2":
		return fmt.Sprintf("%s: similar words differ by 1 or 2 letters", t.text), fmt.Sprintf("write %s~1 or %s~2, or %s", m[1], m[1], quoteIt)
	default:
		t.n = int(m[2][0] - '0')
	}
	t.text = m[1]
	return "", ""
}

// near reads NEAR/n and ADJ/n.
func (l *lexer) near(start int) (token, *SyntaxError) {
	text := l.src[start:l.pos]
	m := near.FindStringSubmatch(text)
	if n, err := strconv.Atoi(m[2]); err == nil && n >= 1 && n <= maxDistance {
		return token{kind: kindNear, pos: start, text: m[1], n: n}, nil
	}
	msg := text + " needs a number of words"
	if m[2] != "" {
		msg = fmt.Sprintf("%s: the number of words is one from 1 to %d", text, maxDistance)
	}
	return token{}, l.fail(start, msg, fmt.Sprintf("write %s/10, or %q in small letters for the word", m[1], strings.ToLower(m[1])))
}

// isSign tells what is neither letter nor digit.
func isSign(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
