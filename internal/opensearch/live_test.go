package opensearch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// live opens the cluster that BX_OPENSEARCH names.
func live(t *testing.T) *Client {
	addresses := os.Getenv("BX_OPENSEARCH")
	if addresses == "" {
		t.Skip("BX_OPENSEARCH names no cluster: see `make opensearch-up`")
	}
	c, err := Open(t.Context(), Config{Addresses: strings.Split(addresses, ",")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// liveIndex makes an index that is gone when the test is.
func liveIndex(t *testing.T, c *Client, settings string) string {
	name := "bxtest-" + strings.ToLower(t.Name()) + fmt.Sprint(os.Getpid())
	if err := c.Do(t.Context(), "PUT", "/"+name, nil, json.RawMessage(settings), nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Do(context.Background(), "DELETE", "/"+name, nil, nil, nil) })
	return name
}

func TestLiveBulk(t *testing.T) {
	c := live(t)
	index := liveIndex(t, c, `{"settings":{"number_of_replicas":0},"mappings":{"dynamic":"strict","properties":{"n":{"type":"long"}}}}`)
	b := c.Bulk(t.Context(), BulkConfig{Index: index, MaxBytes: 10_000})
	defer b.Close()
	for round := range 2 { // the second changes nothing
		for i := range 1000 {
			if err := b.Add(Item{ID: fmt.Sprint(i), Version: uint64(i + 1), Doc: fmt.Appendf(nil, `{"n":%d}`, i)}); err != nil {
				t.Fatal(err)
			}
		}
		stats, err := b.Flush()
		if err != nil || stats.Written != 1000*(round+1) {
			t.Fatalf("round %d: %+v %v", round, stats, err)
		}
	}
	b.Add(Item{ID: "7", Version: 2000})                 // deletes
	b.Add(Item{ID: "none", Version: 2001})              // was never there
	b.Add(Item{ID: "8", Version: 1, Doc: []byte(`{}`)}) // older than what is there
	stats, err := b.Flush()
	if err != nil || stats.Deleted != 2 || stats.Stale != 1 {
		t.Errorf("%+v %v", stats, err)
	}
	var count struct{ Count int }
	if err := errors.Join(c.Do(t.Context(), "POST", "/"+index+"/_refresh", nil, nil, nil), c.Do(t.Context(), "GET", "/"+index+"/_count", nil, nil, &count)); err != nil || count.Count != 999 {
		t.Errorf("counted %d, %v", count.Count, err)
	}
	b.Add(Item{ID: "bad", Version: 1, Doc: []byte(`{"other":1}`)})
	if _, err := b.Flush(); !errors.Is(err, ErrRefused) || !strings.Contains(err.Error(), "item bad") {
		t.Errorf("a document that the mapping does not know: %v", err)
	}
}

func TestLiveErrors(t *testing.T) {
	c := live(t)
	index := liveIndex(t, c, `{"settings":{"index.blocks.write":true}}`)
	err := c.Do(t.Context(), "PUT", "/"+index, nil, nil, nil)
	if !errors.Is(err, ErrConflict) {
		t.Errorf("an index that is there: %v", err)
	}
	err = c.Do(t.Context(), "GET", "/bxtest-none/_search", nil, nil, nil)
	if !errors.Is(err, ErrNoIndex) {
		t.Errorf("no index: %v", err)
	}
	b := c.Bulk(t.Context(), BulkConfig{Index: index})
	b.Add(Item{ID: "a", Version: 1, Doc: []byte(`{}`)})
	if _, err := b.Flush(); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a block: %v", err)
	}
	b = c.Bulk(t.Context(), BulkConfig{Index: "bxtest-none", RequireAlias: true})
	b.Add(Item{ID: "a", Version: 1, Doc: []byte(`{}`)})
	if _, err := b.Flush(); !errors.Is(err, ErrNoIndex) {
		t.Errorf("no alias: %v", err)
	}
	if ok, err := c.Exists(t.Context(), "/_alias/bxtest-none"); ok || err != nil {
		t.Errorf("an alias that is not there: %v %v", ok, err)
	}
}

func TestLivePoint(t *testing.T) {
	c := live(t)
	index := liveIndex(t, c, `{}`)
	id, err := c.OpenPoint(t.Context(), index, 1e10)
	if err != nil || id == "" {
		t.Fatal(id, err)
	}
	search := map[string]any{"pit": map[string]any{"id": id, "keep_alive": "10s"}}
	if err := c.Do(t.Context(), "POST", "/_search", nil, search, nil); err != nil {
		t.Error(err)
	}
	if err := c.ClosePoint(t.Context(), id); err != nil {
		t.Error(err)
	}
}
