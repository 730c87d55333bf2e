package search_test

import (
	"errors"
	"testing"

	"github.com/bxsearch/bxsearch/search"
)

// TestCount holds that a count is the total of a search.
func TestCount(t *testing.T) {
	s := open(t, many(23)...)
	for query, want := range map[string]int{"alpha": 23, "beta": 18, "alpha -beta": 5, "gamma": 0} {
		if n, err := s.Count(t.Context(), search.Query{Text: query}); err != nil || n != want {
			t.Errorf("Count(%q) is %d, %v; want %d", query, n, err, want)
		}
	}
	var bad *search.SyntaxError
	if _, err := s.Count(t.Context(), search.Query{Text: "("}); !errors.As(err, &bad) {
		t.Errorf("of a mistake the error is %v", err)
	}
}

// TestHitCursor holds that a search goes on behind any hit, and that the last
// of all says so.
func TestHitCursor(t *testing.T) {
	s := open(t, many(6)...)
	for _, sort := range []search.Sort{search.ByRelevance, search.ByDateDesc, search.ByDateAsc} {
		whole, err := s.Search(t.Context(), search.Query{Text: "alpha", Sort: sort})
		if err != nil || len(whole.Hits) != 6 {
			t.Fatalf("%d hits, %v", len(whole.Hits), err)
		}
		for i, h := range whole.Hits[:5] {
			next, err := s.Search(t.Context(), search.Query{Text: "alpha", Sort: sort, Limit: 1, After: h.Cursor})
			if err != nil || next.Hits[0].Message.ID != whole.Hits[i+1].Message.ID || next.Hits[0].Rank != i+2 {
				t.Errorf("%s: behind hit %d: %v", sort, i+1, err)
			}
			if err == nil && next.Hits[0].Cursor != next.Next {
				t.Errorf("%s: behind hit %d the page's last hit does not lead to the next page", sort, i+1)
			}
		}
		if last := whole.Hits[5].Cursor; last != "" {
			t.Errorf("%s: the last hit of all leads to %q", sort, last)
		}
	}
}
