package pipermail

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/clean"
)

// joinKey is subject and author, reduced to what survives charsets, encodings
// and folding: ASCII letters and digits in lower case. What has hardly any
// goes by all its letters.
type joinKey struct{ subject, author string }

func newJoinKey(subject, author string) joinKey {
	return joinKey{reduce(decodeWords(subject)), reduce(clean.Name(decodeWords(author)))}
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

// wordsDigest is equal for copies of one text that differ in charset, folding,
// the way to hide addresses and where scrubbed parts are.
func wordsDigest(b []byte) [sha256.Size]byte {
	h := sha256.New()
	var buf [512]byte
	n := 0
	for l := range bytes.Lines(b) {
		if bytes.Contains(l, []byte("/attachments/")) {
			continue // a rebuilt archive stores a part again, elsewhere
		}
		for i := 0; i < len(l); i++ {
			c := l[i]
			switch {
			case c >= 'A' && c <= 'Z':
				c += 'a' - 'A'
			case c == ' ':
				i += max(hidingWord(l, i)-1, 0)
				continue
			case (c < 'a' || c > 'z') && (c < '0' || c > '9'):
				continue
			}
			buf[n] = c
			if n++; n == len(buf) {
				h.Write(buf[:])
				n = 0
			}
		}
	}
	h.Write(buf[:n])
	return [sha256.Size]byte(h.Sum(nil))
}
