package index

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/http"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// Standing keeps the standing queries of an archive, such as those of watches, in an
// OpenSearch cluster, and asks it which of them some messages may match:
// percolation. The cluster chooses, and does not decide: what it is given of a
// query is a condition that every match meets, and others may. So the meaning of a
// query does not depend on the cluster, and a query of which the cluster knows
// nothing is chosen always.
//
// What is stored is derived, and can be deleted: see docs/format.md. A Standing is
// used by one goroutine; that one process at a time keeps the queries of an
// archive is for the caller to see to, and noticed if it fails.
type Standing struct {
	engine *clusterEngine
	name   string

	stored map[string][]int64 // the queries that have a condition, by its key
	always []int64            // those that have none, or one that OpenSearch does not take
	is     *standingIndex     // nil where nothing is stored
}

// OpenStanding opens the standing queries of c.Archive. Of opts.Synonyms it has to
// know as much as those who ask.
func OpenStanding(ctx context.Context, c Cluster, opts *Options) (*Standing, error) {
	if c.Archive == "" {
		return nil, errors.New("index: standing queries are those of one archive, and none is named")
	}
	e, err := OpenCluster(ctx, c, opts)
	if err != nil {
		return nil, err
	}
	engine := e.(*clusterEngine)
	return &Standing{engine: engine, name: engine.standingName(c.Archive)}, nil
}

// Close ends the connections.
func (s *Standing) Close() error { return s.engine.Close() }

// Sync makes the cluster know these queries, by numbers of the caller's, and no
// others. What it knows already is not sent again. Of no queries nothing is left
// in the cluster.
func (s *Standing) Sync(ctx context.Context, queries iter.Seq2[int64, Query]) error {
	s.stored, s.always, s.is = map[string][]int64{}, nil, nil
	for id, q := range queries {
		if err := ctx.Err(); err != nil {
			return err
		}
		need := s.need(q)
		if !needed(need) {
			s.always = append(s.always, id)
			continue
		}
		key := standingKey(need)
		s.stored[key] = append(s.stored[key], id)
	}
	if err := s.sync(ctx, queries); err != nil {
		return fmt.Errorf("index: standing queries in %s: %w", s.name, err)
	}
	return nil
}

// standingKey names a condition by what it says. Queries that need the same share one.
func standingKey(n need) string {
	sum := sha256.Sum256([]byte(n))
	return hex.EncodeToString(sum[:16])
}

func (s *Standing) sync(ctx context.Context, queries iter.Seq2[int64, Query]) error {
	is, err := s.find(ctx)
	if err != nil || len(s.stored) == 0 {
		if err == nil && is != nil {
			err = s.remove(ctx)
		}
		return err
	}
	if is != nil && !is.ours(s.engine.cfg.Archive) {
		s.engine.log.Info("standing queries are stored anew", "index", s.name)
		if err := s.remove(ctx); err != nil {
			return err
		}
		is = nil
	}
	digest := standingDigest(s.stored)
	if is == nil {
		is, err = s.create(ctx)
	} else if is.Meta.Digest == digest {
		var n int
		if n, err = s.count(ctx); err == nil && n == len(s.stored) {
			s.is = is
			return nil
		}
	}
	if err != nil {
		return err
	}
	return s.change(ctx, is, queries)
}

// change stores what is not there and removes what is too much. Until all of it
// is done the index has no digest, so whoever relies on an earlier one will see
// that it holds no more.
func (s *Standing) change(ctx context.Context, is *standingIndex, queries iter.Seq2[int64, Query]) error {
	if err := s.save(ctx, is, ""); err != nil {
		return err
	}
	there, err := s.keys(ctx)
	if err != nil {
		return err
	}
	refused, err := s.write(ctx, there, queries)
	if err != nil {
		return err
	}
	for key := range refused {
		s.always = append(s.always, s.stored[key]...)
		delete(s.stored, key)
	}
	if err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.name+"/_refresh", nil, nil, nil); err != nil {
		return err
	}
	n, err := s.count(ctx)
	if err == nil && n != len(s.stored) {
		err = fmt.Errorf("%d are there, and %d were stored: somebody else writes to it", n, len(s.stored))
	}
	if err == nil {
		err = s.save(ctx, is, standingDigest(s.stored))
	}
	if err == nil {
		s.is = is
	}
	return err
}

// write sends what makes one of what is there. It returns what OpenSearch does not
// take.
func (s *Standing) write(ctx context.Context, there map[string]bool, queries iter.Seq2[int64, Query]) (refused map[string]bool, err error) {
	refused = map[string]bool{}
	bulk := s.engine.calls.Bulk(ctx, opensearch.BulkConfig{
		Index: s.name, MaxBytes: bulkBytes, Workers: bulkWorkers,
		Refused: func(key string, err error) {
			s.engine.log.Warn("OpenSearch refuses a standing query, it is asked always", "err", err)
			refused[key] = true
		},
	})
	defer bulk.Close()
	for key := range there {
		if s.stored[key] == nil {
			if err := bulk.Add(opensearch.Item{ID: key, Version: standingVersion}); err != nil {
				return nil, err
			}
		}
	}
	for _, q := range queries {
		need := s.need(q)
		key := standingKey(need)
		if !needed(need) || there[key] {
			continue
		}
		there[key] = true
		doc := fmt.Appendf(nil, `{%q:%q,%q:%s}`, standingKeyed, key, standingQuery, need)
		if err := bulk.Add(opensearch.Item{ID: key, Version: standingVersion, Doc: doc}); err != nil {
			return nil, err
		}
	}
	_, err = bulk.Flush()
	return refused, err
}

// standingVersion is that of all that is stored: what has the same key is the same.
const standingVersion = 1

// Choose returns the queries that may match one of some messages, by their numbers;
// all others match none. An error means that nothing is known.
func (s *Standing) Choose(ctx context.Context, messages []*archive.Message) (map[int64]bool, error) {
	chosen := map[int64]bool{}
	for _, id := range s.always {
		chosen[id] = true
	}
	if s.is == nil || len(messages) == 0 {
		return chosen, nil
	}
	err := s.percolate(ctx, messages, chosen)
	if err == nil {
		err = s.unchanged(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("index: standing queries in %s: %w", s.name, err)
	}
	return chosen, nil
}

// unchanged tells whether what was asked is what Sync left: the digest goes before
// anything else changes.
func (s *Standing) unchanged(ctx context.Context) error {
	now, err := s.find(ctx)
	if err != nil {
		return err
	}
	if now == nil || now.UUID != s.is.UUID || now.Meta == nil || *now.Meta != *s.is.Meta {
		return errors.New("they were deleted or changed by somebody else while messages were compared with them")
	}
	return nil
}

// percolate asks about all messages, some at a time.
func (s *Standing) percolate(ctx context.Context, messages []*archive.Message, chosen map[int64]bool) error {
	w := newStandingWriter()
	var docs []byte
	n := 0
	for i, m := range messages {
		if n > 0 {
			docs = append(docs, ',')
		}
		docs = w.append(docs, m)
		if n++; n < standingDocs && len(docs) < standingBytes && i+1 < len(messages) {
			continue
		}
		if err := s.ask(ctx, docs, chosen); err != nil {
			return err
		}
		docs, n = docs[:0], 0
	}
	return nil
}

// Bounds of one request to percolate.
const (
	standingDocs  = 500
	standingBytes = 8 << 20
)

// ask adds the queries that documents may match.
func (s *Standing) ask(ctx context.Context, docs []byte, chosen map[int64]bool) error {
	body := fmt.Appendf(nil, `{"size":%d,"_source":false,"track_total_hits":false,"sort":["_doc"],"query":{"percolate":{"field":%q,"documents":[%s]}}}`,
		len(s.stored), standingQuery, docs)
	hits, err := s.search(ctx, body)
	if err != nil {
		return err
	}
	for _, h := range hits {
		for _, id := range s.stored[h.ID] {
			chosen[id] = true
		}
	}
	return nil
}

// standingDigest is what an index says of its keys.
func standingDigest(stored map[string][]int64) string {
	sum := sha256.New()
	for _, key := range slices.Sorted(maps.Keys(stored)) {
		sum.Write([]byte(key))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
