package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// Search answers from what was published last.
func (e *clusterEngine) Search(ctx context.Context, r *Request) (*Result, error) {
	req := *r
	req.synonyms = e.words
	if req.Sort == "" {
		req.Sort = ByRelevance
	}
	if req.Limit <= 0 {
		req.Limit = defaultLimit
	}
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("index: the search stopped before it began: %w", err)
	}
	asks, err := e.asker(ctx)
	if err != nil {
		return nil, err
	}
	s := &clusterSearch{clusterAsker: asks, request: &req}
	res, err := s.run(ctx)
	if err != nil {
		return nil, err
	}
	res.Generation = asks.facts.generation
	return res, nil
}

// asker makes ready what a search needs.
func (e *clusterEngine) asker(ctx context.Context) (*clusterAsker, error) {
	name, still, err := e.generation(ctx)
	if err != nil {
		return nil, err
	}
	e.learning.Lock()
	facts := e.facts
	e.learning.Unlock()
	if facts != nil && facts.generation == name && facts.still == still {
		return newClusterAsker(e.calls, e.alias, facts), nil
	}
	asks := newClusterAsker(e.calls, e.alias, &clusterFacts{generation: name, still: still})
	if err := asks.learnAll(ctx); err != nil {
		return nil, err
	}
	e.learning.Lock()
	e.facts = asks.facts
	e.learning.Unlock()
	return asks, nil
}

// learnAll asks what holds for all of the index.
func (a *clusterAsker) learnAll(ctx context.Context) error {
	answer, err := a.search(ctx, clause{"size": 0, "track_total_hits": true, "aggs": clause{"a": clause{"terms": clause{"field": FieldLang, "size": 100}}}})
	if err != nil {
		return err
	}
	a.facts.docs = answer.Hits.Total.Value
	var buckets []struct{ Key string }
	if err := json.Unmarshal(answer.Aggregations["a"].Buckets, &buckets); err != nil {
		return err
	}
	for _, b := range buckets {
		if stemmerOf(b.Key) != nil {
			a.facts.langs = append(a.facts.langs, b.Key)
		}
	}
	return nil
}

// clusterSearch answers one request.
type clusterSearch struct {
	*clusterAsker
	request *Request
	query   *clusterNode
}

func (s *clusterSearch) run(ctx context.Context) (*Result, error) {
	after, err := parseAfter(s.request.After)
	if err != nil {
		return nil, err
	}
	c, err := s.compiled(ctx, s.request)
	if err != nil {
		return nil, err
	}
	res := &Result{Ignored: c.ignored, Cut: c.cut, Meanings: c.meanings, Likely: c.likely, Inside: c.insides}
	if err := s.answers(ctx, res, after); err != nil {
		return nil, err
	}
	if s.request.Explain {
		if err := s.explain(ctx, res.Hits); err != nil {
			return nil, err
		}
	}
	if s.request.Advise {
		res.Advice, err = advise(ctx, s, s.request, res.Total)
	}
	return res, err
}

// answers asks for hits, and at the same time for facets. Who counts by facets
// goes through all matches, so they are counted there.
func (s *clusterSearch) answers(ctx context.Context, res *Result, after *candidate) error {
	both, ctx := errgroup.WithContext(ctx)
	if len(s.request.Facets) > 0 {
		both.Go(func() (err error) {
			res.Facets, res.Total, err = s.countFacets(ctx)
			return err
		})
	}
	both.Go(func() error {
		body := s.page(s.limit(), after)
		body["track_total_hits"] = len(s.request.Facets) == 0
		answer, err := s.search(ctx, body)
		if err != nil {
			return err
		}
		if len(s.request.Facets) == 0 {
			res.Total = answer.Hits.Total.Value
		}
		res.Hits, err = s.group(ctx, s.limit(), answer)
		return err
	})
	return both.Wait()
}

// compileRounds bounds how often a query is compiled: each time it asks for
// what it did not know before.
const compileRounds = 5

// compiled compiles the request's query.
func (s *clusterSearch) compiled(ctx context.Context, r *Request) (*clusterCompiler, error) {
	for range compileRounds {
		c := newClusterCompiler(ctx, s.clusterAsker, r)
		n, err := c.compile(r.Query)
		if err != nil {
			return nil, err
		}
		if len(c.missing) == 0 {
			s.query = c.withNearness(n, r)
			return c, nil
		}
		if err := s.count(ctx, c.missing); err != nil {
			return nil, err
		}
	}
	return nil, errors.New("index: OpenSearch did not say how many messages have the query's words")
}

// page asks for the matches behind one.
func (s *clusterSearch) page(limit int, after *candidate) clause {
	body := clause{
		"query": s.query.clause, "size": limit, "track_total_hits": false, "_source": false, "stored_fields": "_none_",
		"sort": clusterOrder(s.request.Sort, s.query.scores),
	}
	if in := s.common(); in != "" {
		body["docvalue_fields"] = []string{in}
	}
	if after != nil {
		body["search_after"] = s.key(after)
	}
	return body
}

// clusterOrder sorts as collector.compare does.
func clusterOrder(order Sort, scores bool) []clause {
	date, id := clause{clusterWhen: clause{"order": "desc", "missing": 0}}, clause{clusterID: "asc"}
	if order == ByDateAsc {
		date = clause{clusterWhen: clause{"order": "asc", "missing": 0}}
	}
	if order != ByRelevance || !scores {
		return []clause{date, id}
	}
	return []clause{{"_score": "desc"}, {clusterFirst: clause{"order": "desc", "missing": 0}}, date, id}
}

// scored tells whether hits are ordered by their score.
func (s *clusterSearch) scored() bool { return s.request.Sort == ByRelevance && s.query.scores }

// key is where a hit stands in the order.
func (s *clusterSearch) key(x *candidate) []any {
	if !s.scored() {
		return []any{x.when, x.id}
	}
	first := 0
	if x.first {
		first = 1
	}
	return []any{x.score, first, x.when, x.id}
}

// candidates reads what was found.
func (s *clusterSearch) candidates(answer *clusterAnswer) ([]candidate, error) {
	out := make([]candidate, len(answer.Hits.Hits))
	for i, h := range answer.Hits.Hits {
		x, first := &out[i], 0
		to := []any{&x.when, &x.id}
		if s.scored() {
			to = []any{&x.score, &first, &x.when, &x.id}
		}
		if len(h.Sort) != len(to) {
			return nil, fmt.Errorf("index: OpenSearch sorted by %d values and not by %d", len(h.Sort), len(to))
		}
		for k, raw := range h.Sort {
			if err := json.Unmarshal(raw, to[k]); err != nil {
				return nil, fmt.Errorf("index: OpenSearch sorted by %s: %w", raw, err)
			}
		}
		x.first = first == 1
	}
	return out, nil
}

// clusterError gives an error of OpenSearch's its meaning for the caller.
func clusterError(err error) error {
	var e *opensearch.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, opensearch.ErrNoIndex):
		return ErrNotFound
	case errors.As(err, &e) && tooMuch(e):
		return ErrTooComplex
	}
	return fmt.Errorf("index: %w", err)
}

// tooMuch tells an error about a query that is too large from others.
func tooMuch(e *opensearch.Error) bool {
	switch e.Type {
	case "too_many_clauses", "too_many_nested_clauses":
		return true
	}
	return strings.Contains(e.Reason, "too many") || strings.Contains(e.Reason, "nested depth")
}
