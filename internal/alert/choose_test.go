package alert_test

import (
	"bytes"
	"context"
	"errors"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

// chooser chooses the watches whose queries are among some.
type chooser struct {
	choose string // queries, with spaces between them
	err    error

	known map[int64]string
	syncs int
}

func (c *chooser) Sync(_ context.Context, queries iter.Seq[index.StandingQuery]) error {
	c.syncs++
	c.known = map[int64]string{}
	for q := range queries {
		c.known[q.ID] = q.Text
	}
	return c.err
}

func (c *chooser) Choose(context.Context, []*archive.Message) (map[int64]bool, error) {
	chosen := map[int64]bool{}
	for id, q := range c.known {
		chosen[id] = slices.Contains(strings.Fields(c.choose), q)
	}
	return chosen, c.err
}

// told returns the subjects of what a watch found, oldest first.
func (d *desk) told(watch string) string {
	var out []string
	err := d.with(func(b *alert.Book, _ alert.From) error {
		all, err := b.Recent(d.t.Context(), watch, 100)
		for _, a := range all {
			out = append(out, a.Subject.Text)
		}
		return err
	})
	if err != nil {
		d.t.Fatal(err)
	}
	slices.Reverse(out)
	return strings.Join(out, ", ")
}

func TestOnlyTheChosenAreAsked(t *testing.T) {
	c := &chooser{choose: "halden"}
	d := newDesk(t)
	d.chooser = c
	d.add("h", "halden", alert.How{})
	d.add("b", "borg", alert.How{})
	d.put(searchtest.Mail{Subject: "First", Text: "Halden and Borg."})
	if r := d.run(); r.Matched.Watches != 2 || r.Matched.Alerts != 1 || c.syncs != 1 {
		t.Errorf("%+v, told %d times", r.Matched, c.syncs)
	}
	// Who was not asked of a batch is done with it.
	c.choose = "halden borg"
	d.put(searchtest.Mail{Subject: "Second", Text: "Halden and Borg again."})
	d.run()
	if diff := cmp.Diff([]string{"First, Second", "Second"}, []string{d.told("h"), d.told("b")}); diff != "" {
		t.Error(diff)
	}
	// Without news there is nothing to choose.
	if d.run(); c.syncs != 2 {
		t.Errorf("told %d times", c.syncs)
	}
	for _, name := range []string{"h", "b"} {
		if err := d.with(func(b *alert.Book, _ alert.From) error { return b.Remove(t.Context(), name) }); err != nil {
			t.Fatal(err)
		}
	}
	if d.run(); c.syncs != 3 || len(c.known) != 0 {
		t.Errorf("told %d times, and it still knows %v", c.syncs, c.known)
	}
}

func TestAllAreAskedWhereNobodyChooses(t *testing.T) {
	var log bytes.Buffer
	d := newDesk(t)
	d.chooser, d.log = &chooser{err: errors.New("nothing answers")}, slog.New(slog.NewTextHandler(&log, nil))
	d.add("h", "halden", alert.How{})
	d.add("b", "borg", alert.How{})
	d.put(searchtest.Mail{Subject: "First", Text: "Halden and Borg."})
	if r := d.run(); r.Matched.Alerts != 2 {
		t.Errorf("%+v", r.Matched)
	}
	if strings.Count(log.String(), "nothing answers") != 1 {
		t.Errorf("the log says:\n%s", &log)
	}
}
