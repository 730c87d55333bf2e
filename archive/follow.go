package archive

import (
	"context"
	"fmt"
	"iter"
	"strings"
)

// Filter narrows Messages. The zero value narrows nothing.
type Filter struct {
	List string // a list's name
}

// Messages returns messages by list, date and ID: an order that depends on
// what is held alone. A message that cannot be read is yielded as a
// *DamagedError, and the rest follows.
func (a *Archive) Messages(ctx context.Context, f Filter) iter.Seq2[*Message, error] {
	return func(yield func(*Message, error) bool) {
		lists, err := a.Lists(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for _, l := range lists {
			if f.List != "" && !strings.EqualFold(f.List, l.Name) {
				continue
			}
			for s, err := range a.messageRows(ctx, `WHERE m.list = (SELECT id FROM list WHERE name = ?) AND m.gone IS NULL ORDER BY m.date, m.id`, l.Name) {
				if err != nil {
					s.m = nil
				}
				if !yield(s.m, err) {
					return
				}
			}
		}
	}
}

// Change is the latest change of one message.
type Change struct {
	Seq     uint64
	ID      ID
	Deleted bool
	Message *Message // nil when deleted
}

// Changes returns the messages that changed after a sequence number, each once
// at its latest number, in ascending order; 0 returns all, deleted ones too.
// For a damaged one it yields a *DamagedError with its number and ID.
func (a *Archive) Changes(ctx context.Context, after uint64) iter.Seq2[Change, error] {
	return func(yield func(Change, error) bool) {
		for s, err := range a.messageRows(ctx, `WHERE m.seq > ? ORDER BY m.seq`, int64(after)) {
			c := Change{Seq: s.seq, Deleted: s.gone.Valid}
			if s.m != nil {
				c.ID = s.m.ID
			}
			if !c.Deleted && err == nil {
				c.Message = s.m
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

// Position is how far an archive has got.
type Position struct {
	Archive string // its UUID
	Seq     uint64 // of its latest change
}

// Position returns the archive's position; a consumer that stores it beside
// its output knows later what it has not seen.
func (a *Archive) Position(ctx context.Context) (Position, error) {
	if err := ctx.Err(); err != nil {
		return Position{}, err
	}
	var seq int64
	if err := a.read.queryRow(`SELECT coalesce(max(seq), 0) FROM message`).Scan(&seq); err != nil {
		return Position{}, fmt.Errorf("position: %w", explain(err))
	}
	return Position{Archive: a.uuid, Seq: uint64(seq)}, nil
}
