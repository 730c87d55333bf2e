package crawler

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// orders are a period's index pages, the most telling first (P8).
var orders = [...]string{"thread", "date", "subject", "author"}

// listing is what the index pages of a period list together.
type listing struct {
	rows   []pipermail.Row
	form   string // of the thread index (P8)
	seen   map[string]bool
	asked  time.Time // when the site was asked
	failed bool      // an index page could not be had that should be there
}

func (l *listing) add(rows []pipermail.Row, asked time.Time) {
	if l.seen == nil {
		l.seen, l.asked = map[string]bool{}, asked
	}
	for _, r := range rows {
		if !l.seen[r.URL] {
			l.seen[r.URL] = true
			l.rows = append(l.rows, r)
		}
	}
	if asked.Before(l.asked) {
		l.asked = asked
	}
}

// list reads a period's thread index; the date index as well if that is absent
// or lists fewer messages than it says there are; the others if both are.
func (w *walk) listPeriod(ctx context.Context, p pipermail.Period, st *periodState) (*listing, error) {
	l := &listing{}
	var first *FetchError
	for i, order := range orders {
		if i > 1 && l.seen != nil {
			break
		}
		t := target{archive.RawPeriod, p.Name, w.canonical(folderOf(p.IndexURL)) + order + ".html"}
		pi, asked, err := w.index(ctx, t, st)
		if fe, ok := errors.AsType[*FetchError](err); ok {
			if first == nil {
				first = fe
			}
			if stop := w.indexFailed(l, fe); stop != nil {
				return nil, stop
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		w.streak.end()
		l.add(pi.Rows, asked)
		if pi.Form != "" {
			l.form = pi.Form
		}
		if len(l.rows) >= pi.Declared {
			break
		}
	}
	if l.seen == nil && !l.failed {
		l.failed = true
		w.tally.fail(first)
	}
	return l, nil
}

// indexFailed counts the failure, unless the page is simply not there.
func (w *walk) indexFailed(l *listing, fe *FetchError) error {
	if fe.gone() {
		return nil
	}
	l.failed = true
	w.tally.fail(fe)
	if errors.Is(fe, errDisallowed) {
		return nil
	}
	return w.streak.add(fe)
}

// index returns an index page, and when the site was asked for it: in this run
// already, or now.
func (w *walk) index(ctx context.Context, t target, st *periodState) (*pipermail.PeriodIndex, time.Time, error) {
	old, err := w.holding(ctx, t.url)
	if err != nil {
		return nil, time.Time{}, err
	}
	last, ok, err := w.archive.LastFetch(ctx, t.url)
	if err != nil {
		return nil, time.Time{}, err
	}
	if ok && w.inThisRun(last) {
		gone := &FetchError{URL: t.url, Status: last.Status}
		switch {
		case old != nil && last.Err == "":
			pi, err := pipermail.ParsePeriodIndex(w.heldPage(t, old))
			return pi, last.Fetched, err
		case gone.gone():
			return nil, last.Fetched, gone
		}
	}
	asked := w.now()
	pi, err := w.freshIndex(ctx, t, st, old)
	return pi, asked, err
}

func (w *walk) freshIndex(ctx context.Context, t target, st *periodState, old *held) (*pipermail.PeriodIndex, error) {
	var pi *pipermail.PeriodIndex
	p, err := w.obtain(ctx, t, old, func(p page) (err error) {
		if pi, err = checkIndex(p, t.url); err != nil {
			return err
		}
		return w.compare(ctx, t, st, old, p, pi)
	})
	if err == nil && p.status == http.StatusNotModified {
		pi, err = pipermail.ParsePeriodIndex(w.heldPage(t, old))
	}
	return pi, err
}

// compare looks at what a changed index page says of pages that are held. It
// comes before the page is recorded: an interruption between the two must not
// lose what only the older copy can tell.
//
// QUIRK: P10: a rebuilt archive puts other messages at old URLs. Those pages
// are to be fetched again. P19: an index that lists nothing any more is a
// glitch.
func (w *walk) compare(ctx context.Context, t target, st *periodState, old *held, p page, pi *pipermail.PeriodIndex) error {
	if old == nil || bytes.Equal(old.body, p.body) {
		return nil
	}
	was, err := pipermail.ParsePeriodIndex(w.heldPage(t, old))
	if err != nil {
		return nil // an older copy that says nothing
	}
	if len(was.Rows) > 0 && len(pi.Rows) == 0 {
		return permanent("the index lists no messages any more, before it listed %d", len(was.Rows))
	}
	changed := changedRows(was.Rows, pi.Rows)
	if len(changed) == 0 {
		return nil
	}
	w.tally.warn(fmt.Sprintf("%s was rebuilt: %d pages hold another message now and are fetched again", t.group, len(changed)))
	st.Stale = append(st.Stale, changed...)
	slices.Sort(st.Stale)
	st.Stale = slices.Compact(st.Stale)
	st.Rebuilt, st.Complete = w.now(), false
	if err := w.rebuilt(ctx); err != nil {
		return err
	}
	return w.state.setPeriod(ctx, t.group, *st)
}

// changedRows lists the URLs under which another message stands than before.
func changedRows(was, now []pipermail.Row) []string {
	before := make(map[string]pipermail.Row, len(was))
	for _, r := range was {
		before[r.URL] = r
	}
	var changed []string
	for _, r := range now {
		if b, ok := before[r.URL]; ok && differ(b, r) {
			changed = append(changed, r.URL)
		}
	}
	return changed
}

func differ(a, b pipermail.Row) bool {
	if a.Time.IsZero() || b.Time.IsZero() {
		return a.Subject != b.Subject || a.Author != b.Author
	}
	return !a.Time.Equal(b.Time) || a.MessageID != "" && b.MessageID != "" && a.MessageID != b.MessageID
}
