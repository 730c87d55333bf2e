package pipermail

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/bxsearch/bxsearch/internal/clean"
)

// textMail is what a message of a text file says, decoded as its page is.
type textMail struct {
	messagePage
	at         string // the word that hides addresses; empty where the list shows them
	id         string
	inReplyTo  string
	references []string
	separator  string // the date of the separator
	asWritten  bool   // the separator repeats the Date line: Pipermail 0.05
}

// readTextMessage decodes a message of a text file. declared is what the
// period's index page claims for a charset; a message's own bytes decide for it.
//
// QUIRK P15: header and body are decoded apart, as they are on a page.
func readTextMessage(m TextMessage, declared []string) textMail {
	var t textMail
	t.readFields(m, declared)
	// QUIRK P15: on a list whose charset is ASCII the bytes are the sender's,
	// and encoded words in the header tell his charset.
	if !isASCII(m.Body) {
		declared = slices.Concat(declared, wordCharsets(m.Subject), wordCharsets(m.From))
	}
	text, charset := decode(m.Body, declared)
	t.text, t.charset = unhideURLs(hideAddresses(strings.ReplaceAll(text, "\u00a0", " "), t.at), t.at), charset
	return t
}

// readFields decodes the header only.
func (t *textMail) readFields(m TextMessage, declared []string) {
	fields, _ := decode(bytes.Join([][]byte{oneLine(m.Date), oneLine(m.From), oneLine(m.Subject)}, []byte("\n")), declared)
	part := strings.SplitN(fields, "\n", 3)
	date, from, subject := part[0], part[1], part[2]
	t.date, t.subject = line(date), decodeWords(line(subject))
	author, address := splitFrom(line(from))
	if m := hiddenAt().FindStringSubmatch(address); m != nil {
		t.at = m[1]
	}
	if t.at != "" {
		t.subject = wholeAddress().ReplaceAllString(t.subject, "$1 "+t.at+" $2")
	}
	t.author, t.address = clean.Name(decodeWords(author)), clean.Address(address)
	t.id = messageID(m.MessageID)
	if all := messageIDs(m.InReplyTo); len(all) > 0 {
		t.inReplyTo = all[0]
	}
	t.references = messageIDs(m.References)
	t.separator = string(separatorDate(m.Separator))
	t.asWritten = len(m.Date) > 0 && bytes.HasSuffix(bytes.TrimSpace(m.Separator), m.Date)
	t.fallback = strings.Join(strings.Fields(date), " ") + "\n" + line(from) + "\n" + line(subject)
}

var wordCharset = regexp.MustCompile(`=\?([A-Za-z0-9_-]{2,40})(?:\*[A-Za-z-]+)?\?[QqBb]\?`)

// wordCharsets lists the charsets of a field's encoded words.
func wordCharsets(field []byte) []string {
	var out []string
	for _, m := range wordCharset.FindAllSubmatch(field, 8) {
		out = append(out, string(m[1]))
	}
	return out
}

// key is what a row of the index has in common with the message: there the
// author's name is hidden too, if it is an address.
func (t *textMail) key() joinKey { return newJoinKey(t.subject, hideAddresses(t.author, t.at)) }

// oneLine replaces line ends that a broken header holds, and drops zero bytes,
// which a page does not show.
func oneLine(b []byte) []byte {
	if !bytes.ContainsAny(b, "\n\x00") {
		return b
	}
	return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\n"), []byte(" ")), []byte("\x00"), nil)
}

// splitFrom divides "user at host (Name)", and "Name user@host" as Pipermail
// 0.05 has it.
func splitFrom(s string) (name, address string) {
	if before, in, ok := strings.Cut(s, " ("); ok && strings.HasSuffix(in, ")") {
		return strings.TrimSuffix(in, ")"), before
	}
	if before, ok := strings.CutSuffix(s, " ()"); ok {
		return "", before
	}
	i := strings.LastIndexByte(s, ' ')
	if i < 0 || clean.Address(s) != "" {
		return "", s
	}
	return s[:i], s[i+1:]
}

var (
	hiddenAt = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\S+ (\S{1,12}) \S+$`) })
	// wholeAddress is what is hidden in subjects, by newer versions only.
	wholeAddress = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([-+,.\pL\pN_])@([-+.\pL\pN_]+\.[\pL\pN]+)`) })
	anAddress    = regexp.MustCompile(`([-+,.\pL\pN_])@([-+.\pL\pN_])`)
	urlRest      = regexp.MustCompile(`^[^>)\s]*[.:/][^>)\s]*`)
	urlInText    = regexp.MustCompile(`[\pL\pN_]+://[^>)\s]+`)
)

// hideAddresses hides the addresses of a text with the word at, as the page
// does: everywhere but inside URLs. Text files of older archives show them.
func hideAddresses(s, at string) string {
	if at == "" || strings.IndexByte(s, '@') < 0 {
		return s
	}
	var b strings.Builder
	hide := func(part string) { b.WriteString(anAddress.ReplaceAllString(part, "$1 "+at+" $2")) }
	pos := 0
	for _, u := range urlInText.FindAllStringIndex(s, -1) {
		hide(s[pos:u[0]])
		b.WriteString(s[u[0]:u[1]])
		pos = u[1]
	}
	hide(s[pos:])
	return b.String()
}

// unhideURLs puts the "@" back that a text file hides inside a URL, which its
// page does not: before a host, or where the URL goes on behind it.
func unhideURLs(s, at string) string {
	mark := " " + at + " "
	if at == "" || !strings.Contains(s, mark) || !strings.Contains(s, "://") {
		return s
	}
	var b strings.Builder
	for pos := 0; ; {
		u := urlInText.FindStringIndex(s[pos:])
		if u == nil {
			b.WriteString(s[pos:])
			return b.String()
		}
		start, end := pos+u[0], pos+u[1]
		b.WriteString(s[pos:end])
		pos = end
		for strings.HasPrefix(s[pos:], mark) {
			rest := urlRest.FindString(s[pos+len(mark):])
			authority := !strings.Contains(s[strings.Index(s[start:], "://")+start+3:end], "/")
			if rest == "" || !authority && !strings.Contains(rest, "/") && !strings.Contains(s[start:end], "=") {
				break
			}
			b.WriteString("@" + rest)
			pos += len(mark) + len(rest)
		}
	}
}

// angled is large to compile, so that is done when it is wanted: a search never
// does.
var angled = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`<[^<>]{1,1000}>`) })

// messageID reads a Message-ID field.
func messageID(b []byte) string {
	if len(b) > 2000 {
		return ""
	}
	return cleanMessageID(strings.ToValidUTF8(string(b), ""))
}

// maxReferences bounds what is taken of a References field; the archive uses
// fewer.
const maxReferences = 200

// messageIDs reads the IDs of an In-Reply-To or References field.
func messageIDs(b []byte) []string {
	var out []string
	for _, m := range angled().FindAll(b, -1) {
		if id := messageID(m); id != "" {
			out = append(out, id)
		}
	}
	if len(out) > maxReferences {
		out = append(out[:1:1], out[len(out)-maxReferences+1:]...)
	}
	return out
}
