package clean

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var hidden = regexp.MustCompile(`(?i)^\(?\s*no e-?mail\s*\)?$`)

// Address undoes what an archive does to hide an address: "user at host", with
// the word in the list's language (P14), in brackets or not. It returns
// "user@host", or nothing where the archive gives no address.
func Address(s string) string {
	s = strings.TrimSpace(strings.Trim(strings.TrimSpace(s), "<>"))
	s = strings.ReplaceAll(s, "&#64;", "@")
	if s == "" || (s[0] == '(' || s[0]|0x20 == 'n') && hidden.MatchString(s) {
		return ""
	}
	user, host, shown := strings.Cut(s, "@")
	if shown && isUser(user) && isUser(host) {
		return s
	}
	part := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(spaces, r) })
	if len(part) == 3 && isUser(part[0]) && isAtWord(part[1]) && isHost(part[2]) {
		return part[0] + "@" + part[2]
	}
	return ""
}

// isUser reports whether s may stand before or behind the "@" of an address.
func isUser(s string) bool { return s != "" && !strings.ContainsAny(s, spaces+`<>"(),;:@`) }

// isAtWord reports whether s may stand in the place of an "@".
func isAtWord(s string) bool {
	return len(s) <= 6*utf8.UTFMax && utf8.RuneCountInString(s) <= 6 && strings.IndexByte(s, '@') < 0
}

// isHost reports whether s may be a host, of any language.
func isHost(s string) bool {
	for _, r := range s {
		if r != '_' && r != '.' && r != '-' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	return true
}

// Name gives a person's name as it stands in an archive: an address in the
// place of a name has its "@" back.
func Name(s string) string {
	s = strings.Trim(strings.Join(strings.Fields(s), " "), `"' `)
	if strings.Count(s, " ") != 2 || strings.IndexByte(s, '.') < 0 {
		return s
	}
	a := Address(s)
	if a == "" || !strings.Contains(a, ".") {
		return s
	}
	// QUIRK P14: the word between may be any short one, so that "J. Lee Poe"
	// is told from an address by what stands round it.
	part := strings.Split(s, " ")
	if !strings.Contains(s, "@") && (strings.HasSuffix(part[0], ".") || !hasDomain(part[2]) || isASCIIPunct(part[1])) {
		return s
	}
	return a
}

// hasDomain reports whether a host has a dot between other characters.
func hasDomain(host string) bool { return strings.Contains(strings.Trim(host, "."), ".") }

// isASCIIPunct reports whether s has nothing but ASCII's punctuation: no
// language says "at" so.
func isASCIIPunct(s string) bool {
	return strings.Trim(s, "!\"#$%&'()*+,-./:;<=>?[\\]^_`{|}~") == ""
}
