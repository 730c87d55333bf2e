package web

import (
	"bufio"
	"fmt"
	"io"

	"github.com/bxsearch/bxsearch/internal/markdown"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
)

// writeMarkdown writes a message for notes, and for programs that read: the facts as a
// list, what strangers wrote in fences.
func writeMarkdown(w io.Writer, l link.Links, m *archive.Message) error {
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n", markdown.Escape(subject(m)))
	writeFacts(out, l, m)
	fmt.Fprintf(out, "\n%s", markdown.Fence(neutral.Text(m.Body)))
	for i, a := range m.Attachments {
		if a.Text != "" {
			fmt.Fprintf(out, "\n## Attachment %d: %s\n\n%s", i+1, markdown.Escape(short(200, a.Name)), markdown.Fence(neutral.Text(a.Text)))
		}
	}
	return out.Flush()
}

// writeFacts writes who wrote when and where, as a list.
func writeFacts(w io.Writer, l link.Links, m *archive.Message) {
	fact := func(name, text string) {
		if text != "" {
			fmt.Fprintf(w, "- %s: %s\n", name, text)
		}
	}
	sender := from(m)
	if m.FromName != "" && m.FromAddress != "" {
		sender += " <" + short(200, m.FromAddress) + ">"
	}
	fact("From", markdown.Escape(sender))
	if !m.Date.IsZero() {
		fact("Date", iso(m.Date))
	}
	fact("List", markdown.Escape(short(200, m.List)))
	fact("Page", address(l.Absolute(l.Message(m.ID, link.HTML))))
	fact("Original", address(webURL(m.URL)))
	fact("Article", address(webURL(m.SourceURL)))
	fact("Thread", address(l.Absolute(l.Thread(m.Thread, link.HTML))))
	fact("ID", string(m.ID))
	fact("Message-ID", markdown.Escape(short(300, m.MessageID)))
}

// address is a web address that Markdown makes a link of.
func address(u string) string {
	if u == "" {
		return ""
	}
	return "<" + markdown.URL(u) + ">"
}
