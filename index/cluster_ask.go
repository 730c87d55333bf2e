package index

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterCaller makes calls to OpenSearch: an *opensearch.Client.
type clusterCaller interface {
	Do(ctx context.Context, method, path string, query url.Values, body, out any) error
}

// clusterAsker asks OpenSearch what one search has to know.
type clusterAsker struct {
	calls clusterCaller
	index string // or an alias
	facts *clusterFacts

	// What was asked in this search already:
	inThreads map[string][]string
	spelled   map[similarOf][]spelling
	contained map[factOf][]string
	copied    map[string][]string
}

func newClusterAsker(calls clusterCaller, index string, facts *clusterFacts) *clusterAsker {
	return &clusterAsker{
		calls: calls, index: index, facts: facts, inThreads: map[string][]string{},
		spelled: map[similarOf][]spelling{}, contained: map[factOf][]string{}, copied: map[string][]string{},
	}
}

// similarOf is a question for similar words.
type similarOf struct {
	field Field
	word  string
	edits int
}

// clusterAnswer is what OpenSearch answers to a search.
type clusterAnswer struct {
	Hits struct {
		Total struct{ Value uint64 }
		Hits  []clusterHit
	}
	Aggregations map[string]clusterAggregation
	Suggest      map[string][]struct {
		Options []struct {
			Text string
			Freq uint64
		}
	}
}

type clusterHit struct {
	ID     string              `json:"_id"`
	Sort   []json.RawMessage   `json:"sort"`
	Fields map[string][]string `json:"fields"`
	Score  float64             `json:"_score"`
	Named  map[string]float64  `json:"matched_queries"`
	Source struct {
		ID      archive.ID      `json:"id"`
		Message json.RawMessage `json:"message"`
	} `json:"_source"`
}

// clusterAggregation is any of those that are asked for.
type clusterAggregation struct {
	Buckets json.RawMessage `json:"buckets"`
	After   json.RawMessage `json:"after_key"`
	Value   json.Number     `json:"value"`
	Count   uint64          `json:"doc_count"`
	Beyond  uint64          `json:"sum_other_doc_count"`
	Error   int64           `json:"doc_count_error_upper_bound"`
	Number  uint64          `json:"count"`
}

// search makes a search whose scores count what all shards have.
func (a *clusterAsker) search(ctx context.Context, body clause) (*clusterAnswer, error) {
	return a.ask(ctx, body, url.Values{"search_type": {"dfs_query_then_fetch"}})
}

// ask makes a search. It is the same copy of each shard that answers every
// time, so that the same query has the same scores.
func (a *clusterAsker) ask(ctx context.Context, body clause, query url.Values) (*clusterAnswer, error) {
	if query == nil {
		query = url.Values{}
	}
	query.Set("preference", clusterPreference)
	var out clusterAnswer
	return &out, clusterError(a.calls.Do(ctx, http.MethodPost, "/"+url.PathEscape(a.index)+"/_search", query, body, &out))
}

const clusterPreference = "bxsearch"

// count asks in how many messages terms are. Of a term alone Lucene knows that
// without a look at the messages, which an aggregation has at each of them.
func (a *clusterAsker) count(ctx context.Context, missing map[factOf]bool) error {
	for facts := range slices.Chunk(inOrderOf(missing), countedAtOnce) {
		queries := make([]clause, len(facts))
		for i, f := range facts {
			queries[i] = clause{"term": clause{f.field: clause{"value": f.term}}}
		}
		totals, err := a.totals(ctx, queries)
		if err != nil {
			return err
		}
		counts := map[factOf]uint64{}
		for i, f := range facts {
			counts[f] = totals[i]
		}
		a.facts.learn(counts)
	}
	return nil
}

const countedAtOnce = 1000

// totals counts what each of many queries matches.
func (a *clusterAsker) totals(ctx context.Context, queries []clause) ([]uint64, error) {
	var body []byte
	for _, query := range queries {
		for _, line := range []clause{
			{"allow_partial_search_results": false, "preference": clusterPreference},
			{"size": 0, "track_total_hits": true, "query": query},
		} {
			var err error
			if body, err = appendJSON(body, line); err != nil {
				return nil, err
			}
			body = append(body, '\n')
		}
	}
	var answer struct{ Responses []clusterAnswer }
	filter := url.Values{"filter_path": {"error,status,responses.hits.total.value,responses._shards,responses.timed_out,responses.error,responses.status"}}
	if err := a.calls.Do(ctx, http.MethodPost, "/"+url.PathEscape(a.index)+"/_msearch", filter, body, &answer); err != nil {
		return nil, clusterError(err)
	}
	if len(answer.Responses) != len(queries) {
		return nil, fmt.Errorf("index: OpenSearch answered %d searches and not %d", len(answer.Responses), len(queries))
	}
	out := make([]uint64, len(queries))
	for i, r := range answer.Responses {
		out[i] = r.Hits.Total.Value
	}
	return out, nil
}

// threads lists the threads of what matches, up to one more than maxThreads.
func (a *clusterAsker) threads(ctx context.Context, query clause) ([]string, error) {
	key, err := json.Marshal(query)
	if err != nil {
		return nil, err
	}
	if known, ok := a.inThreads[string(key)]; ok {
		return known, nil
	}
	out := []string{}
	composite := clause{"size": threadsAtOnce, "sources": []clause{{"t": clause{"terms": clause{"field": FieldThread}}}}}
	for len(out) <= maxThreads {
		body := clause{"size": 0, "track_total_hits": false, "query": filter(query), "aggs": clause{"a": clause{"composite": composite}}}
		answer, err := a.search(ctx, body)
		if err != nil {
			return nil, err
		}
		var buckets []struct{ Key struct{ T string } }
		if err := json.Unmarshal(answer.Aggregations["a"].Buckets, &buckets); err != nil {
			return nil, err
		}
		for _, b := range buckets {
			out = append(out, b.Key.T)
		}
		if len(buckets) < threadsAtOnce {
			break
		}
		composite["after"] = answer.Aggregations["a"].After
	}
	a.inThreads[string(key)] = out
	return out, nil
}

const threadsAtOnce = 10_000

// similar lists words of a field that differ from one by so many letters at
// most, the most frequent first; the word itself too, if there is one like it.
func (a *clusterAsker) similar(ctx context.Context, f Field, word string, edits, most int) ([]spelling, error) {
	key := similarOf{f, word, edits}
	if known, ok := a.spelled[key]; ok {
		return known[:min(len(known), most)], nil
	}
	answer, err := a.search(ctx, clause{"size": 0, "track_total_hits": false, "suggest": clause{"s": clause{"text": word, "term": clause{
		"field": f, "analyzer": "whitespace", "suggest_mode": "always", "sort": "frequency", "max_edits": edits, "prefix_length": 0, "min_word_length": 1,
		"size": adviceListed, "shard_size": adviceListed, "max_term_freq": maxDocs, "accuracy": 0.001, "string_distance": "damerau_levenshtein",
	}}}})
	if err != nil {
		return nil, err
	}
	own := map[factOf]bool{}
	count := a.facts.known(factOf{string(f), word}, own)
	if len(own) > 0 {
		if err := a.count(ctx, own); err != nil {
			return nil, err
		}
		count = a.facts.known(factOf{string(f), word}, own)
	}
	out := []spelling{}
	if count > 0 {
		out = append(out, spelling{term: word, count: count})
	}
	for _, s := range answer.Suggest["s"] {
		for _, o := range s.Options {
			out = append(out, spelling{term: o.Text, count: o.Freq})
		}
	}
	slices.SortStableFunc(out, func(a, b spelling) int { return int(b.count) - int(a.count) })
	a.spelled[key] = out
	return out[:min(len(out), most)], nil
}

// maxDocs is more messages than there can be.
const maxDocs = 1 << 31

// copies lists a message and its copies.
func (a *clusterAsker) copies(ctx context.Context, id string) ([]string, error) {
	if known, ok := a.copied[id]; ok {
		return known, nil
	}
	prints, err := a.prints(ctx, clause{"term": clause{clusterID: id}}, 1)
	if err != nil {
		return nil, err
	}
	out := []string{}
	for of, p := range prints {
		out = append(out, of)
		found, err := a.sharing(ctx, p)
		if err != nil {
			return nil, err
		}
		for other, q := range found {
			if other != of && p.same(q) {
				out = append(out, other)
			}
		}
	}
	slices.Sort(out)
	a.copied[id] = out
	return out, nil
}

// sharing reads the prints of messages that share a key with one.
func (a *clusterAsker) sharing(ctx context.Context, p copyPrint) (map[string]copyPrint, error) {
	var keys []string
	for _, key := range p.keys() {
		keys = append(keys, copyText(key))
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return a.prints(ctx, clause{"terms": clause{string(fieldCopy): keys}}, maxSharing)
}

// prints reads the prints of messages that match.
func (a *clusterAsker) prints(ctx context.Context, query clause, most int) (map[string]copyPrint, error) {
	hits, err := a.read(ctx, query, most, clusterPrint)
	if err != nil {
		return nil, err
	}
	out := map[string]copyPrint{}
	for _, h := range hits {
		if out[h.first(clusterID)], err = h.print(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// read returns messages with their IDs and a field, in the order of their IDs.
func (a *clusterAsker) read(ctx context.Context, query clause, most int, field string) ([]clusterHit, error) {
	answer, err := a.ask(ctx, clause{
		"size": most, "track_total_hits": false, "query": filter(query), "sort": []clause{{clusterID: "asc"}},
		"_source": false, "stored_fields": "_none_", "docvalue_fields": []string{clusterID, field},
	}, nil)
	if err != nil {
		return nil, err
	}
	for _, h := range answer.Hits.Hits {
		if h.first(clusterID) == "" {
			return nil, fmt.Errorf("index: OpenSearch has a message without an ID")
		}
	}
	return answer.Hits.Hits, nil
}

// first is the one value of a field.
func (h *clusterHit) first(field string) string {
	if values := h.Fields[field]; len(values) > 0 {
		return values[0]
	}
	return ""
}

// print is the hit's copyPrint. OpenSearch wants padding, and leaves it away.
func (h *clusterHit) print() (copyPrint, error) {
	print, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(h.first(clusterPrint), "="))
	if err != nil {
		return "", fmt.Errorf("index: OpenSearch has a print of a message that is none: %w", err)
	}
	return copyPrint(print), nil
}

func sortedKeys(set map[string]bool) []string {
	keys := slices.AppendSeq([]string{}, maps.Keys(set))
	slices.Sort(keys)
	return keys
}
