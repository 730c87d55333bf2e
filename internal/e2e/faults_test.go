package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// faulty is a list server, and a crawler whose clock only its waiting moves.
type faulty struct {
	t       *testing.T
	archive *archive.Archive
	tree    fs.FS
	faults  *fixtures.Faults
	now     atomic.Int64 // seconds
}

func newFaulty(t *testing.T, tree fs.FS, faults *fixtures.Faults) *faulty {
	t.Helper()
	a, err := archive.Open(t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	f := &faulty{t: t, archive: a, tree: tree, faults: faults}
	f.now.Store(time.Date(2022, 1, 15, 3, 0, 0, 0, time.UTC).Unix())
	return f
}

func (f *faulty) crawl(via crawler.Via) (crawler.Stats, error) {
	c, err := crawler.New(crawler.Config{
		Archive: f.archive, Via: via, Parallel: 4,
		Transport: fixtures.Transport(fixtures.Handler(f.tree, f.faults)),
		Now:       func() time.Time { return time.Unix(f.now.Load(), 0) },
		Sleep: func(ctx context.Context, d time.Duration) error {
			f.now.Add(int64((d + time.Second - 1) / time.Second))
			return ctx.Err()
		},
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return c.Crawl(f.t.Context(), "http://lists.example.org/pipermail/breachexchange/")
}

// export is what the messages are, one a line.
func (f *faulty) export() []string {
	f.t.Helper()
	if _, err := f.archive.Derive(f.t.Context(), pipermail.Parser{}); err != nil {
		f.t.Fatal(err)
	}
	var lines []string
	for m, err := range f.archive.Messages(f.t.Context(), archive.Filter{}) {
		if err != nil {
			f.t.Fatal(err)
		}
		line, err := json.Marshal(m)
		if err != nil {
			f.t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	return lines
}

// inTurn is a fault of another kind each time.
func inTurn(kinds ...fixtures.Fault) fixtures.Fault {
	var n atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		kinds[int(n.Add(1))%len(kinds)](w, r, good)
	}
}

// A third of all answers is broken in one of many ways (H1–H3); nights pass
// until all is there. The messages are those of a healthy server.
func TestRandomFaultsChangeNothing(t *testing.T) {
	for _, via := range []crawler.Via{crawler.ViaAuto, crawler.ViaPages} {
		healthy := newFaulty(t, fixtures.BreachExchange(), &fixtures.Faults{})
		if stats, err := healthy.crawl(via); err != nil || stats.FailedTotal > 0 {
			t.Fatal(err, stats.Failed)
		}
		want := healthy.export()
		for seed := range uint64(4) {
			t.Run(fmt.Sprint(via, seed), func(t *testing.T) {
				f := newFaulty(t, fixtures.BreachExchange(), &fixtures.Faults{Random: 0.3, Seed: seed, Fault: inTurn(
					fixtures.Status(http.StatusServiceUnavailable, ""), fixtures.Status(http.StatusTooManyRequests, "20"),
					fixtures.Status(http.StatusTooManyRequests, time.Date(2022, 1, 15, 3, 5, 0, 0, time.UTC).Format(http.TimeFormat)),
					fixtures.Reset(200), fixtures.Cut(300), fixtures.Garble(50), fixtures.Status(http.StatusInternalServerError, ""),
				)})
				for night := 0; ; night++ {
					stats, err := f.crawl(via)
					if err == nil && stats.FailedTotal == 0 && len(stats.Warnings) == 0 {
						break
					}
					if night == 20 {
						t.Fatalf("not complete after %d nights: %v, failed %v, warnings %v", night, err, stats.Failed, stats.Warnings)
					}
					f.now.Add(24 * 60 * 60)
				}
				got := f.export()
				if a, b := strings.Join(got, "\n"), strings.Join(want, "\n"); a != b {
					t.Errorf("%d messages, want %d", len(got), len(want))
					for i := range min(len(got), len(want)) {
						if got[i] != want[i] {
							t.Fatalf("the first that differs:\n%s\nwant\n%s", got[i], want[i])
						}
					}
				}
			})
		}
	}
}
