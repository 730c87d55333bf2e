package pipermail

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
)

// siblings are the charsets of Windows that mails mean when they declare one
// of ISO and have bytes that it leaves to control characters: dashes, quotation
// marks, some letters. All others mean windows-1252.
var siblings = map[string]*charmap.Charmap{
	"iso-8859-2": charmap.Windows1250, "iso-8859-4": charmap.Windows1257, "iso-8859-5": charmap.Windows1251,
	"iso-8859-6": charmap.Windows1256, "iso-8859-7": charmap.Windows1253, "iso-8859-8": charmap.Windows1255,
	"iso-8859-13": charmap.Windows1257,
}

// strayBytes is how many characters of a charset outweigh one byte that is
// none of it.
const strayBytes = 20

// mostlyCharset decodes a text that is of the charset but for some bytes: the
// marks of Windows, or letters that were cut in two. ok is false when it may
// as well be of another charset.
//
// QUIRK P15: one such byte says little against what a mail declares, and its
// letters would be others in windows-1252.
func mostlyCharset(b []byte, name string) (text string, ok bool) {
	name = charsetName(name)
	enc := lookupCharset(name)
	if enc == nil || strings.HasPrefix(name, "utf-16") {
		return "", false
	}
	var windows *charmap.Charmap
	if strings.HasPrefix(name, "iso-8859-") {
		if windows = siblings[name]; windows == nil {
			windows = charmap.Windows1252
		}
	}
	if windows == charmap.Windows1250 && hasLetterMarks(b, windows) {
		return tryCharset(b, "windows-1250") // its letters of Central Europe have other places
	}
	dec, good, bad := enc.NewDecoder(), 0, 0
	out := make([]byte, 0, len(b)+len(b)/4)
	for len(b) > 0 && (bad < 100 || good > bad) {
		n, r := 1, rune(b[0])
		if r >= utf8.RuneSelf {
			if r, n = decodeOne(b, dec); r != utf8.RuneError {
				good++
			} else if r, n = markOf(b[0], windows), 1; r == utf8.RuneError {
				r = []rune(windows1252(b[:1]))[0]
				bad++
			}
		}
		out, b = utf8.AppendRune(out, r), b[n:]
	}
	return string(out), bad == 0 || good > strayBytes*bad
}

// decodeOne decodes the first character of a text, and tells its bytes.
func decodeOne(b []byte, dec *encoding.Decoder) (rune, int) {
	for n := 1; n <= min(4, len(b)); n++ {
		s, err := dec.Bytes(b[:n])
		if r, size := utf8.DecodeRune(s); err == nil && r != utf8.RuneError && size == len(s) {
			return r, n
		}
	}
	return utf8.RuneError, 1
}

// markOf is what a byte is that ISO leaves to control characters.
func markOf(c byte, windows *charmap.Charmap) rune {
	if windows == nil || c >= 0xA0 {
		return utf8.RuneError
	}
	r := windows.DecodeByte(c)
	if unicode.IsLetter(r) && windows != charmap.Windows1252 {
		return utf8.RuneError
	}
	return r
}

// hasLetterMarks reports whether a text has letters of Windows where ISO has
// control characters.
func hasLetterMarks(b []byte, windows *charmap.Charmap) bool {
	for _, c := range b {
		if c >= 0x80 && c < 0xA0 && unicode.IsLetter(windows.DecodeByte(c)) {
			return true
		}
	}
	return false
}
