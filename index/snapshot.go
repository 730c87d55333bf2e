package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pace"
)

// stateKey is where an index keeps its state, written in the batch that makes
// it true.
const stateKey = "bxsearch"

// state says what an index holds.
type state struct {
	Format   int                `json:"format"`
	Position archive.Position   `json:"position"`
	Lengths  map[Field]lengthOf `json:"lengths"`
}

// lengthOf adds up a field's length over the documents that have it. Documents
// that were replaced or deleted stay counted until the index is rebuilt: the
// mean is for ranking, and moves little.
type lengthOf struct {
	Words uint64 `json:"words"`
	Docs  uint64 `json:"docs"`
}

// snapshot is one open, unchanging state of an index.
type snapshot struct {
	store  bleveindex.Index
	reader bleveindex.IndexReader
	state  state
	docs   uint64

	days              sync.Once
	firstDay, lastDay time.Time
	spanErr           error
	stems             stemCache
	langs             tongueCache
	words             wordCache
	columns           *columnSet
	segs              []segmentView
	longWalk          int // see the constant
}

// boltTimeout bounds the wait for a store that somebody else has open. Nobody
// should: generations are written by one and never changed.
//
// QUIRK B1: without it, bleve waits for ever.
const boltTimeout = "5s"

func storeConfig(dir string, readOnly bool) map[string]any {
	return map[string]any{"path": dir, "read_only": readOnly, "bolt_timeout": boltTimeout}
}

// openSnapshot opens a generation's store for reading.
func openSnapshot(dir string) (*snapshot, error) {
	store, err := scorch.NewScorch(scorch.Name, storeConfig(dir, true), nil)
	if err != nil {
		return nil, err
	}
	if err := store.Open(); err != nil {
		return nil, err
	}
	s, err := newSnapshot(store)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	return s, nil
}

func newSnapshot(store bleveindex.Index) (*snapshot, error) {
	reader, err := store.Reader()
	if err != nil {
		return nil, err
	}
	s := &snapshot{store: store, reader: reader, longWalk: longWalk}
	if s.docs, err = reader.DocCount(); err == nil {
		s.state, err = readState(reader)
	}
	if err == nil {
		s.segs, err = s.views()
	}
	if err == nil {
		s.columns, err = s.openColumnSet()
	}
	if err != nil {
		return nil, errors.Join(err, reader.Close())
	}
	return s, nil
}

func readState(reader bleveindex.IndexReader) (state, error) {
	var st state
	raw, err := reader.GetInternal([]byte(stateKey))
	if err != nil {
		return st, err
	}
	if len(raw) == 0 {
		return st, errors.New("it does not say which archive it is of")
	}
	return st, json.Unmarshal(raw, &st)
}

func (s *snapshot) close() error {
	return errors.Join(s.columns.close(), s.reader.Close(), s.store.Close())
}

// numbers is how many documents have a number, void ones included.
func (s *snapshot) numbers() uint64 {
	if len(s.segs) == 0 {
		return 0
	}
	return s.segs[len(s.segs)-1].end()
}

// mean is a field's mean length over the documents that have it.
func (s *snapshot) mean(f Field) float64 {
	l := s.state.Lengths[f]
	return float64(l.Words) / float64(max(l.Docs, 1))
}

// search answers a request.
func (s *snapshot) search(ctx context.Context, r *Request) (*Result, error) {
	after, err := parseAfter(r.After)
	if err != nil {
		return nil, err
	}
	run, err := s.start(ctx, r)
	if err != nil {
		return nil, err
	}
	run.collector.after, run.collector.limit = after, r.Limit
	facets, err := s.countFacets(r)
	if err != nil {
		return nil, err
	}
	run.collector.facets = facets
	if r.Group != GroupNone {
		run.collector.limit = firstOfGroups(r.Limit)
	}
	found, err := run.collect(ctx)
	if err != nil {
		return nil, err
	}
	c := run.compiler
	res := &Result{Total: run.collector.total, Facets: facets.result(r.FacetLimit), Ignored: c.ignored, Cut: c.cut, Meanings: c.meanings, Likely: c.likely, Inside: c.insides}
	if res.Hits, err = s.group(ctx, r, run.collector.limit, found); err != nil {
		return nil, err
	}
	if r.Explain {
		if err := s.explain(ctx, r, res.Hits); err != nil {
			return nil, err
		}
	}
	if r.Advise {
		res.Advice, err = advise(ctx, s, r, res.Total)
	}
	return res, err
}

// group makes hits of the matches found, which are limit at most.
func (s *snapshot) group(ctx context.Context, r *Request, limit int, found []candidate) ([]Hit, error) {
	if r.Group == GroupNone {
		return hitsOf(found), nil
	}
	groups, err := s.openGroups(ctx, r)
	if err != nil {
		return nil, err
	}
	return newGrouper(r, groups).hits(limit, found)
}

func hitsOf(found []candidate) []Hit {
	hits := make([]Hit, len(found))
	for i, x := range found {
		hits[i] = x.hit()
	}
	return hits
}

// run is one walk over the matches of a query.
type run struct {
	compiler  *compiler
	matcher   matcher
	collector *collector
}

func (s *snapshot) start(ctx context.Context, r *Request) (*run, error) {
	if err := pace.Hold(ctx, memoryOf(r.Query, s.docs)); err != nil {
		return nil, err
	}
	comp := newCompiler(ctx, s, r)
	m, err := comp.compile(r.Query)
	if err != nil {
		return nil, err
	}
	c := &collector{snapshot: s, when: comp.when, order: r.Sort}
	if r.Sort == ByRelevance {
		if c.starts, err = s.openTerm(ctx, FieldIs, IsStarter, false); err != nil {
			return nil, err
		}
	}
	if len(comp.near.words) > 1 && r.Sort == ByRelevance {
		c.near = &comp.near
	}
	return &run{comp, m, c}, nil
}

func (r *run) collect(ctx context.Context) ([]candidate, error) {
	if err := r.collector.abreast(ctx, r.matcher); err != nil {
		return nil, fmt.Errorf("index: the search stopped after %d matches: %w", r.collector.total, err)
	}
	return r.collector.best(), nil
}

// span finds the first and the last day that the index holds, once.
func (s *snapshot) span() error {
	s.days.Do(func() {
		dict, err := s.reader.FieldDict(string(fieldDay))
		if err != nil {
			s.spanErr = err
			return
		}
		defer dict.Close()
		s.spanErr = s.readSpan(dict)
	})
	return s.spanErr
}

func (s *snapshot) readSpan(dict bleveindex.FieldDict) error {
	for {
		entry, err := dict.Next()
		if err != nil || entry == nil {
			return err
		}
		day, err := time.Parse(time.DateOnly, entry.Term)
		if err != nil {
			continue // a year or a month
		}
		if s.firstDay.IsZero() {
			s.firstDay = day
		}
		s.lastDay = day
	}
}
