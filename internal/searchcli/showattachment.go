package searchcli

import (
	"fmt"
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
)

// writeAttachment draws what was attached, and its text unless that is what
// the body says already: mails are often sent as text and as HTML.
func writeAttachment(s cli.Screen, a archive.Attachment, body string) {
	fmt.Fprintf(s.W, "\n%s %s\n", s.Paint(cli.Accent, "Attachment:"), attachmentLine(a))
	switch {
	case a.Text == "":
	case strings.Contains(letters(body), letters(a.Text)):
		fmt.Fprintln(s.W, s.Paint(cli.Dim, "the same words as above"))
	default:
		writeText(s, a.Text, "")
	}
}

// attachmentLine names an attachment and says where it is.
func attachmentLine(a archive.Attachment) string {
	line := neutral.OneLine(a.Kind)
	if name := neutral.OneLine(a.Name); name != "" {
		line = name + " (" + line + ")"
	}
	if a.Size > 0 {
		line += ", " + cli.Bytes(a.Size)
	}
	switch {
	case a.URL == "" && a.Text == "":
		return line + ", removed by the server"
	case a.URL == "":
		return line
	}
	line += ", " + neutral.OneLine(a.URL)
	if !a.Fetched && a.Kind != "binary" {
		line += ", not fetched"
	}
	return line
}

// letters reduces a text to what two renderings of it share: they differ in
// white space, punctuation, and in how addresses are hidden.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, strings.ReplaceAll(s, " at ", " "))
}
