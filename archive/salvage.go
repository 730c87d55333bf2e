package archive

import (
	"context"
	"database/sql"
	"errors"
	"iter"
)

// errStopped says that the reader of an iterator has had enough.
var errStopped = errors.New("stopped")

// messageRows streams messages in the order that where gives. It reads one
// state of the archive. A message that cannot be read is yielded as a
// *DamagedError, with its ID and list, and the rest follows.
func (a *Archive) messageRows(ctx context.Context, where string, args ...any) iter.Seq2[stored, error] {
	return func(yield func(stored, error) bool) {
		done, err := a.quickRows(ctx, yield, where, args...)
		switch err = explain(err); {
		case err == nil || err == errStopped:
		case errors.Is(err, ErrCorrupt):
			a.slowRows(ctx, done, yield, where, args...)
		default:
			yield(stored{}, err)
		}
	}
}

// quickRows reads everything in one query, which a damaged page of the file
// ends. It returns how many messages it has yielded.
func (a *Archive) quickRows(ctx context.Context, yield func(stored, error) bool, where string, args ...any) (int, error) {
	done := 0
	err := a.read.snapshot(ctx, func(q querier) error {
		rows, err := q.query(messageColumns+where, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := ctx.Err(); err != nil {
				return err
			}
			s, err := a.scanMessage(q, rows)
			var damaged *DamagedError
			if err != nil && !errors.As(err, &damaged) {
				return err
			}
			if done++; !yield(s, err) {
				return errStopped
			}
		}
		return rows.Err()
	})
	return done, err
}

// slowRows goes on behind the messages already yielded, one query each, so
// that a damaged page costs only the messages on it.
func (a *Archive) slowRows(ctx context.Context, done int, yield func(stored, error) bool, where string, args ...any) {
	for n, err := range stream(ctx, a.read, scanNumber, `SELECT m.n FROM message m `+where, args...) {
		if err != nil {
			yield(stored{}, err)
			return
		}
		if done--; done >= 0 {
			continue
		}
		s, err := a.messageAt(n)
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if !yield(s, explain(err)) {
			return
		}
	}
}

func scanNumber(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }

// messageAt reads one message by its row. When its words are lost, the
// *DamagedError comes with what is known of it.
func (a *Archive) messageAt(n int64) (stored, error) {
	var s stored
	err := a.read.snapshot(context.Background(), func(q querier) (err error) {
		s, err = a.scanMessage(q, q.queryRow(messageColumns+`WHERE m.n = ?`, n))
		return err
	})
	var damaged *DamagedError
	if err == nil || errors.As(err, &damaged) || !errors.Is(explain(err), ErrCorrupt) {
		return s, err
	}
	var id []byte
	s = stored{m: &Message{}}
	known := a.read.queryRow(`SELECT m.id, l.name, m.seq, m.gone FROM message m JOIN list l ON l.id = m.list WHERE m.n = ?`, n).
		Scan(&id, &s.m.List, &s.seq, &s.gone)
	if known != nil {
		return stored{}, err
	}
	s.m.ID = keyOf(id).id()
	return s, &DamagedError{What: "message", Name: string(s.m.ID), Err: err}
}
