package searchcli

import (
	"bufio"
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/markdown"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/bxsearch/bxsearch/search"
)

// facetsJSON is what --facets gives programs, one object.
type facetsJSON struct {
	Total  int                  `json:"total"`
	Facets []search.FacetCounts `json:"facets"`
}

func facetFormats() []string { return []string{formatText, formatJSON, formatCSV, formatMarkdown} }

// checkFacets refuses what does not go together with --facets.
func (o *searchOptions) checkFacets() error {
	switch {
	case o.count:
		return cli.Usagef("--facets and --count: take one of them; --facets begins with the number")
	case o.after != "" || o.explain || o.group != "" || o.single:
		return cli.Usagef("--facets counts all messages that match: leave out --after, --explain, --group and --no-fold")
	case !slices.Contains(facetFormats(), o.format):
		return cli.Usagef("--format %s is for hits; with --facets take one of %s", o.format, strings.Join(facetFormats(), ", "))
	}
	return nil
}

// showFacets prints how the messages that match spread.
func (o *searchOptions) showFacets(ctx context.Context, e *cli.Env, s *search.Searcher, q search.Query) error {
	q.Sort, q.Group, q.Limit = search.ByDateDesc, search.GroupNone, 1
	q.Facets, q.FacetLimit = search.Facets(), o.limit
	res, err := s.Search(ctx, q)
	if err != nil {
		return err
	}
	if res.Total == 0 {
		o.sayNothingFound(e, o.asked(q.Text), res)
	}
	switch {
	case o.format == formatJSON:
		return e.Buffered(func(w *bufio.Writer) error { return wire.WriteJSON(w, facetsJSON{res.Total, res.Facets}) })
	case o.format == formatCSV:
		return e.Buffered(func(w *bufio.Writer) error { return writeFacetsCSV(w, res.Facets) })
	case res.Total == 0:
		return nil
	case o.format == formatMarkdown:
		err = e.Buffered(func(w *bufio.Writer) error { return writeFacetsMarkdown(w, res) })
	default:
		err = e.Page(func(s cli.Screen) error { return writeFacets(s, res) })
	}
	if err == nil {
		e.Say("%s; the text of a line, added to the query, finds as many as it counts", cli.Counted(res.Total, "message"))
	}
	return err
}

// The chart's columns.
const (
	facetLabel = 44 // at most, and half the width
	facetBar   = 40 // at most
)

// writeFacets draws a chart for each facet that has values:
//
//	AUTHOR
//	  author:"Ann Lee"       12  ████████████████
//	  author:"Bob Jones"      3  ████
//	  2 more values; 1 message without
func writeFacets(s cli.Screen, res *search.Results) error {
	label := 0
	for _, f := range res.Facets {
		for _, v := range f.Values {
			label = max(label, cli.TextWidth(neutral.OneLine(v.Query)))
		}
	}
	label = min(label, facetLabel, s.Prose()/2)
	count := len(cli.Count(res.Total))
	bar := min(facetBar, s.Prose()-2-label-2-count-2)
	for _, f := range res.Facets {
		if len(f.Values) == 0 {
			continue
		}
		fmt.Fprintln(s.W, s.Paint(cli.Bold, strings.ToUpper(string(f.Facet))))
		most := slices.MaxFunc(f.Values, func(a, b search.FacetValue) int { return a.Count - b.Count }).Count
		for _, v := range withGaps(f) {
			text := cli.Cut(neutral.OneLine(v.Query), label)
			text += strings.Repeat(" ", label-cli.TextWidth(text))
			line := fmt.Sprintf("  %s  %*s  %s", text, count, cli.Count(v.Count), s.Paint(cli.Accent, bars(v.Count, most, bar)))
			fmt.Fprintln(s.W, strings.TrimRight(line, " "))
		}
		for _, line := range cli.WrapText(restOf(f), s.Prose()-2) {
			fmt.Fprintln(s.W, "  "+s.Paint(cli.Dim, line))
		}
		if _, err := fmt.Fprintln(s.W); err != nil {
			return err
		}
	}
	return nil
}

// restOf says what the values of a facet leave out.
func restOf(f search.FacetCounts) string {
	var parts []string
	if f.More > 0 {
		parts = append(parts, cli.Counted(f.More, "more value"))
	}
	if f.None > 0 {
		parts = append(parts, cli.Counted(f.None, "message")+" without")
	}
	return strings.Join(parts, "; ")
}

// eighths are bars of one to eight eighths of a column.
var eighths = []rune("▏▎▍▌▋▊▉█")

// bars draws n of most in so many columns; what is there is never drawn as
// nothing.
func bars(n, most, columns int) string {
	if n == 0 || columns < 1 {
		return ""
	}
	size := max(1, 8*columns*n/most)
	out := strings.Repeat("█", size/8)
	if rest := size % 8; rest > 0 {
		out += string(eighths[rest-1])
	}
	return out
}

// maxGaps is how many lines a chart of dates may have to show the months or
// years without a message. A single mail of 1970 should not cost pages.
const maxGaps = 48

// withGaps adds the months or years between those that occur.
func withGaps(f search.FacetCounts) []search.FacetValue {
	if f.Facet != search.FacetDate {
		return f.Values
	}
	layout, months := "2006", 12
	if len(f.Values[0].Value) > len(layout) {
		layout, months = "2006-01", 1
	}
	var out []search.FacetValue
	for i, v := range f.Values {
		at, err := time.Parse(layout, v.Value)
		if err != nil {
			return f.Values
		}
		for i > 0 {
			last, err := time.Parse(layout, out[len(out)-1].Value)
			next := last.AddDate(0, months, 0)
			if err != nil || len(out) > maxGaps {
				return f.Values
			}
			if !next.Before(at) {
				break
			}
			date := next.Format(layout)
			out = append(out, search.FacetValue{Value: date, Query: "date:" + date})
		}
		out = append(out, v)
	}
	return out
}

// writeFacetsCSV writes a line for each value.
func writeFacetsCSV(w io.Writer, facets []search.FacetCounts) error {
	rows := [][]string{{"facet", "value", "count", "query"}}
	for _, f := range facets {
		for _, v := range f.Values {
			rows = append(rows, []string{string(f.Facet), wire.Cell(v.Value), strconv.Itoa(v.Count), wire.Cell(v.Query)})
		}
	}
	return csv.NewWriter(w).WriteAll(rows)
}

// writeFacetsMarkdown writes a table for each facet that has values.
func writeFacetsMarkdown(w io.Writer, res *search.Results) error {
	for _, f := range res.Facets {
		if len(f.Values) == 0 {
			continue
		}
		fmt.Fprintf(w, "| %s | messages |\n|---|---:|\n", f.Facet)
		for _, v := range f.Values {
			fmt.Fprintf(w, "| %s | %s |\n", markdown.Escape(neutral.OneLine(v.Value)), cli.Count(v.Count))
		}
		if rest := restOf(f); rest != "" {
			fmt.Fprintf(w, "\n%s\n", rest)
		}
		if _, err := fmt.Fprintln(w); err != nil {
			return err
		}
	}
	return nil
}
