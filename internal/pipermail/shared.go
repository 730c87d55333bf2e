package pipermail

import (
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
)

// What mails have in common with the pages made of them. A mail that is
// imported and the page of it have to come out as one message.

// Decode turns bytes into text and names the charset used: see decode.
func Decode(b []byte, declared []string) (text, used string) { return decode(b, declared) }

// DecodeWords decodes the encoded words of a header field that is text.
func DecodeWords(s string) string { return decodeWords(line(s)) }

// MessageID takes a Message-ID as it is written somewhere and returns it
// without brackets; empty if it cannot be one.
func MessageID(s string) string { return cleanMessageID(s) }

// Blocks are a mail's blocks as the archive has them.
func Blocks(m clean.Mail) []archive.Block { return blocks(m.Blocks) }

// Digest is what archive.Parsed.Content is to be for a mail.
func Digest(m clean.Mail) string { return digest(m) }

// ReadDate reads a date in any of the shapes that mail has (P12). zoned says
// that it has a zone; without one the time is given in UTC. ok is false for
// what is no date.
func ReadDate(s string) (t time.Time, zoned, ok bool) {
	d, ok := parseDateText(s)
	if !ok || d.month == 0 {
		return time.Time{}, false, false
	}
	return d.date(), d.hasZone, true
}
