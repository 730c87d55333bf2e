package crawler

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

// The list moves to https: what is held stays held, and the list the same.
func TestH8ListMovesToHTTPS(t *testing.T) {
	w := newWorld(t, announce(2, 5))
	w.must()
	w.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if r.URL.Scheme == "http" {
				http.Redirect(rw, r, "https://"+r.URL.Host+r.URL.Path, http.StatusMovedPermanently)
				return
			}
			h.ServeHTTP(rw, r)
		})
	}
	w.pass(24 * time.Hour)
	stats := w.must(func(c *Config) { c.Full = true })
	if pages, _ := w.asked(); pages != 0 || stats.Fetched != 0 {
		t.Errorf("asked for %d pages that are held; %+v", pages, stats)
	}
	lists, err := w.archive.Lists(t.Context())
	if err != nil || len(lists) != 1 || lists[0].URL != "https://lists.example.org/pipermail/announce/" {
		t.Errorf("lists %+v, %v; want the one list at https", lists, err)
	}
}

// A first crawl of a URL that redirects files the list under its new base.
func TestH8FirstCrawlFollowsTheListToItsNewBase(t *testing.T) {
	w := newWorld(t, announce(1, 4))
	w.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/archives/announce") {
				http.Redirect(rw, r, "/pipermail/announce/", http.StatusFound)
				return
			}
			h.ServeHTTP(rw, r)
		})
	}
	stats, err := w.crawlURL(t.Context(), "http://lists.example.org/archives/announce/")
	if err != nil || stats.URL != listURL || w.pages() != 4 {
		t.Errorf("%+v, %v", stats, err)
	}
}

// A site copier made the links of the contents page and of the rows absolute.
func TestP16LinksOfASiteCopierLeadHome(t *testing.T) {
	const gone = "http://www.gone.example/pipermail/announce/"
	w := newWorld(t, announce(1, 5))
	absolute := func(old, base string) fixtures.Fault {
		return fixtures.Rewrite(func(b []byte) []byte { return []byte(strings.ReplaceAll(string(b), old, base)) })
	}
	w.faults.Rules = []fixtures.Rule{
		{Path: "/pipermail/announce/*", Fault: absolute(`="2021`, `="`+gone+"2021")},
		{Path: "*thread.html", Fault: absolute(`="00`, `="`+gone+"2021-January/00")},
	}
	stats := w.must()
	if w.pages() != 5 || stats.PeriodsTotal != 1 {
		t.Errorf("%d pages of %d periods, want 5 of 1", w.pages(), stats.PeriodsTotal)
	}
	if raw, _, err := w.archive.Held(t.Context(), listURL); err != nil || !strings.Contains(mustBody(t, w, raw), gone) {
		t.Errorf("the contents page has no link to %s (%v), this test says nothing", gone, err)
	}
}

func mustBody(t *testing.T, w *world, raw archive.Raw) string {
	t.Helper()
	body, err := w.archive.Body(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestP20PrefixOfAnInternetArchive(t *testing.T) {
	const prefix = "/web/2022id_/http://lists.example.org"
	w := newWorld(t, announce(2, 5))
	w.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			rest, ok := strings.CutPrefix(r.URL.Path, prefix)
			if !ok && r.URL.Path != "/robots.txt" {
				http.NotFound(rw, r)
				return
			}
			if ok {
				r.URL.Path = rest
			}
			h.ServeHTTP(rw, r)
		})
	}
	stats, err := w.crawlURL(t.Context(), "http://archive.example"+prefix+"/pipermail/announce/")
	if err != nil || stats.FailedTotal > 0 || w.pages() != 10 {
		t.Fatalf("%+v, %v, %d pages", stats, err, w.pages())
	}
	for u := range bodies(t, w.archive) {
		if !strings.HasPrefix(u, "http://archive.example"+prefix+"/") {
			t.Errorf("%s was recorded outside of the prefix", u)
		}
	}
}

// Links that lead out of the list are not followed, however many there are.
func TestH8HostileLinksAreNotFollowed(t *testing.T) {
	bad := "<base href=\"http://evil.example/\">\n" + strings.Repeat(`<LI><A HREF="http://evil.example/a/000001.html">x</A>
<LI><A HREF="../../../../etc/000001.html">x</A><LI><A HREF="javascript:alert(1)">x</A><LI><A HREF="//evil.example/000009.html">x</A>
<LI><A HREF="..%2f..%2f000001.html">x</A>
`, 20000)
	w := newWorld(t, announce(1, 3))
	w.faults.Rules = []fixtures.Rule{{Path: "*", Fault: fixtures.Rewrite(func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "<ul>", "<ul>"+bad, 1))
	})}}
	for _, p := range []string{"/thread.html", "/"} {
		w.faults.Rules[0].Path = "*" + p
		if _, err := w.crawl(); err != nil {
			t.Fatal(err)
		}
		for _, asked := range w.log.Paths() {
			if asked != "/robots.txt" && !strings.HasPrefix(asked, "/pipermail/announce/") {
				t.Errorf("asked for %s", asked)
			}
		}
		if pages, _ := w.asked(); pages > 10 {
			t.Errorf("asked for %d pages", pages)
		}
		w.pass(24 * time.Hour)
	}
	if w.pages() != 3 {
		t.Errorf("%d pages held, want 3", w.pages())
	}
}

func TestP19ContentsPageThatShrinks(t *testing.T) {
	const nothing = `<html><head><title>The Announce Archives</title><META NAME="robots" CONTENT="noindex,follow"></head><body>
<h1>The Announce Archives </h1><p><a href="http://lists.example.org/mailman/listinfo/announce">more information</a></p></body></html>`
	w := newWorld(t, announce(3, 4))
	w.must()
	before := bodies(t, w.archive)
	w.pass(24 * time.Hour)
	w.faults.Rules = []fixtures.Rule{{Path: "/pipermail/announce/*", Times: 1, Fault: fixtures.Page("text/html", nothing)}}
	stats, err := w.crawl()
	if err != nil || len(stats.Warnings) != 1 || !strings.Contains(stats.Warnings[0], "before it listed 3") {
		t.Errorf("%+v, %v; want a warning", stats, err)
	}
	if raw, _, _ := w.archive.Held(t.Context(), listURL); raw.SHA256 != before[listURL] {
		t.Error("the empty page took the place of the good one")
	}
	w.faults.Rules = nil
	w.tree.Set(announce(2, 4))
	w.pass(24 * time.Hour)
	stats = w.must()
	if len(stats.Warnings) != 1 || !strings.Contains(stats.Warnings[0], "2021-March") {
		t.Errorf("warnings %q, want one that names 2021-March", stats.Warnings)
	}
	if w.pages() != 12 {
		t.Errorf("%d pages held, want all 12", w.pages())
	}
}

// A wall in the place of an index page leaves the old copy and fails by name.
func TestP18WallInsteadOfAnIndex(t *testing.T) {
	w := newWorld(t, announce(1, 4))
	w.must()
	w.pass(24 * time.Hour)
	w.faults.Rules = []fixtures.Rule{{Path: "/pipermail/announce/2021-January/", Fault: fixtures.Page("text/html", botWall)}}
	before := bodies(t, w.archive)
	stats, err := w.crawl(func(c *Config) { c.Full = true })
	if err != nil || stats.FailedTotal == 0 || !strings.Contains(stats.Failed[0].Reason, "bot wall") {
		t.Errorf("%+v, %v", stats, err)
	}
	for u, sum := range bodies(t, w.archive) {
		if before[u] != sum {
			t.Errorf("%s was replaced", u)
		}
	}
}

// The date index fills in for a thread index that is absent or falls short,
// the others for both.
func TestP8OtherIndexesFillIn(t *testing.T) {
	gone := fixtures.Status(404, "")
	short := fixtures.Rewrite(func(b []byte) []byte {
		s := string(b)
		i := strings.Index(s, "000003.html")
		return []byte(strings.ReplaceAll(s[:i], "\x00", "") + "x\">cut</A>" + s[strings.LastIndex(s, "<hr>"):])
	})
	for _, test := range []struct {
		name  string
		rules []fixtures.Rule
		asked []string
	}{
		{"thread", nil, []string{"thread"}},
		{"no thread", []fixtures.Rule{{Path: "*thread.html", Fault: gone}}, []string{"thread", "date"}},
		{"short thread", []fixtures.Rule{{Path: "*thread.html", Fault: short}}, []string{"thread", "date"}},
		{"neither", []fixtures.Rule{{Path: "*thread.html", Fault: gone}, {Path: "*date.html", Fault: gone}}, []string{"thread", "date", "subject"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			w := newWorld(t, announce(1, 8))
			w.faults.Rules = test.rules
			w.must()
			var asked []string
			for _, p := range w.log.Paths() {
				if name, ok := strings.CutSuffix(p[strings.LastIndexByte(p, '/')+1:], ".html"); ok && !isPage(p) {
					asked = append(asked, name)
				}
			}
			if !slices.Equal(asked, test.asked) || w.pages() != 8 {
				t.Errorf("asked for %v, %d pages held; want %v and 8", asked, w.pages(), test.asked)
			}
		})
	}
}

// After a rebuild the same URLs hold other messages; they are fetched again,
// even if the crawl is interrupted in between.
func TestP10RebuiltArchiveIsFetchedAgain(t *testing.T) {
	w := newWorld(t, announce(1, 10))
	w.must()
	all := messages(1, 10)
	w.tree.Set(fixtures.NewSite(fixtures.List{Name: "announce"}, all[3:]))
	w.pass(24 * time.Hour)
	w.faults.Rules = []fixtures.Rule{{Path: third, Times: 1, Fault: fixtures.Status(503, "7200")}}
	if _, err := w.crawl(func(c *Config) { c.Full = true }); err == nil {
		t.Fatal("the crawl was not interrupted")
	}
	w.faults.Rules = nil
	w.pass(2 * time.Hour)
	w.must(func(c *Config) { c.Full = true })
	stale := 0
	for i := range 7 {
		raw, ok, err := w.archive.Held(t.Context(), listURL+"2021-January/00000"+string(rune('0'+i))+".html")
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			continue
		}
		body, _ := w.archive.Body(t.Context(), raw)
		if !strings.Contains(string(body), all[3+i].Subject) {
			stale++
		}
	}
	if stale != 0 {
		t.Errorf("%d pages still are as before the rebuild", stale)
	}
	w.pass(24 * time.Hour)
	w.must(func(c *Config) { c.Full = true })
	if pages, _ := w.asked(); pages != 0 {
		t.Errorf("the rebuilt pages were fetched again once more: %d", pages)
	}
}

// Without validators, equal bytes still count as unchanged.
func TestH4UnchangedWithoutValidators(t *testing.T) {
	w := newWorld(t, announce(2, 3))
	w.faults.NoValidators = true
	w.must()
	w.pass(24 * time.Hour)
	if stats := w.must(); stats.Fetched != 0 || stats.Unchanged != 2 {
		t.Errorf("%+v: want nothing fetched, two unchanged", stats)
	}
}

func TestH4NotModifiedIsRecorded(t *testing.T) {
	w := newWorld(t, announce(1, 3))
	w.must()
	w.pass(24 * time.Hour)
	w.must()
	last, ok, err := w.archive.LastFetch(t.Context(), listURL)
	if err != nil || !ok || last.Status != 304 || last.Err != "" || last.Kind != archive.RawList || !last.Fetched.After(w.time().Add(-time.Hour)) {
		t.Errorf("%+v, %v, %v", last, ok, err)
	}
}

// robots.txt that comes and goes: what it says tonight holds tonight, and what
// is held stays.
func TestH5FlappingRobots(t *testing.T) {
	all := announce(3, 4)
	w := newWorld(t, all.First(9))
	for night, test := range []struct {
		robots  fixtures.Fault
		refused bool
		pages   int // held afterwards
	}{
		{fixtures.Status(http.StatusServiceUnavailable, ""), true, 0},
		{fixtures.Status(http.StatusNotFound, ""), false, 9},
		{fixtures.Page("text/plain", "User-agent: *\nDisallow: /\n"), true, 9},
		{fixtures.Reset(-1), true, 9},
		{fixtures.Page("text/plain", "User-agent: *\nDisallow: /private/\n"), false, 10},
		{fixtures.Page("text/html", "<html><body>Not found</body></html>"), false, 10},
	} {
		w.faults.Rules = []fixtures.Rule{{Path: "/robots.txt", Fault: test.robots}}
		if night == 4 {
			w.tree.Set(all.First(10))
		}
		w.pass(24 * time.Hour)
		_, err := w.crawl()
		if (err != nil) != test.refused || w.pages() != test.pages {
			t.Errorf("night %d: %v, %d pages held; want refused %v, %d pages", night, err, w.pages(), test.refused, test.pages)
		}
		if _, others := w.asked(); test.refused && others > 1+DefaultRetries {
			t.Errorf("night %d: asked for %v although robots.txt forbids or cannot be had", night, w.log.Paths())
		}
	}
}
