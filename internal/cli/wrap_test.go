package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
			if diff := cmp.Diff(tt.want, WrapText(tt.in, tt.cols)); diff != "" {
				t.Errorf("wrapText(%q, %d): -want +got\n%s", tt.in, tt.cols, diff)
			}
		})
	}
}

func TestWrapBoundsAWordOfMarks(t *testing.T) {
	lines := WrapText(strings.Repeat("\u0301", 100_000), 60)
	if len(lines) < 100 {
		t.Errorf("100,000 combining marks make %d lines: one of them is endless", len(lines))
	}
}

func TestCutShowsThatSomethingWent(t *testing.T) {
	for in, want := range map[string]string{"short": "short", "much too long": "much to…", "日本語日本語": "日本語…"} {
		if got := Cut(in, 8); got != want {
			t.Errorf("cut(%q, 8) = %q, want %q", in, got, want)
		}
	}
}

func TestTable(t *testing.T) {
	got := Table([][]string{{"LIST", "N", "URL"}, {"日本", "1,234", "x"}}, 1)
	want := "LIST      N  URL\n日本  1,234  x\n"
	if got != want {
		t.Errorf("table:\n%swant:\n%s", got, want)
	}
}
