package searchcli

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// TestHitFitsTheWidth draws a hit on the two widths that people have most.
func TestHitFitsTheWidth(t *testing.T) {
	h := &search.Hit{
		Rank: 7, ThreadSize: 3,
		Message: &archive.Message{
			URL: "https://lists.example.org/1.html", List: "announce", FromName: "Ann Lee",
			Date: time.Date(2021, 3, 5, 0, 0, 0, 0, time.UTC),
		},
		Subject: search.Fragment{Text: strings.Repeat("A subject that goes on ", 6), Marks: [][2]int{{2, 9}}},
		Snippet: search.Snippet{Fragments: []search.Fragment{{Text: strings.Repeat("some words ", 30), Before: true, After: true}}},
	}
	for _, width := range []int{60, 100} {
		var b bytes.Buffer
		(&searchOptions{}).writeHit(cli.Screen{W: &b, Width: width}, h)
		longest := 0
		for line := range strings.Lines(b.String()) {
			longest = max(longest, cli.TextWidth(strings.TrimRight(line, "\n")))
		}
		if longest > width || longest < width-12 {
			t.Errorf("on %d columns the longest line has %d", width, longest)
		}
	}
}

func TestMarksSurviveNeutralising(t *testing.T) {
	s := cli.Screen{Colour: true}
	f := search.Fragment{Text: "\x1bold multifactor\u200b", Marks: [][2]int{{5, 16}}}
	want := "␛old \x1b[1;33mmultifactor\x1b[0m"
	if got := s.Spans(fragment(f, "")); got != want {
		t.Errorf("drawn %q, want %q", got, want)
	}
}

func TestBranches(t *testing.T) {
	depths := []int{0, 1, 2, 2, 1, 0, 1, 40}
	want := []string{"● ", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "● ", "└─ ", strings.Repeat("   ", deepest-1) + "└─ "}
	var entries []archive.ThreadEntry
	for _, d := range depths {
		entries = append(entries, archive.ThreadEntry{Depth: d})
	}
	if diff := cmp.Diff(want, branches(entries, deepest)); diff != "" {
		t.Errorf("branches: -want +got\n%s", diff)
	}
}

// TestLongThreadsFit draws a chain and a fan of 2,000 messages at 60 columns.
func TestLongThreadsFit(t *testing.T) {
	for _, deep := range []int{0, 1} {
		thread := &archive.Thread{ID: "4k2mzt6qhc5w3rde"}
		for i := range 2000 {
			m := &archive.Message{ID: archive.ID(fmt.Sprintf("id%014d", i)), FromName: "Somebody with a rather long name", Subject: "Long", BaseSubject: "long"}
			thread.Messages = append(thread.Messages, archive.ThreadEntry{Message: m, Depth: min(i, 1+deep*i)})
		}
		var b bytes.Buffer
		writeThread(cli.Screen{W: &b, Width: 60}, thread)
		lines := strings.Split(strings.TrimSpace(b.String()), "\n")
		if len(lines) != 2003 {
			t.Fatalf("%d lines", len(lines))
		}
		for i, line := range lines {
			if n := cli.TextWidth(line); n > 60 {
				t.Fatalf("line %d has %d columns: %s", i, n, line)
			}
			if i > 2 && !strings.HasSuffix(line, fmt.Sprintf("id%014d", i-3)) {
				t.Fatalf("line %d lacks its ID: %s", i, line)
			}
		}
	}
}

func TestWrappedQuoteStaysAQuote(t *testing.T) {
	var b bytes.Buffer
	writeText(cli.Screen{W: &b, Width: 20}, "> > quoted words that are too long\nshort\n", "")
	want := "> > quoted words\n> > that are too\n> > long\nshort\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}

// TestFacetsFitTheWidth draws a chart on the two widths that people have most.
func TestFacetsFitTheWidth(t *testing.T) {
	res := &search.Results{Total: 12345, Facets: []search.FacetCounts{
		{Facet: search.FacetDate, Values: []search.FacetValue{{Value: "2020-11", Count: 1000, Query: "date:2020-11"}, {Value: "2021-02", Count: 1, Query: "date:2021-02"}}},
		{Facet: search.FacetAuthor, More: 3, None: 1, Values: []search.FacetValue{{Value: "x", Count: 12000, Query: "author:" + strings.Repeat("\u65e5", 50)}}},
		{Facet: search.FacetOutlet, None: 12345},
	}}
	for _, width := range []int{20, 60, 100} {
		var b bytes.Buffer
		if err := writeFacets(cli.Screen{W: &b, Width: width}, res); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(b.String()) {
			if n := cli.TextWidth(strings.TrimRight(line, "\n")); n > width {
				t.Errorf("on %d columns a line has %d: %s", width, n, line)
			}
		}
		for _, want := range []string{"date:2020-12", "date:2021-01", "12,000", "3 more values", "\u258f"} {
			if width > 20 && !strings.Contains(b.String(), want) {
				t.Errorf("on %d columns there is no %q in:\n%s", width, want, b.String())
			}
		}
		if strings.Contains(b.String(), "OUTLET") {
			t.Error("a facet without values is drawn")
		}
	}
}

// TestFarDatesMakeNoLongChart holds that a mail of 1970 adds one line.
func TestFarDatesMakeNoLongChart(t *testing.T) {
	f := search.FacetCounts{Facet: search.FacetDate, Values: []search.FacetValue{{Value: "1901", Count: 1}, {Value: "1970", Count: 1}, {Value: "2021", Count: 9}}}
	if got := withGaps(f); len(got) != 3 {
		t.Errorf("%d lines, want 3", len(got))
	}
}
