package mail

import (
	"bytes"
	"strings"
)

// Bounds of a head.
const (
	maxHead   = 1 << 20 // bytes
	maxFields = 2000
)

// field is one header field: its value unfolded, not decoded.
type field struct {
	name  string // lower case
	value []byte
}

// head is the header of a mail or of a part.
type head []field

// get returns the first field of a name, without space around.
func (h head) get(name string) string {
	for _, f := range h {
		if f.name == name {
			return string(bytes.TrimSpace(f.value))
		}
	}
	return ""
}

// all returns all fields of a name.
func (h head) all(name string) []string {
	var out []string
	for _, f := range h {
		if f.name == name {
			out = append(out, string(bytes.TrimSpace(f.value)))
		}
	}
	return out
}

// readHead divides a mail or part at the end of its head. A line that is no
// field is skipped if the head goes on below it; else it begins the body.
// broken says that there was such a line.
func readHead(b []byte) (h head, body []byte, broken bool) {
	rest := b
	for len(rest) > 0 && len(b)-len(rest) < maxHead && len(h) < maxFields {
		l, next := cutLine(rest)
		switch name := fieldName(l); {
		case len(bytes.TrimRight(l, " \t")) == 0:
			return h, next, broken
		case (l[0] == ' ' || l[0] == '\t') && len(h) > 0:
			last := &h[len(h)-1]
			last.value = append(append(last.value, ' '), bytes.TrimLeft(l, " \t")...)
		case name != "":
			// The value is copied as soon as it is folded: the mail stays as it is.
			v := l[len(name)+1:]
			h = append(h, field{strings.ToLower(strings.TrimRight(name, " \t")), v[:len(v):len(v)]})
		case !goesOn(next):
			return h, rest, true
		default:
			broken = true
		}
		rest = next
	}
	return h, rest, broken || len(rest) > 0
}

// goesOn reports whether a head goes on at b.
func goesOn(b []byte) bool {
	l, _ := cutLine(b)
	return fieldName(l) != ""
}

// fieldName is the name that a line begins with, be there space before the
// colon or not; empty if the line is no field.
func fieldName(l []byte) string {
	i := bytes.IndexByte(l, ':')
	if i <= 0 || i > 100 {
		return ""
	}
	name := bytes.TrimRight(l[:i], " \t")
	for _, c := range name {
		if c <= ' ' || c > '~' {
			return ""
		}
	}
	if len(name) == 0 {
		return ""
	}
	return string(l[:i])
}

// cutLine returns the first line without its end, and what follows it.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}
