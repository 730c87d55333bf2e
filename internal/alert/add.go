package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// How says how to add watches.
type How struct {
	// Since tells of what is dated from then on as well. The zero time tells of
	// nothing that the archive holds already.
	Since time.Time
	// Replace gives a watch that there is already the new query and receivers.
	// Else that is ErrExists.
	Replace bool
}

// maxSince bounds how many messages of the past one watch tells of.
const maxSince = 10_000

// past is what the archive holds for a watch when it is added.
type past struct {
	seen   []Message // not to be told
	alerts []Alert   // to be told, as How.Since asks
}

// Add adds a watch, or changes it. Its query has to be one: else the error is a
// *search.SyntaxError. A receiver that had said that it is gone is asked again.
func (b *Book) Add(ctx context.Context, from From, w Watch, how How) error {
	known := map[string]Watch{}
	switch old, err := b.Watch(ctx, w.Name); {
	case err == nil:
		known[w.Name] = old
	case !errors.Is(err, ErrNoWatch):
		return err
	}
	changes, err := b.plan(ctx, from, w, how, known)
	if err != nil {
		return err
	}
	return b.write(ctx, func(t *sql.Tx) error { return changes(t) })
}

// plan checks a watch, looks at the past, and returns what writes it down. known
// are the watches that there are.
func (b *Book) plan(ctx context.Context, from From, w Watch, how How, known map[string]Watch) (func(t *sql.Tx) error, error) {
	if err := CheckName(w.Name); err != nil {
		return nil, err
	}
	for _, address := range w.To {
		if a, err := ParseReceiver(address); err != nil {
			return nil, err
		} else if a != address {
			return nil, fmt.Errorf("receiver %q: write it as %q", address, a)
		}
	}
	if _, err := search.Parse(w.Query, nil); err != nil {
		return nil, err
	}
	old, there := known[w.Name]
	switch {
	case there && !how.Replace:
		return nil, fmt.Errorf("watch %s: %w", w.Name, ErrExists)
	case there && old.Query == w.Query && how.Since.IsZero():
		return func(t *sql.Tx) error { return b.subscribe(t, w) }, nil
	}
	at, err := from.Archive.Position(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.past(ctx, from.Searcher, w, how.Since)
	if err != nil {
		return nil, err
	}
	return func(t *sql.Tx) error { return b.put(t, w, at.Seq, p) }, nil
}

// past looks for what the archive holds already and a run might take for news.
func (b *Book) past(ctx context.Context, s *search.Searcher, w Watch, since time.Time) (past, error) {
	bound := b.lateSince(time.Time{}).Add(-b.late)
	if !since.IsZero() && since.Before(bound) {
		bound = since
	}
	// What has no date is neither after a day nor before one.
	recent, err := search.Narrow(w.Query, fmt.Sprintf("(after:%s OR -after:1000)", bound.AddDate(0, 0, -1).Format(time.DateOnly)), nil)
	if err != nil {
		return past{}, err
	}
	var p past
	told := &asked{name: w.Name, query: w.Query}
	for h, err := range s.Hits(ctx, query(recent, pageOf)) {
		if errors.Is(err, index.ErrNotFound) {
			break // nothing is indexed, so nothing is known
		}
		if err != nil {
			return past{}, err
		}
		if m := h.Message; !since.IsZero() && !m.Date.Before(since) && len(p.alerts) < maxSince {
			// The words are marked as the watch alone would have them.
			p.alerts = append(p.alerts, newAlert(told, h, b.now(), b.links))
		} else {
			p.seen = append(p.seen, Message{ID: m.ID, Date: m.Date})
		}
	}
	if len(p.alerts) == 0 {
		return p, nil
	}
	if p.alerts, err = fold(ctx, s, recent, p.alerts); err != nil {
		return past{}, err
	}
	return p, mentions(ctx, s, w.Query, p.alerts)
}

// put writes a watch, new or with a new query.
func (b *Book) put(t *sql.Tx, w Watch, seq uint64, p past) error {
	now := stamp(b.now())
	var id int64
	err := t.QueryRow(`INSERT INTO watch (name, query, list, made, seq, ran) VALUES (?1, ?2, ?3, ?4, ?5, ?4)
		ON CONFLICT (name) DO UPDATE SET query = ?2, list = ?3, seq = ?5, ran = ?4, trouble = '' RETURNING id`, w.Name, w.Query, w.List, now, int64(seq)).Scan(&id)
	if err != nil {
		return err
	}
	if err := b.subscribe(t, w); err != nil {
		return err
	}
	for _, m := range p.seen {
		if err := noteSeen(t, id, m.ID, m.Date); err != nil {
			return err
		}
	}
	told := &asked{id: id}
	if told.receivers, err = subscribed(t, id); err != nil {
		return err
	}
	for _, a := range p.alerts {
		var n int
		if err := t.QueryRow(`SELECT count(*) FROM alert WHERE watch = ? AND message = ?`, id, string(a.Message.ID)).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			continue
		}
		if err := keepAlert(t, told, a); err != nil {
			return err
		}
	}
	_, err = t.Exec(`UPDATE watch SET found = (SELECT count(*) FROM alert WHERE watch = ?1) WHERE id = ?1 AND found = 0`, id)
	return err
}

// subscribe gives a watch its receivers, and takes others away with what waits
// for them.
func (b *Book) subscribe(t *sql.Tx, w Watch) error {
	var id int64
	if err := t.QueryRow(`UPDATE watch SET list = ? WHERE name = ? RETURNING id`, w.List, w.Name).Scan(&id); err != nil {
		return err
	}
	if _, err := t.Exec(`DELETE FROM subscription WHERE watch = ?`, id); err != nil {
		return err
	}
	for _, address := range w.To {
		if _, err := t.Exec(`INSERT INTO receiver (address) VALUES (?) ON CONFLICT (address) DO UPDATE SET gone = ''`, address); err != nil {
			return err
		}
		if _, err := t.Exec(`INSERT OR IGNORE INTO subscription SELECT ?, id FROM receiver WHERE address = ?`, id, address); err != nil {
			return err
		}
	}
	if _, err := t.Exec(`DELETE FROM waiting WHERE alert IN (SELECT id FROM alert WHERE watch = ?1)
		AND receiver NOT IN (SELECT receiver FROM subscription WHERE watch = ?1)`, id); err != nil {
		return err
	}
	return tidy(t)
}

func subscribed(t *sql.Tx, watch int64) ([]int64, error) {
	return numbers(t, `SELECT receiver FROM subscription WHERE watch = ?`, watch)
}

// numbers returns the one column of a query.
func numbers(t *sql.Tx, query string, args ...any) ([]int64, error) {
	rows, err := t.Query(query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []int64
	for rows.Next() {
		var n int64
		if err := rows.Scan(&n); err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, rows.Err()
}

// Recent returns what a watch found, newest first, at most so many; ErrNoWatch if
// there is no such watch. 200 are kept.
func (b *Book) Recent(ctx context.Context, name string, limit int) ([]Alert, error) {
	if _, err := b.Watch(ctx, name); err != nil {
		return nil, err
	}
	return b.alerts(ctx, `SELECT a.id, a.body FROM alert a JOIN watch w ON w.id = a.watch WHERE w.name = ? ORDER BY a.id DESC LIMIT ?`, name, limit)
}

// Would returns what a watch would have told of the messages dated since then,
// oldest first, whether it was told or not.
func (b *Book) Would(ctx context.Context, from From, w Watch, since time.Time) ([]Alert, error) {
	p, err := b.past(ctx, from.Searcher, w, since)
	return p.alerts, err
}
