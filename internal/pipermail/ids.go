package pipermail

import "strings"

// cleanMessageID takes a Message-ID as it is written somewhere and returns it
// without brackets; empty if it cannot be one.
func cleanMessageID(s string) string {
	s = strings.TrimSpace(s) // QUIRK P13: a trailing space
	if i := strings.IndexByte(s, '<'); i >= 0 {
		s = s[i+1:]
	}
	if i := strings.IndexByte(s, '>'); i >= 0 {
		s = s[:i]
	}
	s = strings.Replace(s, " at ", "@", 1)
	s = strings.TrimSpace(s)
	if s == "" || strings.ContainsAny(s, " \t\r\n") || len(s) > 998 {
		return ""
	}
	return s
}
