package alert

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// maxCopies bounds the messages that one alert names besides its own.
const maxCopies = 20

// fold makes one alert of those about messages that say the same, as a search
// does: that of the oldest one, which names the others. text finds all of them.
func fold(ctx context.Context, s *search.Searcher, text string, alerts []Alert) ([]Alert, error) {
	if len(alerts) < 2 {
		return alerts, nil
	}
	at := map[archive.ID]int{}
	for i, a := range alerts {
		at[a.Message.ID] = i
	}
	behind := map[int]bool{}
	q := query(text, pageOf)
	q.Group = search.GroupCopy
	for h, err := range s.Hits(ctx, q) {
		if errors.Is(err, index.ErrNotFound) {
			break
		}
		if err != nil {
			return nil, err
		}
		var same []int
		for _, id := range append([]archive.ID{h.Message.ID}, h.Folded...) {
			if i, ok := at[id]; ok && !behind[i] {
				same = append(same, i)
			}
		}
		slices.Sort(same)
		for n := 1; n < len(same) && n <= maxCopies; n++ {
			first := &alerts[same[0]]
			first.Copies = append(first.Copies, alerts[same[n]].Message)
			behind[same[n]] = true
		}
	}
	var out []Alert
	for i, a := range alerts {
		if !behind[i] {
			out = append(out, a)
		}
	}
	return out, nil
}

// forget takes a deleted message out of what was found. An alert that named
// others that say the same is about the first of them now.
func forget(t *sql.Tx, id archive.ID) error {
	return each(t, id, func(n int64, named []Message) error {
		return rewrite(t, n, slices.DeleteFunc(named, func(m Message) bool { return m.ID == id }))
	})
}

// renamed gives a message its new ID in what was found.
func renamed(t *sql.Tx, r archive.Rename) error {
	if _, err := t.Exec(`INSERT OR IGNORE INTO seen SELECT watch, ?2, date FROM seen WHERE message = ?1`, string(r.Was), string(r.Now)); err != nil {
		return err
	}
	return each(t, r.Was, func(n int64, named []Message) error {
		for i := range named {
			if named[i].ID == r.Was {
				named[i].ID = r.Now
			}
		}
		return rewrite(t, n, named)
	})
}

// each calls do with each alert that names a message, and all messages that it
// names.
func each(t *sql.Tx, id archive.ID, do func(n int64, named []Message) error) error {
	numbers, err := alertsNaming(t, id)
	if err != nil {
		return err
	}
	for _, n := range numbers {
		a, err := alertAt(t, n)
		if err != nil {
			return err
		}
		if err := do(n, append([]Message{a.Message}, a.Copies...)); err != nil {
			return err
		}
	}
	return nil
}

func alertAt(t *sql.Tx, n int64) (a Alert, err error) {
	var body []byte
	if err = t.QueryRow(`SELECT body FROM alert WHERE id = ?`, n).Scan(&body); err == nil {
		err = json.Unmarshal(body, &a)
	}
	return a, err
}

func alertsNaming(t *sql.Tx, id archive.ID) ([]int64, error) {
	return numbers(t, `SELECT id FROM alert WHERE message = ?1 UNION SELECT alert FROM copy WHERE message = ?1`, string(id))
}

// rewrite makes an alert name these messages, the first as its own. One that
// names none goes away.
func rewrite(t *sql.Tx, n int64, named []Message) error {
	if len(named) == 0 {
		_, err := t.Exec(`DELETE FROM alert WHERE id = ?`, n)
		return err
	}
	a, err := alertAt(t, n)
	if err != nil {
		return err
	}
	a.Message = named[0]
	a.Copies = slices.DeleteFunc(named[1:], func(m Message) bool { return m.ID == a.Message.ID })
	body, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if _, err := t.Exec(`UPDATE alert SET message = ?, body = ? WHERE id = ?`, string(a.Message.ID), body, n); err != nil {
		return err
	}
	if _, err := t.Exec(`DELETE FROM copy WHERE alert = ?`, n); err != nil {
		return err
	}
	return noteCopies(t, n, a)
}

func noteCopies(t *sql.Tx, n int64, a Alert) error {
	for _, m := range a.Copies {
		if _, err := t.Exec(`INSERT OR IGNORE INTO copy VALUES (?, ?)`, n, string(m.ID)); err != nil {
			return err
		}
	}
	return nil
}

// followRenames tells the watches of messages that go under another ID now, so
// that they are no news.
func (b *Book) followRenames(ctx context.Context, a *archive.Archive, after uint64) error {
	renames, err := a.Renames(ctx, after)
	if err != nil || len(renames) == 0 {
		return err
	}
	return b.write(ctx, func(t *sql.Tx) error {
		for _, r := range renames {
			if err := renamed(t, r); err != nil {
				return err
			}
		}
		return nil
	})
}
