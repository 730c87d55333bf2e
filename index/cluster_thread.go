package index

import (
	"context"
	"fmt"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Outline implements Keeper.
func (e *clusterEngine) Outline(ctx context.Context, id archive.ID) (*archive.Outline, error) {
	found, err := e.messages(ctx, map[string]any{
		"query": oneValue(clusterID, id), "size": 1, "_source": false, "docvalue_fields": []string{string(FieldThread)},
	})
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, err)
	}
	thread := id // perhaps a root that is missing
	if len(found) > 0 && len(found[0].Fields.Thread) > 0 {
		thread = found[0].Fields.Thread[0]
	}
	places, err := e.places(ctx, thread)
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, err)
	}
	if len(places) == 0 {
		return nil, fmt.Errorf("thread %s: %w", id, archive.ErrNotFound)
	}
	return archive.Arrange(thread, places)
}

// places are the messages of a thread.
func (e *clusterEngine) places(ctx context.Context, thread archive.ID) ([]archive.Place, error) {
	body := map[string]any{
		"query": oneValue(string(FieldThread), thread), "size": outlineAtOnce, "_source": false,
		"docvalue_fields": []string{clusterID, clusterParent, clusterWhen}, "sort": []any{map[string]any{clusterID: "asc"}},
	}
	var out []archive.Place
	for {
		found, err := e.messages(ctx, body)
		if err != nil {
			return nil, err
		}
		for _, h := range found {
			out = append(out, h.place())
		}
		if len(found) < outlineAtOnce {
			return out, nil
		}
		body["search_after"] = found[len(found)-1].Sort
	}
}

// place reads what a hit has of a message's place.
func (h *readHit) place() (p archive.Place) {
	if len(h.Fields.ID) > 0 {
		p.ID = h.Fields.ID[0]
	}
	if len(h.Fields.Parent) > 0 {
		p.Parent = h.Fields.Parent[0]
	}
	if len(h.Fields.When) > 0 {
		p.Date = time.Unix(int64(h.Fields.When[0])-whenOffset, 0).UTC()
	}
	return p
}

// Thread implements Keeper.
func (e *clusterEngine) Thread(ctx context.Context, id archive.ID) (*archive.Thread, error) {
	o, err := e.Outline(ctx, id)
	if err != nil {
		return nil, err
	}
	ids := make([]archive.ID, len(o.Places))
	for i, p := range o.Places {
		ids[i] = p.ID
	}
	messages, err := e.read(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, err)
	}
	t := &archive.Thread{ID: o.ID}
	for _, p := range o.Places {
		if m := messages[p.ID]; m != nil { // else deleted a moment ago
			t.Messages = append(t.Messages, archive.ThreadEntry{Message: m, Parent: p.Parent, Depth: p.Depth})
		}
	}
	return t, nil
}
