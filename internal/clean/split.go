package clean

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
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
	} else if body, parts, ok := unwrapTail(text); ok {
		text, m.Parts = body, parts
	} else {
		text = unquotePrintable(text)
	}
	s := scrub(splitLines(text), strings.Contains(text, "attachments"))
	m.Parts = append(m.Parts, s.parts...)
	var b strings.Builder
	b.Grow(len(text))
	for _, part := range s.texts {
		if i := skipBlank(part, 0); i < len(part) && strings.HasPrefix(strings.TrimSpace(part[i]), "<") {
			if source := strings.Join(part, "\n"); LooksHTML(source) {
				part = strings.Split(HTMLText(source), "\n")
			}
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
	if !strings.Contains(text, "--------") {
		return lines
	}
	out := make([]string, 0, len(lines))
	for _, l := range lines {
		if strings.HasPrefix(l, "--------") || !mayBeGlued(l) {
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

// mayBeGlued is false for nearly all lines that gluedDashes does not match.
func mayBeGlued(l string) bool {
	return strings.HasSuffix(strings.TrimRight(l, spaces), "----") && strings.Contains(l, "--------")
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
)

// sourceURL finds the URL of the article that a mail reports, in the manner
// of BreachExchange: on a line of its own before the text, with at most the
// headline above it.
func sourceURL(body string, blocks []Block, subject string) string {
	if len(blocks) == 0 || blocks[0].Kind != Own {
		return ""
	}
	above := 0
	for l, rest, more := "", body[:blocks[0].End], true; more; {
		l, rest, more = strings.Cut(rest, "\n")
		if strings.TrimSpace(l) == "" {
			continue
		}
		if u := lineURL(l); u != "" && more {
			return joinURL(u, strings.SplitN(rest, "\n", 3))
		} else if u != "" {
			return u
		}
		if above++; above > 3 || !isHeadline(l, subject) {
			return ""
		}
	}
	return ""
}

// lineURL is the URL that makes a line, with at most a label before it.
func lineURL(l string) string {
	if !strings.Contains(l, "://") {
		return ""
	}
	m := bareURL.FindStringSubmatch(l)
	if m == nil {
		return ""
	}
	return m[1]
}

// isHeadline reports whether a line repeats (a part of) the subject.
func isHeadline(l, subject string) bool {
	k := letters(l)
	return len(k) >= 4 && (strings.Contains(letters(subject), k) || strings.HasPrefix(k, "by") && len(l) < 60)
}

// letters leaves out all but letters and digits, and case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
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
