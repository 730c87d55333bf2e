package pipermail

import (
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
			words += countProse(m.Body[b.Start:b.End], fewWords+1)
		}
	}
	return words > fewWords || answer && words > 0
}

// countProse counts the words of a text up to a bound, URLs left out.
func countProse(s string, most int) int {
	n := 0
	for n < most && s != "" {
		end := strings.IndexAny(s, "\t\n\f\r ")
		if end < 0 {
			end = len(s)
		}
		part := s[:end]
		s = s[min(end+1, len(s)):]
		if strings.Contains(part, "://") || strings.IndexByte(part, '.') >= 0 {
			part = anyURL.ReplaceAllString(part, " ")
		}
		n += countWords(part, most-n)
	}
	return n
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

// The keys of evidence that count a period's scrubbed parts.
const (
	partsNamed    = "parts named"
	partsReadable = "parts readable"
	partsMissing  = "parts missing"
)

// Parts says how many scrubbed parts the messages of a list name, and how many
// of them WantedParts gives with all and without.
func Parts(e archive.Evidence) (named, all, missing int) {
	return e[partsNamed], e[partsReadable], e[partsMissing]
}

// partCount counts the scrubbed parts of a period, each URL once.
type partCount struct {
	seen   map[string]bool
	counts archive.Evidence
}

func (c *partCount) count(m *archive.Message) {
	if len(m.Attachments) == 0 {
		return
	}
	if c.seen == nil {
		c.seen, c.counts = map[string]bool{}, archive.Evidence{}
	}
	c.tell(partsNamed, m.Attachments)
	c.tell(partsReadable, WantedParts(m, true))
	c.tell(partsMissing, WantedParts(m, false))
}

func (c *partCount) tell(key string, parts []archive.Attachment) {
	for _, a := range parts {
		if id := key + " " + a.URL; a.URL != "" && !c.seen[id] {
			c.seen[id] = true
			c.counts[key]++
		}
	}
}

// add puts the counts beside a period's evidence.
func (c *partCount) add(e archive.Evidence) archive.Evidence {
	for k, n := range c.counts {
		e[k] += n
	}
	return e
}
