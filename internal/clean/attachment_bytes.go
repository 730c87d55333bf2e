package clean

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

var charsetName = regexp.MustCompile(`(?i)charset\s{0,4}=\s{0,4}(?:"|'|&quot;|3D)?\s{0,4}([a-z0-9][a-z0-9_.:+-]{1,40})`)

// decode makes text of the bytes; ok is false if they are none.
func (a Attached) decode() (string, bool) {
	b := a.Body
	if t, ok := decodeUTF16(b); ok {
		return t, true
	}
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if isBinary(b) {
		return "", false
	}
	if a.Decode == nil || nearlyUTF8(b) {
		return strings.ToValidUTF8(string(b), "\ufffd"), true
	}
	return a.Decode(b, a.charsets(b)), true
}

// charsets lists the character sets that the file names itself, at its top,
// and then the server's.
func (a Attached) charsets(b []byte) []string {
	var out []string
	if m := charsetName.FindSubmatch(b[:min(len(b), 4096)]); m != nil {
		out = append(out, string(m[1]))
	}
	if m := charsetName.FindStringSubmatch(a.ContentType); m != nil {
		out = append(out, m[1])
	}
	return out
}

// magics begin files that look like text further down.
var magics = [...]string{"%PDF-", "{\\rtf", "PK\x03\x04", "GIF8", "\x89PNG", "\xff\xd8\xff", "\x1f\x8b", "BZh", "\xd0\xcf\x11\xe0", "7z\xbc\xaf", "Rar!", "MZ\x90"}

// isBinary reports whether bytes are no text in any charset that writes ASCII
// as it is: text has no NUL and next to no control characters.
func isBinary(b []byte) bool {
	for _, m := range magics {
		if bytes.HasPrefix(b, []byte(m)) {
			return true
		}
	}
	head := b[:min(len(b), 64<<10)]
	control := 0
	for _, c := range head {
		switch {
		case c == 0:
			return true
		case c < ' ' && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b || c == 0x7f:
			control++
		}
	}
	return control*50 > len(head)
}

// decodeUTF16 reads text that begins with a byte order mark, as Windows
// programs write it.
func decodeUTF16(b []byte) (string, bool) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(b, []byte{0xff, 0xfe}):
		order = binary.LittleEndian
	case bytes.HasPrefix(b, []byte{0xfe, 0xff}):
		order = binary.BigEndian
	default:
		return "", false
	}
	units := make([]uint16, 0, len(b)/2)
	for b = b[2:]; len(b) >= 2; b = b[2:] {
		units = append(units, order.Uint16(b))
	}
	text := string(utf16.Decode(units))
	bad := strings.Count(text, "\ufffd") + strings.Count(text, "\x00")
	return text, bad*50 <= len(units)
}

// nearlyUTF8 reports whether bytes are UTF-8 but for a few that were broken on
// their way. Taken for another charset, all of the others would be wrong.
func nearlyUTF8(b []byte) bool {
	good, bad := CountUTF8(b)
	return bad > 0 && good >= 10*bad
}

// CountUTF8 counts the letters beyond ASCII that are UTF-8, and the bytes that
// are not.
func CountUTF8(b []byte) (good, bad int) {
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good, bad
}
