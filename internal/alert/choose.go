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
	// others.
	Sync(ctx context.Context, queries iter.Seq2[int64, index.Query]) error
	// Choose returns the numbers of those that may match one of the messages.
	Choose(ctx context.Context, messages []*archive.Message) (map[int64]bool, error)
}

// choice is what a run does with a Chooser, if it has one.
type choice struct {
	by    Chooser        // nil: all watches are asked
	knows map[int64]bool // the watches that it was told of; nil before that
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
		if w.chosen = chosen[w.id] || !ch.knows[w.id]; w.chosen {
			n++
		}
	}
	b.log.Debug("watches chosen", "chosen", n, "of", len(watches), "messages", len(c.messages))
	return nil
}

// of asks the chooser, and tells it of the watches before it is asked first.
func (ch *choice) of(ctx context.Context, watches []*asked, messages []*archive.Message) (map[int64]bool, error) {
	if ch.knows == nil {
		ch.knows = map[int64]bool{}
		if err := ch.by.Sync(ctx, ch.queries(watches)); err != nil {
			return nil, err
		}
	}
	return ch.by.Choose(ctx, messages)
}

// queries reads the watches' queries. One that cannot be read is not told, so it is
// asked, and says so.
func (ch *choice) queries(watches []*asked) iter.Seq2[int64, index.Query] {
	return func(yield func(int64, index.Query) bool) {
		for _, w := range watches {
			q, err := search.Parse(w.query, nil)
			if err != nil {
				continue
			}
			if ch.knows[w.id] = true; !yield(w.id, q) {
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
	if err := by.Sync(ctx, func(func(int64, index.Query) bool) {}); err != nil && ctx.Err() == nil {
		b.log.Warn("the watches that there were are not forgotten yet", "err", err)
	}
	return ctx.Err()
}
