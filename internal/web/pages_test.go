package web_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/internal/searchtest"

	"github.com/bxsearch/bxsearch/search"
)

// texts are what the elements that a selector finds say, space made one.
func texts(doc *goquery.Document, selector string) []string {
	var out []string
	doc.Find(selector).Each(func(_ int, e *goquery.Selection) { out = append(out, strings.Join(strings.Fields(e.Text()), " ")) })
	return out
}

// href is where the first element that a selector finds leads, behind the prefix.
func href(t testing.TB, doc *goquery.Document, selector string) string {
	t.Helper()
	to, ok := doc.Find(selector).First().Attr("href")
	if !ok {
		t.Fatalf("there is no %s", selector)
	}
	return strings.TrimPrefix(to, "/lists")
}

func query(text string) string { return "/search?q=" + url.QueryEscape(text) }

func TestSearchPage(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	doc := show(t, h, query("stolen"))
	want := []string{"Backups", "Hospital hit by ransomware", "Re: Hospital hit by ransomware"}
	got := texts(doc, ".hit-item h2")
	if d := cmp.Diff(want, sorted(got)); d != "" {
		t.Errorf("hits (-want +got):\n%s", d)
	}
	if marks := texts(doc, ".snippet mark"); len(marks) < 3 || marks[0] != "stolen" {
		t.Errorf("marked are %q", marks)
	}
	if total := texts(doc, ".total"); total[0] != "3 messages" {
		t.Errorf("total says %q", total)
	}
	for _, ext := range []string{".atom", ".feed.json", ".json", ".csv", ".mbox.gz"} {
		if doc.Find(`a[href="/lists/search`+ext+`?q=stolen"]`).Length() != 1 {
			t.Errorf("there is no link to %s", ext)
		}
	}
	if doc.Find(`link[rel=alternate][type="application/atom+xml"]`).Length() != 1 {
		t.Error("no feed is announced")
	}
	if doc.Find(`meta[name=robots][content=noindex]`).Length() != 1 {
		t.Error("search engines may walk through searches")
	}
}

func sorted(in []string) []string {
	out := append([]string{}, in...)
	for i := range out {
		for j := i; j > 0 && out[j] < out[j-1]; j-- {
			out[j], out[j-1] = out[j-1], out[j]
		}
	}
	return out
}

// TestFacetsNarrowAndTakeBack follows a facet to fewer messages, as many as it
// counts, and back.
func TestFacetsNarrowAndTakeBack(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	doc := show(t, h, query("stolen"))
	values := 0
	doc.Find(".facets li").Each(func(_ int, li *goquery.Selection) {
		to, ok := li.Find("a").Attr("href")
		if !ok {
			return
		}
		values++
		narrow := show(t, h, strings.TrimPrefix(to, "/lists"))
		n := li.Find(".n").Text()
		if total := texts(narrow, ".total")[0]; !strings.HasPrefix(total, n+" message") {
			t.Errorf("%s: counts %s, finds %s", to, n, total)
		}
		if back := href(t, narrow, ".chips a"); back != "/search?q=stolen" {
			t.Errorf("%s is taken back to %s", to, back)
		}
	})
	if values < 4 {
		t.Errorf("there are only %d values to narrow by", values)
	}
}

// TestChartBarsFindWhatTheyCount follows the bars of a chart, from years to months.
func TestChartBarsFindWhatTheyCount(t *testing.T) {
	mails := searchtest.Mails()
	for i := range 40 {
		mails = append(mails, searchtest.Mail{N: 100 + i, Date: time.Date(2001+i/2, time.Month(1+i%12), 3, 0, 0, 0, 0, time.UTC), From: "A", Subject: "s", Text: fmt.Sprint("alpha stolen ", i)})
	}
	h := open(t, mails...)
	for _, path := range []string{query("stolen"), query("stolen date:2001"), "/l/breach/", "/"} {
		doc := show(t, h, path)
		bars := doc.Find(".chart a")
		if bars.Length() < 2 {
			t.Errorf("%s has %d bars", path, bars.Length())
		}
		bars.Each(func(_ int, a *goquery.Selection) {
			to, _ := a.Attr("href")
			_, n, _ := strings.Cut(a.AttrOr("aria-label", ""), ": ")
			if got := texts(show(t, h, strings.TrimPrefix(to, "/lists")), ".total, .page-period .meta"); !strings.HasPrefix(got[0], n) {
				t.Errorf("%s: a bar of %q leads to %s, which has %q", path, n, to, got[0])
			}
		})
	}
}

func TestNextPageGoesOn(t *testing.T) {
	var mails []searchtest.Mail
	for i := range 45 {
		mails = append(mails, searchtest.Mail{N: i + 1, Date: time.Date(2021, 3, 1, 0, i, 0, 0, time.UTC), From: "A", Subject: fmt.Sprint("message ", i), Text: fmt.Sprint("alpha ", i)})
	}
	h := open(t, mails...)
	seen := map[string]bool{}
	path, pages := "/search?q=alpha&sort=date", 0
	for path != "" && pages < 10 {
		doc := show(t, h, path)
		for _, s := range texts(doc, ".hit-item h2") {
			seen[s] = true
		}
		path, _ = doc.Find("a.next").Attr("href")
		path, pages = strings.TrimPrefix(path, "/lists"), pages+1
	}
	if pages != 3 || len(seen) != 45 {
		t.Errorf("%d pages, %d messages", pages, len(seen))
	}
}

func TestNothingFound(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	doc := show(t, h, query("hospitol stolen"))
	if to := href(t, doc, ".notice a"); texts(show(t, h, to), ".total")[0] == "Nothing found" {
		t.Errorf("the proposal %s finds nothing either", to)
	}
	if doc.Find(".total").Text() != "Nothing found" {
		t.Errorf("it says %q", doc.Find(".total").Text())
	}
}

// TestErrors is the table of what goes wrong.
func TestErrors(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	for _, c := range []struct {
		name, path string
		status     int
		says, way  string
	}{
		{"a query that cannot be read", query(`stolen (form:alice`), 400, "There is no field", "/search?q=stolen+%28from%3Aalice%29"},
		{"a cursor of another search", "/search?q=stolen&after=xyz", 400, "", "/search?q=stolen"},
		{"no number", "/search?q=stolen&limit=x", 400, "no number of hits", ""},
		{"no order", "/search?q=stolen&sort=x", 400, "no such order", ""},
		{"no group", "/search?q=stolen&group=x", 400, "no such group", ""},
		{"no message", "/m/aaaaaaaaaaaaaaaa", 404, "nothing at this address", ""},
		{"no ID", "/m/x", 404, "nothing at this address", ""},
		{"no thread", "/t/aaaaaaaaaaaaaaaa", 404, "nothing at this address", ""},
		{"no Message-ID", "/mid/x@y", 404, "nothing at this address", ""},
		{"no list", "/l/none/", 404, "no list of this name", ""},
		{"no month", "/l/breach/2021-13", 404, "A month is written", ""},
		{"an empty month", "/l/breach/1999-01", 404, "no messages of this month", ""},
		{"no page", "/nothing", 404, "no page at this address", ""},
		{"like nothing", "/search?like=aaaaaaaaaaaaaaaa", 404, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(t, h, c.path)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d", w.Code, c.status)
			}
			doc := sound(t, c.path, w)
			if text := doc.Find("main").Text(); !strings.Contains(text, c.says) {
				t.Errorf("it says %q, want %q in it", text, c.says)
			}
			if doc.Find("#q").Length() != 1 {
				t.Error("there is no box to try again")
			}
			if c.way != "" && href(t, doc, ".notice a") != c.way {
				t.Errorf("the way out is %s, want %s", href(t, doc, ".notice a"), c.way)
			}
			if got := w.Header().Get("ETag") + w.Header().Get("Last-Modified"); got != "" {
				t.Errorf("an error has a validator: %s", got)
			}
		})
	}
	if w := get(t, h, "/static/none.css"); w.Code != http.StatusNotFound {
		t.Errorf("no such file: status %d", w.Code)
	}
}

// TestMessagePage reads an answer: its own words, the quote folded, the thread, the
// original, the proof.
func TestMessagePage(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	w := get(t, h, "/mid/2@mail.example.org")
	if w.Code != http.StatusFound {
		t.Fatalf("by Message-ID: status %d", w.Code)
	}
	doc := show(t, h, strings.TrimPrefix(w.Header().Get("Location"), "/lists"))
	if got := texts(doc, ".message > .text > p"); len(got) != 1 || got[0] != "Which clinic was it?" {
		t.Errorf("own words are %q", got)
	}
	if got := texts(doc, "details.quote p"); len(got) != 1 || got[0] != "Patient data was stolen from the hospital." {
		t.Errorf("quoted is %q", got)
	}
	for selector, want := range map[string]string{
		".byline a": "Bob Jones", "h1": "Re: Hospital hit by ransomware", ".byline time": "Tuesday, 2 March 2021, 09:30 -0500",
		".thread-nav a:first-child": "Message 2 of 3 in this thread", `.thread-nav a[rel=prev]`: "← Alice Smith", `.thread-nav a[rel=next]`: "Carol Díaz →",
		".about dd a": "https://lists.example.org/pipermail/breach/2021-March/000002.html",
	} {
		if got := texts(doc, selector); len(got) == 0 || got[0] != want {
			t.Errorf("%s says %q, want %q", selector, got, want)
		}
	}
	about := doc.Find(".about").Text()
	for _, want := range []string{"2@mail.example.org", "SHA-256", "Thursday, 16 June 2022, 12:00 UTC", "@misc{", "http://archive.example/lists/m/"} {
		if !strings.Contains(about, want) {
			t.Errorf("about the message, %q is missing:\n%s", want, about)
		}
	}
}

func TestArticleAndAttachment(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	doc := show(t, h, href(t, show(t, h, query("retailer")), ".hit-item h2 a"))
	if to, _ := doc.Find(".article a").Attr("href"); to != "https://news.example.com/2021/retailer" {
		t.Errorf("the article is at %q", to)
	}
	if got := texts(doc, ".attachment details p"); len(got) != 1 || !strings.Contains(got[0], "CVE-2021-3156") {
		t.Errorf("the attachment says %q", got)
	}
}

// TestTwins: the same address gives programs what they ask for.
func TestTwins(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	id := strings.TrimPrefix(href(t, show(t, h, query("retailer")), ".hit-item h2 a"), "/m/")
	for _, c := range []struct{ name, path, accept, kind, has string }{
		{"JSON by suffix", "/m/" + id + ".json", "", "application/json", `"subject":"Retailer fined after data breach"`},
		{"JSON by header", "/m/" + id, "application/json", "application/json", `"id":"` + id + `"`},
		{"Markdown by suffix", "/m/" + id + ".md", "", "text/markdown; charset=utf-8", "# Retailer fined after data breach"},
		{"Markdown by header", "/m/" + id, "text/html;q=0.5, text/markdown", "text/markdown; charset=utf-8", "```text\nThe retailer lost"},
		{"what browsers say", "/m/" + id, "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", "<h1"},
		{"anything", "/m/" + id, "*/*", "text/html; charset=utf-8", "<h1"},
		{"mbox", "/m/" + id + ".mbox", "", "application/mbox", "Subject: Retailer fined after data breach"},
		{"a thread as JSON", "/t/" + id + ".json", "", "application/json", `"total":1`},
		{"a thread as Atom", "/t/" + id + ".atom", "", "application/atom+xml; charset=utf-8", "<feed"},
		{"a thread as Markdown", "/t/" + id, "text/markdown", "text/markdown; charset=utf-8", "## 1. Retailer fined"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := get(t, h, c.path, "Accept", c.accept)
			if w.Code != 200 || w.Header().Get("Content-Type") != c.kind || !strings.Contains(w.Body.String(), c.has) {
				t.Errorf("status %d, %s:\n%.400s", w.Code, w.Header().Get("Content-Type"), w.Body)
			}
			if !strings.Contains(w.Header().Get("Vary"), "Accept") {
				t.Error("caches are not told that it depends on Accept")
			}
			if strings.HasPrefix(c.kind, "application/json") && !json.Valid(w.Body.Bytes()) {
				t.Errorf("no JSON: %s", w.Body)
			}
		})
	}
	for _, path := range []string{"/m/" + id + ".exe", "/t/" + id + ".csv"} {
		if w := get(t, h, path); w.Code != 404 {
			t.Errorf("%s: status %d", path, w.Code)
		}
	}
}

// TestUnchanged: who has a page does not get it again, until the archive changes.
func TestUnchanged(t *testing.T) {
	dir := t.TempDir()
	searchtest.Put(t, dir, searchtest.Mails()...)
	h := siteOf(t, searchtest.OpenIn(t, dir))
	id := href(t, show(t, h, query("retailer")), ".hit-item h2 a")
	paths := []string{"/", query("stolen"), id, strings.Replace(id, "/m/", "/t/", 1), "/l/breach/", "/l/breach/2021-03", "/p/", "/help"}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = get(t, h, path).Header().Get("ETag")
		if w := get(t, h, path, "If-None-Match", tags[path]); tags[path] == "" || w.Code != http.StatusNotModified || w.Body.Len() > 0 {
			t.Errorf("%s, ETag %s: status %d", path, tags[path], w.Code)
		}
		if w := get(t, h, path, "If-None-Match", tags[path], "Accept", "text/markdown"); strings.HasPrefix(path, "/m/") && w.Code != 200 {
			t.Errorf("%s: the page stands for its twin", path)
		}
	}
	searchtest.Put(t, dir, searchtest.Mail{N: 77, Date: searchtest.Now, From: "Eve", Subject: "late", Text: "stolen"})
	for _, path := range paths {
		if w := get(t, h, path, "If-None-Match", tags[path]); w.Code != 200 {
			t.Errorf("%s: status %d after a change", path, w.Code)
		}
	}
}

// TestDatesOfTheClock: a page of "yesterday" is another one tomorrow.
func TestDatesOfTheClock(t *testing.T) {
	s := searchtest.Open(t, searchtest.Mails()...)
	now := searchtest.Now
	h := siteWith(t, s, &search.Options{Location: time.UTC, Now: func() time.Time { return now }})
	relative, fixed := get(t, h, query("date:yesterday")).Header().Get("ETag"), get(t, h, query("stolen")).Header().Get("ETag")
	now = now.AddDate(0, 0, 1)
	if got := get(t, h, query("date:yesterday")).Header().Get("ETag"); got == relative {
		t.Error("the page of yesterday stays the same")
	}
	if got := get(t, h, query("stolen")).Header().Get("ETag"); got != fixed {
		t.Error("a page without a date changes with the clock")
	}
}

func TestThreadPage(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	w := get(t, h, "/mid/3@mail.example.org")
	w = get(t, h, strings.Replace(strings.TrimPrefix(w.Header().Get("Location"), "/lists"), "/m/", "/t/", 1))
	if w.Code != http.StatusFound {
		t.Fatalf("the thread of a message: status %d", w.Code)
	}
	doc := show(t, h, strings.TrimPrefix(w.Header().Get("Location"), "/lists"))
	if d := cmp.Diff([]string{"Alice Smith", "Bob Jones", "Carol Díaz"}, texts(doc, ".post h2")); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if doc.Find(".post.l1").Length() != 1 || doc.Find(".post.l2").Length() != 1 {
		t.Error("the tree is not indented")
	}
	flat := show(t, h, href(t, doc, `nav[aria-label=View] a`))
	if flat.Find(".l1, .l2").Length() != 0 || flat.Find(".post").Length() != 3 {
		t.Error("by date, it is indented or not whole")
	}
}

func TestListByMonth(t *testing.T) {
	h := open(t, append(searchtest.Mails(), searchtest.Mail{N: 50, From: "A", Subject: "undated", Text: "x"})...)
	doc := show(t, h, "/l/breach/")
	month := show(t, h, href(t, doc, ".months a"))
	if got := texts(month, ".day h2"); len(got) != 4 || got[0] != "Monday, 1 March 2021" {
		t.Errorf("days are %q", got)
	}
	undated := show(t, h, "/l/breach/undated")
	if got := texts(undated, ".rows a"); len(got) != 1 || got[0] != "undated" {
		t.Errorf("undated are %q", got)
	}
	if doc.Find(`a[href="/lists/l/breach/undated"]`).Length() != 1 {
		t.Error("the list does not lead to them")
	}
}

func TestPeople(t *testing.T) {
	h := open(t, searchtest.Mails()...)
	if got := texts(show(t, h, "/p/"), ".people a"); len(got) != 4 || got[0] != "Alice Smith" {
		t.Errorf("people are %q", got)
	}
	if got := texts(show(t, h, "/p/?list=help"), ".people a"); len(got) != 1 || got[0] != "Dan Brown" {
		t.Errorf("people of a list are %q", got)
	}
	w := get(t, h, "/p/?name=Carol+D%C3%ADaz")
	if to := strings.TrimPrefix(w.Header().Get("Location"), "/lists"); w.Code != http.StatusSeeOther || texts(show(t, h, to), ".total")[0] != "1 message" {
		t.Errorf("a name: status %d, to %s", w.Code, to)
	}
}

// TestAmbiguousMessageID: a Message-ID that several messages have leads to a choice.
func TestAmbiguousMessageID(t *testing.T) {
	h := open(t,
		searchtest.Mail{N: 1, Date: searchtest.Now, From: "Ann", Subject: "one", Text: "alpha", MessageID: "same@x"},
		searchtest.Mail{N: 2, Date: searchtest.Now.AddDate(0, 1, 0), From: "Bob", Subject: "two", Text: "beta", MessageID: "same@x"})
	w := get(t, h, "/mid/same@x")
	if w.Code != http.StatusMultipleChoices {
		t.Fatalf("status %d", w.Code)
	}
	if got := texts(sound(t, "/mid/same@x", w), ".rows li > a"); len(got) != 2 {
		t.Errorf("to choose from: %q", got)
	}
}
