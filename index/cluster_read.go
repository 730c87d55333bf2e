package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// Keeper is an engine that keeps messages whole, so that they can be searched and
// read without the archive that it was made of. What is said of the methods of
// archive.Archive holds of those of the same name, but for what is said here.
type Keeper interface {
	Engine
	// Lists returns the lists of all archives that the engine was fed from.
	Lists(ctx context.Context) ([]archive.ListInfo, error)
	// Message and Find do not know the IDs that messages once had.
	Message(ctx context.Context, id archive.ID) (*archive.Message, error)
	Find(ctx context.Context, ref string) ([]archive.ID, error)
	Outline(ctx context.Context, id archive.ID) (*archive.Outline, error)
	Thread(ctx context.Context, id archive.ID) (*archive.Thread, error)
	// SourceOf tells of no source: what was fetched is the archive's.
	SourceOf(ctx context.Context, id archive.ID) (archive.Raw, bool, error)
	// Gather returns messages by ID, and of each of their threads how many
	// messages it has. A message that is not held is left out.
	Gather(ctx context.Context, ids []archive.ID) (map[archive.ID]*archive.Message, map[archive.ID]int, error)
}

// Bounds of one request.
const (
	gatherAtOnce  = 100    // messages: each may have some megabytes
	outlineAtOnce = 10_000 // places; OpenSearch gives no more
	foundAtOnce   = 1000   // messages of one name
)

// readHit is a hit of a request for messages.
type readHit struct {
	Source struct {
		Message json.RawMessage `json:"message"`
	} `json:"_source"`
	Fields struct {
		ID     []archive.ID `json:"id"`
		Thread []archive.ID `json:"thread"`
		Parent []archive.ID `json:"parent"`
		When   []uint64     `json:"when"`
	} `json:"fields"`
	Sort json.RawMessage `json:"sort"`
}

// messages asks for some.
func (e *clusterEngine) messages(ctx context.Context, body map[string]any) ([]readHit, error) {
	var answer struct {
		Hits struct {
			Hits []readHit `json:"hits"`
		} `json:"hits"`
	}
	body["track_total_hits"] = false
	if err := e.calls.Do(ctx, http.MethodPost, "/"+e.alias+"/_search", nil, body, &answer); err != nil {
		return nil, clusterError(err)
	}
	return answer.Hits.Hits, nil
}

// oneValue matches what has one of the values in a field.
func oneValue[T any](field string, values ...T) map[string]any {
	return map[string]any{"bool": map[string]any{"filter": map[string]any{"terms": map[string]any{field: values}}}}
}

// message reads what a hit has of a message.
func (h *readHit) message() (*archive.Message, error) {
	if len(h.Fields.ID) != 1 {
		return nil, errors.New("index: a message in OpenSearch has no ID: `bxcrawl reindex` makes the index anew")
	}
	return clusterStoredMessage(h.Fields.ID[0], h.Source.Message)
}

// read returns those of the messages that are held.
func (e *clusterEngine) read(ctx context.Context, ids []archive.ID) (map[archive.ID]*archive.Message, error) {
	all := make(map[archive.ID]*archive.Message, len(ids))
	for some := range slices.Chunk(ids, gatherAtOnce) {
		found, err := e.messages(ctx, map[string]any{
			"query": oneValue(clusterID, some...), "size": len(some), "sort": "_doc",
			"_source": clusterMessage, "docvalue_fields": []string{clusterID},
		})
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			m, err := h.message()
			if err != nil {
				return nil, err
			}
			all[m.ID] = m
		}
	}
	return all, nil
}

// Message implements Keeper.
func (e *clusterEngine) Message(ctx context.Context, id archive.ID) (*archive.Message, error) {
	all, err := e.read(ctx, []archive.ID{id})
	if err != nil {
		return nil, err
	}
	if all[id] == nil {
		return nil, fmt.Errorf("message %s: %w", id, archive.ErrNotFound)
	}
	return all[id], nil
}

// Gather implements Keeper.
func (e *clusterEngine) Gather(ctx context.Context, ids []archive.ID) (map[archive.ID]*archive.Message, map[archive.ID]int, error) {
	all, err := e.read(ctx, ids)
	if err != nil || len(all) == 0 {
		return all, map[archive.ID]int{}, err
	}
	threads := map[archive.ID]int{}
	for _, m := range all {
		threads[m.Thread] = 0
	}
	return all, threads, e.count(ctx, threads)
}

// count counts the messages of threads.
func (e *clusterEngine) count(ctx context.Context, threads map[archive.ID]int) error {
	var names []archive.ID
	for t := range threads {
		names = append(names, t)
	}
	var answer struct {
		Aggregations struct {
			Threads struct {
				Buckets []struct {
					Key   archive.ID `json:"key"`
					Count int        `json:"doc_count"`
				} `json:"buckets"`
			} `json:"threads"`
		} `json:"aggregations"`
	}
	// A message is in one thread, so there are no more values than were asked for,
	// and the counts are exact over all shards. They are counted by name: numbered,
	// OpenSearch would go through all threads that there are.
	counted := map[string]any{"terms": map[string]any{"field": FieldThread, "size": len(names), "execution_hint": "map"}}
	err := e.calls.Do(ctx, http.MethodPost, "/"+e.alias+"/_search", nil, map[string]any{
		"query": oneValue(string(FieldThread), names...), "size": 0, "track_total_hits": false,
		"aggs": map[string]any{"threads": counted},
	}, &answer)
	if err != nil {
		return clusterError(err)
	}
	for _, b := range answer.Aggregations.Threads.Buckets {
		threads[b.Key] = b.Count
	}
	return nil
}

// Find implements Keeper. As in an archive, a name is an ID, else a Message-ID of
// the first list that has it, else a page.
func (e *clusterEngine) Find(ctx context.Context, ref string) ([]archive.ID, error) {
	ref = strings.TrimSpace(ref)
	if ids, err := e.named(ctx, clusterID, func(m *archive.Message) bool { return true }, ref); err != nil || len(ids) > 0 {
		return ids, err
	}
	mid := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(ref, "<"), ">"))
	if mid == "" {
		return nil, nil
	}
	same := func(m *archive.Message) bool { return strings.TrimSpace(m.MessageID) == mid }
	if ids, err := e.named(ctx, string(FieldMessageID), same, exactTerm(FieldMessageID, mid)); err != nil || len(ids) > 0 {
		return ids, err
	}
	page, _, _ := strings.Cut(ref, "#")
	return e.named(ctx, clusterPage, func(*archive.Message) bool { return true }, bothSchemes(page)...)
}

// named returns the messages of the first list that has any with one of the
// values in a field, by date.
func (e *clusterEngine) named(ctx context.Context, field string, is func(*archive.Message) bool, values ...string) ([]archive.ID, error) {
	if len(values[0]) > maxPage {
		return nil, nil
	}
	found, err := e.messages(ctx, map[string]any{
		"query": oneValue(field, values...), "size": foundAtOnce, "_source": clusterMessage, "docvalue_fields": []string{clusterID},
		"sort": []any{map[string]any{clusterWhen: map[string]any{"order": "asc", "missing": "_first"}}, map[string]any{clusterID: "asc"}},
	})
	if err != nil {
		return nil, fmt.Errorf("find %q: %w", values[0], err)
	}
	lists := map[string][]archive.ID{}
	for _, h := range found {
		m, err := h.message()
		if err != nil {
			return nil, fmt.Errorf("find %q: %w", values[0], err)
		}
		if is(m) {
			lists[m.List] = append(lists[m.List], m.ID)
		}
	}
	first := ""
	for name := range lists {
		if first == "" || name < first {
			first = name
		}
	}
	return lists[first], nil
}

// bothSchemes returns a URL as it may be known: http and https are the same.
func bothSchemes(url string) []string {
	if rest, ok := strings.CutPrefix(url, "https://"); ok {
		return []string{url, "http://" + rest}
	}
	if rest, ok := strings.CutPrefix(url, "http://"); ok {
		return []string{url, "https://" + rest}
	}
	return []string{url}
}

// SourceOf implements Keeper.
func (e *clusterEngine) SourceOf(context.Context, archive.ID) (archive.Raw, bool, error) {
	return archive.Raw{}, false, nil
}
