package alert

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// few is a Searcher of a batch. Where a watch asks for threads, the older
// messages of the new ones' threads are in it as well.
func (b *Book) few(ctx context.Context, from From, c *batch, watches []*asked) (*few, error) {
	dir := filepath.Join(b.dir, workName)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	messages := c.messages
	if slices.ContainsFunc(watches, func(w *asked) bool { return asksThreads(w.query) }) {
		more, err := threadMates(ctx, from.Archive, c)
		if err != nil {
			return nil, err
		}
		messages = slices.Concat(messages, more)
	}
	s, err := from.Searcher.Of(ctx, dir, messages)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("an index of the new messages: %w", err), os.RemoveAll(dir))
	}
	return &few{s, dir}, nil
}

// few is a Searcher with a folder of its own.
type few struct {
	*search.Searcher
	dir string
}

// Close removes the folder too.
func (f *few) Close() error { return errors.Join(f.Searcher.Close(), os.RemoveAll(f.dir)) }

// pageOf is how many hits are asked for at once.
const pageOf = 200

// ask returns the alerts of one watch in a batch, oldest message first, and how
// many messages were old.
func (b *Book) ask(ctx context.Context, whole *search.Searcher, part *few, w *asked, c *batch) (alerts []Alert, old int, err error) {
	for h, err := range part.Hits(ctx, query(w.query, pageOf)) {
		if err != nil {
			return nil, 0, err
		}
		id := h.Message.ID
		if c.seqs[id] <= w.seq { // of its thread only, or known to this watch
			continue
		}
		seen, err := b.seen(ctx, w.id, id)
		if err != nil {
			return nil, 0, err
		}
		switch {
		case seen:
		case !h.Message.Date.IsZero() && h.Message.Date.Before(w.late):
			old++
		default:
			alerts = append(alerts, newAlert(w, h, b.now(), b.links))
		}
	}
	if len(alerts) == 0 {
		return nil, old, nil
	}
	if alerts, err = fold(ctx, part.Searcher, w.query, alerts); err != nil {
		return nil, 0, err
	}
	return alerts, old, mentions(ctx, whole, w.query, alerts)
}

// query is how a watch asks.
func query(text string, limit int) search.Query {
	return search.Query{Text: text, Sort: search.ByDateAsc, Group: search.GroupNone, Limit: limit, Wholly: true}
}

// mentions asks the whole archive whether the alerts, oldest first, are the first
// messages to match.
func mentions(ctx context.Context, whole *search.Searcher, text string, alerts []Alert) error {
	res, err := whole.Search(ctx, query(text, 1))
	if errors.Is(err, index.ErrNotFound) {
		return nil // there is no index yet
	}
	if err != nil {
		return err
	}
	a := &alerts[0]
	a.First = true
	if len(res.Hits) > 0 {
		oldest := res.Hits[0].Message
		a.First = oldest.ID == a.Message.ID || oldest.Date.After(a.Message.Date)
	}
	for i := range alerts {
		alerts[i].Mentions = res.Total
	}
	return nil
}

func (b *Book) seen(ctx context.Context, watch int64, id archive.ID) (bool, error) {
	var n int
	err := b.db.QueryRowContext(ctx, `SELECT count(*) FROM seen WHERE watch = ? AND message = ?`, watch, string(id)).Scan(&n)
	return n > 0, err
}
