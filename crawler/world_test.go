package crawler

import (
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

const listURL = "http://lists.example.org/pipermail/announce/"

// world is a list server, an archive and a clock that only sleeping moves.
type world struct {
	t       *testing.T
	dir     string
	tree    *fixtures.Swap
	faults  *fixtures.Faults
	log     *fixtures.Log
	wrap    func(http.Handler) http.Handler // set by a test to come before the faults
	archive *archive.Archive

	mu     sync.Mutex
	now    time.Time
	slept  []time.Duration
	events []Event
}

func newWorld(t *testing.T, tree fs.FS) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), tree: fixtures.NewSwap(tree), faults: &fixtures.Faults{}, log: &fixtures.Log{},
		now: time.Date(2021, 6, 15, 3, 0, 0, 0, time.UTC)}
	w.log.Now = w.time
	w.wrap = func(h http.Handler) http.Handler { return h }
	a, err := archive.Open(w.dir, &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	w.archive = a
	return w
}

func (w *world) time() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

func (w *world) sleep(ctx context.Context, d time.Duration) error {
	if err := ctx.Err(); err != nil || d <= 0 {
		return err
	}
	w.pass(d)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.slept = append(w.slept, d)
	return nil
}

// crawl crawls the list; adapt may change the configuration.
func (w *world) crawl(adapt ...func(*Config)) (Stats, error) {
	w.t.Helper()
	return w.crawlURL(w.t.Context(), listURL, adapt...)
}

func (w *world) crawlURL(ctx context.Context, url string, adapt ...func(*Config)) (Stats, error) {
	w.t.Helper()
	w.log.Reset()
	w.events, w.slept = nil, nil
	c, err := New(w.config(adapt...))
	if err != nil {
		w.t.Fatal(err)
	}
	return c.Crawl(ctx, url)
}

// config is that of a crawler of this world; it has a handler of its own.
func (w *world) config(adapt ...func(*Config)) Config {
	cfg := Config{
		Archive:   w.archive,
		Via:       ViaPages,
		Transport: fixtures.Transport(w.log.Wrap(w.wrap(fixtures.Handler(w.tree, w.faults)))),
		Progress:  func(e Event) { w.events = append(w.events, e) },
		Now:       w.time,
		Sleep:     w.sleep,
		Jitter:    func() float64 { return 0 },
	}
	for _, a := range adapt {
		a(&cfg)
	}
	return cfg
}

// must crawls and wants neither an error nor failed pages.
func (w *world) must(adapt ...func(*Config)) Stats {
	w.t.Helper()
	stats, err := w.crawl(adapt...)
	if err != nil || stats.FailedTotal > 0 {
		w.t.Fatalf("crawl: %v, failed %+v", err, stats.Failed)
	}
	return stats
}

// bodies maps the URL of each page with a body to its SHA-256.
func bodies(t *testing.T, a *archive.Archive) map[string]string {
	t.Helper()
	got := map[string]string{}
	for r, err := range a.Raws(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if r.SHA256 != "" {
			got[r.URL] = r.SHA256
		}
	}
	return got
}

// pages counts what is held of message pages.
func (w *world) pages() int {
	n := 0
	for u := range bodies(w.t, w.archive) {
		if isPage(u) {
			n++
		}
	}
	return n
}

var pageName = regexp.MustCompile(`/\d+\.html$`)

func isPage(u string) bool { return pageName.MatchString(u) }

// asked counts the requests of a crawl for message pages, and for others.
func (w *world) asked() (pages, others int) {
	for _, p := range w.log.Paths() {
		if isPage(p) {
			pages++
		} else {
			others++
		}
	}
	return pages, others
}

// askedFor counts the requests of a crawl for one page.
func (w *world) askedFor(page string) int {
	n := 0
	for _, p := range w.log.Paths() {
		if strings.HasSuffix(p, "/"+page) {
			n++
		}
	}
	return n
}

// messages makes n mails in each of the months from January 2021 on.
func messages(months, n int) []fixtures.Message {
	var out []fixtures.Message
	for m := range months {
		for i := range n {
			at := time.Date(2021, time.Month(1+m), 1+i%28, 12, i/28, 0, 0, time.UTC)
			out = append(out, fixtures.Message{
				ID: fmt.Sprintf("%d.%d@mail.example", m, i), Date: at, Name: "Ann Example", Address: "ann@mail.example",
				Subject: fmt.Sprintf("Notice %d of month %d", i, m+1), Text: fmt.Sprintf("Text %d.\n", i),
			})
		}
	}
	return out
}

// announce is a list of so many months with so many mails each.
func announce(months, n int) *fixtures.Site {
	return fixtures.NewSite(fixtures.List{Name: "announce"}, messages(months, n))
}
