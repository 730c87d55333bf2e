package pipermail

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
)

// fewWords is how many words of its own a message may have and still say
// nothing: a greeting, "see below".
const fewWords = 5

// WantedParts lists the scrubbed parts of a message that are worth fetching:
// with all every one that is text, HTML or a message; without, those that hold
// what the message itself does not say. Those are its HTML parts, and text
// parts where it has none, if it has no words worth reading.
func WantedParts(m *archive.Message, all bool) []archive.Attachment {
	if !all && saysSomething(m) {
		return nil
	}
	kinds := map[string]bool{"html": true, "text": true, "message": true}
	if !all {
		html := hasPart(m, "html")
		kinds = map[string]bool{"html": html, "text": !html}
	}
	var out []archive.Attachment
	for _, a := range m.Attachments {
		if a.URL != "" && kinds[a.Kind] {
			out = append(out, a)
		}
	}
	return out
}

func hasPart(m *archive.Message, kind string) bool {
	for _, a := range m.Attachments {
		if a.Kind == kind && a.URL != "" {
			return true
		}
	}
	return false
}

var anyURL = regexp.MustCompile(`(?i)\b(?:https?|ftp)://\S+|\bwww\.\S+`)

// saysSomething reports whether a message has words of its own that are worth
// reading. A few are enough in an answer.
func saysSomething(m *archive.Message) bool {
	words, answer := 0, false
	for _, b := range m.Blocks {
		switch b.Kind {
		case archive.BlockQuote:
			answer = true
		case archive.BlockOwn:
			words += countWords(anyURL.ReplaceAllString(m.Body[b.Start:b.End], " "), fewWords+1)
		}
	}
	return words > fewWords || answer && words > 0
}

// countWords counts the words of a text up to a bound. Where no spaces are
// written between words each letter counts.
func countWords(s string, most int) int {
	n, inside := 0, false
	for _, r := range s {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai):
			n, inside = n+1, false
		case unicode.IsLetter(r):
			if !inside {
				n++
			}
			inside = true
		default:
			inside = inside && (r == '\'' || unicode.IsMark(r))
		}
		if n >= most {
			return n
		}
	}
	return n
}

// Wall says what stands in the place of an attachment, if that is a page that
// asks for something first; it is empty for an attachment.
//
// QUIRK P18: walls and login pages come with status 200. Of what Mailman has
// escaped nothing looks like one.
func Wall(p Page) string {
	if bytes.HasPrefix(bytes.TrimSpace(p.Body), []byte("<tt>")) {
		return ""
	}
	low := strings.ToLower(string(p.Body[:min(len(p.Body), 64<<10)]))
	for _, w := range wallSigns {
		if strings.Contains(low, w.sign) && strings.Contains(low, "<html") {
			return w.found
		}
	}
	return ""
}
