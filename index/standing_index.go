package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// StandingFormat is the version of what an index of standing queries holds: of the
// conditions that queries are made into, and of the documents that those are compared
// with. It is to be raised where a query in the same words comes to need something
// else. An index of another version is made anew.
const StandingFormat = 1

// The fields of an index of standing queries, beside those of a message.
const (
	standingKeyed = "key"   // standingKey, to list them by
	standingQuery = "query" // the condition
)

// standingMost is how many queries one search may choose. OpenSearch's own bound,
// 10,000, is for pages that somebody looks at.
const standingMost = 10_000_000

// standingMeta is what an index of standing queries says of itself.
type standingMeta struct {
	Format  int    `json:"format"`
	Archive string `json:"archive"`
	Digest  string `json:"digest"` // of all keys; empty while they change
}

// standingIndex is an index of standing queries.
type standingIndex struct {
	UUID string
	Meta *standingMeta // nil of one that came about by itself
}

func (ix *standingIndex) ours(uuid string) bool {
	return ix.Meta != nil && ix.Meta.Format == StandingFormat && ix.Meta.Archive == uuid
}

// standingName is the index of an archive's standing queries. It is not among
// those of messages, and has no alias.
func (e *clusterEngine) standingName(uuid string) string {
	return e.cfg.Prefix + "-watches-" + plainName(uuid)
}

// standingFields is the mapping's properties: of a message that which conditions
// are about, without order.
func standingFields() map[string]any {
	fields := map[string]any{
		standingKeyed: map[string]any{"type": "keyword"},
		standingQuery: map[string]any{"type": "percolator"},
	}
	for _, f := range standingTexts {
		fields[f] = map[string]any{"type": "text", "analyzer": "whitespace", "index_options": "docs", "norms": false}
	}
	for _, f := range standingExacts {
		fields[string(f)] = map[string]any{"type": "keyword", "norms": false, "doc_values": false}
	}
	return fields
}

// find looks for the index; it is nil if there is none.
func (s *Standing) find(ctx context.Context) (*standingIndex, error) {
	var answer map[string]struct {
		Mappings struct {
			Meta json.RawMessage `json:"_meta"`
		} `json:"mappings"`
		Settings struct {
			Index struct {
				UUID string `json:"uuid"`
			} `json:"index"`
		} `json:"settings"`
	}
	query := map[string][]string{"filter_path": {"*.mappings._meta,*.settings.index.uuid"}}
	if err := s.engine.calls.Do(ctx, http.MethodGet, "/"+s.name, query, nil, &answer); err != nil {
		if errors.Is(err, opensearch.ErrNoIndex) {
			return nil, nil
		}
		return nil, err
	}
	a, ok := answer[s.name]
	if !ok {
		return nil, fmt.Errorf("the name is that of an alias: delete it, or take another prefix")
	}
	ix := &standingIndex{UUID: a.Settings.Index.UUID}
	var m standingMeta
	if json.Unmarshal(a.Mappings.Meta, &m) == nil && m.Archive != "" {
		ix.Meta = &m
	}
	if m.Format > StandingFormat {
		return nil, ErrNewerFormat
	}
	return ix, nil
}

// create makes the index.
func (s *Standing) create(ctx context.Context) (*standingIndex, error) {
	replicas, err := s.engine.replicas(ctx)
	if err != nil {
		return nil, err
	}
	meta := &standingMeta{Format: StandingFormat, Archive: s.engine.cfg.Archive}
	body := map[string]any{
		"settings": map[string]any{
			"number_of_shards": max(s.engine.cfg.Shards, 1), "number_of_replicas": max(replicas, 0),
			"refresh_interval": refreshOf(0), "max_result_window": standingMost,
		},
		"mappings": map[string]any{"dynamic": "strict", "_meta": meta, "properties": standingFields()},
	}
	failed := s.engine.calls.Do(ctx, http.MethodPut, "/"+s.name, nil, body, nil)
	ix, err := s.find(ctx)
	if err == nil && ix != nil && ix.ours(meta.Archive) {
		return ix, nil // also where the answer got lost: see clusterEngine.create
	}
	return nil, fmt.Errorf("create it: %w", errors.Join(failed, err))
}

// remove deletes the index.
func (s *Standing) remove(ctx context.Context) error {
	err := s.engine.calls.Do(ctx, http.MethodDelete, "/"+s.name, nil, nil, nil)
	if errors.Is(err, opensearch.ErrNoIndex) {
		return nil
	}
	return err
}

// save writes what the index says of itself.
func (s *Standing) save(ctx context.Context, ix *standingIndex, digest string) error {
	meta := &standingMeta{Format: StandingFormat, Archive: s.engine.cfg.Archive, Digest: digest}
	if err := s.engine.calls.Do(ctx, http.MethodPut, "/"+s.name+"/_mapping", nil, map[string]any{"_meta": meta}, nil); err != nil {
		return err
	}
	ix.Meta = meta
	return nil
}

// count is how many queries searches see.
func (s *Standing) count(ctx context.Context) (int, error) {
	var answer struct {
		Count int `json:"count"`
	}
	err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.name+"/_count", nil, clause{"query": everything()}, &answer)
	return answer.Count, err
}

// standingHit is a query of those that were looked for.
type standingHit struct {
	ID   string            `json:"_id"`
	Sort []json.RawMessage `json:"sort"`
}

func (s *Standing) search(ctx context.Context, body any) ([]standingHit, error) {
	var answer struct {
		Hits struct {
			Hits []standingHit `json:"hits"`
		} `json:"hits"`
	}
	query := map[string][]string{"filter_path": {"_shards,timed_out,hits.hits._id,hits.hits.sort"}}
	err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.name+"/_search", query, body, &answer)
	return answer.Hits.Hits, err
}

// standingPage is how many keys are listed at a time.
const standingPage = 50_000

// keys lists what is stored.
func (s *Standing) keys(ctx context.Context) (map[string]bool, error) {
	if err := s.engine.calls.Do(ctx, http.MethodPost, "/"+s.name+"/_refresh", nil, nil, nil); err != nil {
		return nil, err
	}
	all := map[string]bool{}
	body := clause{"size": standingPage, "_source": false, "track_total_hits": false, "sort": []string{standingKeyed}, "query": everything()}
	for {
		hits, err := s.search(ctx, body)
		if err != nil {
			return nil, err
		}
		for _, h := range hits {
			all[h.ID] = true
		}
		if len(hits) < standingPage {
			return all, nil
		}
		body["search_after"] = hits[len(hits)-1].Sort
	}
}
