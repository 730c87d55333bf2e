package crawler

import (
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

func TestFirstCrawlFetchesEverythingOnce(t *testing.T) {
	w := newWorld(t, announce(3, 20))
	stats := w.must()
	if stats.List != "announce" || stats.Messages != 60 || stats.PeriodsTotal != 3 || stats.PeriodsFetched != 3 || stats.Resumed {
		t.Errorf("%+v", stats)
	}
	pages, others := w.asked()
	if pages != 60 || others != 5 { // robots.txt, the contents page, three thread indexes
		t.Errorf("asked for %d pages and %d others (%v), want 60 and 5", pages, others, w.log.Paths()[:6])
	}
	if got := w.pages(); got != 60 {
		t.Errorf("%d pages are held, want 60", got)
	}
	seen := map[string]bool{}
	for _, p := range w.log.Paths() {
		if seen[p] {
			t.Errorf("%s was asked for twice", p)
		}
		seen[p] = true
	}
	lists, err := w.archive.Lists(t.Context())
	if err != nil || len(lists) != 1 || lists[0].Checked.IsZero() || lists[0].Title != "The Announce Archives" {
		t.Errorf("lists %+v, %v", lists, err)
	}
}

func TestRequestsAreOneSecondApart(t *testing.T) {
	w := newWorld(t, announce(1, 10)) // without faults: one who waits to ask again would move this clock under a request
	w.must()
	requests := w.log.Requests()
	for i := 1; i < len(requests); i++ {
		if gap := requests[i].Time.Sub(requests[i-1].Time); gap < time.Second {
			t.Errorf("%s came %v after %s", requests[i].Path, gap, requests[i-1].Path)
		}
	}
	if most := w.log.MostInFlight(); most != 1 {
		t.Errorf("%d requests in flight, want 1", most)
	}
}

// Lists of one host share its distance even across crawls.
func TestTwoListsOfOneHostShareTheDelay(t *testing.T) {
	other := fixtures.NewSite(fixtures.List{Name: "other"}, messages(1, 2))
	w := newWorld(t, fixtures.Join(announce(1, 2), other))
	c, err := New(Config{Archive: w.archive, Now: w.time, Sleep: w.sleep, Transport: fixtures.Transport(w.log.Wrap(fixtures.Handler(w.tree, nil)))})
	if err != nil {
		t.Fatal(err)
	}
	for _, u := range []string{listURL, "http://lists.example.org/pipermail/other/"} {
		if _, err := c.Crawl(t.Context(), u); err != nil {
			t.Fatal(err)
		}
	}
	requests := w.log.Requests()
	for i := 1; i < len(requests); i++ {
		if gap := requests[i].Time.Sub(requests[i-1].Time); gap < time.Second {
			t.Errorf("%s came %v after %s", requests[i].Path, gap, requests[i-1].Path)
		}
	}
}

func TestNightWithoutNewsNeedsFewRequests(t *testing.T) {
	w := newWorld(t, announce(5, 10))
	w.must()
	w.pass(24 * time.Hour)
	stats := w.must()
	want := []string{"/robots.txt", "/pipermail/announce/", "/pipermail/announce/2021-May/thread.html"}
	if got := w.log.Paths(); strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("asked for %v, want %v", got, want)
	}
	if stats.Fetched != 0 || stats.Unchanged != 2 {
		t.Errorf("%+v: want nothing fetched, two unchanged", stats)
	}
	for _, r := range w.log.Requests()[1:] {
		if r.Status != 304 {
			t.Errorf("%s was answered %d: the request was not conditional", r.Path, r.Status)
		}
	}
}

func TestNewMessagesAreFetchedAndNothingElse(t *testing.T) {
	all := announce(5, 10)
	w := newWorld(t, all.First(47))
	w.must()
	w.tree.Set(all)
	w.pass(24 * time.Hour)
	stats := w.must()
	if pages, _ := w.asked(); pages != 3 || stats.Messages != 3 {
		t.Errorf("asked for %d pages, stored %d; want 3", pages, stats.Messages)
	}
	if w.pages() != 50 {
		t.Errorf("%d pages held, want 50", w.pages())
	}
}

// The newest period is looked at once more after its end, in a run that finds
// news or a week later, then it rests.
func TestP1AMonthIsLookedAtOnceMoreAfterItsEnd(t *testing.T) {
	for _, test := range []struct {
		name string
		news int // the day of June on which there is a new message
		want map[int]int
	}{
		{"with the next news", 4, map[int]int{1: 0, 3: 0, 4: 1, 5: 0, 8: 0, 9: 0}},
		{"without news", 30, map[int]int{1: 0, 4: 0, 7: 0, 8: 1, 9: 0}},
	} {
		t.Run(test.name, func(t *testing.T) {
			all := announce(6, 4)
			w := newWorld(t, all.First(21))
			w.now = time.Date(2021, 5, 30, 3, 0, 0, 0, time.UTC)
			w.must()
			for day := 1; day < 10; day++ {
				if day == test.news {
					w.tree.Set(all)
				}
				w.now = time.Date(2021, 6, day, 3, 0, 0, 0, time.UTC)
				w.must()
				got := w.askedFor("2021-May/thread.html")
				if want, ok := test.want[day]; ok && got != want {
					t.Errorf("on 2021-06-%02d May was looked at %d times, want %d", day, got, want)
				}
			}
		})
	}
}

// A settled period has its turn once a month, in a run that finds news.
func TestSettledPeriodsAreLookedAtInRotation(t *testing.T) {
	all := announce(6, 20)
	w := newWorld(t, all.First(101))
	w.must()
	looked := map[string]int{}
	for i := range 10 {
		w.pass(20 * 24 * time.Hour)
		w.tree.Set(all.First(102 + i))
		w.must()
		_, others := w.asked()
		if others > 4 {
			t.Errorf("run %d: %v; want one settled period at most", i, w.log.Paths())
		}
		for _, name := range all.PeriodNames() {
			looked[name] += w.askedFor(name + "/thread.html")
		}
	}
	for _, name := range []string{"2021-January", "2021-February", "2021-March"} {
		if looked[name] == 0 {
			t.Errorf("%s was never looked at again: %v", name, looked)
		}
	}
}

// The contents page shows a late message in an old period by its size.
func TestChangedSizeMeansAChangedPeriod(t *testing.T) {
	few := announce(5, 10)
	late := messages(5, 10)
	more := append(append(append([]fixtures.Message(nil), late[:10]...), fixtures.Message{
		ID: "late@mail.example", Date: time.Date(2021, 1, 31, 1, 0, 0, 0, time.UTC), Name: "Bob", Address: "bob@mail.example",
		Subject: "Late", Text: strings.Repeat("A long text that the size shows. ", 200),
	}), late[10:]...)
	w := newWorld(t, few)
	w.must()
	w.tree.Set(fixtures.NewSite(fixtures.List{Name: "announce"}, more))
	w.pass(24 * time.Hour)
	w.must()
	january := false
	for _, p := range w.log.Paths() {
		january = january || strings.HasSuffix(p, "2021-January/thread.html")
	}
	if !january {
		t.Errorf("January was not looked at again: %v", w.log.Paths())
	}
}

func TestFullLooksAtEveryPeriod(t *testing.T) {
	w := newWorld(t, announce(5, 3))
	w.must()
	w.pass(24 * time.Hour)
	stats := w.must(func(c *Config) { c.Full = true })
	if pages, others := w.asked(); pages != 0 || others != 7 || stats.PeriodsFetched != 5 {
		t.Errorf("asked for %d pages and %d others; want 0 and 7", pages, others)
	}
}

func TestProgressCountsUpToTheTotal(t *testing.T) {
	w := newWorld(t, announce(3, 5))
	w.must()
	periods := 0
	for _, e := range w.events {
		if e.Done > e.Known || e.PeriodsDone > e.PeriodsTotal {
			t.Errorf("done exceeds the total: %+v", e)
		}
		if e.Kind == EventPeriod {
			periods++
			if e.Listed != 5 || e.New != 5 || e.Failed != 0 {
				t.Errorf("%+v", e)
			}
		}
	}
	last := w.events[len(w.events)-1]
	if periods != 3 || last.Done != 15 || last.Known != 15 || last.PeriodsDone != 3 || last.List != "announce" {
		t.Errorf("%d periods reported, at last %+v", periods, last)
	}
}

func TestEmptyList(t *testing.T) {
	const empty = `<html><head><title>The Announce Archives</title><META NAME="robots" CONTENT="noindex,follow"></head><body>
<h1>The Announce Archives </h1><p>No messages have been posted to this list yet, so the archives are currently empty.
You can get <a href="http://lists.example.org/mailman/listinfo/announce">more information about this list</a>.</p></body></html>`
	w := newWorld(t, announce(1, 1))
	w.faults.Rules = []fixtures.Rule{{Path: "/pipermail/announce/*", Fault: fixtures.Page("text/html", empty)}}
	stats, err := w.crawl()
	if err != nil || stats.PeriodsTotal != 0 || len(stats.Warnings) > 0 {
		t.Errorf("%+v, %v", stats, err)
	}
}

// What is recorded is what was sent, with its headers.
func TestRawIsKeptAsReceived(t *testing.T) {
	w := newWorld(t, announce(1, 2))
	const page = "<!--beginarticle-->\n<PRE>\xf0\xd2\xc9\xd7\xc5\xd4\n</PRE>\n<!--endarticle-->"
	w.faults.Rules = []fixtures.Rule{{Path: "*000001.html", Fault: fixtures.Page("text/html; charset=koi8-r", page)}}
	w.must()
	raw, ok, err := w.archive.Held(t.Context(), listURL+"2021-January/000001.html")
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	body, err := w.archive.Body(t.Context(), raw)
	if err != nil || string(body) != page {
		t.Errorf("body %q, %v; want it as sent", body, err)
	}
	if raw.Kind != archive.RawMessage || raw.Group != "2021-January" || raw.ContentType != "text/html; charset=koi8-r" || raw.Status != 200 {
		t.Errorf("%+v", raw)
	}
}
