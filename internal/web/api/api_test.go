package api

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/mmcdole/gofeed"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/mbox"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

func TestPagesOfASearchLeadOn(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	all := read[results](t, get(t, a, "/api/v1/search?q=*&sort=-date"))
	var walked []archive.ID
	path := "/api/v1/search?q=*&sort=-date&limit=2"
	for pages := 1; path != ""; pages++ {
		w := get(t, a, path)
		res := read[results](t, w)
		for _, h := range res.Hits {
			walked = append(walked, h.ID)
		}
		path = linkOf(w.Header(), "next")
		if (path == "") != (res.Next == "") || pages > 5 {
			t.Fatalf("page %d: the Link field leads to %q, the cursor is %q", pages, path, res.Next)
		}
		path = strings.TrimPrefix(path, "http://site.example/lists")
	}
	if len(walked) != all.Total || all.Total != 5 {
		t.Errorf("the pages have %v, of %d", walked, all.Total)
	}
	if all.Freshness.Index != "current" || !all.Freshness.LastCrawl.Equal(searchtest.Now) {
		t.Errorf("freshness is %+v", all.Freshness)
	}
}

// linkOf returns where a Link field of a relation leads.
func linkOf(h http.Header, rel string) string {
	for _, l := range h.Values("Link") {
		if m := regexp.MustCompile(`^<([^>]+)>; rel="` + rel + `"`).FindStringSubmatch(l); m != nil {
			return m[1]
		}
	}
	return ""
}

func TestTwinsNameEachOther(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	links := get(t, a, "/search.json?q=stolen&sort=date").Header().Values("Link")
	for _, want := range []string{
		`<http://site.example/lists/search?q=stolen&sort=date>; rel="alternate"; type="text/html"`,
		`<http://site.example/lists/search.atom?q=stolen&sort=date>; rel="alternate"; type="application/atom+xml"`,
		`<http://site.example/lists/search.csv?q=stolen&sort=date>; rel="alternate"; type="text/csv"`,
	} {
		if !slices.Contains(links, want) {
			t.Errorf("%s is not among\n%s", want, strings.Join(links, "\n"))
		}
	}
	long := get(t, a, "/search.json?q="+strings.Repeat("stolen+", 500)).Header().Values("Link")
	if n := len(strings.Join(long, "")); n > 8000 {
		t.Errorf("a long query makes %d bytes of links", n)
	}
}

func TestFeedsAreTheNewest(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	for path, kind := range map[string]string{"/search.atom?q=stolen&limit=2": "atom", "/search.feed.json?q=stolen&limit=2": "json"} {
		w := get(t, a, path)
		f, err := gofeed.NewParser().Parse(w.Body)
		if err != nil || f.FeedType != kind {
			t.Fatalf("%s: %v, %v", path, f, err)
		}
		var titles []string
		for _, item := range f.Items {
			titles = append(titles, item.Title)
		}
		if got, want := strings.Join(titles, "; "), "Backups; Re: Hospital hit by ransomware"; got != want {
			t.Errorf("%s has %s, want %s", path, got, want)
		}
		next := strings.TrimPrefix(linkOf(w.Header(), "next"), "http://site.example/lists")
		if f, err = gofeed.NewParser().Parse(get(t, a, next).Body); err != nil || len(f.Items) != 1 || f.Items[0].Title != "Hospital hit by ransomware" {
			t.Errorf("%s leads to %s: %v, %v", path, next, f, err)
		}
	}
	f, err := gofeed.NewParser().Parse(get(t, a, "/t/"+idOf(t, a, "1")+".atom").Body)
	if err != nil || len(f.Items) != 3 || f.Items[0].Authors[0].Name != "Carol Díaz" || f.Items[2].Link != "http://site.example/lists/m/"+idOf(t, a, "1") {
		t.Errorf("the thread's feed is %v, %v", f, err)
	}
}

func TestAllHitsAsATable(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	w := get(t, a, "/search.csv?q=stolen&sort=-date")
	rows, err := csv.NewReader(w.Body).ReadAll()
	if err != nil || len(rows) != 4 || rows[1][5] != "Hospital hit by ransomware" || rows[3][2] != "help" {
		t.Errorf("the rows are %v, %v", rows, err)
	}
	if linkOf(w.Header(), "next") != "" || !strings.Contains(w.Header().Get("Content-Disposition"), "search.csv") {
		t.Errorf("the head is %v", w.Header())
	}
}

func unpacked(t *testing.T, r io.Reader) string {
	t.Helper()
	g, err := gzip.NewReader(r)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(g)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestAllHitsAsAMailbox(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	want := func(ns ...string) string {
		var b bytes.Buffer
		for _, n := range ns {
			m, err := a.Searcher.Message(t.Context(), n+"@mail.example.org")
			if err != nil {
				t.Fatal(err)
			}
			if err := mbox.Write(&b, m, "https://lists.example.org/pipermail/"+m.List+"/"); err != nil {
				t.Fatal(err)
			}
		}
		return b.String()
	}
	if got := unpacked(t, get(t, a, "/search.mbox.gz?q=stolen&sort=-date").Body); got != want("1", "2", "5") {
		t.Errorf("the mailbox of a search is\n%s", got)
	}
	if got := unpacked(t, get(t, a, "/t/"+idOf(t, a, "3")+".mbox.gz").Body); got != want("1", "2", "3") {
		t.Errorf("the mailbox of a thread is\n%s", got)
	}
}

// TestTenThousandMessages: what does not fit into one answer comes in several.
func TestTenThousandMessages(t *testing.T) {
	if testing.Short() {
		t.Skip("an archive of 10,050 messages")
	}
	var mails []searchtest.Mail
	for i := range bulkMost + 50 {
		mail := searchtest.Mail{N: i + 1, Date: searchtest.Now.Add(time.Duration(i) * time.Minute), From: "A", Subject: fmt.Sprint("report ", i), Text: "common\n", ReplyTo: 1}
		if i%2 == 1 || i == 0 {
			mail.ReplyTo = i
		}
		mails = append(mails, mail)
	}
	a := site(t, mails...)
	t.Run("hits", func(t *testing.T) { testManyHits(t, a, len(mails)) })
	t.Run("a thread", func(t *testing.T) { testLongThread(t, a, len(mails)) })
}

func testManyHits(t *testing.T, a *API, n int) {
	seen := map[string]bool{}
	path, files := "/search.csv?q=common", 0
	for ; path != ""; files++ {
		w := get(t, a, path)
		rows, err := csv.NewReader(w.Body).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if n := len(rows) - 1; n > bulkMost {
			t.Errorf("a file has %d messages", n)
		}
		for _, row := range rows[1:] {
			seen[row[7]] = true
		}
		path = strings.TrimPrefix(linkOf(w.Header(), "next"), "http://site.example/lists")
	}
	if files != 2 || len(seen) != n {
		t.Errorf("%d files have %d of %d messages", files, len(seen), n)
	}
}

func TestThreadPages(t *testing.T) {
	mails := []searchtest.Mail{{N: 1, Date: searchtest.Now, From: "A", Subject: "long", Text: strings.Repeat("x ", 300_000)}}
	for n := 2; n <= 130; n++ {
		mails = append(mails, searchtest.Mail{N: n, Date: searchtest.Now.Add(time.Duration(n) * time.Minute), From: "B", Subject: "Re: long", Text: "short\n", ReplyTo: n - 1})
	}
	mails[1].Text = strings.Repeat("y ", 300_000)
	a := site(t, mails...)
	var got []int
	path := "/api/v1/threads/" + idOf(t, a, "60")
	for path != "" {
		w := get(t, a, path)
		page := read[threadJSON](t, w)
		if page.Total != 130 {
			t.Fatalf("the thread has %d messages", page.Total)
		}
		for _, e := range page.Messages {
			got = append(got, e.Depth)
		}
		path = strings.TrimPrefix(linkOf(w.Header(), "next"), "http://site.example/lists")
	}
	if len(got) != 130 || got[0] != 0 || got[129] < 1 || !slices.IsSorted(got) {
		t.Errorf("the pages have the depths %v", got)
	}
}

// TestALongBodyComesInPieces, of which each is bounded, and which are the whole.
func TestALongBodyComesInPieces(t *testing.T) {
	text := strings.Repeat("a line of a log that somebody pasted, größer als nötig\n", 50_000) + strings.Repeat("x", 1<<20) + strings.Repeat("ü", 1<<20)
	a := site(t, searchtest.Mail{N: 1, Date: searchtest.Now, From: "A", Subject: "log", Text: text}, searchtest.Mail{N: 2, Date: searchtest.Now, From: "A", Subject: "short", Text: "short\n"})
	id := idOf(t, a, "1")
	var got strings.Builder
	pieces := 0
	for path := "/api/v1/messages/" + id; path != "" && pieces < 20; pieces++ {
		w := get(t, a, path)
		m := read[messageJSON](t, w)
		if len(m.Body) > maxBody || w.Body.Len() > maxBody+maxBody/8 || m.BodySize != len(text) || string(m.ID) != id {
			t.Fatalf("%s: %d of %d bytes of %s", path, len(m.Body), m.BodySize, m.ID)
		}
		got.WriteString(m.Body)
		path = strings.TrimPrefix(linkOf(w.Header(), "next"), "http://site.example/lists")
		if (path == "") != (m.Next == "") {
			t.Errorf("next is %q, the link leads to %q", m.Next, path)
		}
	}
	if got.String() != text || pieces < 5 {
		t.Errorf("%d pieces have %d bytes of %d", pieces, got.Len(), len(text))
	}
	for _, after := range []string{"-1", "99999999", "x", fmt.Sprint(len(text) - 1)} {
		if w := get(t, a, "/api/v1/messages/"+id+"?after="+after); w.Code != http.StatusBadRequest {
			t.Errorf("after %s: status %d", after, w.Code)
		}
	}
	if w := get(t, a, "/api/v1/threads/"+id); w.Body.Len() > 2*maxBody || read[threadJSON](t, w).Messages[0].Message.Next == "" {
		t.Errorf("its thread has %d bytes", w.Body.Len())
	}
	if m := read[messageJSON](t, get(t, a, "/api/v1/messages/"+idOf(t, a, "2"))); m.Body != "short\n" || m.Next != "" || m.BodySize != 6 {
		t.Errorf("a short one: %+v", m)
	}
}

// testLongThread holds that its pages are small, and all of them together whole.
func testLongThread(t *testing.T, a *API, n int) {
	id, seen := idOf(t, a, "77"), map[archive.ID]bool{}
	for path := "/api/v1/threads/" + id; path != ""; {
		w := get(t, a, path)
		page := read[threadJSON](t, w)
		if page.Total != n || len(page.Messages) > threadLimit || w.Body.Len() > maxBody {
			t.Fatalf("%s: %d messages of %d, %d bytes", path, len(page.Messages), page.Total, w.Body.Len())
		}
		for _, e := range page.Messages {
			seen[e.Message.ID] = true
		}
		path = strings.TrimPrefix(linkOf(w.Header(), "next"), "http://site.example/lists")
	}
	if len(seen) != n {
		t.Errorf("%d messages are on the pages", len(seen))
	}
	root := idOf(t, a, "1")
	if w := get(t, a, "/t/"+root+".atom"); w.Code != http.StatusOK || strings.Count(w.Body.String(), "<entry>") != feedLimit {
		t.Errorf("the feed: status %d, %d entries", w.Code, strings.Count(w.Body.String(), "<entry>"))
	}
	packed, err := gzip.NewReader(get(t, a, "/t/"+root+".mbox.gz").Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(packed); err != nil || strings.Count(string(text), "\nMessage-ID:")+strings.Count(string(text), "\nMessage-Id:") != n {
		t.Errorf("the mbox has %d bytes, %v", len(text), err)
	}
}

func TestWhoHasItGetsNothing(t *testing.T) {
	dir := t.TempDir()
	searchtest.Put(t, dir, searchtest.Mails()...)
	a := siteOf(t, searchtest.OpenIn(t, dir), Config{})
	id := idOf(t, a, "1")
	paths := []string{
		"/api/v1/search?q=stolen", "/api/v1/facets", "/api/v1/messages/" + id, "/api/v1/threads/" + id, "/search.json?q=stolen",
		"/search.atom?q=stolen", "/search.feed.json?q=stolen", "/search.csv?q=stolen", "/search.mbox.gz?q=stolen", "/t/" + id + ".atom", "/t/" + id + ".mbox.gz", "/openapi.json",
	}
	tags := map[string]string{}
	for _, path := range paths {
		tags[path] = get(t, a, path).Header().Get("ETag")
		if w := get(t, a, path, "If-None-Match", tags[path]); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") != tags[path] {
			t.Errorf("%s: asked again, status %d with %d bytes", path, w.Code, w.Body.Len())
		}
		if path == "/openapi.json" {
			continue
		}
		first := get(t, a, path).Header().Get("Last-Modified")
		if w := get(t, a, path, "If-Modified-Since", first); first != "" && w.Code != http.StatusNotModified {
			t.Errorf("%s: asked again by date, status %d", path, w.Code)
		}
	}
	searchtest.Put(t, dir, searchtest.Hostile()...)
	for _, path := range paths[:len(paths)-1] {
		if w := get(t, a, path, "If-None-Match", tags[path]); w.Code != http.StatusOK {
			t.Errorf("%s: after news, status %d", path, w.Code)
		}
	}
}

func TestDatesThatMove(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	if w := get(t, a, "/search.json?q=after:yesterday"); w.Header().Get("Last-Modified") != "" || w.Header().Get("ETag") == "" {
		t.Errorf("validators of what changes with the day: %v", w.Header())
	}
}

func TestHeadHasNoBody(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	for _, path := range []string{"/search.csv?q=stolen", "/search.mbox.gz?q=stolen"} {
		w := send(t, a, http.MethodHead, path)
		if w.Code != http.StatusOK || w.Body.Len() > 0 || w.Header().Get("Content-Type") == "" {
			t.Errorf("%s: %d, %d bytes, %v", path, w.Code, w.Body.Len(), w.Header())
		}
	}
}

func TestOtherOriginsReadOnlyWhatTheyMay(t *testing.T) {
	s := searchtest.Open(t, searchtest.Mails()...)
	const origin = "https://app.example"
	allows := func(origins []string, method string) http.Header {
		return send(t, siteOf(t, s, Config{Origins: origins}), method, "/api/v1/status", "Origin", origin).Header()
	}
	if h := allows(nil, http.MethodGet); h.Get("Access-Control-Allow-Origin") != "" {
		t.Error("an origin that nobody configured may read")
	}
	if h := allows([]string{"https://other.example"}, http.MethodGet); h.Get("Access-Control-Allow-Origin") != "" || h.Get("Vary") != "Origin" {
		t.Errorf("another origin may read: %v", h)
	}
	if h := allows([]string{origin}, http.MethodGet); h.Get("Access-Control-Allow-Origin") != origin {
		t.Errorf("a configured origin may not read: %v", h)
	}
	if h := allows([]string{"*"}, http.MethodOptions); h.Get("Access-Control-Allow-Origin") != "*" || !strings.Contains(h.Get("Access-Control-Allow-Headers"), "If-None-Match") {
		t.Errorf("a browser that asks first is told %v", h)
	}
}

func TestLLMsText(t *testing.T) {
	a := site(t, searchtest.Mails()...)
	text := get(t, a, "/llms.txt").Body.String()
	for _, want := range []string{"# Mailing lists\n", "5 messages of 2 lists", "2022-06-16 12:00 UTC", "http://site.example/lists/api/v1/search?q=", "http://site.example/lists/search.csv", "http://site.example/lists/m/ID.md"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	for _, m := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text[strings.Index(text, "## Query"):strings.Index(text, "## Problems")], -1) {
		if q := m[1]; q != "sort=date" && q != "a OR b" {
			if w := get(t, a, "/api/v1/search?q="+url.QueryEscape(strings.Replace(q, "( )", "(a)", 1))); w.Code != http.StatusOK {
				t.Errorf("the example %s: %s", q, w.Body)
			}
		}
	}
}

// TestM4HostileMail asks for hostile mails in every format: what comes can be read,
// and nothing of theirs gets out of its place.
func TestM4HostileMail(t *testing.T) {
	a := site(t, searchtest.Hostile()...)
	n := len(searchtest.Hostile())
	if res := read[results](t, get(t, a, "/search.json?q=hostile")); len(res.Hits) != n {
		t.Errorf("JSON has %d hits", len(res.Hits))
	}
	atom := get(t, a, "/search.atom?q=hostile").Body.Bytes()
	if err := xml.Unmarshal(atom, new(struct{ XMLName xml.Name })); err != nil {
		t.Errorf("Atom: %v", err)
	}
	for _, bad := range []string{"<script", "javascript:", "\u202e", "\x1b", "onerror=alert(1)>"} {
		if bytes.Contains(atom, []byte(bad)) {
			t.Errorf("Atom has %q", bad)
		}
	}
	if f, err := gofeed.NewParser().Parse(get(t, a, "/search.feed.json?q=hostile").Body); err != nil || len(f.Items) != n {
		t.Errorf("JSON feed: %v", err)
	}
	rows, err := csv.NewReader(get(t, a, "/search.csv?q=hostile").Body).ReadAll()
	if err != nil || len(rows) != n+1 {
		t.Fatalf("CSV: %d rows, %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if strings.HasPrefix(cell, "=") || strings.HasPrefix(cell, "+") || strings.ContainsAny(cell, "\n\x1b\x00") {
				t.Errorf("CSV has the cell %q", cell)
			}
		}
	}
	if got := unpacked(t, get(t, a, "/search.mbox.gz?q=hostile").Body); strings.Count("\n"+got, "\nFrom ") != n {
		t.Errorf("the mailbox has %d mails, want %d", strings.Count("\n"+got, "\nFrom "), n)
	}
}

// FuzzRequests asks for anything: there is an answer or a problem, and never a
// failure of ours.
func FuzzRequests(f *testing.F) {
	for _, path := range []string{
		"/api/v1/search?q=stolen&limit=3&sort=date&facets=all", "/api/v1/facets?facets=date", "/api/v1/messages/1@mail.example.org", "/api/v1/threads/x?after=y&limit=2",
		"/search.atom?q=%22a", "/search.csv?q=hostile&after=AAAA", "/t/x.atom", "/api/v1/lists/%00", "/search.mbox.gz?q=a*&like=b", "/api/v1/messages/https:%2F%2Flists.example.org%2F", "/x",
	} {
		f.Add(path)
	}
	a := site(f, append(searchtest.Mails(), searchtest.Hostile()...)...)
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.ParseRequestURI("/" + strings.TrimLeft(path, "/"))
		if err != nil || strings.ContainsAny(path, " \r\n\t") {
			t.Skip("no request can ask for it")
		}
		w := get(t, a, u.RequestURI())
		switch {
		case w.Code == http.StatusInternalServerError:
			t.Errorf("%q: %s", path, w.Body)
		case w.Code >= 400 && !json.Valid(w.Body.Bytes()):
			t.Errorf("%q: %d is no JSON: %s", path, w.Code, w.Body)
		}
	})
}
