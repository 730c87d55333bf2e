package crawler

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// workersPerSlot is how many goroutines serve one request in flight: while some
// wait for the archive to make their pages durable, with one commit for all of
// them, another asks for the next.
const workersPerSlot = 16

// walk is one crawl of one list.
type walk struct {
	cfg     Config
	archive *archive.Archive
	fetch   *fetcher
	tally   *tally
	stop    context.CancelCauseFunc // ends the crawl, for the given reason
	robots  *robots
	list    archive.ListInfo // Name is empty until the list is known
	state   state
	mu      sync.Mutex // run.Rebuilt
	run     runState
	streak  streak
	news    atomic.Bool // an answer was not what is held
}

// all is the whole crawl.
func (w *walk) all(ctx context.Context, folder string) error {
	if err := w.recall(ctx, &folder); err != nil {
		return err
	}
	var err error
	if w.robots, err = w.fetch.robots(ctx, folder); err != nil {
		return err
	}
	if !w.robots.allows(folder) {
		return fmt.Errorf("robots.txt of %s does not allow %s for %q, so nothing was fetched; ask the site's operator, or import a saved copy",
			hostOf(folder), folder, w.cfg.UserAgent)
	}
	index, err := w.contents(ctx, folder)
	if err != nil {
		return err
	}
	w.tally.begin(w.list.Name, w.fetch.scope.base, len(index.Periods))
	if err := w.periods(ctx, index.Periods); err != nil {
		return err
	}
	return w.finish(ctx)
}

// recall finds the list in the archive. Its own URL takes the place of a
// spelling with another scheme.
func (w *walk) recall(ctx context.Context, folder *string) error {
	w.run.Begun = w.now()
	lists, err := w.archive.Lists(ctx)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if schemeless(l.URL) == schemeless(*folder) {
			*folder = l.URL
			return w.adopt(ctx, l)
		}
	}
	return nil
}

// adopt makes l the list of this crawl and goes on with an interrupted one.
func (w *walk) adopt(ctx context.Context, l archive.ListInfo) error {
	w.list = l
	w.state = state{archive: w.archive, list: l.Name}
	var last runState
	if err := w.state.get(ctx, runKey, &last); err != nil {
		return err
	}
	if !last.resumable(w.now()) {
		return w.state.set(ctx, runKey, w.run)
	}
	w.run = last
	w.tally.count(func(s *Stats) { s.Resumed = true })
	return nil
}

// rebuilt makes this run look at every period.
func (w *walk) rebuilt(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.run.Rebuilt {
		return nil
	}
	w.run.Rebuilt = true
	return w.state.set(ctx, runKey, w.run)
}

// wasRebuilt reports whether a period was found rebuilt in this run.
func (w *walk) wasRebuilt() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.run.Rebuilt
}

// finish closes the run. Pages that failed are asked for again by the next.
func (w *walk) finish(ctx context.Context) error {
	w.run.Finished = w.now()
	if err := w.state.set(ctx, runKey, w.run); err != nil {
		return err
	}
	return w.archive.MarkChecked(ctx, w.list.Name, w.run.Finished)
}

func (w *walk) now() time.Time { return w.cfg.Now().UTC().Truncate(time.Millisecond) }

// periods brings all periods up to date: one goroutine reads their indexes,
// in the order of the contents page, and the others fetch the pages that are
// not held. Only what lies in the channel is in memory.
func (w *walk) periods(ctx context.Context, periods []pipermail.Period) error {
	workers := workersPerSlot * w.cfg.Parallel
	jobs := make(chan pageJob, workers)
	var g errgroup.Group
	run := func(f func() error) {
		g.Go(func() error {
			err := f()
			if err != nil {
				w.stop(err)
			}
			return err
		})
	}
	run(func() error {
		defer close(jobs)
		return w.plan(ctx, periods, jobs)
	})
	for range workers {
		run(func() error {
			for j := range jobs {
				if err := w.page(ctx, j); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := g.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// maxStreak is how many URLs may fail one after the other before the crawl
// stops: the site is down, or has put up a wall.
const maxStreak = 10

// streak counts failures without a success between them.
type streak struct {
	mu sync.Mutex
	n  int
}

func (s *streak) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.n = 0
}

// add returns an error when it is time to stop.
func (s *streak) add(fe *FetchError) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.n++; s.n < maxStreak {
		return nil
	}
	return fmt.Errorf("stopped after %d failures in a row, run the same command later to go on; the last: %w", s.n, fe)
}
