package alert

import (
	"context"
	"errors"
	"iter"
	"log/slog"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// Bounds of a batch.
const (
	batchMessages = 1000
	batchBytes    = 64 << 20 // of text
	maxMates      = 200      // messages of one thread
)

// batch is some successive changes of the archive.
type batch struct {
	messages []*archive.Message
	seqs     map[archive.ID]uint64
	gone     []archive.ID // deleted
	last     uint64       // the number of the last change
	bytes    int
}

func (c *batch) full() bool { return len(c.messages) >= batchMessages || c.bytes >= batchBytes }

// batches returns the changes after a number in batches. What cannot be read is
// left to `bxcrawl verify`.
func batches(ctx context.Context, a *archive.Archive, after uint64, log *slog.Logger) iter.Seq2[*batch, error] {
	return func(yield func(*batch, error) bool) {
		c := newBatch()
		for change, err := range a.Changes(ctx, after) {
			if damaged, ok := errors.AsType[*archive.DamagedError](err); ok {
				log.Warn("a message is damaged, no watch sees it", "message", damaged.Name)
				c.last = max(c.last, change.Seq)
				continue
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if c.add(change); c.full() {
				if !yield(c, nil) {
					return
				}
				c = newBatch()
			}
		}
		if c.last > 0 {
			yield(c, nil)
		}
	}
}

func newBatch() *batch { return &batch{seqs: map[archive.ID]uint64{}} }

func (c *batch) add(change archive.Change) {
	c.last = change.Seq
	if change.Deleted {
		c.gone = append(c.gone, change.ID)
		return
	}
	c.messages = append(c.messages, change.Message)
	c.seqs[change.ID] = change.Seq
	c.bytes += len(change.Message.Body)
	for _, part := range change.Message.Attachments {
		c.bytes += len(part.Text)
	}
}

// threadMates returns the messages of the batch's threads that are not in it.
func threadMates(ctx context.Context, a *archive.Archive, c *batch) ([]*archive.Message, error) {
	var mates []*archive.Message
	done := map[archive.ID]bool{}
	for _, m := range c.messages {
		if done[m.Thread] {
			continue
		}
		done[m.Thread] = true
		thread, err := a.Outline(ctx, m.ID)
		if errors.Is(err, archive.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		n := 0
		for _, p := range thread.Places {
			if _, ok := c.seqs[p.ID]; ok || n == maxMates {
				continue
			}
			mate, err := a.Message(ctx, p.ID)
			if errors.Is(err, archive.ErrNotFound) {
				continue // deleted a moment ago
			} else if err != nil {
				return nil, err
			}
			mates, n = append(mates, mate), n+1
		}
	}
	return mates, nil
}

// asksThreads reports whether a query looks at other messages of a thread.
func asksThreads(text string) bool {
	tree, err := search.Parse(text, nil)
	if err != nil {
		return false
	}
	todo := []index.Query{tree}
	for len(todo) > 0 {
		q := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		switch q := q.(type) {
		case index.InThread:
			return true
		case index.And:
			todo = append(todo, q...)
		case index.Or:
			todo = append(todo, q...)
		case index.Not:
			todo = append(todo, q.Of)
		}
	}
	return false
}
