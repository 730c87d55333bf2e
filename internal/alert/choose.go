package alert

import (
	"context"
	"iter"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// Chooser tells which of many watches may match some messages, so that the others
// need not be asked. Whether they do match is for the watches' own queries to say:
// it may choose too many, and never too few.
type Chooser interface {
	// Sync makes it know these queries, by the numbers of their watches, and no
	// others. What cannot be read it chooses always.
	Sync(ctx context.Context, queries iter.Seq[index.StandingQuery]) error
	// Choose returns the numbers of those that may match one of the messages.
	Choose(ctx context.Context, messages []*archive.Message) (map[int64]bool, error)
}

// choice is what a run does with a Chooser, if it has one.
type choice struct {
	by   Chooser // nil: all watches are asked
	told bool    // of the watches
}

// choose says of each watch whether it is to be asked of a batch. A chooser that
// fails is not tried again in this run, and all are asked: that takes longer, and
// loses nothing.
func (b *Book) choose(ctx context.Context, ch *choice, watches []*asked, c *batch) error {
	for _, w := range watches {
		w.chosen = true
	}
	if ch.by == nil || len(c.messages) == 0 {
		return nil
	}
	chosen, err := ch.of(ctx, watches, c.messages)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		b.log.Warn("all watches are asked, one by one: which of them to ask cannot be told", "watches", len(watches), "err", err)
		ch.by = nil
		return nil
	}
	n := 0
	for _, w := range watches {
		if w.chosen = chosen[w.id]; w.chosen {
			n++
		}
	}
	b.log.Debug("watches chosen", "chosen", n, "of", len(watches), "messages", len(c.messages))
	return nil
}

// of asks the chooser, and tells it of the watches before it is asked first.
func (ch *choice) of(ctx context.Context, watches []*asked, messages []*archive.Message) (map[int64]bool, error) {
	if !ch.told {
		if err := ch.by.Sync(ctx, queriesOf(watches)); err != nil {
			return nil, err
		}
		ch.told = true
	}
	return ch.by.Choose(ctx, messages)
}

// queriesOf are the watches' queries.
func queriesOf(watches []*asked) iter.Seq[index.StandingQuery] {
	return func(yield func(index.StandingQuery) bool) {
		for _, w := range watches {
			read := func() (index.Query, error) { return search.Parse(w.query, nil) }
			if !yield(index.StandingQuery{ID: w.id, Text: w.query, Read: read}) {
				return
			}
		}
	}
}

// unlearn lets a chooser forget all, where there is no watch any more.
func (b *Book) unlearn(ctx context.Context, by Chooser) error {
	if by == nil {
		return nil
	}
	if err := by.Sync(ctx, queriesOf(nil)); err != nil && ctx.Err() == nil {
		b.log.Warn("the watches that there were are not forgotten yet", "err", err)
	}
	return ctx.Err()
}
