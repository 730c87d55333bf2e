package clean

import (
	"bytes"
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Attached is the file of a scrubbed part, as its server gave it.
type Attached struct {
	Body        []byte
	ContentType string // as the server says; only its charset is believed
	Notice      string // the kind that the scrub notice gives; it decides where the bytes do not
	// Decode turns bytes into text: in the declared character sets, likeliest
	// first, where those hold. Nil takes the bytes for UTF-8.
	Decode func(b []byte, declared []string) string
}

// The bounds of what is read of an attachment, in bytes.
const (
	maxAttached     = 2 << 20 // of the file
	maxAttachedText = 1 << 20 // of the text that comes out
)

// ErrLong says that an attachment is longer than what is read of one: the text
// is its beginning.
var ErrLong = errors.New("the attachment is longer than is read; the text is its beginning")

// ReadAttachment tells what an attachment is, by its bytes, and what there is
// to read in it: html, text, message or binary. Of a web page it is the main
// article, of an attached message the head and the words. With ErrLong kind and
// text are good.
//
// QUIRK P5: neither the extension of its URL nor the type that the server
// derives from that is to be trusted.
func ReadAttachment(a Attached) (kind, text string, err error) {
	if len(a.Body) > maxAttached {
		a.Body, err = a.Body[:maxAttached], ErrLong
		a.Body = a.Body[:max(bytes.LastIndexByte(a.Body, '\n'), maxAttached-1024)] // not within a character
	}
	source, ok := a.decode()
	if !ok {
		return "binary", "", nil
	}
	kind, text = read(source, a)
	text = tidy(text)
	if len(text) > maxAttachedText {
		text, err = strings.ToValidUTF8(text[:maxAttachedText], ""), ErrLong
	}
	return kind, text, err
}

// read sorts a text and takes out what is to be read.
func read(source string, a Attached) (kind, text string) {
	inner, layered := innerHTML(source)
	switch {
	case layered && anyTag.MatchString(inner):
		return "html", articleText(inner)
	case layered:
		return "html", inner
	case sealed(source):
		return "binary", ""
	}
	if m := unescapeMail(source); isMail(m) {
		return "message", mailText(m, a)
	}
	if LooksHTML(skipProlog(source)) || a.Notice == "html" && anyTag.MatchString(source) {
		return "html", articleText(source)
	}
	return "text", source
}

var anyTag = regexp.MustCompile(`</?[a-zA-Z][a-zA-Z0-9:]{0,20}(?:\s[^<>]*|/)?>`)

// sealed reports whether a text is for programs only: a signature, or words
// that are encrypted.
func sealed(s string) bool {
	s = strings.TrimSpace(s[:min(len(s), 1024)])
	for _, what := range []string{"SIGNATURE", "MESSAGE", "PUBLIC KEY BLOCK"} {
		if strings.HasPrefix(s, "-----BEGIN PGP "+what+"-----") {
			return true
		}
	}
	return strings.HasPrefix(s, "Version: 1") && len(s) < 40 // the control part of an encrypted mail
}

// skipProlog leaves out what may stand before the first tag of a page.
func skipProlog(s string) string {
	for range 8 {
		s = strings.TrimSpace(s)
		end := ""
		switch {
		case strings.HasPrefix(s, "<?"):
			end = "?>"
		case strings.HasPrefix(s, "<!--"):
			end = "-->"
		default:
			return s
		}
		_, rest, ok := strings.Cut(s, end)
		if !ok {
			return s
		}
		s = rest
	}
	return s
}

// tidy makes a text fit to be shown and searched: no characters that take no
// room, no-break spaces as spaces, no more than two empty lines.
func tidy(s string) string {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	var b strings.Builder
	b.Grow(len(s))
	last, breaks := rune(' '), 0
	for i, r := range s {
		switch r {
		case '\u00a0', '\u2007', '\u202f':
			r = ' '
		case '\r':
			r = '\n'
		case '\u200b', '\u2060', '\ufeff', '\u00ad', 0:
			continue
		case '\u200c', '\u200d':
			next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
			if last < utf8.RuneSelf || next < utf8.RuneSelf || next == '\u200c' || next == '\u200d' {
				continue // between letters and in emoji it has a meaning, in padding it has none
			}
		}
		if r == '\n' {
			if breaks++; breaks > 3 {
				continue
			}
		} else if r != ' ' && r != '\t' {
			breaks = 0
		}
		b.WriteRune(r)
		last = r
	}
	return trimLines(b.String())
}

// trimLines takes off the spaces at the ends of lines, and empty lines at the
// ends of the text.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " \t")
	}
	return strings.TrimRight(strings.TrimLeft(strings.Join(lines, "\n"), "\n"), "\n")
}
