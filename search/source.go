package search

import (
	"iter"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// source is one of the texts of a message.
type source struct {
	field index.Field
	text  string
}

// sources yields the texts of a message that are not empty, best first. The
// address of the article that a mail reports stands above it and tells readers
// nothing, so it is left out, unless the mail says nothing else.
func sources(m *archive.Message) iter.Seq[source] {
	return func(yield func(source) bool) {
		said := false
		for _, url := range []string{m.SourceURL, ""} {
			for _, f := range []index.Field{index.FieldBody, index.FieldAttachment, index.FieldQuoted} {
				text := textOf(m, f, url)
				if text == "" {
					continue
				}
				if said = true; !yield(source{f, text}) {
					return
				}
			}
			if said {
				return
			}
		}
	}
}

// textOf returns a text of a message without the lines that are a URL.
func textOf(m *archive.Message, f index.Field, url string) string {
	switch f {
	case index.FieldBody:
		own := m.Own()
		for i := range own {
			own[i] = without(url, own[i])
		}
		return oneLine(own...)
	case index.FieldAttachment:
		var attached []string
		for _, a := range m.Attachments {
			attached = append(attached, without(url, a.Text))
		}
		return unquote(attached)
	}
	return unquote(append(m.Text(archive.BlockQuote), m.Text(archive.BlockSignature)...))
}

// without takes the lines that are a URL out of a text. Of a text without any
// other word nothing is left.
func without(url, text string) string {
	if len(url) < len("https://") || !strings.Contains(text, "://") {
		return text
	}
	lines := strings.Split(text, "\n")
	var kept []string
	for i := 0; i < len(lines); {
		n := linesOf(url, lines[i:])
		if n == 0 {
			kept = append(kept, lines[i])
		}
		i += max(n, 1)
	}
	switch rest := strings.Join(kept, "\n"); {
	case len(kept) == len(lines):
		return text
	case strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) }):
		return rest
	}
	return ""
}

// linesOf returns how many lines from the first on are the URL and nothing
// else: one, or two over which a mail program has wrapped it. "Source:" may
// stand before it.
func linesOf(url string, lines []string) int {
	at := strings.Index(lines[0], url[:len("https://")])
	if at < 0 {
		return 0
	}
	label := strings.TrimRight(lines[0][:at], "< \t\u00a0")
	if strings.TrimSpace(label) != "" && (len(label) > 20 || !strings.HasSuffix(label, ":") && !strings.HasSuffix(label, "：")) {
		return 0
	}
	rest, begins := strings.CutPrefix(url, bare(lines[0][at:]))
	switch {
	case begins && rest == "":
		return 1
	case begins && len(lines) > 1 && bare(lines[1]) == rest:
		return 2
	}
	return 0
}

// bare is a line without what may stand around a URL.
func bare(line string) string { return strings.Trim(line, "<> \t\r\u00a0") }

// unquote takes the quote marks off the lines, then makes one line of them.
func unquote(texts []string) string {
	var lines []string
	for _, t := range texts {
		for line := range strings.Lines(t) {
			lines = append(lines, strings.TrimLeft(line, "> \t"))
		}
	}
	return oneLine(lines...)
}
