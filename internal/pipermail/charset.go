package pipermail

import (
	"bytes"
	"encoding/binary"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/wlynxg/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"github.com/bxsearch/bxsearch/internal/clean"
)

// detectBytes bounds what charset detection looks at.
const detectBytes = 64 << 10

var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}?charset\s*=\s*["']?\s*([^"'\s>;/]+)`)

// declaredCharsets lists the character sets that a page claims, the likeliest
// first: its own META before one that a site copier put above it (P16), and
// both before the server's guess.
func declaredCharsets(head []byte, contentType string) []string {
	var out []string
	for at := indexTag(head, "<meta"); at >= 0 && len(out) < 4; at = indexTag(head, "<meta") {
		tag := head[at:]
		if end := bytes.IndexByte(tag, '>'); end >= 0 {
			tag = tag[:end+1]
		}
		for _, m := range metaCharset.FindAllSubmatch(tag, 4-len(out)) {
			out = append([]string{string(m[1])}, out...)
		}
		head = head[at+len(tag):]
	}
	if _, cs, ok := strings.Cut(strings.ToLower(contentType), "charset="); ok {
		out = append(out, strings.Trim(cs, "\"' ;"))
	}
	return out
}

// decode turns one message's bytes into text and names the charset used. The
// order is that of P15: declared if it decodes, valid UTF-8, declared if it
// decodes but for some bytes, detection, windows-1252; it never fails and never
// makes U+FFFD out of a byte.
//
// QUIRK P15: text that is valid UTF-8 beyond ASCII is UTF-8 whatever
// single-byte charset the page claims; by chance it hardly ever is.
func decode(b []byte, declared []string) (text, used string) {
	return decodeBy(b, func() []string { return declared })
}

// decodeBy is decode, which looks for declared charsets only where they matter.
func decodeBy(b []byte, declared func() []string) (text, used string) {
	if isASCII(b) {
		// Charsets of seven bits switch by an escape; pages have them rarely,
		// Japanese mail always.
		if bytes.IndexByte(b, 0x1b) >= 0 {
			for _, name := range declared() {
				if s, ok := tryCharset(b, name); ok && strings.HasPrefix(strings.ToLower(name), "iso-2022-") {
					return s, strings.ToLower(name)
				}
			}
		}
		return string(b), "us-ascii"
	}
	if utf8.Valid(b) {
		return string(b), "utf-8"
	}
	if mostlyUTF8(b) {
		return clean.ValidText(string(b)), "utf-8"
	}
	names := declared()
	for _, name := range names {
		if s, ok := tryCharset(b, name); ok {
			return s, strings.ToLower(name)
		}
	}
	for _, name := range names {
		if s, ok := mostlyCharset(b, name); ok {
			return s, strings.ToLower(name)
		}
	}
	if r := chardet.Detect(sample(b)); r.Confidence >= 0.8 {
		if s, ok := tryCharset(b, r.Encoding); ok {
			return s, strings.ToLower(r.Encoding)
		}
	}
	return windows1252(b), "windows-1252"
}

// mostlyUTF8 reports whether a text is UTF-8 with some single bytes of another
// charset pasted into it: a mail that quotes one of another charset. Single
// letters prove nothing, so there must be some.
func mostlyUTF8(b []byte) bool {
	good, bad := clean.CountUTF8(b)
	return good >= 4 && good > 3*bad
}

// windows1252 takes the five bytes that the charset leaves open for control
// characters, as browsers do.
func windows1252(b []byte) string {
	out := make([]byte, 0, len(b)+len(b)/8)
	for _, c := range b {
		r := charmap.Windows1252.DecodeByte(c)
		if r == utf8.RuneError {
			r = rune(c)
		}
		out = utf8.AppendRune(out, r)
	}
	return string(out)
}

func tryCharset(b []byte, name string) (string, bool) {
	enc := lookupCharset(name)
	if enc == nil {
		return "", false
	}
	s, err := enc.NewDecoder().Bytes(b)
	if err != nil || !utf8.Valid(s) || bytes.Contains(s, []byte("\ufffd")) {
		return "", false
	}
	return string(s), true
}

// charsetName is how a charset is looked up.
//
// QUIRK P15: "3Diso-8859-1" is a quoted-printable "=" left undecoded.
func charsetName(name string) string {
	return strings.TrimPrefix(strings.ToLower(strings.TrimSpace(name)), "3d")
}

func lookupCharset(name string) encoding.Encoding {
	switch name = charsetName(name); name {
	case "us-ascii", "ascii", "ansi_x3.4-1968", "utf-8", "utf8", "replacement":
		return nil // only ever tried on bytes that are neither
	case "x-unknown", "unknown-8bit", "":
		return nil
	}
	enc, err := htmlindex.Get(name)
	if err != nil {
		return nil
	}
	return enc
}

// sample keeps the lines with bytes beyond ASCII: markup and English headers
// only dilute what detection has to go by.
func sample(b []byte) []byte {
	var out []byte
	for line := range bytes.Lines(b) {
		if !isASCII(line) {
			out = append(out, line...)
			if len(out) > detectBytes {
				return out[:detectBytes]
			}
		}
	}
	return out
}

func isASCII(b []byte) bool {
	for ; len(b) >= 8; b = b[8:] {
		if binary.NativeEndian.Uint64(b)&0x8080808080808080 != 0 {
			return false
		}
	}
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
