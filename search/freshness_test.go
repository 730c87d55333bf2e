package search_test

import (
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

func TestFreshnessTellsThatAnswersMayChange(t *testing.T) {
	dir := t.TempDir()
	first := mail{N: 1, List: "breach", Date: time.Date(2021, 3, 5, 12, 0, 0, 0, time.UTC), From: "Alice Smith", Subject: "one", Text: "one\n"}
	if err := put(dir, first); err != nil {
		t.Fatal(err)
	}
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	before, err := s.Freshness(t.Context())
	if err != nil || before.State != index.StateCurrent || before.Lag != 0 || before.Index != before.Archive {
		t.Fatalf("after indexing: %+v, %v", before, err)
	}
	second := first
	second.N, second.Subject = 2, "two"
	if err := put(dir, second); err != nil {
		t.Fatal(err)
	}
	if after, err := s.Freshness(t.Context()); err != nil || after == before || !after.Usable() {
		t.Errorf("after another message: %+v, %v", after, err)
	}
}
