package index_test

import (
	"math/rand/v2"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// TestStandingChoosesInCluster asks random queries of random messages, as watches
// do: whatever matches was chosen, of one message and of many, and little else.
func TestStandingChoosesInCluster(t *testing.T) {
	standing := index.OpenTestStanding(t, "agree")
	embedded := openBleve(t, t.TempDir())
	g := &guesses{rand.New(rand.NewPCG(7, 8))}
	queries := map[int64]index.Query{}
	for i := range int64(800) {
		queries[i] = g.query(3)
	}
	var messages []*archive.Message
	for i := range 60 {
		messages = append(messages, g.message(i))
	}
	src := enginetest.NewSource("agree")
	src.Put(messages...)
	if _, err := embedded.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	if err := standing.Sync(t.Context(), index.StandingQueries(queries)); err != nil {
		t.Fatal(err)
	}
	choose := func(m ...*archive.Message) map[int64]bool {
		chosen, err := standing.Choose(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		return chosen
	}
	// What no message lacks, one without any words has too.
	always, ofAny, of := choose(&archive.Message{ID: "blank"}), choose(messages...), map[archive.ID]map[int64]bool{}
	for _, m := range messages {
		of[m.ID] = choose(m)
	}
	matches, chosen := 0, 0
	for id, q := range queries {
		r, err := embedded.Search(t.Context(), &index.Request{Query: q, Sort: index.ByDateDesc, Limit: len(messages), Wholly: true})
		if err != nil {
			t.Fatalf("%s: %v", written(q), err)
		}
		for _, h := range r.Hits {
			if !of[h.ID][id] || !ofAny[id] {
				t.Errorf("%s matches message %s, and was not chosen", written(q), h.ID)
			}
		}
		if always[id] {
			continue
		}
		matches += len(r.Hits)
		for _, m := range messages {
			if of[m.ID][id] {
				chosen++
			}
		}
	}
	t.Logf("%d of %d queries have no condition; the others were chosen for %d messages, and match %d", len(always), len(queries), chosen, matches)
	if len(always) > len(queries)/2 || matches == 0 || chosen > 3*matches {
		t.Error("too much is chosen in vain")
	}
}
