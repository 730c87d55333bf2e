package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// showHits prints a page of hits on stdout, and what there is to say about it
// on stderr.
func (o *searchOptions) showHits(ctx context.Context, e *Env, s *search.Searcher, text string, res *search.Results) error {
	// A table keeps its head, or programs cannot read it.
	if len(res.Hits) > 0 || o.format == formatCSV {
		if err := o.writeHits(ctx, e, s, res.Hits); err != nil {
			return err
		}
	}
	if len(res.Hits) == 0 {
		e.sayNothingFound(text, res)
		return nil
	}
	e.sayMore(res)
	if o.explain {
		for _, line := range synonymLines(res) {
			e.say("%s", line)
		}
	}
	return nil
}

// writeHit draws one hit:
//
//	1  Subject of the message
//	   2021-03-05  Sender  list  4 in thread
//	   ...the words around the match...
//	   https://lists.example.org/pipermail/list/2021-March/000123.html
func writeHit(s screen, h *search.Hit) {
	rank := fmt.Sprintf("%2d  ", h.Rank)
	pad := strings.Repeat(" ", len(rank))
	room := s.prose() - len(rank)
	lead := s.paint(dim, rank)
	for _, line := range wrapSpans(fragment(h.Subject, bold), room) {
		fmt.Fprintln(s.w, lead+s.spans(line))
		lead = pad
	}
	for _, line := range wrapText(about(h), room) {
		fmt.Fprintln(s.w, pad+s.paint(accent, line))
	}
	for _, line := range wrapSpans(snippet(h.Snippet), room) {
		fmt.Fprintln(s.w, pad+s.spans(line))
	}
	for _, line := range h.Explanation {
		fmt.Fprintln(s.w, pad+s.paint(dim, neutral(line)))
	}
	// An address stays whole, so that it can be clicked and copied.
	fmt.Fprintf(s.w, "%s%s\n\n", pad, s.paint(dim, address(h.Message)))
}

// address is where to find a message again: its page, or else its ID.
func address(m *archive.Message) string {
	if m.URL != "" {
		return oneLine(m.URL)
	}
	return string(m.ID)
}

// about is the line below a hit's subject.
func about(h *search.Hit) string {
	m := h.Message
	parts := []string{day(m.Date), sender(m), oneLine(m.List)}
	if h.ThreadSize > 1 {
		parts = append(parts, fmt.Sprintf("%s in thread", count(h.ThreadSize)))
	}
	return strings.Join(parts, " · ")
}

// sender is a name, else an address, else a dash.
func sender(m *archive.Message) string {
	for _, s := range []string{m.FromName, m.FromAddress} {
		if s = oneLine(s); s != "" {
			return s
		}
	}
	return "-"
}

// fragment cuts a text at its marks; what is not marked gets the style rest.
// The marks are byte offsets into the text as it was, so each piece is made
// harmless by itself.
func fragment(f search.Fragment, rest style) []span {
	var out []span
	at := 0
	for _, m := range f.Marks {
		out = append(out, span{neutral(f.Text[at:m[0]]), rest}, span{neutral(f.Text[m[0]:m[1]]), mark})
		at = m[1]
	}
	return append(out, span{neutral(f.Text[at:]), rest})
}

// snippet draws the fragments with an ellipsis where text is left out.
func snippet(sn search.Snippet) []span {
	var out []span
	for i, f := range sn.Fragments {
		if f.Before && i == 0 {
			out = append(out, span{text: "…"})
		}
		out = append(out, fragment(f, "")...)
		if f.After || i < len(sn.Fragments)-1 {
			out = append(out, span{text: "… "})
		}
	}
	return out
}

// spans draws a line.
func (s screen) spans(line []span) string {
	var b strings.Builder
	for _, sp := range line {
		if sp.style == "" {
			b.WriteString(sp.text)
		} else {
			b.WriteString(s.paint(sp.style, sp.text))
		}
	}
	return b.String()
}

func (e *Env) sayNothingFound(text string, res *search.Results) {
	e.say("Nothing found for %s", oneLine(text))
	if len(res.Ignored) > 0 {
		e.say("These mean nothing to the index: %s", oneLine(strings.Join(res.Ignored, " ")))
	}
	for _, line := range adviceLines(res) {
		e.say("%s", line)
	}
	e.say("Every word must be in the message: try fewer, other ones, or OR between them. bxcrawl status shows what is held.")
}

// sayMore tells how many there are, and how to get at the next page.
func (e *Env) sayMore(res *search.Results) {
	first, last := res.Hits[0].Rank, res.Hits[len(res.Hits)-1].Rank
	line := fmt.Sprintf("%d-%d of %s", first, last, counted(res.Total, "message"))
	if len(res.Ignored) > 0 {
		line += "; not searched for: " + oneLine(strings.Join(res.Ignored, " "))
	}
	if len(res.Cut) > 0 {
		line += "; only the most frequent words searched for that are meant by: " + oneLine(strings.Join(res.Cut, " "))
	}
	if res.Next != "" {
		line += "; the next ones: the same with --after " + res.Next
	}
	e.say("%s", line)
	for _, line := range slices.Concat(meaningLines(res), adviceLines(res)) {
		e.say("%s", line)
	}
}
