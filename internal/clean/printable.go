package clean

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

var (
	softBreak = regexp.MustCompile(`=[ \t]*\n`)
	escape    = regexp.MustCompile(`=(?:[0-9A-F]{2}|[ \t]*(?:\n|$))`)
	armorSum  = regexp.MustCompile(`[A-Za-z0-9+/=]{8}\n=[A-Za-z0-9+/]{4}\n`)
)

// unquotePrintable decodes a text that the archive left in quoted-printable.
// It is sure of that only when every "=" is part of a valid escape and lines
// are broken softly; a text about something else has a bare "=" soon enough.
// A few that end lines of code or prose are told by standing behind a space,
// and the checksum of an armored key or signature by the line of its own.
func unquotePrintable(s string) string {
	if !onlyEscapes(s) {
		return s
	}
	breaks := softBreak.FindAllStringIndex(s, -1)
	if len(breaks) == 0 {
		return s
	}
	long := false
	for _, b := range breaks {
		long = long || b[0]-strings.LastIndexByte(s[:b[0]], '\n') > 60
	}
	if !long && !strings.Contains(s, "=3D") && !strings.Contains(s, "=20") {
		return s
	}
	if strings.Contains(s, "\n-----BEGIN PGP") && armorSum.MatchString(s) || len(breaks) < 3 && !encoded(s) && !cutsWord(s, breaks) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if s[i] != '=' {
			b.WriteByte(s[i])
			i++
			continue
		}
		e := escape.FindString(s[i:])
		if len(e) == 3 && e[1] != ' ' && e[1] != '\t' {
			b.WriteByte(unhex(e[1])<<4 | unhex(e[2]))
		}
		i += len(e)
	}
	return ValidText(b.String())
}

// encoded reports whether a text has escapes of characters.
func encoded(s string) bool {
	for i := strings.IndexByte(s, '='); i >= 0; i = strings.IndexByte(s, '=') {
		if s = s[i+1:]; len(s) >= 2 && isHex(s[0]) && isHex(s[1]) {
			return true
		}
	}
	return false
}

// cutsWord reports whether a soft line break stands within a word.
func cutsWord(s string, breaks [][]int) bool {
	for _, b := range breaks {
		if b[0] > 0 && !strings.ContainsRune(spaces, rune(s[b[0]-1])) {
			return true
		}
	}
	return false
}

// onlyEscapes reports whether a text has a "=" and each of them is part of an
// escape.
func onlyEscapes(s string) bool {
	found := false
	for i := strings.IndexByte(s, '='); i >= 0; i = strings.IndexByte(s, '=') {
		found, s = true, s[i+1:]
		if len(s) >= 2 && isHex(s[0]) && isHex(s[1]) {
			continue
		}
		if rest := strings.TrimLeft(s, " \t"); rest != "" && rest[0] != '\n' {
			return false
		}
	}
	return found
}

func isHex(c byte) bool { return c >= '0' && c <= '9' || c >= 'A' && c <= 'F' }

func unhex(c byte) byte {
	if c >= 'A' {
		return c - 'A' + 10
	}
	return c - '0'
}

// ValidText makes bytes that are not UTF-8 the windows-1252 letters they most
// likely are.
func ValidText(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			if r = charmap.Windows1252.DecodeByte(s[i]); r == utf8.RuneError {
				r = rune(s[i])
			}
		}
		b.WriteRune(r)
		i += n
	}
	return b.String()
}
