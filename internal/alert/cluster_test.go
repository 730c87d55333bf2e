package alert_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/search"
)

const vendorList = `vendor,aliases,domains
Halden Group,Halden;Haldn GmbH,halden.example
Northwind Traders,Northwind;NWT Ltd,northwind.example
Contoso,,contoso.example
Blue Harbour Bank,Blue-Harbour,
Łódź Systems,,
`

// clusterDesk is a desk whose index is in OpenSearch too, at where.
type clusterDesk struct {
	*desk
	where string
}

// open opens the archive's watches over the cluster, with the chooser that it has.
func (d *clusterDesk) open(do func(b *alert.Book, from alert.From) error) {
	d.t.Helper()
	c, err := index.ParseCluster(d.where)
	if err != nil {
		d.t.Fatal(err)
	}
	a, err := archive.Open(d.dir, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	defer a.Close()
	at, err := a.Position(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	c.Archive, c.Replicas = at.Archive, -1
	d.feed(c, a)
	s, err := search.OpenCluster(d.t.Context(), c, d.dir, &search.Options{Location: time.UTC, Now: func() time.Time { return d.now }})
	if err != nil {
		d.t.Fatal(err)
	}
	defer s.Close()
	standing, err := s.Standing(d.t.Context(), c)
	if err != nil {
		d.t.Fatal(err)
	}
	defer standing.Close()
	b, err := alert.Open(d.dir, &alert.Options{Write: true, Create: true, Now: func() time.Time { return d.now }, Logger: d.log})
	if err != nil {
		d.t.Fatal(err)
	}
	defer b.Close()
	if err := do(b, alert.From{Archive: a, Searcher: s, Chooser: standing}); err != nil {
		d.t.Fatal(err)
	}
}

func (d *clusterDesk) feed(c index.Cluster, a *archive.Archive) {
	d.t.Helper()
	e, err := index.OpenCluster(d.t.Context(), c, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Update(d.t.Context(), a); err != nil {
		d.t.Fatal(err)
	}
}

// news is what comes in two crawls: names in many forms, copies, threads, and mails
// that no watch is about.
func news(crawl int) []searchtest.Mail {
	n := 100 * crawl
	mails := []searchtest.Mail{
		{N: n + 1, Subject: "Halden breached", Text: "The Halden-Group confirmed it."},
		{N: n + 2, Subject: "Re: Halden breached", Text: "> confirmed\nWhich one?", ReplyTo: n + 1},
		{N: n + 3, List: "other", Subject: "Halden breached", Text: "The Halden-Group confirmed it."},
		{N: n + 4, Subject: "Bank", Text: "Blueharbour is not Blue Harbour Bank, and a harbour may be blue."},
		{N: n + 5, Subject: "Links", Text: "See https://www.northwind.example/news and contoso.example."},
		{N: n + 6, Subject: "Polish", Attached: "Lodz systems were offline", Text: "Attached."},
		{N: n + 7, Subject: "Häuser", Text: "Das ist nicht das Haus, und die Häuser sind es auch nicht; der Mann ist in der Bank."},
		{N: n + 8, Subject: "Multi factor", Text: "multifactor authentication was off, passwords leaked."},
	}
	for i := range 20 {
		mails = append(mails, searchtest.Mail{N: n + 20 + i, Subject: fmt.Sprintf("Other news %d", i), Text: "Nothing that anybody waits for."})
	}
	return mails
}

// TestAlertsAreTheSameOverCluster gives the same archive the same watches, here and in
// OpenSearch: the same is told.
func TestAlertsAreTheSameOverCluster(t *testing.T) {
	old := searchtest.Mail{N: 1, Subject: "Northwind before", Text: "Northwind was hit long ago.", Date: day0.AddDate(-1, 0, 0)}
	here, there := newDesk(t, old), &clusterDesk{newDesk(t, old), ""}
	there.where = searchtest.Cluster(t, there.dir)
	var log bytes.Buffer
	there.log = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	watch := func(b *alert.Book, from alert.From) error {
		list, err := alert.ReadList(strings.NewReader(vendorList))
		if err == nil {
			_, err = b.Import(t.Context(), from, "vendors", list, nil)
		}
		for name, query := range map[string]string{
			"mfa": "mfa -halden", "threads": "thread:{halden}", "house": "haus list:breach", "begins": "harb*", "like": "haldem~",
			"either": `"blue harbour" OR attachment:lodz`, "dates": "leaked after:2022-06-01", "not": "-nothing -halden",
		} {
			if err == nil {
				err = b.Add(t.Context(), from, alert.Watch{Name: name, Query: query}, alert.How{})
			}
		}
		return err
	}
	if err := here.with(watch); err != nil {
		t.Fatal(err)
	}
	there.open(watch)
	for crawl := range 3 {
		now := here.now.AddDate(0, 0, 1)
		here.now, there.now = now, now
		mails := news(min(crawl+1, 2))
		here.put(mails...)
		there.put(mails...)
		run := func(d *desk, of *alert.Run) func(b *alert.Book, from alert.From) error {
			return func(b *alert.Book, from alert.From) (err error) {
				*of, err = b.Run(t.Context(), from, alert.Post{Sleep: d.noSleep})
				return err
			}
		}
		var ours, theirs alert.Run
		if err := here.with(run(here, &ours)); err != nil {
			t.Fatal(err)
		}
		there.open(run(there.desk, &theirs))
		if diff := cmp.Diff(ours, theirs); diff != "" {
			t.Errorf("crawl %d (-embedded +OpenSearch):\n%s", crawl+1, diff)
		}
		if diff := cmp.Diff(here.everything(), there.everything()); diff != "" {
			t.Errorf("alerts of crawl %d (-embedded +OpenSearch):\n%s", crawl+1, diff)
		}
	}
	if here.told("halden-group") == "" || here.told("house") == "" || here.told("threads") == "" {
		t.Errorf("too little was found: %q, %q, %q", here.told("halden-group"), here.told("house"), here.told("threads"))
	}
	if !strings.Contains(log.String(), "watches chosen") || strings.Contains(log.String(), "level=WARN") {
		t.Errorf("the cluster did not choose:\n%s", &log)
	}
}

// everything is all that was found, as JSON.
func (d *desk) everything() []string {
	var out []string
	err := d.with(func(b *alert.Book, _ alert.From) error {
		all, err := b.Watches(d.t.Context())
		for _, w := range all {
			found, ferr := b.Recent(d.t.Context(), w.Name, 100)
			if ferr != nil {
				return ferr
			}
			for _, a := range found {
				text, jerr := json.Marshal(a)
				if jerr != nil {
					return jerr
				}
				out = append(out, string(text))
			}
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	return out
}
