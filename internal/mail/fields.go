package mail

import (
	netmail "net/mail"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// maxReferences bounds what is taken of a References field; the archive uses
// fewer.
const maxReferences = 200

var (
	// Large to compile, so only when it is wanted: a search never does.
	angled    = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<[^<>]{1,1000}>`) })
	inBracket = regexp.MustCompile(`^(.*?)<\s*([^<>]*?)\s*>`)
	remark    = regexp.MustCompile(`^(\S+)\s*\((.*)\)\s*$`)
)

// messageIDs reads the Message-IDs of a References or In-Reply-To field.
//
// QUIRK P13: In-Reply-To may say in words which mail it means; only what is in
// brackets counts.
func messageIDs(s string) []string {
	var out []string
	for _, m := range angled().FindAllString(s, -1) {
		if id := pipermail.MessageID(m); id != "" {
			out = append(out, id)
		}
	}
	if len(out) > maxReferences {
		out = append(out[:1:1], out[len(out)-maxReferences+1:]...)
	}
	return out
}

// inReplyTo reads an In-Reply-To field.
//
// QUIRK P13: HyperKitty's export has the ID without brackets.
func inReplyTo(s string) string {
	if all := messageIDs(s); len(all) > 0 {
		return all[0]
	}
	if strings.Count(s, "@") == 1 && !strings.ContainsAny(s, " \t<>\"(),;") {
		return pipermail.MessageID(s)
	}
	return ""
}

// text decodes a field that is text: encoded words, and bytes beyond ASCII,
// which old mailers wrote in the charset of the mail (P14).
func text(s string, declared []string) string {
	decoded, _ := pipermail.Decode([]byte(s), declared)
	return pipermail.DecodeWords(decoded)
}

// readFrom reads the sender's name and address. Without a name it is the
// address, as Pipermail shows it.
func readFrom(s string, declared []string) (name, address string) {
	decoded, _ := pipermail.Decode([]byte(s), declared)
	name, address = splitFrom(decoded)
	address = clean.Address(address)
	if name = clean.Name(pipermail.DecodeWords(unquote(name))); name == "" {
		name = address
	}
	return name, address
}

// splitFrom takes a From field apart in each of the ways it is written.
func splitFrom(s string) (name, address string) {
	s = strings.TrimSpace(s)
	// Encoded words are decoded later: their charset may be a wrong one.
	if !strings.Contains(s, "=?") {
		if list, err := netmail.ParseAddressList(s); err == nil && len(list) > 0 {
			return list[0].Name, list[0].Address
		}
	}
	if m := inBracket.FindStringSubmatch(s); m != nil {
		return m[1], m[2]
	}
	if m := remark.FindStringSubmatch(s); m != nil {
		return m[2], m[1]
	}
	if before, in, ok := strings.Cut(s, " ("); ok && strings.HasSuffix(in, ")") { // "user at host (Name)"
		return strings.TrimSuffix(in, ")"), before
	}
	if clean.Address(s) != "" {
		return "", s
	}
	return s, ""
}

// unquote undoes the quoting of a name.
func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	for i := 1; i < len(s)-1; i++ {
		if s[i] == '\\' && i+1 < len(s)-1 {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// fileName is the name of a part's file, without the folders that it was in.
func fileName(s string) string {
	s = pipermail.DecodeWords(s)
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	if len(s) > 255 {
		s = s[:255]
		for !utf8.ValidString(s) {
			s = s[:len(s)-1]
		}
	}
	return strings.ToValidUTF8(s, "")
}

// shorten keeps what a stranger wrote from filling a problem's line.
func shorten(s string) string {
	if len(s) > 80 {
		return strings.ToValidUTF8(s[:80], "") + "…"
	}
	return s
}
