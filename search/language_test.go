package search_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

// TestCursorsOutliveTheirMoment holds that the pages of a search for the last
// hours join, though each page is of another moment.
func TestCursorsOutliveTheirMoment(t *testing.T) {
	dir := t.TempDir()
	if err := put(dir, many(9)...); err != nil {
		t.Fatal(err)
	}
	now := at(4)
	s, err := search.Open(dir, &search.Options{Location: time.UTC, Now: func() time.Time { now = now.Add(time.Second); return now }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := numbers(t, s, search.Query{Text: "after:80h", Sort: search.ByDateAsc, Limit: 2}); len(got) != 9 {
		t.Errorf("found %v on all pages, want 9 mails", got)
	}
}

// TestCutWordsAreNamed holds that a search says when it looked for the most
// frequent words only.
func TestCutWordsAreNamed(t *testing.T) {
	var text strings.Builder
	for i := range 2100 {
		fmt.Fprintf(&text, "word%d ", i)
	}
	s := open(t, mail{N: 1, List: "l", Date: at(1), From: "A", Subject: "all", Text: text.String()})
	for query, want := range map[string][]string{"word*": {"word"}, "word1*": nil} {
		res, err := s.Search(t.Context(), search.Query{Text: query})
		if err != nil || res.Total != 1 {
			t.Fatal(res, err)
		}
		if diff := cmp.Diff(want, res.Cut); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

// TestB6HostileQueries holds that a query that asks for too much ends with an
// error that says what, or with an answer.
func TestB6HostileQueries(t *testing.T) {
	s := open(t, many(50)...)
	letters := func(form string, sep string, n int) string {
		var out []string
		for i := range n {
			out = append(out, fmt.Sprintf(form, rune('a'+i%26), rune('a'+i/26%26)))
		}
		return strings.Join(out, sep)
	}
	for _, c := range []struct{ name, query, says string }{
		{"ten thousand words", strings.Repeat("alpha ", 10_000), "60000 bytes"},
		{"five thousand short words", strings.Repeat("a ", 5_000), "more than 256 words"},
		{"a megabyte of parentheses", strings.Repeat("(", 1<<20), "1048576 bytes"},
		{"deep parentheses", strings.Repeat("(", 8000) + "a" + strings.Repeat(")", 8000), "too many parentheses"},
		{"a megabyte of quotation marks", strings.Repeat(`"`, 1<<20), "1048576 bytes"},
		{"beginnings of everything", "a* OR b* OR c*", "a* stands for too many words"},
		{"longer beginnings of everything", letters("%c%c*", " OR ", 600), "more than 16 words"},
		{"similar to everything", letters("%c%cx~2", " OR ", 600), "more than 16 words"},
		{"threads of threads", strings.Repeat("thread:{", 9) + "a" + strings.Repeat("}", 9), "more than 4 times"},
		{"near of everything", strings.TrimSuffix(strings.Repeat("alpha NEAR/1000 ", 20), "NEAR/1000 "), "more than 8 words"},
		{"all that is allowed of beginnings", letters("b%c%c*", " OR ", 16), ""},
		{"all that is allowed of similar words", letters("bet%c%c~2", " ", 16), ""},
		{"all that is allowed of threads", strings.Repeat("thread:{alpha} ", 4), ""},
		{"the same word near itself", strings.TrimSuffix(strings.Repeat("beta NEAR/1000 ", 8), " NEAR/1000 "), ""},
		{"as many words as allowed", strings.Repeat("alpha ", 256), ""},
		{"not not not", strings.Repeat("NOT ", 4000) + "a", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.Search(t.Context(), search.Query{Text: c.query})
			var bad *search.SyntaxError
			if c.says == "" && err != nil || c.says != "" && (!errors.As(err, &bad) || !strings.Contains(bad.Msg, c.says)) {
				t.Errorf("error is %v, want one that says %q", err, c.says)
			}
		})
	}
}
