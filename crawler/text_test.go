package crawler

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

func viaAuto(c *Config) { c.Via = ViaAuto }

// A whole list takes two requests a period and no page.
func TestTextFilesStandInForPages(t *testing.T) {
	w := newWorld(t, announce(5, 20))
	stats := w.must(viaAuto)
	if pages, others := w.asked(); pages != 0 || others != 2+2*5 {
		t.Errorf("asked for %d pages and %d others, want 0 and 12: %v", pages, others, w.log.Paths())
	}
	if stats.Joined != 100 || stats.Fallback != 0 || stats.Texts != 5 {
		t.Errorf("%+v: want 100 joined by 5 texts", stats)
	}
}

func TestNightsViaText(t *testing.T) {
	all := announce(5, 10)
	w := newWorld(t, all.First(47))
	w.must(viaAuto)

	w.pass(24 * time.Hour)
	w.must(viaAuto)
	if pages, others := w.asked(); pages+others > 3 {
		t.Errorf("a night without news took %v, want 3 requests at most", w.log.Paths())
	}

	w.tree.Set(all.First(48))
	w.pass(24 * time.Hour)
	stats := w.must(viaAuto)
	if pages, others := w.asked(); pages+others > 5 || stats.Joined != 1 {
		t.Errorf("a night with one new message took %v, want 5 requests at most; joined %d", w.log.Paths(), stats.Joined)
	}
}

// The packed file of the current month lags; the plain one beside it, which no
// page links, is fresh. Where that is gone too, the page of the new message is
// fetched rather than the file that lacks it.
func TestP1FreshTextFileBesideTheLaggingOne(t *testing.T) {
	all := fixtures.NewSite(fixtures.List{Name: "announce", Text: fixtures.TextLag}, messages(2, 6))
	w := newWorld(t, all.First(10))
	w.now = time.Date(2021, 2, 4, 12, 0, 0, 0, time.UTC)
	w.must(viaAuto)
	if pages, _ := w.asked(); pages != 0 || w.askedFor("2021-February.txt") != 1 || w.askedFor("2021-February.txt.gz") != 0 {
		t.Errorf("asked for %v; want the plain file of February and no page", w.log.Paths())
	}

	w.tree.Set(all.First(11))
	w.faults.Rules = []fixtures.Rule{{Path: "*2021-February.txt", Fault: fixtures.Status(404, "")}}
	w.pass(24 * time.Hour)
	w.must(viaAuto)
	if pages, others := w.asked(); pages != 1 || pages+others > 5 || w.askedFor("2021-February.txt.gz") != 0 {
		t.Errorf("asked for %v; want the new message's page", w.log.Paths())
	}
}

// What cannot be had as text is fetched as pages, and the site's trouble is
// told.
func TestTextFileThatCannotBeHad(t *testing.T) {
	huge := bytes.Repeat([]byte("A"), 1<<20)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 100 {
		if _, err := z.Write(huge); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	for _, test := range []struct {
		name    string
		fault   fixtures.Fault
		warning string
	}{
		{"gone", fixtures.Status(404, ""), ""},
		{"forbidden", fixtures.Status(403, ""), ""},
		{"H1 truncated gz", fixtures.Rewrite(func(b []byte) []byte { return b[:len(b)/2] }), "ends too early"},
		{"H1 bomb", fixtures.Rewrite(func([]byte) []byte { return bomb.Bytes() }), "unpacks to more than"},
		{"P18 wall", fixtures.Rewrite(func([]byte) []byte {
			return []byte("<html><head><title>Making sure you're not a bot!</title></head><body>wait</body></html>")
		}), "no text file of mails"},
		{"H3 server error", fixtures.Status(500, ""), "500"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(2, 5))
			w.faults.Rules = []fixtures.Rule{{Path: "*2021-January.txt.gz", Fault: test.fault}}
			stats := w.must(viaAuto, func(c *Config) { c.MaxText = 10 << 20 })
			if w.pages() != 5 || stats.Fallback != 5 || stats.Joined != 5 {
				t.Errorf("%d pages held, %d by fallback, %d joined; want 5 of each", w.pages(), stats.Fallback, stats.Joined)
			}
			if got := strings.Join(stats.Warnings, "\n"); test.warning != "" && !strings.Contains(got, test.warning) || test.warning == "" && got != "" {
				t.Errorf("warnings %q, want one with %q", got, test.warning)
			}
		})
	}
}

// H1: a packed file comes in every disguise. None of them costs a page.
func TestH1DisguisesOfATextFile(t *testing.T) {
	pack := func(b []byte) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write(b)
		z.Close()
		return out.Bytes()
	}
	typed := func(contentType, encoding string, change func([]byte) []byte) fixtures.Fault {
		inner := fixtures.Rewrite(change)
		return func(rw http.ResponseWriter, r *http.Request, good http.Handler) {
			inner(headerWriter{rw, contentType, encoding}, r, good)
		}
	}
	same := func(b []byte) []byte { return b }
	for _, test := range []struct {
		name  string
		fault fixtures.Fault
	}{
		{"application/x-gzip", typed("application/x-gzip", "", same)},
		{"octet-stream", typed("application/octet-stream", "", same)},
		{"packed twice", typed("application/x-gzip", "", pack)},
		{"Content-Encoding", typed("text/plain", "gzip", same)},
		{"Content-Encoding over a gz", typed("application/x-gzip", "gzip", pack)},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(1, 5))
			w.faults.Rules = []fixtures.Rule{{Path: "*2021-January.txt.gz", Fault: test.fault}}
			stats := w.must(viaAuto)
			if pages, _ := w.asked(); pages != 0 || stats.Joined != 5 {
				t.Errorf("asked for %d pages, %d joined, warnings %v; want 0 and 5", pages, stats.Joined, stats.Warnings)
			}
		})
	}
}

// headerWriter sets headers over those that a handler sets.
type headerWriter struct {
	http.ResponseWriter
	contentType, encoding string
}

func (h headerWriter) WriteHeader(code int) {
	h.Header().Set("Content-Type", h.contentType)
	if h.encoding != "" {
		h.Header().Set("Content-Encoding", h.encoding)
	}
	h.ResponseWriter.WriteHeader(code)
}

func (h headerWriter) Write(b []byte) (int, error) {
	h.Header().Set("Content-Type", h.contentType)
	return h.ResponseWriter.Write(b)
}

// A damaged text file that came from elsewhere, by an import say, stops no
// crawl: the site's own takes its place.
func TestDamagedTextFileThatIsHeld(t *testing.T) {
	w := newWorld(t, announce(1, 5))
	url := listURL + "2021-January.txt.gz"
	l, err := w.archive.AddList(t.Context(), archive.ListInfo{Name: "announce", URL: listURL})
	if err != nil {
		t.Fatal(err)
	}
	raw := archive.Raw{List: l.Name, Group: "2021-January", Kind: archive.RawText, URL: url, Fetched: w.time().Add(-time.Hour), Status: 200}
	if _, err := w.archive.PutRaw(t.Context(), raw, []byte("\x1f\x8b\x08 cut")); err != nil {
		t.Fatal(err)
	}
	stats := w.must(viaAuto)
	if pages, _ := w.asked(); pages != 0 || stats.Joined != 5 {
		t.Errorf("asked for %d pages, %d joined; want 0 and 5", pages, stats.Joined)
	}
}

// Text files alone: no page is asked for, whatever cannot be joined.
func TestViaTextAsksForNoPage(t *testing.T) {
	w := newWorld(t, announce(2, 5))
	w.faults.Rules = []fixtures.Rule{{Path: "*2021-January.txt.gz", Fault: fixtures.Status(404, "")}}
	stats, err := w.crawl(func(c *Config) { c.Via = ViaText })
	if pages, _ := w.asked(); err != nil || pages != 0 || stats.FailedTotal != 1 || stats.Joined != 5 {
		t.Errorf("%v, asked for %d pages, failed %+v, joined %d; want no page, one failure, 5", err, pages, stats.Failed, stats.Joined)
	}
}

// A text file that was cut, though its length fits, or that lags, leaves holes
// where no pages are fetched: it has failed, until it is whole or pages come.
func TestTextFileThatLacksMessages(t *testing.T) {
	all := fixtures.NewSite(fixtures.List{Name: "announce", Text: fixtures.TextLag}, messages(2, 6))
	for _, mend := range []struct {
		name  string
		night func(w *world, c *Config)
	}{
		{"by the next night's file", func(w *world, c *Config) { w.faults.Rules, c.Via = nil, ViaText }},
		{"by pages", func(_ *world, c *Config) { c.Via = ViaAuto }},
	} {
		t.Run(mend.name, func(t *testing.T) {
			w := newWorld(t, all.First(10))
			w.now = time.Date(2021, 2, 4, 12, 0, 0, 0, time.UTC)
			w.faults.Rules = []fixtures.Rule{{Path: "*2021-February.txt", Fault: fixtures.Status(404, "")}}
			lacking := func() (n int) {
				all, err := Periods(t.Context(), w.archive, "announce")
				for _, p := range all {
					n += p.Lacking
				}
				if err != nil || len(all) != 2 {
					t.Fatalf("%+v, %v", all, err)
				}
				return n
			}
			for range 2 { // it fails each night
				stats, err := w.crawl(func(c *Config) { c.Via = ViaText })
				if err != nil || stats.FailedTotal != 1 || !strings.HasSuffix(stats.Failed[0].URL, "2021-February.txt.gz") || !strings.Contains(stats.Failed[0].Reason, "of 2021-February") {
					t.Fatalf("%v, failed %+v", err, stats.Failed)
				}
				if n := lacking(); n == 0 || !strings.Contains(stats.Failed[0].Reason, fmt.Sprintf(": %d that the index lists are not held", n)) {
					t.Errorf("%d are lacking: %s", n, stats.Failed[0].Reason)
				}
				w.pass(time.Minute)
			}
			stats, err := w.crawl(func(c *Config) { mend.night(w, c) })
			if n := lacking(); err != nil || stats.FailedTotal != 0 || n != 0 {
				t.Errorf("then: %v, failed %+v, %d lacking", err, stats.Failed, n)
			}
		})
	}
}

// Without a text file there are no messages by text files.
func TestPeriodWithoutTextFile(t *testing.T) {
	w := newWorld(t, fixtures.NewSite(fixtures.List{Name: "announce", Text: fixtures.TextNone}, messages(1, 3)))
	stats, err := w.crawl(func(c *Config) { c.Via = ViaText })
	if err != nil || stats.FailedTotal != 1 || !strings.Contains(stats.Failed[0].Reason, "there is no text file of 2021-January: 3 that") {
		t.Errorf("%v, failed %+v", err, stats.Failed)
	}
}

// A text file that could not be had for a while is asked for by the next runs,
// though its pages are held; one that never comes is given up.
func TestTextFileThatComesBack(t *testing.T) {
	for _, test := range []struct {
		name  string
		times int // that it fails
		want  int // requests for it in the runs after the first
	}{
		{"the next night", 5, 1},
		{"never", 0, 2 * 5},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(2, 5))
			w.faults.Rules = []fixtures.Rule{{Path: "*2021-January.txt.gz", Times: test.times, Fault: fixtures.Status(500, "")}}
			w.must(viaAuto)
			if w.pages() != 5 {
				t.Fatalf("%d pages held, want the 5 of January", w.pages())
			}
			got := 0
			for range 5 {
				if test.times > 0 {
					w.faults.Rules = nil
				}
				w.pass(24 * time.Hour)
				w.must(viaAuto)
				got += w.askedFor("2021-January.txt.gz")
			}
			if got != test.want {
				t.Errorf("asked %d times more for the text file, want %d", got, test.want)
			}
		})
	}
}

// An interrupted run asks for no text file twice.
func TestInterruptedTextCrawlGoesOn(t *testing.T) {
	w := newWorld(t, announce(4, 5))
	w.faults.Rules = []fixtures.Rule{{Path: "*2021-February/thread.html", Fault: fixtures.Status(503, "86400")}}
	if _, err := w.crawl(viaAuto); err == nil {
		t.Fatal("the crawl went on although the server asked for a day's silence")
	}
	w.faults.Rules = nil
	w.pass(25 * time.Hour)
	w.must(viaAuto)
	for _, month := range []string{"2021-April", "2021-March"} {
		if n := w.askedFor(month + ".txt.gz"); n != 0 {
			t.Errorf("%s.txt.gz was asked for again", month)
		}
	}
	texts := 0
	for r, err := range w.archive.Raws(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if r.Kind == archive.RawText && r.SHA256 != "" {
			texts++
		}
	}
	if texts != 4 {
		t.Errorf("%d text files held, want 4", texts)
	}
}

// A third of all requests fails in one of many ways; in the end, what is held
// is what an undisturbed crawl holds.
func TestH3RandomFaultsThroughAWholeCrawl(t *testing.T) {
	for seed := range uint64(5) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWorld(t, announce(6, 10))
			w.must(viaAuto)
			want := bodies(t, w.archive)
			d := newWorld(t, announce(6, 10))
			d.faults.Random, d.faults.Seed = 0.3, seed
			for range 10 {
				if stats, err := d.crawl(viaAuto); err == nil && stats.FailedTotal == 0 {
					break
				}
				d.pass(time.Hour)
			}
			for url, sum := range bodies(t, d.archive) {
				if !isPage(url) && want[url] != sum {
					t.Errorf("%s is held with other bytes", url)
				}
				delete(want, url)
			}
			if len(want) > 0 {
				t.Errorf("not held: %v", want)
			}
		})
	}
}

// A text file that could not be had before a crawl was interrupted is missed by
// the one that goes on.
func TestFailedTextFileOfAnInterruptedCrawl(t *testing.T) {
	for _, status := range []int{http.StatusNotImplemented, http.StatusNotFound} {
		w := newWorld(t, announce(2, 10))
		w.faults.Rules = []fixtures.Rule{
			{Path: "*2021-February.txt", Fault: fixtures.Status(status, "")},
			{Path: "*2021-February.txt.gz", Fault: fixtures.Status(status, "")},
		}
		ctx, stop := context.WithCancel(t.Context())
		w.wrap = func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/2021-January") {
					stop()
				}
				h.ServeHTTP(rw, r)
			})
		}
		one := func(c *Config) { c.Via, c.Parallel = ViaText, 1 }
		if _, err := w.crawlURL(ctx, listURL, one); err == nil {
			t.Fatal("the crawl was not interrupted")
		}
		w.wrap = func(h http.Handler) http.Handler { return h }
		if stats, err := w.crawl(one); err != nil || stats.FailedTotal == 0 {
			t.Errorf("%d: the crawl that goes on: %+v, error %v, want a failure", status, stats, err)
		}
		w.faults.Rules = nil
		w.pass(24 * time.Hour)
		w.must(one)
		w.derive()
		if n := len(w.messageIDs()); n != 20 {
			t.Errorf("%d: %d messages in the end, want 20", status, n)
		}
	}
}

func (w *world) messageIDs() map[string]bool {
	w.t.Helper()
	ids := map[string]bool{}
	for m, err := range w.archive.Messages(w.t.Context(), archive.Filter{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		ids[m.MessageID] = true
	}
	return ids
}
