package searchcli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// showMessage prints one message whole.
func (o *searchOptions) showMessage(ctx context.Context, e *cli.Env, s *search.Searcher) error {
	m, err := s.Message(ctx, o.show)
	if err != nil {
		return noSuchMessage(o.show, err)
	}
	if o.format != formatText {
		return o.writeMessages(ctx, e, s, []*archive.Message{m})
	}
	return e.Page(func(s cli.Screen) error {
		writeMessage(s, m)
		return nil
	})
}

// noSuchMessage says what a reference may be.
func noSuchMessage(ref string, err error) error {
	if errors.Is(err, archive.ErrNotFound) {
		return fmt.Errorf("%w: no message is known by %s; give an ID, a page's URL or a Message-ID", archive.ErrNotFound, ref)
	}
	return err
}

// writeMessage draws the head, the text with other people's words dimmed, and
// what was attached.
func writeMessage(s cli.Screen, m *archive.Message) {
	for _, h := range head(m) {
		if h[1] != "" {
			fmt.Fprintln(s.W, s.Paint(cli.Accent, h[0]+":"), h[1])
		}
	}
	fmt.Fprintln(s.W)
	for _, b := range blocks(m) {
		st := cli.Style("")
		if b.Kind != archive.BlockOwn {
			st = cli.Dim
		}
		writeText(s, m.Body[b.Start:b.End], st)
	}
	for _, a := range m.Attachments {
		writeAttachment(s, a, m.Body)
	}
}

func head(m *archive.Message) [][2]string {
	from := strings.TrimSpace(neutral.OneLine(m.FromName))
	if m.FromAddress != "" {
		from = strings.TrimSpace(from + " <" + neutral.OneLine(m.FromAddress) + ">")
	}
	date := ""
	if !m.Date.IsZero() {
		date = m.Date.Format(time.RFC1123Z)
	}
	return [][2]string{
		{"Subject", neutral.OneLine(m.Subject)}, {"From", from}, {"Date", date}, {"List", neutral.OneLine(m.List)},
		{"Page", neutral.OneLine(m.URL)}, {"Article", neutral.OneLine(m.SourceURL)}, {"Message-ID", neutral.OneLine(m.MessageID)},
		{"ID", string(m.ID)}, {"Thread", string(m.Thread)},
	}
}

// blocks are the message's, or the whole body as the sender's where it has
// none.
func blocks(m *archive.Message) []archive.Block {
	if len(m.Blocks) == 0 {
		return []archive.Block{{Kind: archive.BlockOwn, End: len(m.Body)}}
	}
	return m.Blocks
}

// writeText prints lines as they are, those that do not fit wrapped. What is
// before the first word, such as the signs of a quote, is repeated: a quote must
// not turn into the sender's words.
func writeText(s cli.Screen, text string, st cli.Style) {
	for line := range strings.Lines(neutral.Text(text)) {
		line = strings.TrimRight(line, "\n")
		if cli.TextWidth(line) <= s.Width {
			fmt.Fprintln(s.W, s.Paint(st, line))
			continue
		}
		lead := leading(line)
		for _, part := range cli.WrapText(line[len(lead):], s.Prose()-cli.TextWidth(lead)) {
			fmt.Fprintln(s.W, s.Paint(st, lead+part))
		}
	}
}

// leading is the indentation and the signs of a quote, unless they fill half of
// a narrow line.
func leading(line string) string {
	lead := line[:len(line)-len(strings.TrimLeft(line, "> \t"))]
	if len(lead) > 20 || strings.Contains(lead, "\t") {
		return ""
	}
	return lead
}
