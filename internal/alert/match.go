package alert

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
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
}

// match asks all watches of the messages that are new to them.
func (b *Book) match(ctx context.Context, from From) (Matched, error) {
	stats := Matched{Failed: map[string]string{}}
	if err := b.sameArchive(ctx, from.Archive); err != nil {
		return stats, err
	}
	watches, err := b.asking(ctx)
	if err != nil || len(watches) == 0 {
		return stats, err
	}
	stats.Watches = len(watches)
	start := slices.MinFunc(watches, func(a, b *asked) int { return compare(a.seq, b.seq) }).seq
	for c, err := range batches(ctx, from.Archive, start, b.log) {
		if err == nil {
			err = b.matchBatch(ctx, from, c, watches, &stats)
		}
		if err != nil {
			return stats, err
		}
	}
	for _, w := range watches {
		if w.failed != nil {
			stats.Failed[w.name] = w.failed.Error()
		}
	}
	return stats, b.ended(ctx, watches)
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
func (b *Book) matchBatch(ctx context.Context, from From, c *batch, watches []*asked, stats *Matched) error {
	stats.Messages += len(c.messages)
	found, err := b.askAll(ctx, from, c, watches, stats)
	if err != nil {
		return err
	}
	return b.write(ctx, func(t *sql.Tx) error {
		for _, id := range c.gone {
			if _, err := t.Exec(`DELETE FROM alert WHERE message = ?`, string(id)); err != nil {
				return err
			}
		}
		for _, w := range watches { // by name, as in a digest
			alerts, asked := found[w]
			if !asked {
				continue
			}
			n, err := keep(t, w, alerts, c.last)
			if err != nil {
				return err
			}
			stats.Alerts += n
			w.seq = c.last
		}
		return nil
	})
}

// askAll asks each watch that has not seen the batch. One that cannot be asked
// does not keep the others from it.
func (b *Book) askAll(ctx context.Context, from From, c *batch, watches []*asked, stats *Matched) (map[*asked][]Alert, error) {
	found := map[*asked][]Alert{}
	var part *few
	if len(c.messages) > 0 {
		var err error
		if part, err = b.few(ctx, from, c, watches); err != nil {
			return nil, err
		}
		defer part.Close()
	}
	for _, w := range watches {
		if w.failed != nil || w.seq >= c.last {
			continue
		}
		if found[w] = nil; part == nil { // messages were deleted, and that is all
			continue
		}
		alerts, old, err := b.ask(ctx, from.Searcher, part, w, c)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil {
			delete(found, w)
			w.failed = err
			b.log.Debug("a watch cannot be asked", "watch", w.name, "err", err)
			continue
		}
		stats.Old += old
		found[w] = alerts
	}
	return found, nil
}

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

// keep writes what a watch found and how far it got. A watch that was removed or
// changed meanwhile is left alone.
func keep(t *sql.Tx, w *asked, alerts []Alert, seq uint64) (int, error) {
	var query string
	if err := t.QueryRow(`SELECT query FROM watch WHERE id = ?`, w.id).Scan(&query); errors.Is(err, sql.ErrNoRows) || err == nil && query != w.query {
		return 0, nil
	} else if err != nil {
		return 0, err
	}
	for _, a := range alerts {
		if err := keepAlert(t, w, a); err != nil {
			return 0, err
		}
	}
	_, err := t.Exec(`UPDATE watch SET seq = ?, found = found + ? WHERE id = ?`, int64(seq), len(alerts), w.id)
	return len(alerts), err
}

func keepAlert(t *sql.Tx, w *asked, a Alert) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := noteSeen(t, w.id, a.Message.ID, a.Message.Date); err != nil {
		return err
	}
	res, err := t.Exec(`INSERT INTO alert (watch, message, at, body) VALUES (?, ?, ?, ?)`, w.id, string(a.Message.ID), stamp(a.At), body)
	if err != nil || w.muted {
		return err
	}
	n, err := res.LastInsertId()
	if err != nil {
		return err
	}
	for _, r := range w.receivers {
		if _, err := t.Exec(`INSERT INTO waiting (receiver, alert) SELECT id, ? FROM receiver WHERE id = ? AND gone = ''`, n, r); err != nil {
			return err
		}
	}
	return nil
}

func noteSeen(t *sql.Tx, watch int64, id archive.ID, date time.Time) error {
	_, err := t.Exec(`INSERT OR IGNORE INTO seen VALUES (?, ?, ?)`, watch, string(id), stamp(date))
	return err
}

// keptAlerts is how many alerts of a watch are kept for its feed once they were
// delivered.
const keptAlerts = 200

// ended notes that a run is over, and forgets what is of no use any more.
func (b *Book) ended(ctx context.Context, watches []*asked) error {
	now := b.now()
	return b.write(ctx, func(t *sql.Tx) error {
		for _, w := range watches {
			trouble := ""
			ran := stamp(now)
			if w.failed != nil {
				trouble, ran = cut(w.failed.Error(), maxText), 0
			}
			if _, err := t.Exec(`UPDATE watch SET trouble = ?, ran = max(ran, ?) WHERE id = ? AND query = ?`, trouble, ran, w.id, w.query); err != nil {
				return err
			}
			if _, err := t.Exec(`DELETE FROM alert WHERE watch = ?1 AND id <= (SELECT id FROM alert WHERE watch = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
				AND NOT EXISTS (SELECT 1 FROM waiting WHERE alert = alert.id)`, w.id, keptAlerts); err != nil {
				return err
			}
			// What is dated so long ago cannot be told any more.
			if _, err := t.Exec(`DELETE FROM seen WHERE watch = ? AND date <> 0 AND date < ?`, w.id, stamp(w.late.Add(-b.late))); err != nil {
				return err
			}
		}
		return nil
	})
}
