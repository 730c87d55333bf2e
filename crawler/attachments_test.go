package crawler

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

const (
	manyWords = "The clinic said that the records of its patients had been taken.\n"
	htmlPart  = "<div>\n\t<p>All about   the clinic.</p>\n</div>\n"
)

// scrubbedList is a list whose mails have parts of every kind.
func scrubbedList(l fixtures.List) *fixtures.Site {
	l.Name = "announce"
	mails := messages(1, 5)
	mails[0].Text, mails[0].Parts = manyWords, []fixtures.Part{{Kind: fixtures.PartHTML, Body: htmlPart}}
	mails[1].Text, mails[1].Parts = "", []fixtures.Part{{Kind: fixtures.PartHTML, Body: htmlPart, Ext: ".obj"}}
	mails[2].Text, mails[2].Parts = "https://news.example/a\n", []fixtures.Part{{Kind: fixtures.PartHTML, Body: "<p>https://news.example/b</p><p>Words.</p>"}}
	mails[3].Text, mails[3].Parts = manyWords, []fixtures.Part{
		{Kind: fixtures.PartText, Name: "log.txt", Body: "line one\nline two\n"},
		{Kind: fixtures.PartMessage, Body: "From: a@b.example\nSubject: inner\nDate: Tue, 5 Jan 2021 10:00:00 +0000\n\nInner words.\n"},
		{Kind: fixtures.PartBinary, Name: "a.png", Type: "image/png", Body: "\x89PNG\r\n\x1a\n"},
		{Kind: fixtures.PartUnavailable, Name: "b.bin"},
	}
	return fixtures.NewSite(l, mails)
}

// attachments reads messages, fetches what they name, and reads again.
func (w *world) attachments(adapt ...func(*Config)) (AttachmentStats, error) {
	w.t.Helper()
	w.derive()
	w.log.Reset()
	cfg := w.config(adapt...)
	c, err := New(cfg)
	if err != nil {
		w.t.Fatal(err)
	}
	stats, err := c.Attachments(w.t.Context(), "announce")
	w.derive()
	return stats, err
}

func (w *world) derive() {
	w.t.Helper()
	if _, err := w.archive.Derive(w.t.Context(), pipermail.Parser{}); err != nil {
		w.t.Fatal(err)
	}
}

// texts maps the subjects of messages to what their attachments say.
func (w *world) texts() map[string]string {
	w.t.Helper()
	got := map[string]string{}
	for m, err := range w.archive.Messages(w.t.Context(), archive.Filter{}) {
		if err != nil {
			w.t.Fatal(err)
		}
		for _, a := range m.Attachments {
			if a.Fetched {
				got[m.Subject] += fmt.Sprintf("[%s] %s\n", a.Kind, strings.Join(strings.Fields(a.Text), " "))
			}
		}
	}
	return got
}

func mode(m AttachmentMode) func(*Config) { return func(c *Config) { c.Attachments = m } }

func subject(i int) string { return fmt.Sprintf("Notice %d of month 1", i) }

func TestAttachmentModes(t *testing.T) {
	missing := map[string]string{
		subject(1): "[html] All about the clinic.\n",
		subject(2): "[html] https://news.example/b Words.\n",
	}
	all := map[string]string{
		subject(0): "[html] All about the clinic.\n",
		subject(1): missing[subject(1)],
		subject(2): missing[subject(2)],
		subject(3): "[text] line one line two\n[message] From: a@b.example Date: Tue, 5 Jan 2021 10:00:00 +0000 Subject: inner Inner words.\n",
	}
	tests := []struct {
		mode     AttachmentMode
		want     map[string]string
		requests int
	}{
		{AttachmentsNone, map[string]string{}, 0},
		{"", missing, 3}, // robots.txt and two parts
		{AttachmentsMissing, missing, 3},
		{AttachmentsAll, all, 6},
	}
	for _, tt := range tests {
		t.Run(string(tt.mode), func(t *testing.T) {
			w := newWorld(t, scrubbedList(fixtures.List{}))
			w.must()
			stats, err := w.attachments(mode(tt.mode))
			if err != nil || len(w.log.Paths()) != tt.requests || stats.FailedTotal > 0 {
				t.Errorf("%+v, error %v; asked for %v, want %d requests", stats, err, w.log.Paths(), tt.requests)
			}
			for _, p := range w.log.Paths() {
				if strings.HasSuffix(p, ".png") || strings.HasSuffix(p, ".bin") {
					t.Errorf("asked for %s, which is binary", p)
				}
			}
			if diff := cmp.Diff(tt.want, w.texts()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
			w.pass(24 * time.Hour)
			if _, err := w.attachments(mode(tt.mode)); err != nil || len(w.log.Paths()) > 0 {
				t.Errorf("the next night asks for %v, error %v", w.log.Paths(), err)
			}
		})
	}
}

// With the mode what is wanted grows; what is held is not asked for again.
func TestAttachmentsOfAnotherMode(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	for _, tt := range []struct {
		mode    AttachmentMode
		fetched int
	}{{AttachmentsMissing, 2}, {AttachmentsAll, 3}, {AttachmentsMissing, 0}} {
		stats, err := w.attachments(mode(tt.mode))
		if err != nil || stats.Fetched != tt.fetched {
			t.Errorf("%s fetched %d, error %v, want %d", tt.mode, stats.Fetched, err, tt.fetched)
		}
	}
}

func TestP5StaleHostIsAskedWhereItIsToday(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{Base: "http://gone.example.com/old/announce/"}))
	w.must()
	stats, err := w.attachments()
	if err != nil || stats.Fetched != 2 || stats.Elsewhere != 0 {
		t.Errorf("%+v, error %v", stats, err)
	}
	for m := range w.archive.Messages(t.Context(), archive.Filter{}) {
		for _, a := range m.Attachments {
			if !strings.HasPrefix(a.URL, listURL+"attachments/") {
				t.Errorf("%s is not where it can be had", a.URL)
			}
		}
	}
}

func TestAttachmentsOfAnotherListAreLeft(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{Base: "http://lists.example.org/pipermail/other/"}))
	w.must()
	stats, err := w.attachments()
	if err != nil || stats.Elsewhere != 2 || len(w.log.Paths()) > 0 {
		t.Errorf("%+v, error %v, asked for %v", stats, err, w.log.Paths())
	}
}

// 403 and 404 are what the server says, not what went wrong.
func TestP5GoneIsARecord(t *testing.T) {
	for _, status := range []int{http.StatusForbidden, http.StatusNotFound, http.StatusGone} {
		w := newWorld(t, scrubbedList(fixtures.List{}))
		w.faults.Rules = []fixtures.Rule{{Path: "*.html", Skip: 0, Fault: only("/attachments/", fixtures.Status(status, ""))}}
		w.must()
		stats, err := w.attachments()
		if err != nil || stats.Gone != 1 || stats.Fetched != 1 || stats.FailedTotal != 0 {
			t.Errorf("%d: %+v, error %v", status, stats, err)
		}
		w.pass(80 * 24 * time.Hour)
		if _, err := w.attachments(); err != nil || len(w.log.Paths()) > 0 {
			t.Errorf("%d: asked again soon: %v, error %v", status, w.log.Paths(), err)
		}
		w.faults.Rules = nil
		w.pass(20 * 24 * time.Hour)
		if stats, err := w.attachments(); err != nil || stats.Fetched != 1 || stats.Held != 1 {
			t.Errorf("%d: after three months %+v, error %v", status, stats, err)
		}
	}
}

// only applies a fault to paths that hold a part.
func only(part string, f fixtures.Fault) fixtures.Fault {
	return func(w http.ResponseWriter, r *http.Request, good http.Handler) {
		if strings.Contains(r.URL.Path, part) {
			f(w, r, good)
			return
		}
		good.ServeHTTP(w, r)
	}
}

func attachmentFault(w *world, f fixtures.Fault) {
	w.faults.Rules = []fixtures.Rule{{Path: "/pipermail/announce/attachments/", Fault: f}}
}

func TestAttachmentTooBig(t *testing.T) {
	big := strings.Repeat("x", 5000)
	for name, fault := range map[string]fixtures.Fault{
		"as it says": fixtures.Rewrite(func([]byte) []byte { return []byte(big) }),
		"unsaid": func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
			fmt.Fprint(w, big)
			w.(http.Flusher).Flush()
			fmt.Fprint(w, big)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, scrubbedList(fixtures.List{}))
			attachmentFault(w, fault)
			w.must()
			small := func(c *Config) { c.MaxAttachment = 4000 }
			stats, err := w.attachments(small)
			if err != nil || stats.TooBig != 2 || stats.FailedTotal != 0 {
				t.Errorf("%+v, error %v", stats, err)
			}
			w.pass(200 * 24 * time.Hour)
			if stats, err := w.attachments(small); err != nil || stats.TooBig != 2 || len(w.log.Paths()) > 0 {
				t.Errorf("under the same bound asked again: %v, %+v, error %v", w.log.Paths(), stats, err)
			}
			if stats, err := w.attachments(); err != nil || stats.Fetched != 2 {
				t.Errorf("under a larger bound: %+v, error %v", stats, err)
			}
		})
	}
}

func TestAttachmentOfAnotherType(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	attachmentFault(w, fixtures.Rewrite(func([]byte) []byte { return []byte("\x89PNG\r\n\x1a\n\x00") }))
	w.must()
	stats, err := w.attachments()
	if err != nil || stats.Fetched != 2 {
		t.Fatalf("%+v, error %v", stats, err)
	}
	if diff := cmp.Diff(map[string]string{subject(1): "[binary] \n", subject(2): "[binary] \n"}, w.texts()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestP18WallIsNoAttachment(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	attachmentFault(w, fixtures.Rewrite(func([]byte) []byte { return []byte("<html><title>Making sure you're not a bot!</title></html>") }))
	stats, err := w.attachments()
	if err != nil || stats.FailedTotal != 2 || len(w.texts()) > 0 {
		t.Errorf("%+v, error %v, texts %v", stats, err, w.texts())
	}
	w.faults.Rules = nil
	w.pass(24 * time.Hour)
	if stats, err := w.attachments(); err != nil || stats.Fetched != 2 {
		t.Errorf("without the wall: %+v, error %v", stats, err)
	}
}

// Nothing but the content tells that some of an answer is missing (H1, H2).
func TestH2CutAttachment(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	w.faults.Rules = []fixtures.Rule{{Path: "*.obj", Times: 2, Fault: fixtures.Cut(40)}}
	stats, err := w.attachments()
	if err != nil || stats.Fetched != 2 || stats.Retries != 2 {
		t.Errorf("%+v, error %v", stats, err)
	}
	if text := w.texts()[subject(1)]; text != "[html] All about the clinic.\n" {
		t.Errorf("the attachment says %q", text)
	}
}

// What failed is asked for by the next run, and nothing else.
func TestAttachmentsGoOnWhereTheyWere(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	w.faults.Rules = []fixtures.Rule{{Path: "*.obj", Times: 5, Fault: fixtures.Status(http.StatusServiceUnavailable, "")}}
	stats, err := w.attachments(mode(AttachmentsAll))
	if err != nil || stats.FailedTotal != 1 || stats.Fetched != 4 {
		t.Fatalf("%+v, error %v", stats, err)
	}
	w.faults.Rules = nil
	w.pass(24 * time.Hour)
	stats, err = w.attachments(mode(AttachmentsAll))
	if err != nil || stats.Fetched != 1 || len(w.log.Paths()) != 2 {
		t.Errorf("the next run: %+v, error %v, asked for %v", stats, err, w.log.Paths())
	}
}

func (w *world) due() AttachmentsDue {
	w.t.Helper()
	due, err := DueAttachments(w.t.Context(), w.archive, "announce")
	if err != nil {
		w.t.Fatal(err)
	}
	return due
}

// What the mode of the last pass wants and could not have is due until it is
// had, or settled; a failure of something that is held takes nothing away.
func TestAttachmentsDue(t *testing.T) {
	broken := fixtures.Status(http.StatusNotImplemented, "")
	steps := []struct {
		name  string
		fault fixtures.Fault
		mode  AttachmentMode
		full  bool
		want  int
	}{
		{"all fail", broken, AttachmentsAll, false, 5},
		{"fewer are wanted", broken, AttachmentsMissing, false, 2},
		{"another night", broken, AttachmentsMissing, false, 2},
		{"none is wanted", nil, AttachmentsNone, false, 0},
		{"again", broken, AttachmentsMissing, false, 2},
		{"the server lost them", fixtures.Status(http.StatusGone, ""), AttachmentsMissing, false, 0},
		{"it found them", nil, AttachmentsMissing, true, 0},
		{"what is held fails", broken, AttachmentsMissing, true, 0},
		{"the others", broken, AttachmentsAll, false, 3},
		{"all are there", nil, AttachmentsAll, false, 0},
	}
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	if due := w.due(); due != (AttachmentsDue{}) {
		t.Errorf("before the first pass %+v", due)
	}
	for _, s := range steps {
		w.faults.Rules = nil
		if s.fault != nil {
			attachmentFault(w, s.fault)
		}
		stats, err := w.attachments(mode(s.mode), func(c *Config) { c.Full = s.full })
		if due := w.due(); err != nil || due != (AttachmentsDue{Mode: s.mode, Count: s.want}) {
			t.Errorf("%s: due %+v, want %d; %+v, error %v", s.name, due, s.want, stats, err)
		}
		w.pass(24 * time.Hour)
	}
}

func TestAttachmentsAreInterrupted(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	w.derive()
	ctx, cancel := context.WithCancel(t.Context())
	cfg := w.config(mode(AttachmentsAll))
	cfg.Progress = func(e Event) {
		if e.Kind == EventAttachment && e.Done == 2 {
			cancel()
		}
	}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Attachments(ctx, "announce"); err == nil {
		t.Error("an interrupted run says nothing")
	}
	if !w.due().Open {
		t.Error("an interrupted pass counts as one that came to its end")
	}
	before := len(w.texts())
	stats, err := w.attachments(mode(AttachmentsAll))
	if err != nil || stats.Held < 2 || stats.Held+stats.Fetched != 5 || len(w.texts()) <= before {
		t.Errorf("%+v, error %v", stats, err)
	}
	if due := w.due(); due.Open || due.Count > 0 {
		t.Errorf("after the next pass %+v", due)
	}
}

// The attachment of a young mail that is not there yet is asked for again, less
// and less often; an old one's is left alone.
func TestLateAttachment(t *testing.T) {
	day := 24 * time.Hour
	for _, tt := range []struct {
		name   string
		sent   time.Duration // before the first night
		nights []int         // in which it is asked for
	}{
		{"of yesterday", 15 * time.Hour, []int{0, 1, 3, 7, 15, 31}},
		{"from tomorrow", -15 * time.Hour, []int{0, 1, 2, 4, 8, 16, 32}},
		{"of last week", 7 * day, []int{0, 8, 24}},
		{"of last year", 300 * day, []int{0}},
		{"of next year", -300 * day, []int{0}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t, fixtures.NewSite(fixtures.List{Name: "announce"}, []fixtures.Message{
				{ID: "1@mail.example", Date: time.Date(2021, 6, 15, 3, 0, 0, 0, time.UTC).Add(-tt.sent), Name: "Ann", Address: "ann@mail.example", Subject: "Late", Parts: []fixtures.Part{{Kind: fixtures.PartHTML, Body: htmlPart}}},
			}))
			attachmentFault(w, fixtures.Status(http.StatusNotFound, ""))
			w.must()
			var asked []int
			for night := range 60 {
				if _, err := w.attachments(); err != nil {
					t.Fatal(err)
				}
				if slices.ContainsFunc(w.log.Paths(), func(p string) bool { return strings.Contains(p, "/attachments/") }) {
					asked = append(asked, night)
				}
				w.pass(day)
			}
			if diff := cmp.Diff(tt.nights, asked); diff != "" {
				t.Errorf("asked for in the nights -want +got\n%s", diff)
			}
			if due := w.due(); due.Count > 0 {
				t.Errorf("what the server does not have is due: %+v", due)
			}
		})
	}
}

// A server that lost all of them is not asked for each.
func TestAttachmentsOfAServerWithoutAny(t *testing.T) {
	mails := messages(1, 200)
	for i := range mails {
		mails[i].Text, mails[i].Parts = "", []fixtures.Part{{Kind: fixtures.PartHTML, Body: htmlPart}}
	}
	w := newWorld(t, fixtures.NewSite(fixtures.List{Name: "announce"}, mails))
	w.must()
	attachmentFault(w, fixtures.Status(http.StatusNotFound, ""))
	stats, err := w.attachments()
	if err != nil || len(stats.Warnings) != 1 || len(w.log.Paths()) > 1+maxBarren+workersPerSlot {
		t.Errorf("%d requests, %+v, error %v", len(w.log.Paths()), stats, err)
	}
	if stats.Gone+stats.Left != 200 {
		t.Errorf("%d gone and %d left, want 200 in all", stats.Gone, stats.Left)
	}
	w.pass(24 * time.Hour)
	if _, err := w.attachments(); err != nil || len(w.log.Paths()) > 0 {
		t.Errorf("the next night asks for %v, error %v", w.log.Paths(), err)
	}
}

func TestH5RobotsRefuseAttachments(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.faults.Robots = "User-agent: *\nDisallow: /pipermail/announce/attachments/\n"
	w.must()
	stats, err := w.attachments()
	if err != nil || stats.Refused != 2 || stats.FailedTotal != 0 || !slices.Equal(w.log.Paths(), []string{"/robots.txt"}) {
		t.Errorf("%+v, error %v, asked for %v", stats, err, w.log.Paths())
	}
}

// One crawler asks for robots.txt once, and keeps the distance.
func TestAttachmentsAfterACrawlOfTheSameCrawler(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.log.Reset()
	c, err := New(w.config())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Crawl(t.Context(), listURL); err != nil {
		t.Fatal(err)
	}
	w.derive()
	before := len(w.log.Requests())
	if _, err := c.Attachments(t.Context(), "announce"); err != nil {
		t.Fatal(err)
	}
	requests := w.log.Requests()
	if got := requests[before:]; len(got) != 2 {
		t.Errorf("asked for %v, want the two parts", w.log.Paths()[before:])
	}
	for i := range requests[1:] {
		if gap := requests[i+1].Time.Sub(requests[i].Time); gap < DefaultDelay {
			t.Errorf("%s came %s after the one before", requests[i+1].Path, gap)
		}
	}
}

// With Full all are asked for again, under their validators.
func TestFullAsksAttachmentsForChanges(t *testing.T) {
	w := newWorld(t, scrubbedList(fixtures.List{}))
	w.must()
	if _, err := w.attachments(); err != nil {
		t.Fatal(err)
	}
	stats, err := w.attachments(func(c *Config) { c.Full = true })
	if err != nil || stats.Unchanged != 2 || stats.Fetched != 0 {
		t.Errorf("%+v, error %v", stats, err)
	}
	for _, r := range w.log.Requests() {
		if strings.Contains(r.Path, "/attachments/") && r.Status != http.StatusNotModified {
			t.Errorf("%s was answered by %d", r.Path, r.Status)
		}
	}
}

// A night with one new mail, whose words are all in its HTML part, takes five
// requests: robots.txt, the contents page, the index, the text file, the part.
func TestNightWithAnAttachment(t *testing.T) {
	mails := messages(2, 10)
	last := &mails[len(mails)-1]
	last.Text, last.Parts = "", []fixtures.Part{{Kind: fixtures.PartHTML, Body: htmlPart}}
	all := fixtures.NewSite(fixtures.List{Name: "announce"}, mails)
	w := newWorld(t, all.First(19))
	night := func() {
		t.Helper()
		w.log.Reset()
		c, err := New(w.config(viaAuto))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.Crawl(t.Context(), listURL); err != nil {
			t.Fatal(err)
		}
		w.derive()
		if _, err := c.Attachments(t.Context(), "announce"); err != nil {
			t.Fatal(err)
		}
		w.derive()
	}
	night()
	w.pass(24 * time.Hour)
	w.tree.Set(all)
	night()
	if n := len(w.log.Paths()); n > 5 {
		t.Errorf("the night took %d requests: %v", n, w.log.Paths())
	}
	if diff := cmp.Diff(map[string]string{last.Subject: "[html] All about the clinic.\n"}, w.texts()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	w.pass(24 * time.Hour)
	night()
	if n := len(w.log.Paths()); n > 3 {
		t.Errorf("a night without news took %d requests: %v", n, w.log.Paths())
	}
}
