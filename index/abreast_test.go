package index_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
	"github.com/bxsearch/bxsearch/internal/pace"
)

// TestCoresMakeNoDifference asks random queries with one goroutine and with
// several: hits, scores, totals and facets are the same.
func TestCoresMakeNoDifference(t *testing.T) {
	e := openBleve(t, t.TempDir())
	g := &guesses{rand.New(rand.NewPCG(7, 8))}
	src := enginetest.NewSource("abreast")
	var messages []*archive.Message
	for i := range 13_000 { // several windows
		messages = append(messages, g.message(i))
	}
	src.Put(messages...)
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	index.HelpAtOnce(t, e)
	pacer := pace.New(pace.Limits{Cores: 4})
	for range 300 {
		r := &index.Request{
			Query: g.query(3), Sort: index.Sort(g.one("relevance|date|-date")), Limit: 1 + g.IntN(30), Wholly: g.IntN(2) == 0,
			Group: index.Group(g.one("|copy|thread")), Facets: []index.Facet{index.FacetDate, index.FacetList, index.FacetAuthor, index.FacetAttachment},
		}
		if g.IntN(5) == 0 {
			r.Query = index.Like{Text: g.words(12), Part: 0.3}
		}
		want, err := e.Search(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", written(r.Query), err)
		}
		ctx, leave := pacer.Enter(t.Context())
		got, err := e.Search(ctx, r)
		leave()
		if err != nil {
			t.Fatalf("%s, abreast: %v", written(r.Query), err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(index.Hit{})); diff != "" {
			t.Errorf("%s (-one +several):\n%.2000s", written(r.Query), diff)
		}
	}
}
