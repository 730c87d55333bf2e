package searchcli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// showHits prints a page of hits on stdout, and what there is to say about it
// on stderr.
func (o *searchOptions) showHits(ctx context.Context, e *cli.Env, s *search.Searcher, text string, res *search.Results) error {
	// A table keeps its head, or programs cannot read it.
	if len(res.Hits) > 0 || o.format == formatCSV {
		if err := o.writeHits(ctx, e, s, res.Hits); err != nil {
			return err
		}
	}
	if len(res.Hits) == 0 {
		o.sayNothingFound(e, text, res)
		return nil
	}
	sayMore(e, res)
	if o.explain {
		for _, line := range synonymLines(res) {
			e.Say("%s", line)
		}
	}
	return nil
}

// writeHit draws one hit:
//
//	1  Subject of the message
//	   2021-03-05  Sender  list  4 in thread  and 3 more that say the same
//	   ...the words around the match...
//	   https://lists.example.org/pipermail/list/2021-March/000123.html
func (o *searchOptions) writeHit(s cli.Screen, h *search.Hit) {
	rank := fmt.Sprintf("%2d  ", h.Rank)
	pad := strings.Repeat(" ", len(rank))
	room := s.Prose() - len(rank)
	lead := s.Paint(cli.Dim, rank)
	for _, line := range cli.WrapSpans(fragment(h.Subject, cli.Bold), room) {
		fmt.Fprintln(s.W, lead+s.Spans(line))
		lead = pad
	}
	for _, line := range cli.WrapText(o.about(h), room) {
		fmt.Fprintln(s.W, pad+s.Paint(cli.Accent, line))
	}
	for _, line := range cli.WrapSpans(snippet(h.Snippet), room) {
		fmt.Fprintln(s.W, pad+s.Spans(line))
	}
	for _, line := range h.Explanation {
		fmt.Fprintln(s.W, pad+s.Paint(cli.Dim, neutral.Text(line)))
	}
	// An address stays whole, so that it can be clicked and copied.
	fmt.Fprintf(s.W, "%s%s\n\n", pad, s.Paint(cli.Dim, address(h.Message)))
}

// address is where to find a message again: its page, or else its ID.
func address(m *archive.Message) string {
	if m.URL != "" {
		return neutral.OneLine(m.URL)
	}
	return string(m.ID)
}

// about is the line below a hit's subject.
func (o *searchOptions) about(h *search.Hit) string {
	m := h.Message
	parts := []string{cli.Day(m.Date), sender(m), neutral.OneLine(m.List)}
	switch more := len(h.Folded); {
	case h.ThreadSize > 1 && o.group == string(search.GroupThread):
		parts = append(parts, fmt.Sprintf("%s of %s in thread match", cli.Count(more+1), cli.Count(h.ThreadSize)))
	case h.ThreadSize > 1:
		parts = append(parts, fmt.Sprintf("%s in thread", cli.Count(h.ThreadSize)))
	}
	return strings.Join(append(parts, o.more(h)...), " · ")
}

// more tells how many messages say what the hit says.
func (o *searchOptions) more(h *search.Hit) []string {
	if n := len(h.Folded); n > 0 && o.group != string(search.GroupThread) {
		return []string{fmt.Sprintf("and %s more that say the same", cli.Count(n))}
	}
	return nil
}

// sender is a name, else an address, else a dash.
func sender(m *archive.Message) string {
	for _, s := range []string{m.FromName, m.FromAddress} {
		if s = neutral.OneLine(s); s != "" {
			return s
		}
	}
	return "-"
}

// fragment cuts a text at its marks; what is not marked gets the style rest.
// The marks are byte offsets into the text as it was, so each piece is made
// harmless by itself.
func fragment(f search.Fragment, rest cli.Style) []cli.Span {
	plain := func(from, to int) cli.Span { return cli.Span{Text: neutral.Text(f.Text[from:to]), Style: rest} }
	var out []cli.Span
	at := 0
	for _, m := range f.Marks {
		out = append(out, plain(at, m[0]), cli.Span{Text: neutral.Text(f.Text[m[0]:m[1]]), Style: cli.Mark})
		at = m[1]
	}
	return append(out, plain(at, len(f.Text)))
}

// snippet draws the fragments with an ellipsis where text is left out.
func snippet(sn search.Snippet) []cli.Span {
	var out []cli.Span
	for i, f := range sn.Fragments {
		if f.Before && i == 0 {
			out = append(out, cli.Span{Text: "…"})
		}
		out = append(out, fragment(f, "")...)
		if f.After || i < len(sn.Fragments)-1 {
			out = append(out, cli.Span{Text: "… "})
		}
	}
	return out
}

func (o *searchOptions) sayNothingFound(e *cli.Env, text string, res *search.Results) {
	e.Say("Nothing found for %s", neutral.OneLine(text))
	if len(res.Ignored) > 0 {
		e.Say("These mean nothing to the index: %s", neutral.OneLine(strings.Join(res.Ignored, " ")))
	}
	for _, line := range adviceLines(res) {
		e.Say("%s", line)
	}
	if o.alike() {
		return
	}
	e.Say("Every word must be in the message: try fewer, other ones, or OR between them. bxcrawl status shows what is held.")
}

// sayMore tells how many there are, and how to get at the next page.
func sayMore(e *cli.Env, res *search.Results) {
	first, last := res.Hits[0].Rank, res.Hits[len(res.Hits)-1].Rank
	line := fmt.Sprintf("%d-%d of %s", first, last, cli.Counted(res.Total, "message"))
	if len(res.Ignored) > 0 {
		line += "; not searched for: " + neutral.OneLine(strings.Join(res.Ignored, " "))
	}
	if len(res.Cut) > 0 {
		line += "; only the most frequent words searched for that are meant by: " + neutral.OneLine(strings.Join(res.Cut, " "))
	}
	if res.Next != "" {
		line += "; the next ones: the same with --after " + res.Next
	}
	e.Say("%s", line)
	for _, line := range slices.Concat(meaningLines(res), adviceLines(res)) {
		e.Say("%s", line)
	}
}
