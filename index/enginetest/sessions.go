package enginetest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// testSessions feeds and publishes by steps.
func testSessions(t *testing.T, open Factory) {
	t.Run("steps", func(t *testing.T) { testSteps(t, open) })
	t.Run("one at a time", func(t *testing.T) { testOneSession(t, open) })
	t.Run("random", func(t *testing.T) { testRandomSession(t, open) })
}

func begin(t *testing.T, e index.Engine, src index.Source) index.Session {
	t.Helper()
	s, err := e.Begin(context.Background(), src)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// testSteps expects that searches see what was published and nothing else.
func testSteps(t *testing.T, open Factory) {
	ctx, e, src := context.Background(), open(t), NewSource("steps")
	s := begin(t, e, src)
	published := func(want string, indexed, deleted int) {
		t.Helper()
		stats, err := s.Publish(ctx)
		if err != nil || stats.Indexed != indexed || stats.Deleted != deleted {
			t.Errorf("published %+v, %v; want %d indexed, %d deleted", stats, err, indexed, deleted)
		}
		if got := sorted(search(t, e, index.Request{})); got != want {
			t.Errorf("searches see %q, want %q", got, want)
		}
	}
	feed := func() {
		t.Helper()
		if err := s.Feed(ctx); err != nil {
			t.Fatal(err)
		}
	}
	feed()
	published("", 0, 0)
	src.Put(Message("a", "2020-01-01", "x", "alpha"))
	published("", 0, 0) // not fed
	feed()
	src.Put(Message("b", "2020-01-01", "x", "beta"))
	feed()
	feed()
	if got := sorted(search(t, e, index.Request{})); got != "" {
		t.Errorf("before it was published, searches see %q", got)
	}
	published("a b", 2, 0)
	src.Delete("a")
	src.Put(Message("b", "2020-01-01", "x", "gamma"))
	feed()
	published("b", 1, 1)
	src.Put(Message("c", "2020-01-01", "x", "delta"))
	feed()
	if err := s.Close(); err != nil { // drops what was not published
		t.Fatal(err)
	}
	s = begin(t, e, src)
	published("b", 0, 0)
	feed()
	published("b c", 1, 0)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// testOneSession expects that a session keeps other writers out until it ends.
func testOneSession(t *testing.T, open Factory) {
	ctx, e, src := context.Background(), open(t), NewSource("one")
	s := begin(t, e, src)
	if _, err := e.Begin(ctx, src); !errors.Is(err, index.ErrLocked) {
		t.Errorf("a second session: %v, want ErrLocked", err)
	}
	if _, err := e.Update(ctx, src); !errors.Is(err, index.ErrLocked) {
		t.Errorf("an update in a session: %v, want ErrLocked", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Update(ctx, src); err != nil {
		t.Errorf("an update after the session: %v", err)
	}
}

// testRandomSession makes changes, feeds, publishes, and begins again, at
// random, and compares what is found with what must be.
func testRandomSession(t *testing.T, open Factory) {
	rnd := rand.New(rand.NewPCG(7, 7))
	ctx, e, src := context.Background(), open(t), NewSource("random")
	held := map[string]string{} // a message's word
	s := begin(t, e, src)
	for step := range 120 {
		for range rnd.IntN(8) {
			id, word := fmt.Sprintf("m%02d", rnd.IntN(40)), fmt.Sprintf("word%d", rnd.IntN(5))
			if rnd.IntN(4) == 0 {
				src.Delete(archive.ID(id))
				delete(held, id)
				continue
			}
			src.Put(Message(id, "2020-01-01", "x", word+" and others"))
			held[id] = word
		}
		if err := s.Feed(ctx); err != nil {
			t.Fatal(err)
		}
		switch rnd.IntN(6) {
		case 0:
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = begin(t, e, src)
		case 1, 2:
			if _, err := s.Publish(ctx); err != nil {
				t.Fatal(err)
			}
			compare(t, e, held, step)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := e.Verify(ctx); err != nil {
		t.Error(err)
	}
}

// compare looks for each word.
func compare(t *testing.T, e index.Engine, held map[string]string, step int) {
	t.Helper()
	for n := range 5 {
		word, want := fmt.Sprintf("word%d", n), 0
		res := search(t, e, index.Request{Query: index.Word{Text: word}, Limit: 100})
		for _, w := range held {
			if w == word {
				want++
			}
		}
		for _, h := range res.Hits {
			if held[string(h.ID)] != word {
				t.Fatalf("step %d: %s finds %s, which says %q", step, word, h.ID, held[string(h.ID)])
			}
		}
		if len(res.Hits) != want || int(res.Total) != want {
			t.Fatalf("step %d: %s finds %s, %d in all; want %d", step, word, strings.Join(ids(res), " "), res.Total, want)
		}
	}
}
