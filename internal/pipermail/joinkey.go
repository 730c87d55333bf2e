package pipermail

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// joinKey is subject and author, reduced to what survives charsets, encodings
// and folding: ASCII letters and digits in lower case. What has hardly any
// goes by all its letters.
type joinKey struct{ subject, author string }

func newJoinKey(subject, author string) joinKey {
	return joinKey{reduce(decodeWords(subject)), reduce(decodeWords(author))}
}

func reduce(s string) string {
	b := make([]byte, 0, len(s))
	s = strings.ReplaceAll(s, " at ", "")
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
			b = append(b, c)
		case c >= 'A' && c <= 'Z':
			b = append(b, c+'a'-'A')
		}
	}
	if len(b) < 3 {
		for _, r := range s {
			if r >= utf8.RuneSelf && unicode.IsLetter(r) {
				b = utf8.AppendRune(b, unicode.ToLower(r))
			}
		}
	}
	return string(b)
}
