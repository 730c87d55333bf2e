package index_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// TestRankingKnownItems searches real archives for messages by four uncommon
// words of one of their paragraphs. BX_SITES names a folder of unpacked
// archives, BX_RANKING one of queries: a file "<list>.jsonl" with a line
// {"query", "message_id"} for each.
func TestRankingKnownItems(t *testing.T) {
	sites, ranking := os.Getenv("BX_SITES"), os.Getenv("BX_RANKING")
	if sites == "" || ranking == "" {
		t.Skip("skipped: set BX_SITES and BX_RANKING to measure the ranking over real archives")
	}
	if sub := filepath.Join(sites, "pipermail"); isDir(sub) {
		sites = sub
	}
	files, err := filepath.Glob(filepath.Join(ranking, "*.jsonl"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no queries in %s", ranking)
	}
	for _, file := range files {
		list := strings.TrimSuffix(filepath.Base(file), ".jsonl")
		t.Run(list, func(t *testing.T) {
			a := crawled(t, sites, list)
			e := openBleve(t, t.TempDir())
			if _, err := e.Update(t.Context(), a); err != nil {
				t.Fatal(err)
			}
			mrr, hit1, hit10 := measure(t, e, messageIDs(t, a), file)
			t.Logf("MRR@10 %.3f, hit@1 %.3f, hit@10 %.3f", mrr, hit1, hit10)
			if mrr < 0.95 {
				t.Errorf("MRR@10 is %.3f, want at least 0.95", mrr)
			}
		})
	}
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func crawled(t *testing.T, sites, list string) *archive.Archive {
	t.Helper()
	base, stop := fixtures.Serve(fixtures.Handler(os.DirFS(sites), nil))
	t.Cleanup(stop)
	a, err := archive.Open(t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	c, err := crawler.New(crawler.Config{Archive: a, Delay: crawler.NoDelay, Parallel: 8})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Crawl(t.Context(), base+"/"+list+"/"); err != nil {
		t.Fatal(err)
	}
	if _, err := a.Derive(t.Context(), pipermail.Parser{}); err != nil {
		t.Fatal(err)
	}
	return a
}

func messageIDs(t *testing.T, a *archive.Archive) map[archive.ID]string {
	t.Helper()
	out := map[archive.ID]string{}
	for m, err := range a.Messages(t.Context(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[m.ID] = m.MessageID
	}
	return out
}

// measure counts each Message-ID once, as messages posted twice are.
func measure(t *testing.T, e index.Engine, mids map[archive.ID]string, file string) (mrr, hit1, hit10 float64) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var queries float64
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var q struct {
			Query     string `json:"query"`
			MessageID string `json:"message_id"`
		}
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			t.Fatal(err)
		}
		queries++
		switch rank := rankOf(t, e, mids, q.Query, q.MessageID); {
		case rank == 0 || rank > 10:
		case rank == 1:
			hit1++
			fallthrough
		default:
			hit10++
			mrr += 1 / float64(rank)
		}
	}
	return mrr / queries, hit1 / queries, hit10 / queries
}

func rankOf(t *testing.T, e index.Engine, mids map[archive.ID]string, query, want string) int {
	t.Helper()
	var words index.And
	for _, w := range strings.Fields(query) {
		words = append(words, index.Word{Text: w})
	}
	res, err := e.Search(t.Context(), &index.Request{Query: words, Limit: 30})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, h := range res.Hits {
		seen[mids[h.ID]] = true
		if mids[h.ID] == want {
			return len(seen)
		}
	}
	return 0
}
