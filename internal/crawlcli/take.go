package crawlcli

import (
	"context"
	"errors"
	"time"

	"github.com/bxsearch/bxsearch/index"
)

// A crawl reads messages in passing and gives them to the index, whenever so
// many pages have come or so much time has passed. Once in that time it makes
// them searchable, which has its price.
const (
	refresh   = time.Minute
	readPages = 1500
)

// feeding is the index while a run writes it. The zero value is fine.
type feeding struct {
	engine  index.Engine
	session index.Session // nil until there is something to index
}

// takeInPassing reads messages and indexes them beside a crawl, until the
// function it returns is called. An error can wait: take at the end meets it
// again.
func (c *crawl) takeInPassing(ctx context.Context) (stop func()) {
	c.periods = make(chan int, 1)
	finished := make(chan struct{})
	go func() {
		defer close(finished)
		fed, published, pages := c.env.Now(), c.env.Now(), 0
		for done := range c.periods {
			if done-pages < readPages && (done == pages || c.env.Now().Sub(fed) < refresh) {
				continue
			}
			pages = done
			due := c.env.Now().Sub(published) >= refresh
			err := c.step(ctx, due)
			fed = c.env.Now()
			if due {
				published = fed
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
	return errors.Join(c.step(ctx, true), c.closeIndex())
}

// step reads new messages and feeds them to the index. After an error the next
// step begins where the index was published last.
func (c *crawl) step(ctx context.Context, publish bool) error {
	if err := c.readMessages(ctx); err != nil || c.noIndex {
		return err
	}
	err := c.beginIndex(ctx)
	if err == nil {
		err = c.index.session.Feed(ctx)
	}
	if err == nil && publish {
		_, err = c.index.session.Publish(ctx)
	}
	if err != nil {
		err = errors.Join(err, c.closeIndex())
	}
	return err
}

func (c *crawl) readMessages(ctx context.Context) error {
	stats, err := derive(ctx, c.archive)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.messages.New += stats.New
	c.messages.Changed += stats.Changed
	c.messages.Deleted += stats.Deleted
	c.messages.Problems += stats.Problems
	return err
}

// beginIndex begins a session, unless one is under way.
func (c *crawl) beginIndex(ctx context.Context) (err error) {
	if c.index.session != nil {
		return nil
	}
	c.index.engine, err = c.openIndex(ctx, c.archive, c.log)
	if err == nil {
		c.index.session, err = c.index.engine.Begin(ctx, c.archive)
	}
	return err
}

// closeIndex ends the session and lets others write. What was fed and not
// published is fed again next time.
func (c *crawl) closeIndex() error {
	var err error
	if c.index.session != nil {
		err = c.index.session.Close()
	}
	if c.index.engine != nil {
		err = errors.Join(err, c.index.engine.Close())
	}
	c.index = feeding{}
	return err
}
