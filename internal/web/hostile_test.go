package web_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/bxsearch/bxsearch/internal/searchtest"

	"github.com/bxsearch/bxsearch/search"
)

// TestLongMessageComesInParts: a long body, whatever it is made of, is all to
// be read, on pages of a bearable size.
func TestLongMessageComesInParts(t *testing.T) {
	const size = 1 << 18
	bodies := map[string]string{
		"one line":          strings.Repeat("y", 4*size),
		"signs":             strings.Repeat(`<&"'+>`, size/6),
		"short lines":       strings.Repeat("a\n", size/2),
		"short paragraphs":  strings.Repeat("a\n\n", size/3),
		"quotes by turns":   strings.Repeat("> a\nb\n", size/6),
		"addresses":         strings.Repeat("http://a/ ", size/10),
		"long addresses":    strings.Repeat("http://a/"+strings.Repeat("é", 900)+" ", size/1810),
		"an endless one":    "http://a/" + strings.Repeat(")", 4*size),
		"controls":          strings.Repeat("\x01\u202e", size/4),
		"no UTF-8":          strings.Repeat("\xff ", size/2),
		"wide characters":   strings.Repeat("界", size/3),
		"addresses in line": strings.Repeat("http://", size/7),
	}
	var mails []searchtest.Mail
	for i, name := range slices.Sorted(mapKeys(bodies)) {
		mails = append(mails, searchtest.Mail{N: i + 1, Date: searchtest.Now.Add(time.Duration(i) * time.Hour), From: "A", Subject: name, Text: bodies[name] + "\nTHE END\n"})
	}
	s := searchtest.Open(t, mails...)
	h := siteOf(t, s)
	for _, m := range mails {
		found, err := s.Message(t.Context(), fmt.Sprintf("%d@mail.example.org", m.N))
		if err != nil {
			t.Fatal(err)
		}
		doc := show(t, h, "/m/"+string(found.ID))
		last := "/m/" + string(found.ID)
		if links := doc.Find(".message nav.parts").First().Find("a"); links.Length() > 0 {
			last = strings.TrimPrefix(links.Last().AttrOr("href", ""), "/lists")
			doc = show(t, h, last)
		}
		if !strings.Contains(doc.Find(".message").Text(), "THE END") {
			t.Errorf("%s: the end is not at %s", m.Subject, last)
		}
		show(t, h, "/t/"+string(found.ID))
	}
}

func mapKeys[V any](m map[string]V) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestLongThread: ten thousand messages, each an answer to the one before. Every
// page that show gets is looked at for its size.
func TestLongThread(t *testing.T) {
	const n = 10_000
	if testing.Short() {
		t.Skip("an archive of 10,000 messages")
	}
	mails := make([]searchtest.Mail, n)
	for i := range mails {
		mails[i] = searchtest.Mail{N: i + 1, Date: searchtest.Now.Add(time.Duration(i) * time.Minute), From: fmt.Sprint("P", i%7), Subject: "Re: long", Text: fmt.Sprintf("word %d\n> quoted\n", i), ReplyTo: i}
	}
	s := searchtest.Open(t, mails...)
	h := siteOf(t, s)
	o, err := s.Message(t.Context(), fmt.Sprintf("%d@mail.example.org", n/2))
	if err != nil {
		t.Fatal(err)
	}
	doc := show(t, h, "/m/"+string(o.ID))
	if got := texts(doc, ".thread-nav a")[0]; !strings.HasSuffix(got, "in this thread") {
		t.Errorf("its place: %q", got)
	}
	page := href(t, doc, ".thread-nav a")
	page, anchor, _ := strings.Cut(page, "#")
	doc = show(t, h, page)
	if doc.Find("#"+anchor).Length() != 1 {
		t.Errorf("%s does not have the message", page)
	}
	if doc.Find("article article").Length() != 0 {
		t.Error("answers are nested in each other")
	}
	thread := "/t/" + string(o.Thread)
	const perPage, pages = 25, n / 25
	for _, view := range []string{"tree", "flat"} {
		for _, number := range []int{1, 2, pages / 2, pages - 1, pages} {
			path := fmt.Sprintf("%s?view=%s&page=%d", thread, view, number)
			doc := show(t, h, path)
			first := fmt.Sprintf("word %d", (number-1)*perPage)
			if got := doc.Find(".post"); got.Length() != perPage || !strings.Contains(got.First().Text(), first) {
				t.Errorf("%s has %d messages, the first is not %q", path, got.Length(), first)
			}
			if _, more := doc.Find("link[rel=next]").Attr("href"); more != (number < pages) {
				t.Errorf("%s leads on: %t", path, more)
			}
		}
	}
	if w := get(t, h, thread+fmt.Sprintf("?page=%d", pages+1)); w.Code != 404 {
		t.Errorf("behind the last page: status %d", w.Code)
	}
	if w := get(t, h, thread+".md"); w.Code != 200 || w.Body.Len() > 1<<20 || !strings.Contains(w.Body.String(), "10,000 messages, page 1 of 400") {
		t.Errorf("as Markdown: status %d, %d bytes: %.200s", w.Code, w.Body.Len(), w.Body)
	}
}

// TestHostileText: what is written in mails stays text, in every place that shows it.
func TestHostileText(t *testing.T) {
	s := searchtest.Open(t, searchtest.Hostile()...)
	h := siteOf(t, s)
	found, err := s.Search(t.Context(), search.Query{Text: "hostile", Limit: 100, Group: search.GroupNone})
	if err != nil || len(found.Hits) < 8 {
		t.Fatalf("%d hits, %v", len(found.Hits), err)
	}
	for _, hit := range found.Hits {
		for _, path := range []string{"/m/" + string(hit.Message.ID), "/t/" + string(hit.Message.Thread), "/search?like=" + string(hit.Message.ID), query(hit.Message.Subject[:min(len(hit.Message.Subject), 300)])} {
			w := get(t, h, path)
			if w.Code >= 500 {
				t.Errorf("%s: status %d", path, w.Code)
			}
			doc := sound(t, path, w)
			if doc.Find("main script, img, main svg [onload]").Length() > 0 {
				t.Errorf("%s: markup of a mail is markup", path)
			}
		}
		for _, twin := range []string{".md", ".json", ".mbox"} {
			if w := get(t, h, "/m/"+string(hit.Message.ID)+twin); w.Code != 200 {
				t.Errorf("%s%s: status %d", hit.Message.ID, twin, w.Code)
			}
		}
		md := get(t, h, "/m/"+string(hit.Message.ID)+".md").Body.String()
		if head, _, _ := strings.Cut(md, "```"); strings.Contains(strings.ReplaceAll(head, `\<`, ""), "<script") || strings.ContainsAny(md, "\u202e\x1b\x00") {
			t.Errorf("Markdown obeys a mail:\n%.600s", head)
		}
	}
}

// TestNoJavascriptLinks: addresses that mails name become links only if they are web
// addresses.
func TestNoJavascriptLinks(t *testing.T) {
	text := strings.Join([]string{"javascript:alert(1)", "javascript://x%0aalert(1)", "data:text/html,x", "xhttp://ok.example/a", "HTTP://no.example/",
		"http://user:pass@ok.example/", "(see http://ok.example/b_(c).)", "<https://ok.example/d>,", "https://", "http://[::1", "vbscript:x", `http://ok.example/"onmouseover="x`}, "\n\n")
	h := open(t, searchtest.Mail{N: 1, Date: searchtest.Now, From: "A", Subject: "links", Text: text, Source: "javascript:alert(1)"})
	doc := show(t, h, href(t, show(t, h, query("links")), ".hit-item h2 a"))
	var got []string
	doc.Find(".text a").Each(func(_ int, a *goquery.Selection) { got = append(got, a.AttrOr("href", "")) })
	want := []string{"http://ok.example/a", "http://user:pass@ok.example/", "http://ok.example/b_%28c%29", "https://ok.example/d", "http://ok.example/"}
	if !slices.Equal(got, want) {
		t.Errorf("links are %q, want %q", got, want)
	}
	if doc.Find(".article").Length() != 0 {
		t.Error("an article that is no web address is linked")
	}
}

// FuzzPages: whatever is asked for, there is an answer, and it is a sound page.
func FuzzPages(f *testing.F) {
	h := open(f, append(searchtest.Mails(), searchtest.Hostile()...)...)
	for _, seed := range []string{
		"search?q=stolen", "search?q=%22a", "search?q=a&after=x&sort=date&group=thread&limit=3", "search?like=1@mail.example.org&q=x", "search?similar=x",
		"m/x?part=2", "mid/1@mail.example.org", "t/x?view=flat&page=2", "l/breach/2021-03?after=zz", "l/breach/undated", "l/%2e%2e/", "p/?list=breach&name=x", "help", "%00",
		"search?q=date:2021-03..%20from:*&limit=-1", "search?q=%ff%fe&like=%00",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse("/" + path)
		if err != nil || u.Host != "" || u.Scheme != "" || strings.ContainsAny(u.EscapedPath()+u.RawQuery, " \x7f") || strings.ContainsFunc(u.RequestURI(), func(r rune) bool { return r < ' ' }) {
			t.Skip("no request has such a line")
		}
		w := get(t, h, u.RequestURI())
		if w.Code >= 500 {
			t.Fatalf("%q: status %d", path, w.Code)
		}
		if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") && w.Code != 307 && w.Code != 301 && w.Code != 302 && w.Code != 303 {
			sound(t, path, w)
		}
	})
}
