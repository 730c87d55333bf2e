package search

import (
	"context"
	"errors"
	"fmt"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// Freshness says how much of the archive can be found.
type Freshness = index.Freshness

// Lists returns the mailing lists of the archive.
func (s *Searcher) Lists(ctx context.Context) ([]archive.ListInfo, error) {
	return s.messages.Lists(ctx)
}

// Freshness says how far the archive has got, and how much of that can be found.
// Answers stay the same as long as it does, but for dates such as "today". It
// takes little time.
func (s *Searcher) Freshness(ctx context.Context) (Freshness, error) {
	if k, ok := s.messages.(kept); ok {
		return k.freshness(ctx)
	}
	return index.Compare(ctx, s.engine, s.messages)
}

// Message returns the message that ref names: an ID, the URL of a page, or a
// Message-ID with or without angle brackets. It returns an archive.ErrNotFound
// for none, and an *AmbiguousError for several.
func (s *Searcher) Message(ctx context.Context, ref string) (*archive.Message, error) {
	ids, err := s.find(ctx, ref)
	if err != nil {
		return nil, err
	}
	if len(ids) > 1 {
		return nil, &AmbiguousError{ref, ids}
	}
	return s.messages.Message(ctx, ids[0])
}

// Thread returns the conversation that has the message ref, named as for
// Message. The ID of a thread will do too, even when its first message is not
// held. Several messages of one conversation are not ambiguous.
func (s *Searcher) Thread(ctx context.Context, ref string) (*archive.Thread, error) {
	return threadOf(ctx, s, ref, s.messages.Thread)
}

// Outline returns the conversation that Thread would, without its messages: for a
// page of a long one.
func (s *Searcher) Outline(ctx context.Context, ref string) (*archive.Outline, error) {
	return threadOf(ctx, s, ref, s.messages.Outline)
}

// threadOf gets the conversation that ref names by the ID of a message or thread.
func threadOf[T any](ctx context.Context, s *Searcher, ref string, get func(context.Context, archive.ID) (T, error)) (T, error) {
	var none T
	ids, err := s.find(ctx, ref)
	if errors.Is(err, archive.ErrNotFound) {
		if t, err := get(ctx, archive.ID(ref)); err == nil {
			return t, nil
		}
	}
	if err != nil {
		return none, err
	}
	if len(ids) == 1 {
		return get(ctx, ids[0])
	}
	var root archive.ID
	for i, id := range ids {
		m, err := s.messages.Message(ctx, id)
		if err != nil {
			return none, err
		}
		if i > 0 && m.Thread != root {
			return none, &AmbiguousError{ref, ids}
		}
		root = m.Thread
	}
	return get(ctx, ids[0])
}

// SourceOf returns the fetch that a message's words were read from, and false if
// none is known.
func (s *Searcher) SourceOf(ctx context.Context, id archive.ID) (archive.Raw, bool, error) {
	return s.messages.SourceOf(ctx, id)
}

// find returns the messages that ref names, one at least.
func (s *Searcher) find(ctx context.Context, ref string) ([]archive.ID, error) {
	ids, err := s.messages.Find(ctx, ref)
	if err != nil && !errors.Is(err, archive.ErrNotFound) {
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("%w: no message is named %q; give an ID, a page's URL or a Message-ID", archive.ErrNotFound, ref)
	}
	return ids, nil
}
