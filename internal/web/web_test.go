package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/internal/web"
	"github.com/bxsearch/bxsearch/internal/web/api"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"

	"github.com/bxsearch/bxsearch/search"
)

// open makes a site of mails, under a prefix as behind a proxy.
func open(t testing.TB, mails ...searchtest.Mail) http.Handler {
	t.Helper()
	return siteOf(t, searchtest.Open(t, mails...))
}

func siteOf(t testing.TB, s *search.Searcher) http.Handler {
	t.Helper()
	return siteWith(t, s, &search.Options{Location: time.UTC, Now: func() time.Time { return searchtest.Now }})
}

func siteWith(t testing.TB, s *search.Searcher, opts *search.Options) http.Handler {
	t.Helper()
	l, err := link.New("/lists")
	if err != nil {
		t.Fatal(err)
	}
	site, err := web.New(web.Config{Searcher: s, Links: l, Title: "Test archive", Version: "1", Options: opts,
		API: api.New(api.Config{Searcher: s, Options: opts, Status: status.New(status.Config{Searcher: s}), Links: l})})
	if err != nil {
		t.Fatal(err)
	}
	return http.StripPrefix("/lists", site)
}

// get asks for a page; header is name and value in turn.
func get(t testing.TB, h http.Handler, path string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest("GET", "http://archive.example/lists"+path, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// show asks for a page that has to be there, and looks it over.
func show(t testing.TB, h http.Handler, path string) *goquery.Document {
	t.Helper()
	w := get(t, h, path)
	if w.Code != http.StatusOK {
		t.Fatalf("%s: status %d\n%s", path, w.Code, w.Body)
	}
	return sound(t, path, w)
}

// sound holds of every page what each has to be.
func sound(t testing.TB, path string, w *httptest.ResponseRecorder) *goquery.Document {
	t.Helper()
	if n := w.Body.Len(); n > 1_000_000 {
		t.Errorf("%.80s has %d bytes", path, n)
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	for what, want := range map[string]int{"h1": 1, "main": 1, "head title": 1, "a.skip": 1, "script": 1, "style, iframe, object, embed, base, [style], img": 0} {
		if n := doc.Find(what).Length(); n != want {
			t.Errorf("%.80s has %d of %s, want %d", path, n, what, want)
		}
	}
	if strings.TrimSpace(doc.Find("h1").Text()) == "" {
		t.Errorf("%.80s has an empty heading", path)
	}
	ids := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, e *goquery.Selection) {
		if id := e.AttrOr("id", ""); ids[id] {
			t.Errorf("%.80s has the id %s twice", path, id)
		} else {
			ids[id] = true
		}
	})
	doc.Find("input:not([type=hidden])").Each(func(_ int, e *goquery.Selection) {
		if doc.Find("label[for="+e.AttrOr("id", "none")+"]").Length() != 1 {
			t.Errorf("%.80s has a field without a label", path)
		}
	})
	doc.Find("*").Each(func(_ int, e *goquery.Selection) {
		for _, a := range e.Get(0).Attr {
			if strings.HasPrefix(a.Key, "on") {
				t.Errorf("%.80s has an attribute %s", path, a.Key)
			}
		}
	})
	doc.Find("a").Each(func(_ int, e *goquery.Selection) { soundLink(t, path, e) })
	doc.Find("[src], link[rel=stylesheet], link[rel=icon]").Each(func(_ int, e *goquery.Selection) {
		if from := e.AttrOr("src", e.AttrOr("href", "")); !strings.HasPrefix(from, "/lists/static/") {
			t.Errorf("%.80s loads %s", path, from)
		}
	})
	if text := doc.Text(); strings.ContainsAny(text, "\u202e\u2066\u200b\x00\x1b") {
		t.Errorf("%.80s has characters that steer how it is shown", path)
	}
	return doc
}

// soundLink holds that a page leads to the web and to pages of the site alone.
func soundLink(t testing.TB, path string, a *goquery.Selection) {
	t.Helper()
	href, ok := a.Attr("href")
	u, err := url.Parse(href)
	switch {
	case !ok || err != nil:
		t.Errorf("%.80s has a link to %q: %v", path, href, err)
	case u.Scheme == "" && u.Host == "" && (strings.HasPrefix(href, "/lists/") || strings.HasPrefix(href, "#")):
	case (u.Scheme == "http" || u.Scheme == "https") && strings.Contains(a.AttrOr("rel", ""), "noreferrer"):
	default:
		t.Errorf("%.80s has a link to %q, rel %q", path, href, a.AttrOr("rel", ""))
	}
	if strings.TrimSpace(a.Text()) == "" && a.AttrOr("aria-label", "") == "" {
		t.Errorf("%.80s has a link to %q without a name", path, href)
	}
}

// others are the addresses that other packages answer.
func others(path string) bool {
	for _, p := range []string{"/lists/search.", "/lists/openapi.json", "/lists/llms.txt"} {
		if strings.HasPrefix(path, p) {
			return true
		}
	}
	return false
}

// TestEveryLinkLeadsSomewhere walks the whole site, hostile mails in it.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	h := open(t, append(searchtest.Mails(), searchtest.Hostile()...)...)
	todo, seen := []string{"/lists/"}, map[string]bool{}
	for len(todo) > 0 && len(seen) < 600 {
		path := todo[0]
		todo = todo[1:]
		w := get(t, h, strings.TrimPrefix(path, "/lists"))
		if w.Code != http.StatusOK {
			t.Errorf("%s: status %d: %.300s", path, w.Code, w.Body)
			continue
		}
		if !strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
			continue
		}
		sound(t, path, w).Find("a[href], link[href], script[src]").Each(func(_ int, e *goquery.Selection) {
			href, _, _ := strings.Cut(e.AttrOr("href", e.AttrOr("src", "")), "#")
			href = strings.TrimPrefix(href, "http://archive.example")
			if strings.HasPrefix(href, "/lists/") && !seen[href] && !others(href) {
				seen[href] = true
				todo = append(todo, href)
			}
		})
	}
	if len(seen) < 100 {
		t.Errorf("only %d pages were found", len(seen))
	}
}
