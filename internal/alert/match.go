package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Matched says what a run found.
type Matched struct {
	Messages int // new or changed, of which the watches were asked
	Watches  int // that were asked
	Alerts   int
	Old      int               // messages that match, but are dated too long ago: see Options.Late
	Failed   map[string]string // watches that could not be asked, and why; they are asked again
}

// asked is a watch in a run.
type asked struct {
	id          int64
	name, query string
	seq         uint64
	late        time.Time // what is dated before is old
	muted       bool
	receivers   []int64
	failed      error
	chosen      bool // to be asked of the batch: see Chooser
}

// round is a run over the batches.
type round struct {
	from    From
	watches []*asked
	choice  choice
	stats   Matched
}

// match asks all watches of the messages that are new to them.
func (b *Book) match(ctx context.Context, from From) (Matched, error) {
	r := &round{from: from, choice: choice{by: from.Chooser}, stats: Matched{Failed: map[string]string{}}}
	if err := b.sameArchive(ctx, from.Archive); err != nil {
		return r.stats, err
	}
	watches, err := b.asking(ctx)
	if err != nil {
		return r.stats, err
	}
	if len(watches) == 0 {
		return r.stats, b.unlearn(ctx, from.Chooser)
	}
	r.watches, r.stats.Watches = watches, len(watches)
	start := slices.MinFunc(watches, func(a, b *asked) int { return compare(a.seq, b.seq) }).seq
	if err := b.followRenames(ctx, from.Archive, start); err != nil {
		return r.stats, err
	}
	for c, err := range batches(ctx, from.Archive, start, b.log) {
		if err == nil {
			err = b.matchBatch(ctx, r, c)
		}
		if err != nil {
			return r.stats, err
		}
	}
	for _, w := range watches {
		if w.failed != nil {
			r.stats.Failed[w.name] = w.failed.Error()
		}
	}
	return r.stats, b.ended(ctx, watches)
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// sameArchive begins at its first change when the archive is another one than
// last time: rebuilt, or restored. What was told before is known by its ID.
func (b *Book) sameArchive(ctx context.Context, a *archive.Archive) error {
	at, err := a.Position(ctx)
	if err != nil {
		return err
	}
	var known string
	err = b.db.QueryRowContext(ctx, `SELECT value FROM meta WHERE key = 'archive'`).Scan(&known)
	switch {
	case err == nil && known == at.Archive:
		// A backup of the same archive may be behind.
		return b.write(ctx, func(t *sql.Tx) error {
			_, err := t.Exec(`UPDATE watch SET seq = ? WHERE seq > ?`, int64(at.Seq), int64(at.Seq))
			return err
		})
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("watches: %w", err)
	}
	return b.write(ctx, func(t *sql.Tx) error {
		if known != "" {
			if _, err := t.Exec(`UPDATE watch SET seq = 0`); err != nil {
				return err
			}
		}
		_, err := t.Exec(`INSERT OR REPLACE INTO meta VALUES ('archive', ?)`, at.Archive)
		return err
	})
}

// asking returns the watches with what a run has to know of them.
func (b *Book) asking(ctx context.Context) ([]*asked, error) {
	var all []*asked
	by := map[int64]*asked{}
	now := b.now()
	err := b.rows(ctx, `SELECT id, name, query, seq, ran, muted FROM watch ORDER BY name`, func(scan func(...any) error) error {
		w := &asked{}
		var seq, ran, muted int64
		if err := scan(&w.id, &w.name, &w.query, &seq, &ran, &muted); err != nil {
			return err
		}
		w.seq, w.muted, w.late = uint64(seq), muted > now.Unix(), b.lateSince(moment(ran))
		all, by[w.id] = append(all, w), w
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, b.rows(ctx, `SELECT s.watch, s.receiver FROM subscription s JOIN receiver r ON r.id = s.receiver WHERE r.gone = ''`, func(scan func(...any) error) error {
		var watch, receiver int64
		if err := scan(&watch, &receiver); err != nil {
			return err
		}
		if w := by[watch]; w != nil {
			w.receivers = append(w.receivers, receiver)
		}
		return nil
	})
}

// lateSince is the date from which on a message is news to who was asked last at
// some time.
func (b *Book) lateSince(ran time.Time) time.Time {
	if now := b.now(); ran.IsZero() || ran.After(now) {
		ran = now
	}
	return ran.Add(-b.late)
}

// matchBatch asks the watches of one batch of messages, and keeps what they find
// with their new positions.
func (b *Book) matchBatch(ctx context.Context, r *round, c *batch) error {
	r.stats.Messages += len(c.messages)
	if err := b.choose(ctx, &r.choice, r.watches, c); err != nil {
		return err
	}
	found, err := b.askAll(ctx, r, c)
	if err != nil {
		return err
	}
	return b.write(ctx, func(t *sql.Tx) error {
		for _, id := range c.gone {
			if err := forget(t, id); err != nil {
				return err
			}
		}
		var quiet []*asked
		for _, w := range r.watches { // by name, as in a digest
			alerts, asked := found[w]
			if len(alerts) == 0 {
				if asked {
					quiet = append(quiet, w)
				}
				continue
			}
			n, err := keep(t, w, alerts, c.last)
			if err != nil {
				return err
			}
			r.stats.Alerts += n
			w.seq = c.last
		}
		return advance(t, quiet, c.last)
	})
}

// askAll asks each watch that has not seen the batch and may match something in
// it. One that cannot be asked does not keep the others from it.
func (b *Book) askAll(ctx context.Context, r *round, c *batch) (map[*asked][]Alert, error) {
	found := map[*asked][]Alert{}
	var ask []*asked
	for _, w := range r.watches {
		if w.failed != nil || w.seq >= c.last {
			continue
		}
		if found[w] = nil; w.chosen {
			ask = append(ask, w)
		}
	}
	if len(ask) == 0 || len(c.messages) == 0 { // or messages were deleted, and that is all
		return found, nil
	}
	part, err := b.few(ctx, r.from, c, ask)
	if err != nil {
		return nil, err
	}
	defer part.Close()
	for _, w := range ask {
		alerts, old, err := b.ask(ctx, r.from.Searcher, part, w, c)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			delete(found, w)
			w.failed = err
			b.log.Debug("a watch cannot be asked", "watch", w.name, "err", err)
			continue
		}
		r.stats.Old += old
		found[w] = alerts
	}
	return found, nil
}
