package index

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"golang.org/x/text/unicode/norm"
)

// fold returns the term of one piece: folded, without apostrophes, commas
// and line ends, bounded.
func (s *scanner) fold(p piece) string {
	word := foldRun(s.text[p.start:p.end])
	for i := range len(word) {
		if c := word[i]; c == '\'' || c == ',' || c == '\n' {
			return cut(strings.Map(dropInner, word))
		}
	}
	return cut(word)
}

func dropInner(r rune) rune {
	if r == '\'' || r == ',' || r == '\n' {
		return -1
	}
	return r
}

// foldRun makes the letters that a reader takes for the same the same. It
// keeps connectors, in their plain form.
func foldRun(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(s) {
		foldRune(&b, r)
	}
	return norm.NFC.String(b.String())
}

func foldRune(b *strings.Builder, r rune) {
	if c := plainConnector(r); c != 0 {
		b.WriteRune(c)
		return
	}
	if r == breve && strings.HasSuffix(b.String(), "и") {
		b.WriteRune(r) // й is a letter, not an и with an accent
		return
	}
	if accent(r) || !inWord(r) || invisible(r) {
		return
	}
	r = unicode.ToLower(r)
	if plain, ok := letters(r); ok {
		b.WriteString(plain)
		return
	}
	b.WriteRune(r)
}

const breve = '\u0306'

// accent tells the combining marks of the European scripts. Those of others
// change the word and stay.
func accent(r rune) bool { return 0x0300 <= r && r <= 0x036f }

// letters gives the plain form of Latin letters that do not decompose.
func letters(r rune) (string, bool) {
	switch r {
	case 'ß':
		return "ss", true
	case 'æ':
		return "ae", true
	case 'œ':
		return "oe", true
	case 'ø':
		return "o", true
	case 'ł':
		return "l", true
	case 'đ', 'ð':
		return "d", true
	case 'þ':
		return "th", true
	case 'ı':
		return "i", true
	case 'ς':
		return "σ", true
	}
	return "", false
}

// lowerASCII makes ASCII letters small and leaves all else where it is.
func lowerASCII(s string) string {
	var b strings.Builder
	done := 0
	for i := range len(s) {
		if c := s[i]; 'A' <= c && c <= 'Z' {
			if done == 0 {
				b.Grow(len(s))
			}
			b.WriteString(s[done:i])
			b.WriteByte(c | 0x20)
			done = i + 1
		}
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// cut bounds a term, at a character.
func cut(term string) string { return cutTo(term, maxTermBytes) }

func cutTo(term string, n int) string {
	if len(term) <= n {
		return term
	}
	for n > 0 && !utf8.RuneStart(term[n]) {
		n--
	}
	return term[:n]
}

// stemmer stems English words, each distinct one once. It is used by one
// analysis at a time.
type stemmer struct {
	env  *snowballstem.Env
	seen map[string]string
}

// stem returns the English stem of a folded word. Words with digits, signs or
// foreign letters, and very short ones, are their own stem.
func (s *stemmer) stem(word string) string {
	if len(word) < 3 || !plainLetters(word) {
		return word
	}
	if stem, ok := s.seen[word]; ok {
		return stem
	}
	if s.env == nil {
		s.env, s.seen = snowballstem.NewEnv(""), map[string]string{}
	}
	s.env.SetCurrent(word)
	english.Stem(s.env)
	stem := s.env.Current()
	if stem == "" {
		stem = word
	}
	s.seen[word] = stem
	return stem
}

func plainLetters(s string) bool {
	for i := range len(s) {
		if s[i] < 'a' || s[i] > 'z' {
			return false
		}
	}
	return true
}
