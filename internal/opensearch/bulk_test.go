package opensearch

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// shelf is a node that keeps what a bulk request brings. verdict may refuse an
// item: a status and an error.
type shelf struct {
	verdict func(n int, id string) (status int, err string)

	mu       sync.Mutex
	docs     map[string]string
	versions map[string]uint64
	requests []int // items of each
	largest  int   // bytes
	n        int   // items ever met
	inside   int
	most     int // requests at once
}

func (s *shelf) serve(r *http.Request) (*http.Response, error) {
	return greets(r, func(body string) (*http.Response, error) {
		s.enter(body)
		time.Sleep(10 * time.Millisecond) // of the bubble
		s.mu.Lock()
		defer s.mu.Unlock()
		s.inside--
		return reply(200, s.take(strings.Split(strings.TrimSuffix(body, "\n"), "\n"))), nil
	})
}

func (s *shelf) enter(body string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside++
	s.most, s.largest = max(s.most, s.inside), max(s.largest, len(body))
}

func (s *shelf) take(lines []string) string {
	var items []string
	for i := 0; i < len(lines); i++ {
		var op map[string]struct {
			ID      string `json:"_id"`
			Version uint64
			Type    string `json:"version_type"`
		}
		if err := json.Unmarshal([]byte(lines[i]), &op); err != nil {
			panic(err)
		}
		for name, o := range op {
			doc := ""
			if name == "index" {
				i++
				doc = lines[i]
			}
			s.n++
			status, text := s.put(name, o.ID, o.Version, doc)
			if text != "" {
				text = `,"error":` + text
			}
			items = append(items, fmt.Sprintf(`{%q:{"_id":%q,"status":%d%s}}`, name, o.ID, status, text))
		}
	}
	s.requests = append(s.requests, len(items))
	return `{"items":[` + strings.Join(items, ",") + `]}`
}

func (s *shelf) put(op, id string, version uint64, doc string) (status int, err string) {
	if s.verdict != nil {
		if status, err := s.verdict(s.n, id); err != "" {
			return status, err
		}
	}
	_, known := s.docs[id]
	switch {
	case s.versions[id] > version:
		return 409, `{"type":"version_conflict_engine_exception","reason":"newer"}`
	case op == "delete" && !known:
		s.versions[id] = version
		return 404, ""
	case op == "delete":
		delete(s.docs, id)
	default:
		s.docs[id] = doc
	}
	s.versions[id] = version
	return 200, ""
}

// onShelf runs a test against a shelf, in time of its own.
func onShelf(t *testing.T, s *shelf, cfg BulkConfig, test func(*testing.T, *Bulk)) {
	synctest.Test(t, func(t *testing.T) {
		s.docs, s.versions = map[string]string{}, map[string]uint64{}
		c := nodes{"a:9200": s.serve}.open(t, Config{})
		defer c.Close()
		cfg.Index = "mails"
		b := c.Bulk(t.Context(), cfg)
		defer b.Close()
		test(t, b)
	})
}

func fill(t *testing.T, b *Bulk, n int) {
	t.Helper()
	for i := range n {
		if err := b.Add(Item{ID: fmt.Sprint(i), Version: uint64(i + 1), Doc: fmt.Appendf(nil, `{"n":%d}`, i)}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestBulkWritesAll(t *testing.T) {
	s := &shelf{}
	onShelf(t, s, BulkConfig{MaxBytes: 2000, Workers: 3}, func(t *testing.T, b *Bulk) {
		fill(t, b, 1000)
		b.Add(Item{ID: "large", Version: 1, Doc: []byte(`"` + strings.Repeat("x", 5000) + `"`)})
		b.Add(Item{ID: `odd "id"`, Version: 1, Doc: []byte(`{}`)})
		stats, err := b.Flush()
		if err != nil || stats.Written != 1002 || len(s.docs) != 1002 || s.docs["999"] != `{"n":999}` || s.docs[`odd "id"`] == "" {
			t.Errorf("%d documents, %+v, %v", len(s.docs), stats, err)
		}
		if s.most != 3 || s.largest > 5200 {
			t.Errorf("%d requests at once, of up to %d bytes", s.most, s.largest)
		}
		b.Add(Item{ID: "3", Version: 2000})
		b.Add(Item{ID: "4", Version: 1, Doc: []byte(`{"older":1}`)})
		b.Add(Item{ID: "never there", Version: 2001})
		stats, err = b.Flush()
		want := BulkStats{Written: 1002, Deleted: 2, Stale: 1, Bytes: stats.Bytes, Waited: stats.Waited}
		if err != nil || cmp.Diff(want, stats) != "" || s.docs["4"] != `{"n":4}` {
			t.Errorf("%+v %v", stats, err)
		}
	})
}

// What a node pushes back is sent again, and nothing else is.
func TestBulkPushedBack(t *testing.T) {
	s := &shelf{verdict: func(n int, _ string) (int, string) {
		if n <= 600 && n%2 == 0 {
			return 429, `{"type":"rejected_execution_exception","reason":"queue is full"}`
		}
		return 200, ""
	}}
	onShelf(t, s, BulkConfig{MaxBytes: 20_000}, func(t *testing.T, b *Bulk) {
		fill(t, b, 500)
		stats, err := b.Flush()
		if err != nil || stats.Written != 500 || len(s.docs) != 500 || stats.Again != 300 || s.n != 800 {
			t.Errorf("%d documents of %d items, %+v, %v", len(s.docs), s.n, stats, err)
		}
	})
}

// A shard that stays away ends the bulk when patience does, and not before.
func TestBulkGivesUp(t *testing.T) {
	s := &shelf{verdict: func(_ int, id string) (int, string) {
		if id == "7" {
			return 503, `{"type":"unavailable_shards_exception","reason":"primary shard is not active"}`
		}
		return 200, ""
	}}
	onShelf(t, s, BulkConfig{}, func(t *testing.T, b *Bulk) {
		fill(t, b, 10)
		began := time.Now()
		_, err := b.Flush()
		if !errors.Is(err, ErrBusy) || len(s.docs) != 9 {
			t.Error(err)
		}
		mentions(t, err, "primary shard is not active", "tried for")
		within(t, began, 4*time.Minute, DefaultBulkPatience)
	})
}

// An item that is never taken is an error that names it, at once and for good.
func TestBulkRefused(t *testing.T) {
	s := &shelf{verdict: func(_ int, id string) (int, string) {
		if id == "7" {
			return 400, `{"type":"strict_dynamic_mapping_exception","reason":"no such field"}`
		}
		return 200, ""
	}}
	onShelf(t, s, BulkConfig{}, func(t *testing.T, b *Bulk) {
		fill(t, b, 10)
		_, err := b.Flush()
		mentions(t, err, "item 7: no such field")
		if err := b.Add(Item{ID: "x", Version: 1}); err != nil {
			t.Error("it is told by Flush:", err)
		}
		if _, again := b.Flush(); again == nil || again.Error() != err.Error() {
			t.Error(again)
		}
	})
}

// Where somebody wants to know of it, all else is written.
func TestBulkGoesOnPastWhatIsRefused(t *testing.T) {
	s := &shelf{verdict: func(_ int, id string) (int, string) {
		if id == "3" || id == "7" {
			return 400, `{"type":"mapper_parsing_exception","reason":"no query"}`
		}
		return 200, ""
	}}
	var refused []string
	onShelf(t, s, BulkConfig{Refused: func(id string, err error) {
		mentions(t, err, "no query")
		refused = append(refused, id)
	}}, func(t *testing.T, b *Bulk) {
		fill(t, b, 10)
		stats, err := b.Flush()
		if err != nil || stats.Written != 8 || len(s.docs) != 8 || len(refused) != 2 {
			t.Errorf("%+v, refused %v, %v", stats, refused, err)
		}
	})
}

// An answer that leaves out an item is not taken for a success.
func TestBulkAnswerLacksAnItem(t *testing.T) {
	c := to(t, answering(saying(200, `{"items":[{"index":{"_id":"1","status":200}}]}`)), Config{})
	b := c.Bulk(t.Context(), BulkConfig{Index: "mails"})
	b.Add(Item{ID: "1", Version: 1, Doc: []byte(`{}`)})
	b.Add(Item{ID: "2", Version: 2, Doc: []byte(`{}`)})
	if _, err := b.Flush(); !errors.Is(err, ErrPartial) {
		t.Error(err)
	}
}
