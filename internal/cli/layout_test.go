package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

func TestWrapFitsTheWidth(t *testing.T) {
	tests := []struct {
		name, in string
		cols     int
		want     []string
	}{
		{"words", "one two three", 7, []string{"one two", "three"}},
		{"exact fit", "one two", 7, []string{"one two"}},
		{"white space folds", " one \n\t two ", 20, []string{"one two"}},
		{"long word breaks", "aaaaaaaaaa b", 4, []string{"aaaa", "aaaa", "aa b"}},
		{"wide characters count twice", "日本語 日本", 6, []string{"日本語", "日本"}},
		{"combining marks take no room", "e\u0301e\u0301e\u0301 x", 3, []string{"e\u0301e\u0301e\u0301", "x"}},
		{"nothing", "  ", 5, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, wrapText(tt.in, tt.cols)); diff != "" {
				t.Errorf("wrapText(%q, %d): -want +got\n%s", tt.in, tt.cols, diff)
			}
		})
	}
}

func TestWrapBoundsAWordOfMarks(t *testing.T) {
	lines := wrapText(strings.Repeat("\u0301", 100_000), 60)
	if len(lines) < 100 {
		t.Errorf("100,000 combining marks make %d lines: one of them is endless", len(lines))
	}
}

func TestCutShowsThatSomethingWent(t *testing.T) {
	for in, want := range map[string]string{"short": "short", "much too long": "much to…", "日本語日本語": "日本語…"} {
		if got := cut(in, 8); got != want {
			t.Errorf("cut(%q, 8) = %q, want %q", in, got, want)
		}
	}
}

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
		writeHit(screen{w: &b, width: width}, h)
		longest := 0
		for line := range strings.Lines(b.String()) {
			longest = max(longest, textWidth(strings.TrimRight(line, "\n")))
		}
		if longest > width || longest < width-12 {
			t.Errorf("on %d columns the longest line has %d", width, longest)
		}
	}
}

func TestMarksSurviveNeutralising(t *testing.T) {
	s := screen{colour: true}
	f := search.Fragment{Text: "\x1bold multifactor\u200b", Marks: [][2]int{{5, 16}}}
	want := "␛old \x1b[1;33mmultifactor\x1b[0m"
	if got := s.spans(fragment(f, "")); got != want {
		t.Errorf("drawn %q, want %q", got, want)
	}
}

func TestTable(t *testing.T) {
	got := table([][]string{{"LIST", "N", "URL"}, {"日本", "1,234", "x"}}, 1)
	want := "LIST      N  URL\n日本  1,234  x\n"
	if got != want {
		t.Errorf("table:\n%swant:\n%s", got, want)
	}
}

func TestBranches(t *testing.T) {
	depths := []int{0, 1, 2, 2, 1, 0, 1, 40}
	want := []string{"● ", "├─ ", "│  ├─ ", "│  └─ ", "└─ ", "● ", "└─ ", strings.Repeat("   ", deepest-1) + "└─ "}
	var entries []archive.ThreadEntry
	for _, d := range depths {
		entries = append(entries, archive.ThreadEntry{Depth: d})
	}
	if diff := cmp.Diff(want, branches(entries)); diff != "" {
		t.Errorf("branches: -want +got\n%s", diff)
	}
}

func TestPointAtShowsThePlace(t *testing.T) {
	long := strings.Repeat("word ", 60) + `"open`
	tests := []struct {
		name, line string
		pos        int
		want       string
	}{
		{"beginning", "(a", 0, "  (a\n  ^\n"},
		{"behind wide characters", "日本 (a", 7, "  日本 (a\n       ^\n"},
		{"end", "a AND", 5, "  a AND\n       ^\n"},
		{"line ends do not tear it", "a\nb (", 4, "  a b (\n      ^\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pointAt(tt.line, tt.pos, 58); got != tt.want {
				t.Errorf("pointAt(%q, %d):\n%swant:\n%s", tt.line, tt.pos, got, tt.want)
			}
		})
	}
	for line := range strings.Lines(pointAt(long, strings.Index(long, `"`), 58)) {
		if textWidth(strings.TrimRight(line, "\n")) > 60 {
			t.Errorf("too long for 60 columns: %q", line)
		}
	}
}

func TestWrappedQuoteStaysAQuote(t *testing.T) {
	var b bytes.Buffer
	writeText(screen{w: &b, width: 20}, "> > quoted words that are too long\nshort\n", "")
	want := "> > quoted words\n> > that are too\n> > long\nshort\n"
	if b.String() != want {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
