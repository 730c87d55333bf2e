package search_test

import (
	"path/filepath"
	"slices"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// TestOf holds that a Searcher of some messages finds those alone, marks and
// all, and leaves the archive open when it is closed.
func TestOf(t *testing.T) {
	s := open(t, clinicMails()...)
	var last []*archive.Message
	for h, err := range s.Hits(t.Context(), search.Query{Text: "clinic"}) {
		if err != nil {
			t.Fatal(err)
		}
		last = append(last, h.Message)
	}
	few, err := s.Of(t.Context(), filepath.Join(t.TempDir(), "few"), last)
	if err != nil {
		t.Fatal(err)
	}
	res, err := few.Search(t.Context(), search.Query{Text: "hospital", Sort: search.ByDateAsc, Group: search.GroupNone, Wholly: true})
	if err != nil || res.Total != 2 || len(res.Hits[0].Snippet.Fragments[0].Marks) == 0 {
		t.Errorf("of two messages: %+v, %v", res, err)
	}
	if err := few.Close(); err != nil {
		t.Error(err)
	}
	if got := numbers(t, s, search.Query{Text: "hospital", Sort: search.ByDateAsc}); !slices.Equal(got, []int{1, 2, 3, 4}) {
		t.Errorf("afterwards the archive has %v", got)
	}
}

// TestWholly holds that what a query finds does not depend on other messages,
// and that it says nothing about what else might be meant.
func TestWholly(t *testing.T) {
	s := open(t, clinicMails()...)
	for text, want := range map[string]int{"gang": 0, "xgang": 1, "hosptal": 0} {
		res, err := s.Search(t.Context(), search.Query{Text: text, Wholly: true})
		if err != nil || res.Total != want || len(res.Inside)+len(res.Advice)+len(res.DidYouMean) > 0 {
			t.Errorf("%s: %+v, %v; want %d and no advice", text, res, err, want)
		}
	}
	if got := numbers(t, s, search.Query{Text: "gang"}); !slices.Equal(got, []int{4}) {
		t.Errorf("else gang finds %v: the test shows nothing", got)
	}
}
