package alert

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

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
	if _, err := t.Exec(`UPDATE watch SET seq = ?, found = found + ? WHERE id = ?`, int64(seq), len(alerts), w.id); err != nil {
		return 0, err
	}
	return len(alerts), nil
}

// advance writes how far watches got that found nothing, as keep does: there may
// be very many.
func advance(t *sql.Tx, watches []*asked, seq uint64) error {
	update, err := t.Prepare(`UPDATE watch SET seq = ? WHERE id = ? AND query = ?`)
	if err != nil {
		return err
	}
	defer update.Close()
	for _, w := range watches {
		if _, err := update.Exec(int64(seq), w.id, w.query); err != nil {
			return err
		}
		w.seq = seq
	}
	return nil
}

func keepAlert(t *sql.Tx, w *asked, a Alert) error {
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	for _, m := range append([]Message{a.Message}, a.Copies...) {
		if err := noteSeen(t, w.id, m.ID, m.Date); err != nil {
			return err
		}
	}
	if err := tally(t, "", outcomeFound, 1); err != nil {
		return err
	}
	res, err := t.Exec(`INSERT INTO alert (watch, message, at, body) VALUES (?, ?, ?, ?)`, w.id, string(a.Message.ID), stamp(a.At), body)
	if err != nil {
		return err
	}
	n, err := res.LastInsertId()
	if err == nil {
		err = noteCopies(t, n, a)
	}
	if err != nil || w.muted {
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
		var each [3]*sql.Stmt
		for i, text := range [...]string{
			`UPDATE watch SET trouble = ?, ran = max(ran, ?) WHERE id = ? AND query = ?`,
			`DELETE FROM alert WHERE watch = ?1 AND id <= (SELECT id FROM alert WHERE watch = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
				AND NOT EXISTS (SELECT 1 FROM waiting WHERE alert = alert.id)`,
			// What is dated so long ago cannot be told any more.
			`DELETE FROM seen WHERE watch = ? AND date <> 0 AND date < ?`,
		} {
			var err error
			if each[i], err = t.Prepare(text); err != nil {
				return err
			}
			defer each[i].Close()
		}
		full, err := numbers(t, `SELECT watch FROM alert UNION SELECT watch FROM seen`)
		if err != nil {
			return err
		}
		has := make(map[int64]bool, len(full))
		for _, id := range full {
			has[id] = true
		}
		for _, w := range watches {
			trouble, ran := "", stamp(now)
			if w.failed != nil {
				trouble, ran = cut(w.failed.Error(), maxText), 0
			}
			for i, args := range [...][]any{{trouble, ran, w.id, w.query}, {w.id, keptAlerts}, {w.id, stamp(w.late.Add(-b.late))}} {
				if i > 0 && !has[w.id] {
					break
				}
				if _, err := each[i].Exec(args...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}
