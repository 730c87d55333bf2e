package search_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/search"
)

// both opens an archive where it is, and as OpenSearch keeps it.
func both(t *testing.T, mails ...mail) (here, there *search.Searcher) {
	t.Helper()
	dir := t.TempDir()
	searchtest.Put(t, dir, mails...)
	url := searchtest.Cluster(t, dir)
	there, err := search.Open(url, &search.Options{Location: time.UTC, Now: func() time.Time { return searchtest.Now }, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := there.Close(); err != nil {
			t.Error(err)
		}
	})
	return searchtest.OpenIn(t, dir), there
}

// replies are a thread of n answers, and a mail whose Message-ID two lists have.
func replies(n int) (mails []mail) {
	for i := range n {
		m := mail{N: 100 + i, Date: at(1 + i%20), From: "Ann Lee", Subject: "Re: a long thread", Text: fmt.Sprintf("answer %d\n> quoted walrus\n", i)}
		if i > 0 {
			m.ReplyTo = 100 + i/2
		}
		mails = append(mails, m)
	}
	both := mail{MessageID: "both@mail.example.org", Date: at(3), From: "Ann Lee", Subject: "on two lists", Text: "walrus\n"}
	both.N, both.List = 300, "breach"
	mails = append(mails, both)
	both.N, both.List = 301, "alpha"
	return append(mails, both, mail{N: 302, Nameless: true, Subject: "no date", Text: "walrus without a date\n", Attached: "tusk"})
}

// What a machine without the archive reads is what the archive's own machine does.
func TestClusterReadsTheSame(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	mails = append(append(mails, searchtest.Hostile()...), replies(12)...)
	here, there := both(t, mails...)
	ctx := t.Context()
	lists, err := here.Lists(ctx)
	same(t, "lists", lists, err)(there.Lists(ctx))
	fresh, err := here.Freshness(ctx)
	same(t, "freshness", fresh, err)(there.Freshness(ctx))
	refs := []string{"both@mail.example.org", "nothing", "", "<>", strings.Repeat("x", 100_000)}
	for h, err := range here.Hits(ctx, search.Query{Text: "*", Group: search.GroupNone, Limit: 1000}) {
		if err != nil {
			t.Fatal(err)
		}
		m := h.Message
		refs = append(refs, string(m.ID), m.MessageID, "<"+m.MessageID+">", m.URL, strings.Replace(m.URL, "https:", "http:", 1)+"#x", string(m.Thread))
	}
	slices.Sort(refs)
	for _, ref := range slices.Compact(refs) {
		name := ref[:min(len(ref), 100)]
		m, err := here.Message(ctx, ref)
		same(t, "message "+name, m, err)(there.Message(ctx, ref))
		o, err := here.Outline(ctx, ref)
		same(t, "outline "+name, o, err)(there.Outline(ctx, ref))
		th, err := here.Thread(ctx, ref)
		same(t, "thread "+name, th, err)(there.Thread(ctx, ref))
	}
}

// same returns what compares an answer with that of another Searcher.
func same[T any](t *testing.T, what string, want T, werr error) func(T, error) {
	return func(got T, err error) {
		t.Helper()
		if fmt.Sprint(err) != fmt.Sprint(werr) {
			t.Errorf("%s: %v, want %v", what, err, werr)
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %s", what, diff)
		}
	}
}

// Hits are the same to the byte of their JSON, from page to page, but for scores
// and cursors.
func TestClusterFindsTheSame(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	here, there := both(t, append(mails, replies(12)...)...)
	for _, text := range []string{"*", "walrus", "quoted:walrus", "attachment:tusk", `"answer 7"`, "ransom*", "from:ann -answer", "list:alpha", "thread:{subject:long}", "after:2021-03-05 before:2021-03-09", "nothingatall"} {
		for _, order := range []search.Sort{search.ByDateDesc, search.ByDateAsc} {
			q := search.Query{Text: text, Sort: order, Group: search.GroupNone, Limit: 7}
			if diff := cmp.Diff(pages(t, here, q), pages(t, there, q)); diff != "" {
				t.Errorf("%s by %s: %s", text, order, diff)
			}
		}
		q := search.Query{Text: text}
		n, err := here.Count(t.Context(), q)
		same(t, "count of "+text, n, err)(there.Count(t.Context(), q))
	}
}

// pages are all hits of a search.
func pages(t *testing.T, s *search.Searcher, q search.Query) (out []search.Hit) {
	t.Helper()
	for h, err := range s.Hits(t.Context(), q) {
		if err != nil {
			t.Fatal(err)
		}
		h.Score, h.Cursor = 0, ""
		out = append(out, h)
	}
	return out
}

// A cluster that nothing was fed to says so, and so does what is no cluster.
func TestClusterWithoutAnIndex(t *testing.T) {
	url := searchtest.Cluster(t, emptyArchive(t))
	s, err := search.Open(url+"-not", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if f, err := s.Freshness(t.Context()); err != nil || f.State != index.StateNone || f.Usable() {
		t.Errorf("Freshness: %+v, %v", f, err)
	}
	if lists, err := s.Lists(t.Context()); err != nil || len(lists) > 0 {
		t.Errorf("Lists: %v, %v", lists, err)
	}
	if _, err := s.Search(t.Context(), search.Query{Text: "x"}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Search: %v", err)
	}
	if _, err := s.Message(t.Context(), "x"); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Message: %v", err)
	}
}

// emptyArchive is one without messages.
func emptyArchive(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true, Holder: "test"})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// What is no address is refused before anything is asked.
func TestOpenRefusesWhatIsNoCluster(t *testing.T) {
	for url, want := range map[string]string{
		"ftp://example.org":             "no address of OpenSearch",
		"opensearch://a:secret@b:9200":  "has a password in it",
		"opensearch://127.0.0.1:1/PREF": "takes no index named",
	} {
		if _, err := search.Open(url, nil); err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
}
