package crawler

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

const (
	botWall = `<html><head><title>Making sure you're not a bot!</title></head><body>Making sure you're not a bot!</body></html>`
	third   = "/pipermail/announce/2021-January/000002.html"
)

// A crawl that cannot begin says why, in words that help, and fetches nothing
// more.
func TestCrawlThatCannotBegin(t *testing.T) {
	at := func(path string, f fixtures.Fault) []fixtures.Rule { return []fixtures.Rule{{Path: path, Fault: f}} }
	const contents = "/pipermail/announce/"
	for _, test := range []struct {
		name, url string
		robots    string
		rules     []fixtures.Rule
		want      string
	}{
		{"a message page", listURL + "2021-January/000001.html", "", nil, "may be at " + listURL},
		{"the index of a period", listURL + "2021-January/thread.html", "", nil, "may be at " + listURL},
		{"some other page", listURL, "", at(contents, fixtures.Page("text/html", "<html><title>Welcome</title></html>")), `found a page titled "Welcome"`},
		{"P18: a wall", listURL, "", at(contents, fixtures.Page("text/html", botWall)), "found a bot wall"},
		{"an image", listURL, "", at(contents, fixtures.Page("image/png", "\x89PNG")), "image/png"},
		{"an empty answer", listURL, "", at(contents, fixtures.Page("text/html", "")), "an empty page"},
		{"not found", "http://lists.example.org/pipermail/nolist/", "", nil, "404 Not Found"},
		{"forbidden", listURL, "", at(contents, fixtures.Status(403, "")), "403 Forbidden"},
		{"H3: broken server", listURL, "", at(contents, fixtures.Status(503, "")), "503 Service Unavailable"},
		{"H2: 50 MB", listURL, "", at(contents, fixtures.Stream("text/html", "<p>", 50<<20)), "larger than 20971520 bytes"},
		{"H8: loop", listURL, "", at(contents, fixtures.Redirect(302, "{path}")), "more than 10 redirects"},
		{"H8: another host", listURL, "", at(contents, fixtures.Redirect(301, "http://other.example/l/")), "crawl that URL"},
		{"H5: refused", listURL, "User-agent: *\nDisallow: /pipermail/", nil, "robots.txt of lists.example.org does not allow"},
		{"H5: robots.txt broken", listURL, "", at("/robots.txt", fixtures.Status(500, "")), "cannot tell whether lists.example.org allows crawling"},
		{"H4: 304 unasked", listURL, "", at(contents, fixtures.NotModified()), "304 Not Modified"},
		{"no URL", "announce", "", nil, "must begin with http"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(1, 3))
			w.faults.Robots, w.faults.Rules = test.robots, test.rules
			_, err := w.crawlURL(t.Context(), test.url)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want it to say %q", err, test.want)
			}
			if n := w.pages(); n != 0 {
				t.Errorf("%d pages were stored", n)
			}
		})
	}
}

func TestWrongPageIsATypedError(t *testing.T) {
	w := newWorld(t, announce(1, 3))
	_, err := w.crawlURL(t.Context(), listURL+"2021-January/000001.html")
	var npe *pipermail.NotPipermailError
	if !errors.As(err, &npe) || npe.ListURL != listURL {
		t.Errorf("error %#v, want a NotPipermailError that offers %s", err, listURL)
	}
	_, err = w.crawlURL(t.Context(), "http://lists.example.org/pipermail/nolist/")
	var fe *FetchError
	if !errors.As(err, &fe) || fe.Status != 404 {
		t.Errorf("error %#v, want a FetchError with status 404", err)
	}
}

// A fault that passes costs a retry, not a page.
func TestH3PassingFaultsAreRetried(t *testing.T) {
	for name, fault := range map[string]fixtures.Fault{
		"429": fixtures.Status(429, ""), "502": fixtures.Status(502, ""), "503": fixtures.Status(503, ""),
		"504": fixtures.Status(504, ""), "reset": fixtures.Reset(-1), "reset in the body": fixtures.Reset(300),
		"H2: less than Content-Length": fixtures.Garble(500), "H2: cut without a sign": fixtures.Cut(900),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, announce(1, 5))
			w.faults.Rules = []fixtures.Rule{{Path: third, Times: 2, Fault: fault}}
			stats := w.must()
			if stats.Retries != 2 || w.pages() != 5 {
				t.Errorf("%d retries, %d pages; want 2 and 5", stats.Retries, w.pages())
			}
		})
	}
}

// A fault that stays is one failed page, recorded and named; the rest is
// fetched, and the next run asks for it again.
func TestLastingFaultsAreNamedAndAskedForAgain(t *testing.T) {
	for _, test := range []struct {
		name   string
		fault  fixtures.Fault
		status int
		reason string
	}{
		{"503", fixtures.Status(503, ""), 503, "503"},
		{"404", fixtures.Status(404, ""), 404, "404"},
		{"P18: a wall", fixtures.Page("text/html", botWall), 200, "found a bot wall"},
		{"P18: a login page", fixtures.Page("text/html", `<html><form><input type="password"></form></html>`), 200, "found a login page"},
		{"H2: 50 MB", fixtures.Stream("text/html", "<p>", 50<<20), 0, "larger than"},
		{"H2: cut", fixtures.Cut(900), 200, "ends in the middle"},
		{"H2: less than Content-Length", fixtures.Garble(500), 0, "unexpected EOF"},
		{"H8: loop", fixtures.Redirect(302, "{path}"), 0, "redirects"},
		{"H8: out of the list", fixtures.Redirect(302, "/login"), 0, "outside of the list"},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(1, 5))
			w.faults.Rules = []fixtures.Rule{{Path: third, Fault: test.fault}}
			stats, err := w.crawl()
			if err != nil {
				t.Fatal(err)
			}
			if len(stats.Failed) != 1 || stats.Failed[0].Status != test.status || !strings.Contains(stats.Failed[0].Reason, test.reason) {
				t.Errorf("failed %+v, want status %d and %q", stats.Failed, test.status, test.reason)
			}
			last, ok, err := w.archive.LastFetch(t.Context(), listURL+"2021-January/000002.html")
			if err != nil || !ok || last.Err == "" || last.Status != test.status || last.SHA256 != "" {
				t.Errorf("recorded %+v, %v, %v", last, ok, err)
			}
			if w.pages() != 4 {
				t.Errorf("%d pages held, want 4", w.pages())
			}
			w.faults.Rules[0].Fault = func(rw http.ResponseWriter, r *http.Request, good http.Handler) { good.ServeHTTP(rw, r) }
			w.pass(24 * time.Hour)
			w.must()
			if pages, _ := w.asked(); pages != 1 || w.pages() != 5 {
				t.Errorf("the next run asked for %d pages and has %d; want 1 and 5", pages, w.pages())
			}
		})
	}
}

// A page that stays gone is a failure once, and then only counted.
func TestPageThatStaysGoneIsNotNewsTwice(t *testing.T) {
	w := newWorld(t, announce(1, 5))
	w.faults.Rules = []fixtures.Rule{{Path: third, Fault: fixtures.Status(410, "")}}
	if stats, err := w.crawl(); err != nil || stats.FailedTotal != 1 {
		t.Fatalf("%+v, %v", stats, err)
	}
	w.pass(24 * time.Hour)
	stats := w.must()
	if pages, _ := w.asked(); stats.Missing != 1 || pages != 1 {
		t.Errorf("%d missing, asked for %d pages; want 1 and 1", stats.Missing, pages)
	}
}

func TestH3RetryAfterIsObeyed(t *testing.T) {
	for name, value := range map[string]string{"seconds": "120", "date": "Tue, 15 Jun 2021 03:02:30 GMT"} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, announce(1, 5))
			w.faults.Rules = []fixtures.Rule{{Path: third, Times: 1, Fault: fixtures.Status(429, value)}}
			w.must()
			var before time.Time
			for _, r := range w.log.Requests() {
				if !before.IsZero() {
					if gap := r.Time.Sub(before); gap < 100*time.Second {
						t.Errorf("the next request, %s, came after %v", r.Path, gap)
					}
					break
				}
				if r.Status == 429 {
					before = r.Time
				}
			}
			waits := 0
			for _, e := range w.events {
				if e.Kind == EventWait && e.Wait > 100*time.Second && strings.Contains(e.Reason, "429") {
					waits++
				}
			}
			if waits != 1 {
				t.Errorf("%d waits reported, want 1", waits)
			}
		})
	}
}

func TestH3TooLongARetryAfterEndsTheCrawl(t *testing.T) {
	w := newWorld(t, announce(1, 5))
	w.faults.Rules = []fixtures.Rule{{Path: third, Times: 1, Fault: fixtures.Status(503, "7200")}}
	_, err := w.crawl()
	var back *ComeBackError
	if !errors.As(err, &back) || back.After != 2*time.Hour {
		t.Fatalf("error %v, want a ComeBackError of 2h", err)
	}
	w.faults.Rules = nil
	w.pass(2 * time.Hour)
	if stats := w.must(); !stats.Resumed || w.pages() != 5 {
		t.Errorf("resumed %v, %d pages", stats.Resumed, w.pages())
	}
}

// A site that goes down, or puts up a wall, is left alone soon.
func TestCrawlStopsWhenNothingWorksAnyMore(t *testing.T) {
	for name, fault := range map[string]fixtures.Fault{"down": fixtures.Reset(-1), "P18: wall": fixtures.Page("text/html", botWall)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, announce(1, 100))
			w.faults.Rules = []fixtures.Rule{{Path: "/pipermail/announce/2021-January/0*", Skip: 20, Fault: fault}}
			_, err := w.crawl(func(c *Config) { c.Retries = NoRetries })
			if err == nil || !strings.Contains(err.Error(), "10 failures in a row") {
				t.Errorf("error %v", err)
			}
			if pages, _ := w.asked(); pages > 40 {
				t.Errorf("asked for %d pages, 20 of them answered", pages)
			}
			w.faults.Rules = nil
			w.must()
			if w.pages() != 100 {
				t.Errorf("after the repair %d pages, want 100", w.pages())
			}
		})
	}
}

// A robots.txt that refuses part of the list is obeyed in part.
func TestH5PartlyRefused(t *testing.T) {
	w := newWorld(t, announce(2, 3))
	w.faults.Robots = "User-agent: *\nCrawl-delay: 4\nDisallow: /pipermail/announce/2021-January/"
	stats, err := w.crawl()
	if err != nil || w.pages() != 3 || stats.FailedTotal == 0 {
		t.Errorf("%+v, %v: want February only", stats, err)
	}
	requests := w.log.Requests()
	for i, r := range requests {
		if strings.Contains(r.Path, "January") {
			t.Errorf("asked for %s", r.Path)
		}
		if i > 0 && r.Time.Sub(requests[i-1].Time) < 4*time.Second {
			t.Errorf("%s came less than the Crawl-delay after %s", r.Path, requests[i-1].Path)
		}
	}
}

// META robots on the pages is meant for public search engines; the index pages
// of the fixtures say "noindex" and the message pages "nofollow".
func TestP17MetaRobotsIsNotForUs(t *testing.T) {
	w := newWorld(t, announce(1, 2))
	w.must()
	raw, _, err := w.archive.Held(t.Context(), listURL)
	if err != nil {
		t.Fatal(err)
	}
	if body, _ := w.archive.Body(t.Context(), raw); !strings.Contains(strings.ToLower(string(body)), "noindex") || w.pages() != 2 {
		t.Errorf("%d pages held; the contents page must have a META robots for this test to say something", w.pages())
	}
}

func TestH6EnvironmentChangesNothing(t *testing.T) {
	for _, name := range []string{"ALLOWED_DOMAINS=x.example", "MAX_BODY_SIZE=10", "MAX_REQUESTS=1", "CACHE_DIR=" + t.TempDir(),
		"USER_AGENT=Mozilla", "FOLLOW_REDIRECTS=no", "DETECT_CHARSET=yes", "PARSE_HTTP_ERROR_RESPONSE=no"} {
		key, value, _ := strings.Cut(name, "=")
		t.Setenv("COLLY_"+key, value)
	}
	w := newWorld(t, announce(1, 5))
	w.must()
	if w.pages() != 5 {
		t.Errorf("%d pages held, want 5", w.pages())
	}
	for _, r := range w.log.Requests() {
		if got := r.Header.Get("User-Agent"); got != DefaultUserAgent {
			t.Errorf("%s was asked for as %q", r.Path, got)
		}
	}
}

func TestCancelEndsTheCrawlAtOnce(t *testing.T) {
	w := newWorld(t, announce(2, 10))
	ctx, cancel := context.WithCancel(t.Context())
	_, err := w.crawlURL(ctx, listURL, func(c *Config) {
		c.Progress = func(e Event) {
			if e.Kind == EventPage && e.Done == 7 {
				cancel()
			}
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	if stats := w.must(); !stats.Resumed || w.pages() != 20 {
		t.Errorf("%+v: want a resumed crawl and 20 pages, have %d", stats, w.pages())
	}
}

func TestConfigIsChecked(t *testing.T) {
	for name, cfg := range map[string]Config{
		"no archive": {}, "negative parallel": {Archive: &archive.Archive{}, Parallel: -1}, "negative bound": {Archive: &archive.Archive{}, MaxBody: -1},
	} {
		if _, err := New(cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
