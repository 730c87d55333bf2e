package alert_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// desk is a data directory with watches, and a clock that the test moves.
type desk struct {
	t   testing.TB
	dir string
	now time.Time
	n   int // mails

	chooser alert.Chooser
	log     *slog.Logger
}

// undated is the date of a mail without one.
var undated = time.Unix(1, 0)

var day0 = time.Date(2022, 6, 16, 12, 0, 0, 0, time.UTC)

func newDesk(t testing.TB, mails ...searchtest.Mail) *desk {
	d := &desk{t: t, dir: t.TempDir(), now: day0}
	if len(mails) == 0 {
		mails = []searchtest.Mail{{Subject: "Welcome", Text: "This list is about breaches.", Date: day0.AddDate(-1, 0, 0)}}
	}
	d.put(mails...)
	return d
}

// put adds mails; where nothing else is said they are written now.
func (d *desk) put(mails ...searchtest.Mail) {
	for i := range mails {
		if d.n++; mails[i].N == 0 {
			mails[i].N = d.n
		}
		switch mails[i].Date {
		case time.Time{}:
			mails[i].Date = d.now
		case undated:
			mails[i].Date = time.Time{}
		}
		if mails[i].From == "" {
			mails[i].From = "Ann Lee"
		}
	}
	searchtest.Put(d.t, d.dir, mails...)
}

// with opens everything, as a command does, and closes it.
func (d *desk) with(do func(b *alert.Book, from alert.From) error) error {
	d.t.Helper()
	a, err := archive.Open(d.dir, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	defer a.Close()
	b, err := alert.Open(d.dir, &alert.Options{Write: true, Create: true, Now: func() time.Time { return d.now }, Logger: d.log})
	if err != nil {
		d.t.Fatal(err)
	}
	defer b.Close()
	return do(b, alert.From{Archive: a, Searcher: searchtest.OpenIn(d.t, d.dir), Chooser: d.chooser})
}

func (d *desk) add(name, query string, how alert.How, to ...string) {
	d.t.Helper()
	err := d.with(func(b *alert.Book, from alert.From) error {
		return b.Add(d.t.Context(), from, alert.Watch{Name: name, Query: query, To: to}, how)
	})
	if err != nil {
		d.t.Fatal(err)
	}
}

// run is what happens after a crawl, a day later.
func (d *desk) run() alert.Run {
	d.t.Helper()
	return d.runWith(alert.Post{Sleep: d.noSleep})
}

func (*desk) noSleep(context.Context, time.Duration) error { return nil }

func (d *desk) runWith(post alert.Post) (r alert.Run) {
	d.t.Helper()
	d.now = d.now.Add(24 * time.Hour)
	err := d.with(func(b *alert.Book, from alert.From) (err error) {
		r, err = b.Run(d.t.Context(), from, post)
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return r
}

// receiver is a webhook that remembers what it took.
type receiver struct {
	url string
	mu  sync.Mutex
	got []alert.Delivery
	all int                                               // requests
	say func(w http.ResponseWriter, r *http.Request) bool // true if it answered; nil takes everything
}

func newReceiver(t testing.TB) *receiver {
	r := &receiver{}
	server := httptest.NewServer(r)
	t.Cleanup(server.Close)
	r.url = server.URL + "/hook"
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.all++
	if r.say != nil && r.say(w, req) {
		return
	}
	body, err := io.ReadAll(req.Body)
	var d alert.Delivery
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	r.got = append(r.got, d)
}

// asked is how many requests came.
func (r *receiver) asked() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.all
}

// subjects are those of all alerts that were taken, and forgets them.
func (r *receiver) subjects() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := []string{}
	for _, d := range r.got {
		for _, a := range d.Alerts {
			out = append(out, a.Watch+": "+a.Subject.Text)
		}
	}
	r.got = nil
	return out
}

func (r *receiver) wants(t testing.TB, when string, want ...string) {
	t.Helper()
	if got := r.subjects(); !slices.Equal(got, append([]string{}, want...)) {
		t.Errorf("%s: got %q, want %q", when, got, want)
	}
}

func TestNewMessagesAreToldOnce(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.put(searchtest.Mail{Subject: "Halden hit", Text: "Halden was hit before the watch was there."})
	d.add("halden", "halden", alert.How{}, hook.url)
	d.run()
	hook.wants(t, "what was there before is not told")

	d.put(searchtest.Mail{Subject: "Halden again", Text: "Ransomware at Halden."}, searchtest.Mail{Subject: "Other", Text: "Nothing of interest."})
	r := d.run()
	hook.wants(t, "new", "halden: Halden again")
	if r.Matched.Alerts != 1 || r.Delivered.Alerts != 1 || r.Delivered.Waiting != 0 {
		t.Errorf("the run tells %+v", r)
	}
	d.run()
	hook.wants(t, "told once")

	d.put(searchtest.Mail{N: 3, Subject: "Halden again", Text: "Ransomware at Halden. An attachment came.", Attached: "Halden GmbH"},
		searchtest.Mail{N: 4, Subject: "Other", Text: "Nothing of interest but Halden."}, searchtest.Mail{N: 2, Subject: "Halden hit", Text: "Halden was hit before, and changed now."})
	d.run()
	hook.wants(t, "changed messages are told if they had not matched", "halden: Other")
}

func TestWhatAnAlertSays(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.add("halden", "halden ransomware", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "Halden", Text: "There was ransomware.", Source: "https://news.example/halden"})
	d.run()
	d.put(searchtest.Mail{Subject: "Halden II", Text: "More ransomware."})
	d.run()
	if len(hook.got) != 2 {
		t.Fatalf("%d deliveries", len(hook.got))
	}
	first, second := hook.got[0].Alerts[0], hook.got[1].Alerts[0]
	if !first.First || first.Mentions != 1 || second.First || second.Mentions != 2 {
		t.Errorf("first mention: %t of %d, then %t of %d", first.First, first.Mentions, second.First, second.Mentions)
	}
	if !slices.Equal(first.Matched, []string{"Halden", "ransomware"}) || len(first.Subject.Marks) != 1 || first.Snippet[0].Text[first.Snippet[0].Marks[0][0]:first.Snippet[0].Marks[0][1]] != "ransomware" {
		t.Errorf("marked: %q, %+v, %+v", first.Matched, first.Subject, first.Snippet)
	}
	if m := first.Message; m.URL != "https://lists.example.org/pipermail/breach/2021-March/000002.html" || m.SourceURL != "https://news.example/halden" || m.FromName != "Ann Lee" || m.List != "breach" {
		t.Errorf("the message: %+v", m)
	}
	if first.Mute != "bxcrawl watch mute halden" || first.ID == second.ID || hook.got[0].ID == hook.got[1].ID {
		t.Errorf("mute %q, IDs %s %s", first.Mute, first.ID, second.ID)
	}
}

const month = 31 * 24 * time.Hour

// rules are what is told, and what is not.
var rules = []struct {
	name  string
	do    func(d *desk, hook *receiver)
	wants []string
}{
	{"a list that is crawled for the first time is old news, late mail is not", func(d *desk, hook *receiver) {
		d.add("w", "halden", alert.How{}, hook.url)
		d.put(searchtest.Mail{Subject: "old halden", Date: d.now.Add(-month)}, searchtest.Mail{Subject: "late halden", Date: d.now.Add(-month + 48*time.Hour)})
		d.run()
	}, []string{"w: late halden"}},
	{"what came while nobody looked is news", func(d *desk, hook *receiver) {
		d.add("w", "halden", alert.How{}, hook.url)
		d.run()
		d.now = d.now.Add(3 * month)
		d.put(searchtest.Mail{Subject: "halden", Date: d.now.Add(-2 * month)})
		d.run()
	}, []string{"w: halden"}},
	{"a change of the query does not tell the past", func(d *desk, hook *receiver) {
		d.add("w", "halden", alert.How{}, hook.url)
		d.put(searchtest.Mail{Subject: "borg halden"}, searchtest.Mail{Subject: "borg"})
		d.run()
		d.add("w", "borg", alert.How{Replace: true}, hook.url)
		d.put(searchtest.Mail{Subject: "borg again"}, searchtest.Mail{N: 3, Subject: "borg", Text: "changed"})
		d.run()
	}, []string{"w: borg halden", "w: borg again"}},
	{"since tells the past, once", func(d *desk, hook *receiver) {
		d.put(searchtest.Mail{Subject: "halden, long ago", Date: d.now.AddDate(0, -9, 0)}, searchtest.Mail{Subject: "halden, before", Date: d.now.AddDate(0, -3, 0)})
		d.add("w", "halden", alert.How{Since: d.now.AddDate(0, -6, 0)}, hook.url)
		d.run()
		d.run()
	}, []string{"w: halden, before"}},
	{"a message without a date is news, but not if it was there before", func(d *desk, hook *receiver) {
		d.put(searchtest.Mail{N: 50, Subject: "undated halden", Date: undated})
		d.add("w", "halden", alert.How{}, hook.url)
		d.put(searchtest.Mail{N: 50, Subject: "undated halden", Text: "changed", Date: undated})
		d.run()
	}, nil},
	{"words are not looked for inside of others", func(d *desk, hook *receiver) {
		d.add("w", "hald", alert.How{}, hook.url)
		d.put(searchtest.Mail{Subject: "xhaldx"})
		d.run()
	}, nil},
	{"a query for threads sees their older messages", func(d *desk, hook *receiver) {
		d.put(searchtest.Mail{N: 7, Subject: "question", Text: "About the kraken."})
		d.add("w", "thread:{kraken} from:bob", alert.How{}, hook.url)
		d.put(searchtest.Mail{Subject: "Re: question", Text: "No idea.", From: "Bob", ReplyTo: 7}, searchtest.Mail{Subject: "else", From: "Bob"})
		d.run()
	}, []string{"w: Re: question"}},
	{"muted watches are not delivered, nor made up for", func(d *desk, hook *receiver) {
		d.add("w", "halden", alert.How{}, hook.url)
		d.mute("w", d.now.Add(36*time.Hour))
		d.put(searchtest.Mail{Subject: "halden, muted"})
		d.run()
		d.put(searchtest.Mail{Subject: "halden, loud"})
		d.run()
	}, []string{"w: halden, loud"}},
	{"several watches, one parcel", func(d *desk, hook *receiver) {
		d.add("b", "halden", alert.How{}, hook.url)
		d.add("a", "borg", alert.How{}, hook.url)
		d.put(searchtest.Mail{Subject: "halden"}, searchtest.Mail{Subject: "borg"})
		d.run()
		if len(hook.got) != 1 {
			d.t.Errorf("%d deliveries", len(hook.got))
		}
	}, []string{"a: borg", "b: halden"}},
	{"a removed watch is silent", func(d *desk, hook *receiver) {
		d.add("w", "halden", alert.How{}, hook.url)
		d.remove("w")
		d.put(searchtest.Mail{Subject: "halden"})
		d.run()
	}, nil},
}

func TestTheRules(t *testing.T) {
	for _, tt := range rules {
		t.Run(tt.name, func(t *testing.T) {
			d, hook := newDesk(t), newReceiver(t)
			tt.do(d, hook)
			got, want := hook.subjects(), append([]string{}, tt.wants...)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("told %q, want %q", got, want)
			}
		})
	}
}

func (d *desk) mute(name string, until time.Time) {
	d.t.Helper()
	if err := d.with(func(b *alert.Book, _ alert.From) error { return b.Mute(d.t.Context(), name, until) }); err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) remove(name string) {
	d.t.Helper()
	if err := d.with(func(b *alert.Book, _ alert.From) error { return b.Remove(d.t.Context(), name) }); err != nil {
		d.t.Fatal(err)
	}
}

// del takes a message out of the archive, as `bxcrawl forget` does.
func (d *desk) del(subject string) {
	d.t.Helper()
	a, err := archive.Open(d.dir, &archive.Options{Write: true})
	if err != nil {
		d.t.Fatal(err)
	}
	defer a.Close()
	for m, err := range a.Messages(d.t.Context(), archive.Filter{}) {
		if err != nil {
			d.t.Fatal(err)
		}
		if m.Subject == subject {
			if err := a.Delete(d.t.Context(), m.ID, "asked for"); err != nil {
				d.t.Fatal(err)
			}
			return
		}
	}
	d.t.Fatalf("there is no %q", subject)
}
