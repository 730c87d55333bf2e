package pipermail

import (
	"bytes"
	"iter"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

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
	t := readFields(m, declared)
	t.readBody(m, declared)
	return t
}

// readBody decodes the body of a message whose header has been read.
func (t *textMail) readBody(m TextMessage, declared []string) {
	// QUIRK P15: on a list whose charset is ASCII the bytes are the sender's,
	// and encoded words in the header tell his charset.
	if !isASCII(m.Body) {
		declared = slices.Concat(declared, wordCharsets(m.Subject), wordCharsets(m.From))
	}
	text, charset := decode(m.Body, declared)
	t.text, t.charset = unhideURLs(hideAddresses(strings.ReplaceAll(text, "\u00a0", " "), t.at), t.at), charset
}

// readFields decodes the header only.
func readFields(m TextMessage, declared []string) (t textMail) {
	fields, _ := decode(bytes.Join([][]byte{oneLine(m.Date), oneLine(m.From), oneLine(m.Subject)}, []byte("\n")), declared)
	part := strings.SplitN(fields, "\n", 3)
	date, from, subject := part[0], part[1], part[2]
	t.date, t.subject = line(date), decodeWords(line(subject))
	author, address := splitFrom(line(from))
	t.at = hidingIn(address)
	if t.at != "" && strings.IndexByte(t.subject, '@') >= 0 {
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
	return t
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

// wholeAddress is what is hidden in subjects, by newer versions only. It is large
// to compile, so that is done when it is wanted: a search never does.
var wholeAddress = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`([-+,.\pL\pN_])@([-+.\pL\pN_]+\.[\pL\pN]+)`) })

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

// maxAngled bounds, in letters, what stands between angle brackets.
const maxAngled = 1000

// angled yields what stands in angle brackets, with them.
func angled(b []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for start := bytes.IndexByte(b, '<'); start >= 0; start = bytes.IndexByte(b, '<') {
			b = b[start:]
			end := 1 + bytes.IndexAny(b[1:], "<>")
			switch {
			case end == 0:
				return
			case end > 1 && b[end] == '>' && (end <= maxAngled || utf8.RuneCount(b[1:end]) <= maxAngled):
				if !yield(b[:end+1]) {
					return
				}
			}
			b = b[end:]
		}
	}
}

// messageIDs reads the IDs of an In-Reply-To or References field.
func messageIDs(b []byte) []string {
	var out []string
	for m := range angled(b) {
		if id := messageID(m); id != "" {
			out = append(out, id)
		}
	}
	if len(out) > maxReferences {
		out = append(out[:1:1], out[len(out)-maxReferences+1:]...)
	}
	return out
}
