package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
)

// Note is one entry of a list's state.
type Note struct {
	Key   string
	Value []byte
}

// State returns a note that SetState left, and false if there is none. Notes
// belong to whoever crawls; list may be empty.
func (a *Archive) State(ctx context.Context, list, key string) ([]byte, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	var value []byte
	err := a.read.queryRow(`SELECT value FROM state WHERE list = ? AND key = ?`, list, key).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	} else if err != nil {
		return nil, false, fmt.Errorf("state %s: %w", key, explain(err))
	}
	return value, true, nil
}

// SetState leaves a note; a nil value takes it away. It is on disk when
// SetState returns.
func (a *Archive) SetState(ctx context.Context, list, key string, value []byte) error {
	err := a.writable(ctx, func(t *tx) error {
		if value == nil {
			return t.exec(`DELETE FROM state WHERE list = ? AND key = ?`, list, key)
		}
		return t.exec(`INSERT INTO state VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value`, list, key, value)
	})
	if err != nil {
		return fmt.Errorf("state %s: %w", key, err)
	}
	return nil
}

// States returns the notes of a list whose keys begin with prefix, by key.
func (a *Archive) States(ctx context.Context, list, prefix string) iter.Seq2[Note, error] {
	return stream(ctx, a.read, func(r *sql.Rows) (n Note, err error) { return n, r.Scan(&n.Key, &n.Value) },
		`SELECT key, value FROM state WHERE list = ?1 AND substr(key, 1, length(?2)) = ?2 ORDER BY key`, list, prefix)
}
