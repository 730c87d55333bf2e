package crawler

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// openPeriod is a period whose pages are being fetched.
type openPeriod struct {
	period pipermail.Period
	state  periodState
	listed int

	mu      sync.Mutex
	pending int // pages under way, plus one while more may be added
	fresh   int
	failed  int
}

// pageJob is one message page to fetch.
type pageJob struct {
	period  *openPeriod
	url     string
	missing bool // it was gone when it was last asked for
}

// maxOpeners is how many periods are read at once, if so many requests may be
// in flight: one lies unpacked in memory for each.
const maxOpeners = 2

// plan goes through the periods and sends the pages that are to be fetched.
func (w *walk) plan(ctx context.Context, periods []pipermail.Period, jobs chan<- pageJob) error {
	all := w.cfg.Full || w.wasRebuilt()
	var spare spare
	var rest []pipermail.Period
	var g errgroup.Group
	g.SetLimit(min(w.cfg.Parallel, maxOpeners))
	for row, p := range periods {
		st, err := w.state.period(ctx, p.Name)
		if err != nil {
			return errors.Join(err, g.Wait())
		}
		if w.done(st, p) {
			w.tally.settled(st.Listed)
			continue
		}
		if d := st.due(p, row, w.now()); d != dueNow && !all {
			spare.offer(p, st.Looked, d, w.now())
			w.tally.settled(st.Listed)
			rest = append(rest, p)
			continue
		}
		g.Go(func() error { return w.open(ctx, p, st, jobs) })
		if ctx.Err() != nil {
			break
		}
	}
	if err := g.Wait(); err != nil {
		return err
	}
	switch {
	case w.wasRebuilt():
		return w.reopen(ctx, rest, jobs)
	case spare.found && w.news.Load():
		return w.reopen(ctx, []pipermail.Period{spare.period}, jobs)
	}
	return nil
}

// reopen looks at periods that were thought settled.
func (w *walk) reopen(ctx context.Context, periods []pipermail.Period, jobs chan<- pageJob) error {
	for _, p := range periods {
		st, err := w.state.period(ctx, p.Name)
		if err != nil {
			return err
		}
		w.tally.unsettled(st.Listed)
		if err := w.open(ctx, p, st, jobs); err != nil {
			return err
		}
	}
	return nil
}

// done reports whether this run has finished a period.
func (w *walk) done(st periodState, p pipermail.Period) bool {
	return st.Complete && !st.Looked.Before(w.run.Begun) && st.Print == fingerprint(p)
}

// spare is the period whose turn comes when the run finds news: one that has
// just ended, else the one that was left alone for longest.
type spare struct {
	found  bool
	period pipermail.Period
	looked time.Time
	due    due
}

func (s *spare) offer(p pipermail.Period, looked time.Time, d due, now time.Time) {
	switch {
	case d == dueLate && now.Sub(looked) < rotation:
	case !s.found, d < s.due, d == s.due && looked.Before(s.looked):
		*s = spare{true, p, looked, d}
	}
}

// open reads a period's index and sends the pages that are not held.
func (w *walk) open(ctx context.Context, p pipermail.Period, st periodState, jobs chan<- pageJob) error {
	l, err := w.listPeriod(ctx, p, &st)
	if err != nil {
		return err
	}
	w.tally.count(func(s *Stats) { s.PeriodsFetched++ })
	o := &openPeriod{period: p, state: st, listed: len(l.rows), pending: 1}
	o.state.Looked, o.state.Print, o.state.Listed, o.state.Lacking = l.asked, fingerprint(p), len(l.rows), 0
	if l.failed {
		o.failed++
	}
	todo, err := w.wanted(ctx, o, l.rows)
	if err == nil {
		todo, err = w.byText(ctx, o, l, todo)
	}
	if err != nil {
		return err
	}
	w.tally.read(len(l.rows), len(l.rows)-len(todo))
	for _, j := range todo {
		o.start()
		select {
		case jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return w.closePage(ctx, o)
}

// wanted lists the pages to fetch: not held, or rebuilt since. Those that this
// run has found missing are not asked for again.
func (w *walk) wanted(ctx context.Context, o *openPeriod, rows []pipermail.Row) ([]pageJob, error) {
	have, err := w.archive.HeldURLs(ctx, w.list.Name, o.period.Name)
	if err != nil {
		return nil, err
	}
	missing, err := w.archive.Missing(ctx, w.list.Name, o.period.Name)
	if err != nil {
		return nil, err
	}
	if err := w.forgetStale(ctx, o, have); err != nil {
		return nil, err
	}
	var todo []pageJob
	for _, r := range rows {
		u := w.canonical(r.URL)
		if have[u] {
			continue
		}
		if missing[u] {
			last, _, err := w.archive.LastFetch(ctx, u)
			if err != nil {
				return nil, err
			}
			if w.inThisRun(last) {
				o.failed++
				continue
			}
		}
		todo = append(todo, pageJob{o, u, missing[u]})
	}
	return todo, nil
}

// forgetStale takes pages out of have that were rebuilt and not yet fetched
// since.
func (w *walk) forgetStale(ctx context.Context, o *openPeriod, have map[string]bool) error {
	for _, u := range o.state.Stale {
		if raw, ok, err := w.archive.Held(ctx, u); err != nil {
			return err
		} else if ok && raw.Fetched.Before(o.state.Rebuilt) {
			delete(have, u)
		}
	}
	return nil
}

// page fetches one message page.
func (w *walk) page(ctx context.Context, j pageJob) error {
	t := target{archive.RawMessage, j.period.period.Name, j.url}
	_, err := w.obtain(ctx, t, nil, checkMessage)
	fe, failed := errors.AsType[*FetchError](err)
	if err != nil && !failed {
		return err
	}
	w.note(j, fe)
	w.tally.page()
	return w.closePage(ctx, j.period)
}

// note counts a page as stored, or by the failure fe as missing or failed.
func (w *walk) note(j pageJob, fe *FetchError) {
	j.period.count(fe == nil)
	switch {
	case fe == nil:
	case fe.gone() && j.missing:
		w.tally.count(func(s *Stats) { s.Missing++ })
	default:
		w.tally.fail(fe)
	}
}

// closePage ends one of the things that a period waits for, and with the last
// the period.
func (w *walk) closePage(ctx context.Context, o *openPeriod) error {
	if !o.finish() {
		return nil
	}
	o.state.Complete = o.failed == 0 && !o.state.textOwed()
	if o.state.Complete {
		o.state.Stale = nil
	}
	if err := w.state.setPeriod(ctx, o.period.Name, o.state); err != nil {
		return err
	}
	w.tally.period(o.period.Name, o.listed, o.fresh, o.failed)
	return nil
}

func (o *openPeriod) start() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending++
}

func (o *openPeriod) count(stored bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if stored {
		o.fresh++
	} else {
		o.failed++
	}
}

// finish reports whether that was the last.
func (o *openPeriod) finish() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.pending--
	return o.pending == 0
}
