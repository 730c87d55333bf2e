package index

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind says what a token is to the word it was read from.
type Kind uint8

// The kinds of tokens.
const (
	Whole Kind = iota // the word as written, folded: "breaches", "multifactor", "example.com"
	Stem              // StemMark and its English stem, where that differs: "~breach"
	Part              // a part of a compound or of a name: "multi", "factor", "example"
)

// StemMark sets stems apart from words. Stems are for queries and highlighting:
// an index holds words only, and a query for a stem looks up which of them have
// it. So a phrase can ask for words as they were written, and the index is a
// fifth smaller.
const StemMark = "~"

// Token is one term at one place of a text. Several tokens may share a place:
// a word and its stem, a compound and its parts. The first of a place is
// always the Whole.
type Token struct {
	Term       string
	Start, End int // bytes of the text that the term was read from
	Pos        int // the place, counted in words from 0
	Kind       Kind
}

// Bounds that keep hostile or binary text from growing the index.
const (
	maxTermBytes    = 96      // a longer run of letters is cut: it is no word
	maxPieces       = 16      // pieces of one compound; a longer chain is cut into several
	maxSuffixes     = 4       // parent domains of one host name
	maxAnalyzeBytes = 8 << 20 // of one text; what follows is not indexed
)

// Analyze turns text into terms. Index, queries and highlighting all use it,
// so a word is found in whatever form it was written:
//
//   - Letters are folded: lower case, no accents, compatibility forms made
//     plain, invisible characters dropped.
//   - "breaches" gives the word and its English stem, marked, at one place.
//   - A compound takes one place: "multi-factor" gives "multifactor" and the
//     parts "multi" and "factor" (M2). So "multi-factor authentication" has
//     its words next to each other, like "multifactor authentication". That
//     the open form "multi factor" finds both, and is found by both, is the
//     query's business: see Expand.
//   - "windows7" gives "windows" and "7" too.
//   - A dotted name takes one place: "mail.example.com" gives itself, its
//     parent "example.com" and its parts; so do "10.1.2.3", "file.exe", "2.6.3".
//     "U.S." gives "us".
//   - "C++", "C#", ".NET", "AT&T" and "CVE-2024-3400" are words of their own.
//   - Addresses, URLs and paths are their pieces at successive places, so a
//     query for a whole one is a phrase: "user@example.com" is "user" followed
//     by "example.com".
//   - Scripts without spaces give overlapping pairs of characters.
func Analyze(text string) []Token { return analyze(text, &stemmer{}) }

// analyze leaves stems out where it has no stemmer.
func analyze(text string, stem *stemmer) []Token {
	tokens := make([]Token, 0, len(text)/5+4)
	s := scanner{stemmer: stem, emit: func(t Token) { tokens = append(tokens, t) }}
	s.run(text)
	return tokens
}

// scan calls add for each term of a text, without stems, with its place.
func scan(text string, add func(term string, pos int)) {
	s := scanner{emit: func(t Token) { add(t.Term, t.Pos) }}
	s.run(text)
}

// scanner walks a text once.
type scanner struct {
	text    string // its ASCII letters in lower case, so that most terms are slices of it
	at      int
	pos     int
	emit    func(Token)
	pieces  []piece
	folded  []string // the pieces of the compound being emitted
	joined  []byte   // and these run together
	stemmer *stemmer
	wanted  *Wanted // nil for all
}

func (s *scanner) run(text string) {
	s.text = lowerASCII(text[:min(len(text), maxAnalyzeBytes)])
	for s.at < len(s.text) {
		if !s.plainWord() {
			s.next()
		}
	}
}

// plainWord consumes what most text is made of: a word of ASCII letters, or of
// digits, that is no part of a compound or of a name. It only saves time: next
// makes the same of it.
func (s *scanner) plainWord() bool {
	text, start := s.text, s.at
	for start < len(text) && text[start] < utf8.RuneSelf && !plainLetter(text[start]) && !isDigit(text[start]) {
		start++
	}
	s.at = start
	end := start
	for end < len(text) && plainLetter(text[end]) {
		end++
	}
	if end == start {
		for end < len(text) && isDigit(text[end]) {
			end++
		}
	}
	if end == start || !endsPlainly(text[end:]) || start > 0 && text[start-1] == '.' {
		return false
	}
	s.at = end
	s.emitWord(cut(text[start:end]), piece{start: start, end: end}, Whole)
	s.pos++
	return true
}

// endsPlainly tells whether nothing in the text behind a word can belong to it.
func endsPlainly(rest string) bool {
	if rest == "" {
		return true
	}
	switch c := rest[0]; {
	case c >= utf8.RuneSelf, plainLetter(c), isDigit(c), c == '+', c == '#':
		return false
	case c == '-', c == '\'', c == '.', c == '_', c == ',', c == '&':
		return len(rest) == 1 || rest[1] == ' ' || c != '-' && rest[1] == '\n'
	}
	return true
}

func plainLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// piece is a run of letters and digits, and the connector before it.
type piece struct {
	start, end int
	sep        rune // 0 for the first of a compound
}

// next consumes one character between words, or one word.
func (s *scanner) next() {
	r, size := utf8.DecodeRuneInString(s.text[s.at:])
	switch {
	case !startsWord(r):
		s.at += size
	case spaceless(r):
		s.scanSpaceless()
	default:
		s.scanCompound()
	}
}

// scanCompound reads pieces as long as a connector joins them, then emits them
// as one place.
func (s *scanner) scanCompound() {
	s.pieces = s.pieces[:0]
	var sep rune
	for len(s.pieces) < maxPieces {
		start := s.at
		s.at = endOfRun(s.text, start)
		s.pieces = append(s.pieces, piece{start, s.at, sep})
		next := s.connector()
		if next == 0 {
			break
		}
		sep = next
	}
	s.emitCompound()
	s.pos++
}

// endOfRun returns where the run of letters and digits that begins at i ends.
func endOfRun(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !inWord(r) || spaceless(r) {
			break
		}
		i += size
	}
	return i
}

// connector looks for a character that joins the piece just read to another
// one. It moves behind it and returns it in its plain form, or 0.
func (s *scanner) connector() rune {
	r, size := utf8.DecodeRuneInString(s.text[s.at:])
	plain := plainConnector(r)
	if plain == 0 {
		return 0
	}
	after := s.at + size
	if plain == '-' && after+1 < len(s.text) && s.text[after] == '\n' && isLetterAt(s.text, after+1) {
		after++ // a mail wrapped at the hyphen
	}
	next, _ := utf8.DecodeRuneInString(s.text[after:])
	if !startsWord(next) || spaceless(next) || !s.joins(plain, after) {
		return 0
	}
	s.at = after
	return plain
}

// plainConnector maps the many dashes and apostrophes to one of each.
func plainConnector(r rune) rune {
	switch r {
	case '-', '\u2010', '\u2011', '\u2012', '\u2013':
		return '-'
	case '\'', '\u2019', '\u02bc':
		return '\''
	case '.', '_', ',', '&':
		return r
	}
	return 0
}

// joins decides about the connectors that usually separate: a comma joins only
// the thousands of a number, an ampersand only a few letters.
func (s *scanner) joins(sep rune, after int) bool {
	last := s.pieces[len(s.pieces)-1]
	switch sep {
	case ',':
		end := endOfRun(s.text, after)
		return end-after == 3 && digits(s.text[after:end]) && digits(s.text[last.start:last.end])
	case '&':
		return shortWord(s.text[last.start:last.end]) && shortWord(s.text[after:endOfRun(s.text, after)])
	}
	return true
}

func shortWord(s string) bool { return len(s) <= 3 && plainLetters(strings.ToLower(s)) }

func digits(s string) bool {
	for i := range len(s) {
		if !isDigit(s[i]) {
			return false
		}
	}
	return s != ""
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isLetterAt(text string, i int) bool {
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsLetter(r)
}

func startsWord(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func inWord(r rune) bool {
	return startsWord(r) || r >= utf8.RuneSelf && (unicode.IsMark(r) || invisible(r))
}

// invisible tells characters that show nothing and only hide words from a
// search (M4): zero-width and bidirectional controls, the soft hyphen.
func invisible(r rune) bool {
	return r == '\u00ad' || r == '\ufeff' || unicode.Is(unicode.Cf, r)
}

// spaceless tells the scripts that are written without spaces.
func spaceless(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
