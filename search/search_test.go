package search_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

func at(n int) time.Time { return time.Date(2021, 3, n, 12, 0, 0, 0, time.UTC) }

// TestB3 holds, on the real engine, that none of bleve's silent traps is left.
func TestB3(t *testing.T) {
	s := open(t,
		mail{N: 1, List: "l", Date: at(1), From: "A", Subject: "hospital", Text: "alpha secure"},
		mail{N: 2, List: "l", Date: at(2), From: "B", Subject: "clinic", Text: "alpha http://x/y the who"},
		mail{N: 3, List: "l", Date: at(3), From: "C", Subject: "school", Text: "beta"},
	)
	for _, c := range []struct {
		name, query string
		want        []int
	}{
		{"NotAlone", "NOT hospital", []int{2, 3}},
		{"MissingWord", "alpha AND nosuchword", nil},
		{"MissingWordImplied", "alpha nosuchword", nil},
		{"Parentheses", "alpha (hospital OR school)", []int{1}},
		{"ParenthesesMatter", "(alpha hospital) OR school", []int{1, 3}},
		{"WildcardOfAStemmedWord", "secur*", []int{1}},
		{"URLIsNoField", "http://x", []int{2}},
		{"URLWithPath", "http://x/y", []int{2}},
		{"CommonWords", `"the who"`, []int{2}},
		{"InsideOfWordsIfNowhere", "hospi", []int{1}}, // a word that no mail has: see Results.Inside
		{"UnknownThread", "thread:nosuch", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := numbers(t, s, search.Query{Text: c.query})
			slices.Sort(got)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("%s finds (-want +got):\n%s", c.query, diff)
			}
		})
	}
}

// many returns mails of one word, several a day.
func many(n int) []mail {
	out := make([]mail, n)
	for i := range out {
		out[i] = mail{N: i + 1, List: "l", Date: at(1 + i/3), From: fmt.Sprint("A", i), Subject: fmt.Sprint("subject ", i%4), Text: "alpha " + strings.Repeat("beta ", i%5)}
	}
	return out
}

// TestPaging holds that pages of any size join to the same list, in each
// order, with ranks counted on.
func TestPaging(t *testing.T) {
	s := open(t, many(23)...)
	for _, sort := range []search.Sort{search.ByRelevance, search.ByDateDesc, search.ByDateAsc} {
		whole, err := s.Search(t.Context(), search.Query{Text: "beta OR alpha", Sort: sort, Limit: 100})
		if err != nil {
			t.Fatal(err)
		}
		if whole.Total != 23 || len(whole.Hits) != 23 || whole.Next != "" {
			t.Fatalf("%s: %d of %d hits, next %q", sort, len(whole.Hits), whole.Total, whole.Next)
		}
		for _, limit := range []int{1, 4, 22, 23} {
			q := search.Query{Text: "beta OR alpha", Sort: sort, Limit: limit}
			rank := 0
			for h, err := range s.Hits(t.Context(), q) {
				if err != nil {
					t.Fatal(err)
				}
				if want := whole.Hits[rank]; h.Message.ID != want.Message.ID || h.Rank != rank+1 {
					t.Errorf("%s, pages of %d: hit %d is %s of rank %d, want %s", sort, limit, rank+1, h.Message.ID, h.Rank, want.Message.ID)
				}
				rank++
			}
			if rank != 23 {
				t.Errorf("%s, pages of %d: %d hits", sort, limit, rank)
			}
		}
	}
}

// TestCursor holds that a cursor serves its own search only.
func TestCursor(t *testing.T) {
	s := open(t, many(5)...)
	first, err := s.Search(t.Context(), search.Query{Text: "alpha beta", Limit: 2})
	if err != nil || first.Next == "" {
		t.Fatal("no second page", err)
	}
	for _, c := range []struct {
		name string
		q    search.Query
		msg  string // empty: no error
	}{
		{"same", search.Query{Text: "alpha beta"}, ""},
		{"same, written otherwise", search.Query{Text: " alpha AND (beta)"}, ""},
		{"another query", search.Query{Text: "alpha"}, "belongs to another search"},
		{"another order", search.Query{Text: "alpha beta", Sort: search.ByDateAsc}, "belongs to another search"},
		{"cut", search.Query{Text: "alpha beta", After: first.Next[:len(first.Next)-3]}, "none that a search gave"},
		{"changed", search.Query{Text: "alpha beta", After: "A" + strings.ToLower(first.Next[1:])}, "none that a search gave"},
		{"garbage", search.Query{Text: "alpha beta", After: "10"}, "none that a search gave"},
		{"very long", search.Query{Text: "alpha beta", After: strings.Repeat("A", 1<<20)}, "none that a search gave"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.q.After == "" {
				c.q.After = first.Next
			}
			res, err := s.Search(t.Context(), c.q)
			if c.msg == "" {
				if err != nil || res.Hits[0].Rank != 3 {
					t.Errorf("does not continue: %v", err)
				}
				return
			}
			var bad *search.CursorError
			if !errors.As(err, &bad) || !strings.Contains(bad.Msg, c.msg) || bad.Hint == "" {
				t.Errorf("error is %v, want a *CursorError: %s", err, c.msg)
			}
		})
	}
}

// TestSearchReports holds what a page says beside its hits.
func TestSearchReports(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, mails...)
	res, err := s.Search(t.Context(), search.Query{Text: "from: alice !!! hospital", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"!!!"}, res.Ignored); diff != "" {
		t.Errorf("ignored (-want +got):\n%s", diff)
	}
	if res.Understood != "from:alice !!! hospital" {
		t.Errorf("understood as %s", res.Understood)
	}
	if len(res.Hits) != 1 || res.Hits[0].ThreadSize != 2 || number(res.Hits[0].Message) != 1 {
		t.Errorf("hits: %+v", res.Hits)
	}
	if _, err := s.Search(t.Context(), search.Query{Text: "a", Sort: "size"}); !errors.Is(err, search.ErrSort) {
		t.Errorf("an unknown order gives %v, want ErrSort", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := s.Search(ctx, search.Query{Text: "hospital"}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled search gives %v", err)
	}
}

// TestHitJSON holds the names that programs rely on.
func TestHitJSON(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, mails...)
	res, err := s.Search(t.Context(), search.Query{Text: "retailer lost cards"})
	if err != nil || len(res.Hits) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	h := res.Hits[0]
	got, err := json.Marshal(h.JSON())
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(`{"rank":1,"score":%v,"id":"%s","list":"breach","url":"https://lists.example.org/pipermail/breach/2021-March/000003.html",`+
		`"message_id":"3@mail.example.org","date":"2021-03-05T12:00:00Z","from_name":"Alice Smith","from_address":"alice@example.com",`+
		`"subject":"Retailer fined after data breach","snippet":"The retailer lost 20,000 cards.","thread":"%s","thread_size":1,"cursor":""}`,
		h.Score, h.Message.ID, h.Message.Thread)
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("JSON (-want +got):\n%s", diff)
	}
}

// TestLookup holds the three names of a message.
func TestLookup(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, mails...)
	first, err := s.Message(t.Context(), "<1@mail.example.org>")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{string(first.ID), first.URL, "1@mail.example.org"} {
		if m, err := s.Message(t.Context(), ref); err != nil || m.ID != first.ID {
			t.Errorf("%s is %v, %v", ref, m, err)
		}
		th, err := s.Thread(t.Context(), ref)
		if err != nil || len(th.Messages) != 2 || th.Messages[1].Depth != 1 {
			t.Errorf("thread of %s is %v, %v", ref, th, err)
		}
	}
	for _, ref := range []string{"", "nosuch", "x@y", "https://lists.example.org/pipermail/breach/nosuch.html"} {
		if _, err := s.Message(t.Context(), ref); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("message %q: %v, want ErrNotFound", ref, err)
		}
		if _, err := s.Thread(t.Context(), ref); !errors.Is(err, archive.ErrNotFound) {
			t.Errorf("thread %q: %v, want ErrNotFound", ref, err)
		}
	}
	lists, err := s.Lists(t.Context())
	if err != nil || len(lists) != 2 || lists[0].Name != "breach" || lists[0].Messages != 5 {
		t.Errorf("lists are %+v, %v", lists, err)
	}
}

// TestP13RepeatedMessageID holds that nobody is shown one of several messages
// as if it were the only one.
func TestP13RepeatedMessageID(t *testing.T) {
	s := open(t,
		mail{N: 1, List: "l", Date: at(1), From: "A", Subject: "one", Text: "alpha", MessageID: "same@x"},
		mail{N: 2, List: "l", Date: at(2), From: "B", Subject: "two", Text: "beta", MessageID: "same@x"},
	)
	_, err := s.Message(t.Context(), "same@x")
	var several *search.AmbiguousError
	if !errors.As(err, &several) || len(several.IDs) != 2 {
		t.Fatalf("error is %v, want an *AmbiguousError with two IDs", err)
	}
	for _, id := range several.IDs {
		if _, err := s.Message(t.Context(), string(id)); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		if !strings.Contains(err.Error(), string(id)) {
			t.Errorf("the error does not name %s: %s", id, err)
		}
	}
}

// TestM2Compounds holds that the spellings of a compound find, and mark, each
// other.
func TestM2Compounds(t *testing.T) {
	spellings := []string{"multifactor", "multi-factor", "multi factor"}
	var mails []mail
	for i, sp := range spellings {
		mails = append(mails, mail{N: i + 1, List: "l", Date: at(i + 1), From: fmt.Sprint("A", i), Subject: "s", Text: "Use " + sp + " logins."})
	}
	s := open(t, mails...)
	for _, sp := range spellings {
		res, err := s.Search(t.Context(), search.Query{Text: sp, Sort: search.ByDateAsc})
		if err != nil || len(res.Hits) != 3 {
			t.Errorf("%s finds %d mails, %v", sp, len(res.Hits), err)
			continue
		}
		for _, h := range res.Hits {
			if f := h.Snippet.Fragments[0]; len(f.Marks) == 0 {
				t.Errorf("%s marks nothing in %q", sp, f.Text)
			}
		}
	}
}

// TestDeletedSinceIndexed holds that a page leaves out what the archive no
// longer has.
func TestDeletedSinceIndexed(t *testing.T) {
	dir := t.TempDir()
	if err := put(dir, many(3)...); err != nil {
		t.Fatal(err)
	}
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	m, err := s.Message(t.Context(), "2@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	a, err := archive.Open(dir, &archive.Options{Write: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.Delete(t.Context(), m.ID, "asked for"); err != nil {
		t.Fatal(err)
	}
	if got := numbers(t, s, search.Query{Text: "alpha", Sort: search.ByDateAsc}); !slices.Equal(got, []int{1, 3}) {
		t.Errorf("finds %v, want 1 and 3", got)
	}
}

// TestOpenErrors holds what a program can tell apart when it opens.
func TestOpenErrors(t *testing.T) {
	dir := t.TempDir()
	if _, err := search.Open(dir, nil); !errors.Is(err, archive.ErrNoArchive) {
		t.Errorf("no archive gives %v", err)
	}
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Search(t.Context(), search.Query{Text: "a"}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("no index gives %v", err)
	}
}

// TestConcurrentUse searches from many goroutines while the archive grows.
func TestConcurrentUse(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := put(dir, many(10)...); err != nil {
		t.Fatal(err)
	}
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 20 {
				if res, err := s.Search(t.Context(), search.Query{Text: "alpha -nosuch"}); err != nil || res.Total < 10 {
					t.Errorf("%+v, %v", res, err)
				}
			}
		})
	}
	if err := put(dir, many(30)...); err != nil {
		t.Error(err)
	}
	wg.Wait()
	if res, err := s.Search(t.Context(), search.Query{Text: "alpha"}); err != nil || res.Total != 30 {
		t.Errorf("afterwards: %+v, %v", res, err)
	}
}
