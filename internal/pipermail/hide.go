package pipermail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// hideAddresses hides the addresses of a text with the word at, as the page
// does: everywhere but inside URLs. Text files of older archives show them.
func hideAddresses(s, at string) string {
	if at == "" || strings.IndexByte(s, '@') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + len(s)/16)
	pos := 0
	for {
		start, end := urlFrom(s, pos)
		if start < 0 {
			break
		}
		hideIn(&b, s[pos:start], at)
		b.WriteString(s[start:end])
		pos = end
	}
	hideIn(&b, s[pos:], at)
	return b.String()
}

// hideIn writes s with its addresses hidden: each "@" between two letters that
// an address has, of which each serves one "@" only.
func hideIn(b *strings.Builder, s, at string) {
	done := 0  // what is written
	taken := 0 // where the letter before an "@" may begin
	for i := 0; ; i++ {
		n := strings.IndexByte(s[i:], '@')
		if n < 0 {
			break
		}
		i += n
		before, width := utf8.DecodeLastRuneInString(s[taken:i])
		after, size := utf8.DecodeRuneInString(s[i+1:])
		if width == 0 || size == 0 || before != ',' && !addressRune(before) || !addressRune(after) {
			continue
		}
		b.WriteString(s[done:i])
		b.WriteByte(' ')
		b.WriteString(at)
		b.WriteByte(' ')
		done, taken = i+1, i+1+size
	}
	b.WriteString(s[done:])
}

func addressRune(r rune) bool {
	switch r {
	case '-', '+', '.', '_':
		return true
	}
	return wordRune(r)
}

func wordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiLetter(byte(r)) || r >= '0' && r <= '9' || r == '_'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// urlFrom finds the first URL of a text from pos on: a scheme, "://" and what
// follows up to white space, ">" or ")". start is -1 where there is none.
func urlFrom(s string, pos int) (start, end int) {
	for i := pos; ; i += len("://") {
		n := strings.Index(s[i:], "://")
		if n < 0 {
			return -1, -1
		}
		i += n
		start = i
		for start > pos {
			r, width := utf8.DecodeLastRuneInString(s[pos:start])
			if !wordRune(r) {
				break
			}
			start -= width
		}
		rest := i + len("://")
		if end = rest + urlEnd(s[rest:]); start < i && end > rest {
			return start, end
		}
	}
}

// urlEnd is where a URL that s begins with ends.
func urlEnd(s string) int {
	for i := range len(s) {
		switch s[i] {
		case '>', ')', ' ', '\t', '\n', '\f', '\r':
			return i
		}
	}
	return len(s)
}

// unhideURLs puts the "@" back that a text file hides inside a URL, which its
// page does not: before a host, or where the URL goes on behind it.
func unhideURLs(s, at string) string {
	mark := " " + at + " "
	if at == "" || !strings.Contains(s, "://") || !strings.Contains(s, mark) {
		return s
	}
	var b strings.Builder
	done := 0 // what is written
	for pos := 0; ; {
		start, end := urlFrom(s, pos)
		if start < 0 {
			break
		}
		for pos = end; strings.HasPrefix(s[pos:], mark); {
			rest := s[pos+len(mark):]
			rest = rest[:urlEnd(rest)]
			if !goesOn(s[start:end], rest) {
				break
			}
			b.WriteString(s[done:pos])
			b.WriteByte('@')
			b.WriteString(rest)
			pos += len(mark) + len(rest)
			done = pos
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// goesOn reports whether rest, which stands behind the word that hides an
// address, belongs to the URL before it.
func goesOn(url, rest string) bool {
	if !strings.ContainsAny(rest, ".:/") {
		return false
	}
	authority := !strings.Contains(url[strings.Index(url, "://")+len("://"):], "/")
	return authority || strings.Contains(rest, "/") || strings.Contains(url, "=")
}

// hidingIn is the word that hides an address: "user at host".
func hidingIn(address string) string {
	user, rest, _ := strings.Cut(address, " ")
	word, host, _ := strings.Cut(rest, " ")
	if user == "" || word == "" || host == "" || strings.IndexByte(host, ' ') >= 0 || utf8.RuneCountInString(word) > 12 {
		return ""
	}
	return word
}
