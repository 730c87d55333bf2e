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

// StandingQuery is one of many queries that wait for messages.
type StandingQuery struct {
	ID   int64
	Text string                // what has the same text is the same query
	Read func() (Query, error) // called where the text is not known yet
}

// Standing keeps the standing queries of an archive, such as those of watches, in an
// OpenSearch cluster, and asks it which of them some messages may match:
// percolation. The cluster chooses, and does not decide: what it is given of a
// query is a condition that every match meets, and others may. So the meaning of a
// query does not depend on the cluster.
//
// What is stored is derived, and can be deleted: see docs/format.md. A Standing is
// used by one goroutine; that one process at a time keeps the queries of an
// archive is for the caller to see to, and noticed if it fails.
type Standing struct {
	engine *clusterEngine
	name   string
	means  string // what else than its text the condition of a query depends on

	stored map[string][]int64 // the queries, by key
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
	return newStanding(e.(*clusterEngine)), nil
}

func newStanding(e *clusterEngine) *Standing {
	return &Standing{
		engine: e, name: e.standingName(e.cfg.Archive),
		means: fmt.Sprint(StandingFormat, FormatVersion, ClusterFormat, e.words.digest()),
	}
}

// Close ends the connections.
func (s *Standing) Close() error { return s.engine.Close() }

// Sync makes the cluster know these queries, and no others. What it knows already is
// neither read nor sent again. Of no queries nothing is left in the cluster.
func (s *Standing) Sync(ctx context.Context, queries iter.Seq[StandingQuery]) error {
	s.stored, s.is = map[string][]int64{}, nil
	for q := range queries {
		key := s.key(q.Text)
		s.stored[key] = append(s.stored[key], q.ID)
	}
	if err := s.sync(ctx, queries); err != nil {
		return fmt.Errorf("index: standing queries in %s: %w", s.name, err)
	}
	return nil
}

// key names the condition of a query.
func (s *Standing) key(text string) string {
	sum := sha256.Sum256([]byte(s.means + "\x00" + text))
	return hex.EncodeToString(sum[:16])
}

func (s *Standing) sync(ctx context.Context, queries iter.Seq[StandingQuery]) error {
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
func (s *Standing) change(ctx context.Context, is *standingIndex, queries iter.Seq[StandingQuery]) error {
	if err := s.save(ctx, is, ""); err != nil {
		return err
	}
	there, err := s.keys(ctx)
	if err != nil {
		return err
	}
	if err := s.write(ctx, there, queries); err != nil {
		return err
	}
	if err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.name+"/_refresh", nil, nil, nil); err != nil {
		return err
	}
	n, err := s.count(ctx)
	if err == nil && n != len(s.stored) {
		err = fmt.Errorf("%d are there, and %d were stored: somebody else writes to it", n, len(s.stored))
	}
	if err == nil {
		err = s.unchanged(ctx, is)
	}
	if err == nil {
		err = s.save(ctx, is, standingDigest(s.stored))
	}
	if err == nil {
		s.is = is
	}
	return err
}

// write sends what makes one of what is there.
func (s *Standing) write(ctx context.Context, there map[string]bool, queries iter.Seq[StandingQuery]) error {
	var refused []string
	bulk := s.engine.calls.Bulk(ctx, opensearch.BulkConfig{
		Index: s.name, MaxBytes: bulkBytes, Workers: bulkWorkers,
		Refused: func(key string, err error) {
			s.engine.log.Warn("OpenSearch refuses a standing query, it is chosen always", "err", err)
			refused = append(refused, key)
		},
	})
	defer bulk.Close()
	for key := range there {
		if s.stored[key] == nil {
			if err := bulk.Add(opensearch.Item{ID: key, Version: standingVersion}); err != nil {
				return err
			}
		}
	}
	if err := s.writeNew(ctx, bulk, there, queries); err != nil {
		return err
	}
	if _, err := bulk.Flush(); err != nil || len(refused) == 0 {
		return err
	}
	w := &needWriter{}
	for _, key := range slices.Clone(refused) {
		if err := bulk.Add(w.item(key, nil)); err != nil {
			return err
		}
	}
	_, err := bulk.Flush()
	return err
}

// writeNew sends the queries that are not there. How rare their terms are is what
// all queries say together.
func (s *Standing) writeNew(ctx context.Context, bulk *opensearch.Bulk, there map[string]bool, queries iter.Seq[StandingQuery]) error {
	w := &needWriter{asked: map[string]int{}}
	for q := range queries {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.count(s.need(q))
	}
	for q := range queries { // read again: to keep all conditions takes kilobytes for each
		key := s.key(q.Text)
		if there[key] {
			continue
		}
		there[key] = true
		if err := bulk.Add(w.item(key, s.need(q))); err != nil {
			return err
		}
	}
	return nil
}

// need is a query's condition; nil if it cannot be read: whoever asks it will tell.
func (s *Standing) need(q StandingQuery) *need {
	tree, err := q.Read()
	if err != nil {
		return nil
	}
	return needOf(tree, s.engine.words)
}

// item is what is stored of a query.
func (w *needWriter) item(key string, n *need) opensearch.Item {
	doc := w.append(fmt.Appendf(nil, `{%q:%q,%q:`, standingKeyed, key, standingQuery), n)
	return opensearch.Item{ID: key, Version: standingVersion, Doc: append(doc, '}')}
}

// standingVersion is that of all that is stored: what has the same key is the same.
const standingVersion = 1

// Choose returns the queries that may match one of some messages, by their numbers;
// all others match none. An error means that nothing is known.
func (s *Standing) Choose(ctx context.Context, messages []*archive.Message) (map[int64]bool, error) {
	chosen := map[int64]bool{}
	switch {
	case s.stored == nil || s.is == nil && len(s.stored) > 0:
		return nil, errors.New("index: which queries are stored is not known: Sync comes first, and without an error")
	case s.is == nil || len(messages) == 0:
		return chosen, nil
	}
	err := s.percolate(ctx, messages, chosen)
	if err == nil {
		err = s.unchanged(ctx, s.is)
	}
	if err != nil {
		return nil, fmt.Errorf("index: standing queries in %s: %w", s.name, err)
	}
	return chosen, nil
}

// unchanged tells whether the index is what it was: the digest goes before anything
// else changes, and one that was deleted may come about again by being written to.
func (s *Standing) unchanged(ctx context.Context, was *standingIndex) error {
	now, err := s.find(ctx)
	if err != nil {
		return err
	}
	if now == nil || now.UUID != was.UUID || now.Meta == nil || *now.Meta != *was.Meta {
		return errors.New("deleted or changed by somebody else meanwhile")
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
