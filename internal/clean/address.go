package clean

import (
	"regexp"
	"strings"
)

var (
	atWord  = regexp.MustCompile(`^([^\s<>"(),;:@]+)\s+(\S{1,6})\s+([\p{L}\p{N}_.-]+)$`)
	hidden  = regexp.MustCompile(`(?i)^\(?\s*no e-?mail\s*\)?$`)
	address = regexp.MustCompile(`^[^\s<>"(),;:@]+@[^\s<>"(),;:@]+$`)
)

// Address undoes what an archive does to hide an address: "user at host", with
// the word in the list's language (P14), in brackets or not. It returns
// "user@host", or nothing where the archive gives no address.
func Address(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "<>"))
	s = strings.ReplaceAll(s, "&#64;", "@")
	if s == "" || hidden.MatchString(s) {
		return ""
	}
	if address.MatchString(s) {
		return s
	}
	if m := atWord.FindStringSubmatch(s); m != nil && !strings.Contains(m[2], "@") {
		return m[1] + "@" + m[3]
	}
	return ""
}

// Name gives a person's name as it stands in an archive: an address in the
// place of a name has its "@" back.
func Name(s string) string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), `"' `)
	if a := Address(s); a != "" && strings.Contains(a, ".") && strings.Count(s, " ") == 2 {
		return a
	}
	return s
}
