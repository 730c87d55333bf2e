package alert_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// article is long enough to be recognised when it is posted again.
const article = `The Halden Group said on Tuesday that strangers had read the records of forty thousand
customers, among them names, addresses and the last digits of cards. A spokesman
told reporters that the servers had been taken off the network within an hour, that
the police had been informed, and that no ransom was paid. Customers get a letter in
the coming weeks, with the number of a telephone where they can ask what was lost.
`

// TestCrossPostsAreOneAlert: who reads two lists wants to hear of an article once.
func TestCrossPostsAreOneAlert(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	var slack string
	chat := newReceiver(t)
	chat.say = func(_ http.ResponseWriter, r *http.Request) bool { slack = readAll(t, r); return true }
	box := newMailbox(t, false)
	d.add("w", "halden", alert.How{}, hook.url, "slack+"+chat.url, "mailto:bob@example.org")
	d.put(searchtest.Mail{Subject: "Halden robbed", Text: article},
		searchtest.Mail{List: "help", Subject: "Halden robbed", Text: article, Date: d.now.Add(60e9)},
		searchtest.Mail{Subject: "Halden again", Text: "Something else about Halden."})
	r := d.runWith(alert.Post{Mail: box.server()})
	if r.Matched.Alerts != 2 || len(hook.got) != 1 {
		t.Fatalf("%+v, %d deliveries", r.Matched, len(hook.got))
	}
	alerts := hook.got[0].Alerts
	i := slices.IndexFunc(alerts, func(a alert.Alert) bool { return a.Subject.Text == "Halden robbed" })
	a := alerts[i]
	if len(alerts) != 2 || a.Message.List != "breach" || len(a.Copies) != 1 || a.Copies[0].List != "help" || a.Copies[0].URL == "" || a.Copies[0].ID == a.Message.ID {
		t.Errorf("told: %+v", a)
	}
	if !strings.Contains(slack, "also \\u003chttps://lists.example.org/pipermail/help/") {
		t.Errorf("Slack is told %s", slack)
	}
	_, plain, html := parts(t, box.mails[0].text)
	if !strings.Contains(plain, "  also: Ann Lee, help, 16 June 2022 12:01 +0000\n    https://lists.example.org/pipermail/help/") || strings.Count(html, "/pipermail/help/") != 1 {
		t.Errorf("by mail:\n%s", plain)
	}
	hook.subjects()
	d.put(searchtest.Mail{N: 3, List: "help", Subject: "Halden robbed", Text: article, Attached: "Halden", Date: a.Copies[0].Date})
	d.run()
	hook.wants(t, "when a copy changes")
}

// TestACopyOutlivesItsDeletedTwin: what a person takes out is told nobody, what
// says the same elsewhere still is.
func TestACopyOutlivesItsDeletedTwin(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	hook.say = status(nil, 409)
	d.add("w", "halden", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "Halden robbed", Text: article}, searchtest.Mail{List: "help", Subject: "Halden robbed", Text: article, Date: d.now.Add(60e9)})
	d.run()
	d.del("Halden robbed") // on the first list
	d.run()
	if len(hook.got) != 1 || len(hook.got[0].Alerts) != 1 {
		t.Fatalf("delivered: %+v", hook.got)
	}
	if a := hook.got[0].Alerts[0]; a.Message.List != "help" || len(a.Copies) != 0 {
		t.Errorf("told: %+v", a)
	}
}

// TestARenamedMessageIsNoNews: pages that told no Message-ID tell one now, so the
// archive gives the message another ID.
func TestARenamedMessageIsNoNews(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	d.add("w", "halden", alert.How{}, hook.url)
	mail := searchtest.Mail{N: 70, Subject: "halden", Text: "Halden was hit.", Date: d.now, Nameless: true}
	d.put(mail)
	d.run()
	if len(hook.got) != 1 {
		t.Fatalf("%d deliveries", len(hook.got))
	}
	before := hook.got[0].Alerts[0].Message.ID
	hook.subjects()
	mail.Nameless = false
	d.put(mail)
	d.run()
	hook.wants(t, "under its new ID")
	err := d.with(func(b *alert.Book, from alert.From) error {
		m, err := from.Archive.Message(t.Context(), before)
		if err != nil || m.ID == before {
			t.Fatalf("the message %s has not got another ID: %v", before, err)
		}
		kept, err := b.Recent(t.Context(), "w", 10)
		if len(kept) != 1 || kept[0].Message.ID != m.ID {
			t.Errorf("in the feed: %+v", kept)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	d.del("halden")
	d.run()
	_ = d.with(func(b *alert.Book, _ alert.From) error {
		if kept, err := b.Recent(t.Context(), "w", 10); err != nil || len(kept) != 0 {
			t.Errorf("deleted, it is still in the feed: %+v, %v", kept, err)
		}
		return nil
	})
}
