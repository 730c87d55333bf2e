package search

import (
	"context"
	"errors"
	"strings"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/pace"
)

// IsURL tells where an index in OpenSearch is from a data directory.
func IsURL(where string) bool { return strings.Contains(where, "://") }

// OpenCluster opens what bxcrawl put into an OpenSearch cluster: all archives of one
// prefix. No archive has to be here. That the cluster answers is found out now; that
// something was fed, with the first search: the error is an index.ErrNotFound
// then. Of the data directory dir only SynonymsFile is read; it may be empty for
// none.
//
// What Searcher says of an archive's own records does not hold: SourceOf knows of
// no fetch, and Find of no ID that a message had before.
func OpenCluster(ctx context.Context, c index.Cluster, dir string, opts *Options) (*Searcher, error) {
	s := &Searcher{opts: opts, log: opts.logger(), pacer: pace.New(pace.Limits{}), words: index.DefaultSynonyms()}
	var err error
	if dir != "" {
		if s.words, err = readSynonyms(dir); err != nil {
			return nil, err
		}
	}
	s.engine, err = index.OpenCluster(ctx, c, &index.Options{Logger: s.log, Synonyms: s.words})
	if err != nil {
		return nil, err
	}
	s.messages = kept{s.engine.(index.Keeper)}
	return s, nil
}

// Standing opens the standing queries of the archive that c names, in OpenSearch:
// queries there mean what they mean to this Searcher. The caller closes it.
func (s *Searcher) Standing(ctx context.Context, c index.Cluster) (*index.Standing, error) {
	return index.OpenStanding(ctx, c, &index.Options{Logger: s.log, Synonyms: s.words})
}

// kept are the messages of an engine that keeps them.
type kept struct{ index.Keeper }

// freshness says that the engine is not behind itself.
func (k kept) freshness(ctx context.Context) (Freshness, error) {
	at, err := k.Position(ctx)
	switch {
	case errors.Is(err, index.ErrNotFound):
		return Freshness{State: index.StateNone}, nil
	case err != nil:
		return Freshness{}, err
	}
	return Freshness{Archive: at, Index: at, State: index.StateCurrent}, nil
}

// Close leaves it to the engine.
func (kept) Close() error { return nil }
