package clean

import (
	"regexp"
	"strings"
)

// Mail is the text of a mail, taken apart.
type Mail struct {
	Body   string  // without scrub notices and list footers; quotes kept
	Blocks []Block // cover Body, in order
	Parts  []Part  // what the list server took out
	Source string  // the URL of the article that the mail reports; may be empty
}

// Split takes the text of a mail apart. subject helps to tell an article's
// headline from what the sender says.
func Split(text, subject string) Mail {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\x00", "")
	var m Mail
	if body, parts, ok := unwrapMIME(text); ok {
		text, m.Parts = body, parts
	} else {
		text = unquotePrintable(text)
	}
	s := scrub(splitLines(text))
	m.Parts = append(m.Parts, s.parts...)
	var b strings.Builder
	for _, part := range s.texts {
		if source := strings.Join(part, "\n"); LooksHTML(source) {
			part = strings.Split(HTMLText(source), "\n")
		}
		part = trimBlank(dropFooters(part))
		part = part[skipBlank(part, 0):]
		if len(part) == 0 {
			continue
		}
		if b.Len() > 0 {
			b.WriteString("\n\n")
			m.Blocks[len(m.Blocks)-1].End = b.Len()
		}
		m.appendPart(&b, part)
	}
	m.Body = b.String()
	m.Source = sourceURL(m.Body, m.Blocks, subject)
	return m
}

// splitLines cuts a text into lines. A part's separator that stands behind
// text that did not end its line gets a line of its own.
func splitLines(text string) []string {
	lines := strings.Split(text, "\n")
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		if !strings.Contains(l, "--------") || strings.HasPrefix(l, "--------") {
			out = append(out, l)
			continue
		}
		if m := gluedDashes.FindStringSubmatch(l); m != nil && nextParts[foldNotice(m[2])] && quoteDepth(l) == 0 {
			out = append(out, m[1], l[len(m[1]):])
			continue
		}
		out = append(out, l)
	}
	return out
}

// appendPart writes a part's lines and their blocks.
func (m *Mail) appendPart(b *strings.Builder, lines []string) {
	kinds := classify(lines)
	for i, l := range lines {
		start := b.Len()
		b.WriteString(l)
		if i < len(lines)-1 {
			b.WriteByte('\n')
		}
		last := len(m.Blocks) - 1
		if i > 0 && m.Blocks[last].Kind == kinds[i].kind && m.Blocks[last].Depth == kinds[i].depth {
			m.Blocks[last].End = b.Len()
			continue
		}
		m.Blocks = append(m.Blocks, Block{kinds[i].kind, kinds[i].depth, start, b.Len()})
	}
}

var (
	bareURL = regexp.MustCompile(`(?i)^\s*(?:(?:source|link|url|read more|full story|via|quelle|fuente|story)\s*[:：]\s*)?<?(https?://[^\s<>"]+)>?\s*$`)
	letters = regexp.MustCompile(`[^\p{L}\p{N}]+`)
)

// sourceURL finds the URL of the article that a mail reports, in the manner
// of BreachExchange: on a line of its own before the text, with at most the
// headline above it.
func sourceURL(body string, blocks []Block, subject string) string {
	if len(blocks) == 0 || blocks[0].Kind != Own {
		return ""
	}
	lines := strings.Split(body[:blocks[0].End], "\n")
	above := 0
	for i, l := range lines {
		if strings.TrimSpace(l) == "" {
			continue
		}
		if m := bareURL.FindStringSubmatch(l); m != nil {
			return joinURL(m[1], lines[i+1:])
		}
		if above++; above > 3 || !isHeadline(l, subject) {
			return ""
		}
	}
	return ""
}

// isHeadline reports whether a line repeats (a part of) the subject.
func isHeadline(l, subject string) bool {
	key := func(s string) string { return letters.ReplaceAllString(strings.ToLower(s), "") }
	k := key(l)
	return len(k) >= 4 && (strings.Contains(key(subject), k) || strings.HasPrefix(k, "by") && len(l) < 60)
}

// joinURL adds the rest of a URL that a mailer wrapped: the line was full, and
// the next one holds nothing but more of it, before an empty line.
func joinURL(u string, next []string) string {
	if len(u) < 70 || len(next) < 2 || strings.TrimSpace(next[1]) != "" {
		return u
	}
	rest := strings.TrimSpace(next[0])
	if rest == "" || strings.ContainsAny(rest, " \t<>") || strings.Contains(rest, "://") || !strings.ContainsAny(rest, "-/._=%&0123456789") {
		return u
	}
	return u + rest
}
