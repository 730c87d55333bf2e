package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/index"
)

// A crawl reads messages in passing, whenever so many pages have come, and
// makes them searchable once a minute: a new generation of the index has its
// price.
const (
	refresh   = time.Minute
	readPages = 1500
)

// crawl is one run of bxcrawl over its lists.
type crawl struct {
	*crawlOptions
	env     *Env
	archive *archive.Archive
	bar     *bar
	log     *slog.Logger

	began    time.Time
	periods  chan int // pages done, after each period
	messages archive.DeriveStats
	failed   int // pages that could not be had
	broken   int // lists whose crawl stopped
}

// all crawls one list after the other. A list that fails does not keep the
// others from being crawled.
func (c *crawl) all(ctx context.Context, urls []string) error {
	urls, err := c.known(ctx, urls)
	if err != nil {
		return err
	}
	c.began = c.env.Now()
	var last error
	for _, u := range urls {
		if err := c.list(ctx, u); ctx.Err() != nil {
			return err
		} else if err != nil {
			last = err
		}
	}
	c.bar.note("reading messages")
	err = c.take(ctx)
	c.bar.clear()
	if err != nil {
		return err
	}
	c.conclude()
	return c.verdict(len(urls), last)
}

// known gives the lists to crawl.
func (c *crawl) known(ctx context.Context, urls []string) ([]string, error) {
	if len(urls) > 0 {
		return urls, nil
	}
	lists, err := c.archive.Lists(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range lists {
		if !l.Mailbox() {
			urls = append(urls, l.URL)
		}
	}
	if len(lists) > 0 && len(urls) == 0 {
		return nil, usagef("the archive in %s has imported mail only, of lists whose address it does not know: give the URL of one", *c.data)
	}
	if len(urls) == 0 {
		return nil, usagef("the archive in %s knows no list yet: give the URL of one", *c.data)
	}
	return urls, nil
}

// list crawls one list and reports on it.
func (c *crawl) list(ctx context.Context, listURL string) error {
	delay := c.delay
	if delay == 0 {
		delay = crawler.NoDelay
	}
	cr, err := crawler.New(crawler.Config{
		Archive: c.archive, Via: crawler.Via(c.via), Full: c.full, Delay: delay, Parallel: c.parallel, UserAgent: c.userAgent, HostDir: c.env.HostDir,
		Attachments: crawler.AttachmentMode(c.mode), MaxAttachment: int64(c.max),
		Logger: c.log, Now: c.env.Now, Progress: c.progress,
	})
	if err != nil {
		return err
	}
	began := c.env.Now()
	stop := c.takeInPassing(ctx)
	stats, err := cr.Crawl(ctx, listURL)
	stop()
	c.bar.clear()
	c.failed += stats.FailedTotal
	if ctx.Err() != nil {
		return err
	}
	c.report(stats, c.env.Now().Sub(began))
	if err == nil {
		err = c.attachments(ctx, cr, stats.List)
	}
	if err != nil {
		c.broken++
		fmt.Fprintf(c.env.Stderr, "bxcrawl: %s\n", neutral(err.Error()))
	}
	return err
}

// progress shows where the crawl is.
func (c *crawl) progress(ev crawler.Event) {
	switch ev.Kind {
	case crawler.EventPeriod:
		if !c.bar.live && !c.quiet {
			c.bar.say(periodLine(ev))
		}
		select {
		case c.periods <- ev.Done:
		default: // the messages of the last ones are being read
		}
	case crawler.EventWait:
		if !c.quiet && ev.Wait >= 5*time.Second {
			c.bar.say(fmt.Sprintf("waiting %s: %s", roughly(ev.Wait), oneLine(ev.Reason)))
		}
	}
	c.bar.update(stepOf(ev))
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
	line := fmt.Sprintf("%s %s: %s listed, %s new", oneLine(ev.List), oneLine(ev.Period), count(ev.Listed), count(ev.New))
	if ev.Failed > 0 {
		line += fmt.Sprintf(", %s failed", count(ev.Failed))
	}
	return fmt.Sprintf("%s (%d of %d)", line, ev.PeriodsDone, ev.PeriodsTotal)
}

// takeInPassing reads messages and indexes them beside a crawl, until the
// function it returns is called. An error can wait: take at the end meets it
// again.
func (c *crawl) takeInPassing(ctx context.Context) (stop func()) {
	c.periods = make(chan int, 1)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		indexed, pages := c.env.Now(), 0
		for done := range c.periods {
			due := done > pages && c.env.Now().Sub(indexed) >= refresh
			if !due && done-pages < readPages {
				continue
			}
			pages = done
			err := c.readMessages(ctx)
			if err == nil && due {
				err = c.updateIndex(ctx)
				indexed = c.env.Now()
			}
			if err != nil && ctx.Err() == nil {
				c.log.Warn("cannot make new messages searchable yet", "err", err)
			}
		}
	}()
	return func() {
		close(c.periods)
		<-finished
	}
}

// take reads messages out of what was fetched and brings the index up to date.
func (c *crawl) take(ctx context.Context) error {
	if err := c.readMessages(ctx); err != nil {
		return err
	}
	return c.updateIndex(ctx)
}

func (c *crawl) readMessages(ctx context.Context) error {
	stats, err := derive(ctx, c.archive)
	c.messages.New += stats.New
	c.messages.Changed += stats.Changed
	c.messages.Deleted += stats.Deleted
	c.messages.Problems += stats.Problems
	return err
}

func (c *crawl) updateIndex(ctx context.Context) error {
	if c.noIndex {
		return nil
	}
	return withIndex(*c.data, index.Options{Logger: c.log}, func(engine index.Engine) error {
		_, err := engine.Update(ctx, c.archive)
		return err
	})
}

// verdict turns what went wrong into the error that the exit code is made of.
func (c *crawl) verdict(lists int, last error) error {
	switch {
	case c.broken == 1 && lists == 1:
		return &reportedError{last}
	case c.broken == lists:
		return errors.New("no list could be crawled")
	case c.broken > 0:
		return &partialError{fmt.Sprintf("%d of %d lists could not be crawled", c.broken, lists)}
	case c.failed > 0:
		return &partialError{counted(c.failed, "page") + " could not be had; the next run tries again"}
	}
	return nil
}
