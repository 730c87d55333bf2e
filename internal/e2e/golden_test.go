package e2e

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/pipermail"
	"github.com/bxsearch/bxsearch/search"
)

var update = flag.Bool("update", false, "write testdata/golden.txt anew")

// TestGoldenRanks asks what readers of the fixture list would, of the whole
// way from its pages. testdata/golden.txt has the first hits of each query and
// what is said of one without any, so that every change of a rank shows in
// review; -update writes it anew.
func TestGoldenRanks(t *testing.T) {
	s := searchable(t)
	file := filepath.Join("testdata", "golden.txt")
	golden, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for line := range strings.Lines(string(golden)) {
		query, ok := strings.CutPrefix(line, "? ")
		switch {
		case ok:
			got.WriteString(line + firstHits(t, s, strings.TrimSpace(query)))
		case strings.HasPrefix(line, "#"):
			got.WriteString(line)
		}
	}
	if *update {
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(golden), got.String()); diff != "" {
		t.Errorf("ranks changed; if for the better, run this test with -update (-before +now):\n%s", diff)
	}
}

// firstHits lists the best hits of a query, one a line.
func firstHits(t *testing.T, s *search.Searcher, query string) string {
	t.Helper()
	res, err := s.Search(t.Context(), search.Query{Text: query, Limit: 4})
	if err != nil {
		t.Fatalf("query %q: %v", query, err)
	}
	var b strings.Builder
	for _, h := range res.Hits {
		subject := strings.Replace(h.Message.Subject, "[BreachExchange] ", "", 1)
		fmt.Fprintf(&b, "  %s %s: %s\n", h.Message.Date.Format("01-02 15:04"), h.Message.FromName, subject)
	}
	for _, a := range res.Advice {
		if res.Total == 0 {
			fmt.Fprintf(&b, "  ! %s: alone %d, without it %d\n", a.Text, a.Alone, a.Without)
		}
	}
	if res.DidYouMean != "" {
		fmt.Fprintf(&b, "  ~ %s\n", res.DidYouMean)
	}
	fmt.Fprintf(&b, "  = %d\n", res.Total)
	return b.String()
}

// searchable crawls and indexes the fixture list.
func searchable(t *testing.T) *search.Searcher {
	t.Helper()
	dir := t.TempDir()
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	c, err := crawler.New(crawler.Config{
		Archive: a, Transport: fixtures.Transport(fixtures.Handler(fixtures.BreachExchange(), nil)),
		Attachments: crawler.AttachmentsAll, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	})
	if err != nil {
		t.Fatal(err)
	}
	e, err := index.OpenBleve(filepath.Join(dir, "index"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	list := "http://lists.example.org/pipermail/breachexchange/"
	for _, step := range []func() error{
		func() error { _, err := c.Crawl(t.Context(), list); return err },
		func() error { _, err := a.Derive(t.Context(), pipermail.Parser{}); return err },
		func() error { _, err := c.Attachments(t.Context(), "breachexchange"); return err },
		func() error { _, err := a.Derive(t.Context(), pipermail.Parser{}); return err },
		func() error { _, err := e.Update(t.Context(), a); return err },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
