package search

import (
	"context"
	"errors"
	"iter"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// Of returns a Searcher of some messages of the archive, as if it held no
// others: for asking thousands of queries of the few messages that are new. It
// makes a small index in dir, which must be empty or not exist, and which the
// caller removes after Close. It has to be closed before s.
func (s *Searcher) Of(ctx context.Context, dir string, messages []*archive.Message) (*Searcher, error) {
	engine, err := index.OpenBleve(dir, &index.Options{Logger: s.log, Synonyms: s.words})
	if err != nil {
		return nil, err
	}
	if _, err := engine.Update(ctx, some(messages)); err != nil {
		return nil, errors.Join(err, engine.Close())
	}
	part, held := *s, few{s.messages, make(map[archive.ID]*archive.Message, len(messages))}
	for _, m := range messages {
		held.some[m.ID] = m
	}
	part.engine, part.messages = engine, held
	return &part, nil
}

// few are the messages of a part, which need not be read again, among all others.
type few struct {
	messages
	some map[archive.ID]*archive.Message
}

// Message returns what was handed over, or asks.
func (f few) Message(ctx context.Context, id archive.ID) (*archive.Message, error) {
	if m := f.some[id]; m != nil {
		return m, nil
	}
	return f.messages.Message(ctx, id)
}

// Close leaves the rest to whom it belongs.
func (f few) Close() error { return nil }

// some are messages as an index takes them.
type some []*archive.Message

// Position implements index.Source.
func (m some) Position(context.Context) (archive.Position, error) {
	return archive.Position{Archive: "part", Seq: uint64(len(m))}, nil
}

// Changes implements index.Source.
func (m some) Changes(_ context.Context, after uint64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		for i := after; i < uint64(len(m)); i++ {
			if !yield(archive.Change{Seq: i + 1, ID: m[i].ID, Message: m[i]}, nil) {
				return
			}
		}
	}
}
