// Package neutral makes text from strangers harmless: for terminals, for files that
// people open, and for programs that show it.
package neutral

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Text makes text from strangers safe to print on a terminal. Control
// characters become visible signs (ESC is shown as ␛), characters that reorder
// or hide text go, bytes that are not UTF-8 become U+FFFD. Line ends and tabs
// stay.
//
// QUIRK: M4, subjects hold terminal escapes, bidirectional overrides and
// zero-width characters; printed raw they forge what the reader sees.
func Text(s string) string {
	if isNeutral(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if p := printable(r); p >= 0 {
			b.WriteRune(p)
		}
	}
	return b.String()
}

// OneLine is Text for a text that must not leave its line: white space of
// every kind becomes one space.
func OneLine(s string) string {
	return strings.Join(strings.Fields(Text(s)), " ")
}

func isNeutral(s string) bool {
	if !utf8.ValidString(s) {
		return false
	}
	for _, r := range s {
		if hostile(r) {
			return false
		}
	}
	return true
}

// hostile reports whether a terminal may do anything with r but draw it.
func hostile(r rune) bool {
	if r == '\n' || r == '\t' {
		return false
	}
	return r < 0x20 || 0x7f <= r && r < 0xa0 || hidden(r)
}

// hidden reports characters that cannot be seen and change what is: the format
// characters (bidirectional controls, zero-width ones, tags), line and
// paragraph separators, and the fillers that draw nothing.
func hidden(r rune) bool {
	switch r {
	case 0x034f, 0x115f, 0x1160, 0x17b4, 0x17b5, 0x2028, 0x2029, 0x2800, 0x3164, 0xffa0:
		return true
	}
	return unicode.Is(unicode.Cf, r) || 0xe0000 <= r && r <= 0xe0fff
}

// printable returns what to print for r, or -1 for nothing.
func printable(r rune) rune {
	switch {
	case !hostile(r):
		return r
	case r == '\r':
		return -1
	case r < 0x20:
		return 0x2400 + r // the control pictures block
	case r == 0x7f:
		return 0x2421
	case r < 0xa0:
		return utf8.RuneError
	case r == 0x2028, r == 0x2029:
		return '\n'
	default:
		return -1
	}
}

// Writer passes text on neutralised. A character must not be torn over
// two writes; loggers and encoders write whole lines.
type Writer struct{ W io.Writer }

// Write implements io.Writer.
func (n Writer) Write(p []byte) (int, error) {
	if _, err := io.WriteString(n.W, Text(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// JSON writes hostile characters of a JSON text as \u escapes. They
// only occur inside its strings, where an escape means the same.
func JSON(s string) string {
	if isNeutral(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s) + 16)
	for _, r := range s {
		switch {
		case !hostile(r):
			b.WriteRune(r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			hi, lo := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, hi, lo)
		}
	}
	return b.String()
}
