package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFoldKeepsWordsWhole(t *testing.T) {
	cursor := strings.Repeat("A", 50)
	for _, tt := range []struct{ name, in, want string }{
		{"short", "one two", "one two"},
		{"words", "one two three four five six", "one two three four\nfive six"},
		{"a cursor can be copied", "the same with --after " + cursor, "the same with\n--after\n" + cursor},
		{"indented", "  failed: one two three four", "  failed: one two\n  three four"},
		{"what fits stays as it is", "  a   b\n  ^\n", "  a   b\n  ^\n"},
		{"wide characters count twice", "日本語 日本語 日本語 日本語", "日本語 日本語 日本語\n日本語"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, foldLines(tt.in, 20)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if text := strings.Repeat("word ", 40); (Screen{Width: 20}).Fold(text) != text {
		t.Error("a pipe gets lines that are wrapped")
	}
}
