package e2e

import (
	"fmt"
	"regexp"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// links derives the messages and maps each Message-ID to its permalink.
func (f *faulty) links() map[string]string {
	f.t.Helper()
	if _, err := f.archive.Derive(f.t.Context(), pipermail.Parser{}); err != nil {
		f.t.Fatal(err)
	}
	links := map[string]string{}
	for m, err := range f.archive.Messages(f.t.Context(), archive.Filter{}) {
		if err != nil {
			f.t.Fatal(err)
		}
		links[m.MessageID] = m.URL
	}
	return links
}

// mails are n mails of each of three months. The text file tells their
// Message-IDs.
func mails(n int) []fixtures.Message {
	var out []fixtures.Message
	for month := range 3 {
		for i := range n {
			out = append(out, fixtures.Message{
				ID: fmt.Sprintf("%d.%d@mail.example", month, i), Date: time.Date(2021, time.Month(10+month), 1+i, 12, 0, 0, 0, time.UTC),
				Name: "Ann", Address: "ann@mail.example", Subject: fmt.Sprintf("Notice %d of %d", i, month), Text: fmt.Sprintf("Text %d of %d.\n", i, month),
			})
		}
	}
	return out
}

// A server rebuilds its archive: numbers shift, a month shrinks, months get
// other names, a month goes. What is listed has today's permalink; what is not
// listed any more is kept under its old one.
func TestP10RebuiltArchiveByTextFiles(t *testing.T) {
	all := mails(10)
	list := fixtures.List{Name: "breachexchange"}
	german := list
	german.Language = "de"
	for _, test := range []struct {
		name  string
		after *fixtures.Site
		kept  int // messages in the end
	}{
		{"renumbered", fixtures.NewSite(list, all[3:]), 30},
		{"a month shrank", fixtures.NewSite(list, append(append([]fixtures.Message(nil), all[:15]...), all[20:]...)), 30},
		{"a month vanished", fixtures.NewSite(list, append(append([]fixtures.Message(nil), all[:10]...), all[20:]...)), 30},
		{"another language", fixtures.NewSite(german, all), 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := newFaulty(t, fixtures.NewSite(list, all), nil)
			if _, err := f.crawl(crawler.ViaAuto); err != nil {
				t.Fatal(err)
			}
			before := f.links()
			f.tree = test.after
			f.now.Add(24 * 60 * 60)
			if _, err := f.crawl(crawler.ViaAuto); err != nil {
				t.Fatal(err)
			}
			got := f.links()
			fresh := newFaulty(t, test.after, nil)
			if _, err := fresh.crawl(crawler.ViaAuto); err != nil {
				t.Fatal(err)
			}
			for id, url := range fresh.links() {
				if got[id] != url {
					t.Errorf("%s is at %s, want %s", id, got[id], url)
				}
			}
			for id := range before {
				if got[id] == "" {
					t.Errorf("%s was lost", id)
				}
			}
			if len(got) != test.kept {
				t.Errorf("%d messages, want %d", len(got), test.kept)
			}
		})
	}
}

// Some pages tell no Message-ID, text files do. IDs that were given to messages
// of the one find them when the other comes.
func TestIDsGivenByPagesFindWhatTextFilesName(t *testing.T) {
	list := fixtures.List{Name: "breachexchange"}
	all := mails(10)
	answer := regexp.MustCompile(`In-Reply-To=[^"&]*`)
	f := newFaulty(t, fixtures.NewSite(list, all[:22]), &fixtures.Faults{Rules: []fixtures.Rule{{Path: "*.html", Fault: fixtures.Rewrite(func(page []byte) []byte {
		return answer.ReplaceAll(page, []byte("In-Reply-To="))
	})}}})
	if _, err := f.crawl(crawler.ViaPages); err != nil {
		t.Fatal(err)
	}
	f.export()
	before := map[archive.ID]string{}
	for m, err := range f.archive.Messages(t.Context(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		before[m.ID] = m.Subject
	}
	f.tree = fixtures.NewSite(list, all)
	f.now.Add(24 * 60 * 60)
	if _, err := f.crawl(crawler.ViaText); err != nil {
		t.Fatal(err)
	}
	if n := len(f.export()); n != len(all) {
		t.Errorf("%d messages, want %d", n, len(all))
	}
	renamed := 0
	for id, subject := range before {
		m, err := f.archive.Message(t.Context(), id)
		if err != nil || m.Subject != subject {
			t.Errorf("the ID of %q gives %+v, %v", subject, m, err)
			continue
		}
		if m.ID != id {
			renamed++
		}
	}
	if renamed == 0 {
		t.Error("no message has another ID than before: the test tests nothing")
	}
}
