package search_test

import (
	"testing"

	"github.com/bxsearch/bxsearch/search"
)

func TestSkipGoesOnWhereAWalkEnds(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, mails...)
	for _, sort := range []search.Sort{search.ByRelevance, search.ByDateAsc} {
		q := search.Query{Text: "stolen OR clinic OR retailer", Sort: sort, Group: search.GroupNone}
		all := numbers(t, s, q)
		for n := 1; n <= len(all)+1; n++ {
			after, total, err := s.Skip(t.Context(), q, n)
			if err != nil || total != len(all) || (after == "") != (n >= len(all)) {
				t.Fatalf("%s, %d of %d: %q, total %d, %v", sort, n, len(all), after, total, err)
			}
			if after == "" {
				continue
			}
			rest := q
			rest.After = after
			if got := numbers(t, s, rest); len(got) != len(all)-n || got[0] != all[n] {
				t.Errorf("%s: behind %d of %v come %v", sort, n, all, got)
			}
		}
	}
	if _, _, err := s.Skip(t.Context(), search.Query{Text: "(", Sort: search.ByDateAsc}, 1); err == nil {
		t.Error("a query that cannot be read is no error")
	}
}
