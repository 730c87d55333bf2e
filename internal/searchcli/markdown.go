package searchcli

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/markdown"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// writeMarkdown writes a hit as an item of a list, for pasting into a report:
//
//	– [Subject of the message](https://lists.example.org/pipermail/list/2021-March/000123.html)
//	  2021-03-05 · Sender · list
//	  > …the words around the match…
func (o *searchOptions) writeMarkdown(w io.Writer, h *search.Hit) error {
	m := h.Message
	facts := append([]string{cli.Day(m.Date), sender(m), neutral.OneLine(m.List)}, o.more(h)...)
	if _, err := fmt.Fprintf(w, "- %s\\\n  %s\n", markdownLink(m), markdown.Escape(strings.Join(facts, " · "))); err != nil {
		return err
	}
	quote := markdown.Escape(neutral.OneLine(h.Snippet.String()))
	if quote != "" {
		quote = "  > " + quote + "\n"
	}
	_, err := io.WriteString(w, quote+"\n")
	return err
}

// markdownLink is a message's subject with a link to its page, or with its ID
// where it has none. Only a web address becomes a link: imported mail may name
// any.
func markdownLink(m *archive.Message) string {
	subject := markdown.Escape(neutral.OneLine(m.Subject))
	if subject == "" {
		subject = "(no subject)"
	}
	u, err := url.Parse(neutral.OneLine(m.URL))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "**" + subject + "** `" + string(m.ID) + "`"
	}
	return "[" + subject + "](" + markdown.URL(u.String()) + ")"
}
