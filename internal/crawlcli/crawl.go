package crawlcli

import (
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
)

// crawl is one run of bxcrawl over its lists.
type crawl struct {
	*crawlOptions
	env     *env
	archive *archive.Archive
	bar     *bar
	log     *slog.Logger
	told    func(job, crawler.Stats, crawler.AttachmentStats, error) // takes the place of the report on a list; may be nil

	began   time.Time
	periods chan int // pages done, after each period
	index   feeding
	taken   bool // the messages were read, so watches may look at them

	mu       sync.Mutex      // guards the rest: hosts are crawled side by side
	shown    map[string]step // by list under way
	pages    map[string]int  // done, by list
	messages archive.DeriveStats
	failed   int // pages that could not be had
	broken   int // lists whose crawl stopped
}

// progress shows where the crawl is.
func (c *crawl) progress(ev crawler.Event) {
	state, done := c.together(ev)
	switch ev.Kind {
	case crawler.EventPeriod:
		if !c.bar.live && !c.quiet {
			c.bar.say(periodLine(ev))
		}
		select {
		case c.periods <- done:
		default: // the messages of the last ones are being read
		}
	case crawler.EventWait:
		if !c.quiet && ev.Wait >= 5*time.Second {
			c.bar.say(fmt.Sprintf("waiting %s: %s", roughly(ev.Wait), neutral.OneLine(ev.Reason)))
		}
	}
	c.bar.update(state)
}

// together notes where one list is, and adds up all that are under way and the
// pages done in the whole run.
func (c *crawl) together(ev crawler.Event) (state step, done int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown[ev.List] = stepOf(ev)
	if ev.PeriodsTotal > 0 {
		c.pages[ev.List] = ev.Done
	}
	for _, n := range c.pages {
		done += n
	}
	if len(c.shown) == 1 {
		return c.shown[ev.List], done
	}
	for _, s := range c.shown {
		state.done, state.total, state.rough = state.done+s.done, state.total+s.total, state.rough || s.rough
	}
	state.label = fmt.Sprintf("%d lists: %s", len(c.shown), strings.Join(slices.Sorted(maps.Keys(c.shown)), ", "))
	return state, done
}

// stepOf estimates the whole list by the periods whose index was read: the
// index of a period is read when its turn comes.
func stepOf(ev crawler.Event) step {
	if ev.PeriodsTotal == 0 {
		return step{done: ev.Done, total: ev.Known, label: ev.List + ", attachments"}
	}
	s := step{done: ev.Done, total: ev.Known, label: fmt.Sprintf("%s, period %d of %d",
		ev.List, min(ev.PeriodsDone+1, ev.PeriodsTotal), ev.PeriodsTotal)}
	if ev.PeriodsRead > 0 && ev.PeriodsRead < ev.PeriodsTotal {
		s.rough = true
		s.total = ev.Known * ev.PeriodsTotal / ev.PeriodsRead
	}
	return s
}

// periodLine is what a log shows of a period.
func periodLine(ev crawler.Event) string {
	line := fmt.Sprintf("%s %s: %s listed, %s new", neutral.OneLine(ev.List), neutral.OneLine(ev.Period), cli.Count(ev.Listed), cli.Count(ev.New))
	if ev.Failed > 0 {
		line += fmt.Sprintf(", %s failed", cli.Count(ev.Failed))
	}
	return fmt.Sprintf("%s (%d of %d)", line, ev.PeriodsDone, ev.PeriodsTotal)
}

// verdict turns what went wrong into the error that the exit code is made of.
func (c *crawl) verdict(lists int) error {
	switch {
	case c.broken == 1 && lists == 1:
		return &cli.ReportedError{Err: errors.New("the list could not be crawled")}
	case c.broken == lists:
		return errors.New("no list could be crawled")
	case c.broken > 0:
		return &cli.PartialError{What: fmt.Sprintf("%d of %d lists could not be crawled", c.broken, lists)}
	case c.failed > 0:
		return &cli.PartialError{What: cli.Counted(c.failed, "page") + " could not be had; the next run tries again"}
	}
	return nil
}
