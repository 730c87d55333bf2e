package searchcli

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
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
	if _, err := fmt.Fprintf(w, "- %s\\\n  %s\n", markdownLink(m), escapeMarkdown(strings.Join(facts, " · "))); err != nil {
		return err
	}
	quote := escapeMarkdown(neutral.OneLine(h.Snippet.String()))
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
	subject := escapeMarkdown(neutral.OneLine(m.Subject))
	if subject == "" {
		subject = "(no subject)"
	}
	u, err := url.Parse(neutral.OneLine(m.URL))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "**" + subject + "** `" + string(m.ID) + "`"
	}
	return "[" + subject + "](" + markdownURL.Replace(u.String()) + ")"
}

// markdownURL encodes what ends an address in Markdown.
var markdownURL = strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", `\`, "%5C")

// escapeMarkdown writes one line of text so that Markdown shows it as it is:
// signs with a meaning anywhere in a line, and those that begin a heading, a list
// or a rule.
func escapeMarkdown(s string) string {
	var b strings.Builder
	digits := true // nothing but digits before r
	for i, r := range s {
		start := i == 0 && strings.ContainsRune("#+-=:", r)
		number := digits && i > 0 && (r == '.' || r == ')')
		if start || number || strings.ContainsRune("\\`*_[]<>&|~!$#", r) {
			b.WriteByte('\\')
		}
		digits = digits && '0' <= r && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}
