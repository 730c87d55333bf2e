package index

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// testCluster opens an engine over a prefix of its own, empty, in the cluster that
// BX_OPENSEARCH names; all of it goes when the test ends.
func testCluster(t *testing.T, c Cluster) *clusterEngine {
	t.Helper()
	addresses := os.Getenv("BX_OPENSEARCH")
	if addresses == "" {
		t.Skip("BX_OPENSEARCH names no cluster: see `make opensearch-up`")
	}
	c.Addresses = strings.Split(addresses, ",")
	if c.Prefix == "" {
		c.Prefix = testPrefix()
		t.Cleanup(func() { sweepCluster(t, c) })
	}
	e, err := OpenCluster(t.Context(), c, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := e.Close(); err != nil {
			t.Error(err)
		}
	})
	return e.(*clusterEngine)
}

func testPrefix() string { return fmt.Sprintf("test-%d-%d", os.Getpid(), time.Now().UnixNano()) }

// sweepCluster removes all that has a test's prefix.
func sweepCluster(t *testing.T, c Cluster) {
	ctx := context.Background()
	opened, err := OpenCluster(ctx, c, nil)
	if err != nil {
		t.Error(err)
		return
	}
	e := opened.(*clusterEngine)
	defer e.Close()
	all, err := e.indexes(ctx)
	for _, ix := range all {
		err = cmp.Or(err, e.calls.Do(ctx, http.MethodDelete, "/"+ix.Name, nil, nil, nil))
	}
	err = cmp.Or(err, e.calls.Do(ctx, http.MethodDelete, "/_index_template/"+c.Prefix+"-messages", nil, nil, nil))
	if err != nil {
		t.Error(err)
	}
}

// memory is a Source.
type memory struct {
	at      archive.Position
	changes []archive.Change
	fail    uint64 // Changes ends with an error behind this one; 0 means never
}

var errEnded = errors.New("ended")

func (m *memory) Position(context.Context) (archive.Position, error) { return m.at, nil }

func (m *memory) Changes(_ context.Context, after uint64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		for _, c := range m.changes {
			if m.fail > 0 && c.Seq > m.fail {
				yield(archive.Change{}, errEnded)
				return
			}
			if c.Seq > after && !yield(c, nil) {
				return
			}
		}
	}
}

// put adds messages of a list, or replaces those of the same ID.
func (m *memory) put(list string, ids ...string) {
	for _, id := range ids {
		m.change(archive.Change{ID: archive.ID(id), Message: &archive.Message{ID: archive.ID(id), List: list, Subject: "message " + id}})
	}
}

func (m *memory) change(c archive.Change) {
	m.at.Seq++
	c.Seq = m.at.Seq
	m.changes = slices.DeleteFunc(m.changes, func(old archive.Change) bool { return old.ID == c.ID })
	m.changes = append(m.changes, c)
}

func archiveOf(uuid string) *memory { return &memory{at: archive.Position{Archive: uuid}} }

// held returns the IDs that searches see.
func held(t *testing.T, e *clusterEngine) string {
	t.Helper()
	var answer struct {
		Hits struct {
			Hits []struct {
				ID string `json:"_id"`
			} `json:"hits"`
		} `json:"hits"`
	}
	err := e.calls.Do(t.Context(), http.MethodPost, "/"+e.alias+"/_search", nil, map[string]any{"size": 1000, "sort": []string{clusterID}}, &answer)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, h := range answer.Hits.Hits {
		out = append(out, h.ID)
	}
	return strings.Join(out, " ")
}

func names(t *testing.T, e *clusterEngine) string {
	t.Helper()
	all, err := e.indexes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, ix := range all {
		name := strings.TrimPrefix(ix.Name, e.messageIndexes())
		if ix.Live {
			name += "*"
		}
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

func update(t *testing.T, e *clusterEngine, src Source) Stats {
	t.Helper()
	stats, err := e.Update(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestClusterUpdates(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("0a1b2c3d-e")
	if _, err := e.Position(t.Context()); !errors.Is(err, ErrNotFound) {
		t.Errorf("before anything was fed: %v, want ErrNotFound", err)
	}
	src.put("news", "a", "b", "c")
	first := update(t, e, src)
	expect(t, "indexes", names(t, e), "0a1b2c3d-000001*")
	expect(t, "found", held(t, e), "a b c")
	if again := update(t, e, src); again.Generation != first.Generation || again.Indexed != 0 {
		t.Errorf("with nothing new: %+v after %+v", again, first)
	}
	src.put("news", "b")
	src.change(archive.Change{ID: "c", Deleted: true})
	src.change(archive.Change{ID: "never-there", Deleted: true})
	if stats := update(t, e, src); stats.Indexed != 1 || stats.Deleted != 2 || stats.Generation == first.Generation {
		t.Errorf("%+v after %+v", stats, first)
	}
	expect(t, "found", held(t, e), "a b")
	if at, err := e.Position(t.Context()); err != nil || at != src.at {
		t.Errorf("position %v, %v; want %v", at, err, src.at)
	}
	for what, err := range map[string]error{"by itself": e.Verify(t.Context()), "against the archive": e.VerifyAgainst(t.Context(), src)} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// What came back from an older copy of the archive is built anew.
func TestClusterOfAnOlderArchive(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("uuid")
	src.put("news", "a", "b")
	update(t, e, src)
	older := archiveOf("uuid")
	older.put("news", "a")
	update(t, e, older)
	expect(t, "found", held(t, e), "a")
	expect(t, "indexes", names(t, e), "uuid-000002*")
}

func TestClusterRebuild(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("uuid")
	src.put("news", "a", "b")
	update(t, e, src)
	if stats, err := e.Rebuild(t.Context(), src); err != nil || stats.Indexed != 2 {
		t.Errorf("%+v, %v", stats, err)
	}
	expect(t, "indexes", names(t, e), "uuid-000002*")
	expect(t, "found", held(t, e), "a b")
}

// A rebuild that ended early goes on where it was, and searches read the old index
// until it is done. An update does not mind it.
func TestClusterRebuildGoesOn(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("uuid")
	e.part = 20
	for n := range 30 {
		src.put("news", fmt.Sprintf("m%05d", n))
	}
	src.fail = 5
	if _, err := e.Update(t.Context(), src); !errors.Is(err, errEnded) {
		t.Fatalf("%v, want the archive's error", err)
	}
	expect(t, "indexes", names(t, e), "uuid-000001")
	src.fail = 25
	if _, err := e.Update(t.Context(), src); !errors.Is(err, errEnded) {
		t.Fatalf("%v, want the archive's error", err)
	}
	src.fail = 0
	if stats := update(t, e, src); stats.Indexed != 10 || !stats.Resumed {
		t.Errorf("%+v, want the last 10 alone", stats)
	}
	src.fail = 25
	if _, err := e.Rebuild(t.Context(), src); !errors.Is(err, errEnded) {
		t.Fatalf("%v, want the archive's error", err)
	}
	src.fail = 0
	expect(t, "indexes", names(t, e), "uuid-000001* uuid-000002")
	src.change(archive.Change{ID: "m00001", Deleted: true})
	if stats := update(t, e, src); stats.Deleted != 1 || stats.Indexed != 0 {
		t.Errorf("%+v, want the one that was deleted", stats)
	}
	if stats, err := e.Rebuild(t.Context(), src); err != nil || stats.Indexed != 10 || stats.Deleted != 1 {
		t.Errorf("%+v, %v; want what was left alone", stats, err)
	}
	expect(t, "indexes", names(t, e), "uuid-000002*")
	if err := e.VerifyAgainst(t.Context(), src); err != nil {
		t.Error(err)
	}
}

// Searches see all messages at any moment of a rebuild.
func TestClusterSearchedWhileRebuilt(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("uuid")
	src.put("news", "a", "b", "c")
	update(t, e, src)
	ctx, stop := context.WithCancel(t.Context())
	var searching sync.WaitGroup
	searches := 0
	searching.Go(func() {
		for ctx.Err() == nil {
			res, err := e.Search(context.WithoutCancel(ctx), &Request{Query: Word{Text: "message"}})
			if err != nil || res.Total != 3 {
				t.Errorf("a search during a rebuild: %+v, %v; want 3 messages", res, err)
				return
			}
			searches++
		}
	})
	for range 3 {
		if _, err := e.Rebuild(t.Context(), src); err != nil {
			t.Error(err)
		}
	}
	stop()
	searching.Wait()
	if searches < 3 {
		t.Errorf("%d searches in all", searches)
	}
}

// Where an index is refreshed while it is fed, a form of a word that no message had
// a moment ago is found.
func TestClusterSearchedWhileRefreshed(t *testing.T) {
	e, src := testCluster(t, Cluster{Refresh: time.Hour}), archiveOf("uuid")
	say := func(id, subject string) {
		src.change(archive.Change{ID: archive.ID(id), Message: &archive.Message{ID: archive.ID(id), List: "news", Subject: subject}})
	}
	found := func() uint64 {
		t.Helper()
		res, err := e.Search(t.Context(), &Request{Query: Word{Text: "walrus"}})
		if err != nil {
			t.Fatal(err)
		}
		return res.Total
	}
	say("a", "a walrus")
	update(t, e, src)
	if n := found(); n != 1 {
		t.Errorf("%d messages, want 1", n)
	}
	s, err := e.Begin(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	say("b", "walruses")
	if err := s.Feed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := e.calls.Do(t.Context(), http.MethodPost, "/"+e.alias+"/_refresh", nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	if n := found(); n != 2 {
		t.Errorf("%d messages after a refresh, want 2", n)
	}
}

func TestClusterFormats(t *testing.T) {
	src := archiveOf("uuid")
	src.put("news", "a")
	e := testCluster(t, Cluster{})
	update(t, e, src)
	written := func(format int) {
		t.Helper()
		meta := clusterMeta{Format: format, Archive: "uuid", Seq: 1}
		live, err := e.indexes(t.Context())
		if err == nil {
			err = e.calls.Do(t.Context(), http.MethodPut, "/"+live[0].Name+"/_mapping", nil, map[string]any{"_meta": meta}, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	written(ClusterFormat - 1)
	var damaged *DamagedError
	if _, err := e.Position(t.Context()); !errors.As(err, &damaged) {
		t.Errorf("an older index: %v, want a *DamagedError", err)
	}
	update(t, e, src)
	expect(t, "indexes", names(t, e), "uuid-000002*")
	written(ClusterFormat + 1)
	if _, err := e.Position(t.Context()); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("a newer index: %v, want ErrNewerFormat", err)
	}
	if _, err := e.Update(t.Context(), src); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("an update of a newer index: %v, want ErrNewerFormat", err)
	}
}

func TestClusterOfTwoArchives(t *testing.T) {
	e, one, two := testCluster(t, Cluster{}), archiveOf("1111111111"), archiveOf("2222222222")
	one.put("news", "a")
	two.put("talk", "b")
	update(t, e, one)
	update(t, e, two)
	expect(t, "found", held(t, e), "a b")
	both := archive.Position{Archive: "1111111111+2222222222", Seq: 2}
	if at, err := e.Position(t.Context()); err != nil || at != both {
		t.Errorf("position %v, %v; want %v", at, err, both)
	}
	of := testCluster(t, Cluster{Prefix: e.cfg.Prefix, Archive: "2222222222"})
	if at, err := of.Position(t.Context()); err != nil || at != two.at {
		t.Errorf("position %v, %v; want %v", at, err, two.at)
	}
	two.put("News", "c")
	_, err := e.Update(t.Context(), two)
	for _, name := range []string{`"News"`, "1111111111", "2222222222"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("the same list of two archives: %v, want an error that names %s", err, name)
		}
	}
	expect(t, "found", held(t, e), "a b")
	instead := testCluster(t, Cluster{Prefix: e.cfg.Prefix, Replaces: "1111111111"})
	update(t, instead, two)
	expect(t, "found", held(t, e), "b c")
	expect(t, "indexes", names(t, e), "22222222-000001*")
}

// An index that somebody else made, or made again, is left alone.
func TestClusterForeignIndex(t *testing.T) {
	e, src := testCluster(t, Cluster{}), archiveOf("uuid")
	src.put("news", "a")
	update(t, e, src)
	path := "/" + e.indexesOf("uuid") + "000001"
	s, err := e.Begin(t.Context(), src)
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{http.MethodDelete, http.MethodPut} {
		if err := e.calls.Do(t.Context(), method, path, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	src.put("news", "b")
	if err := s.Feed(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Publish(t.Context()); err == nil || !strings.Contains(err.Error(), "was deleted") {
		t.Errorf("fed to an index that was made again: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := e.Begin(t.Context(), src); err == nil || !strings.Contains(err.Error(), "000001") {
		t.Errorf("an index of nobody: %v, want an error that names it", err)
	}
}

// What does not fit is found by comparing with the archive.
func TestClusterVerifyAgainst(t *testing.T) {
	src := archiveOf("uuid")
	src.put("news", "a", "b", "c")
	tests := []struct {
		name, method, path string
		body               any
	}{
		{"lost", http.MethodDelete, "b", nil},
		{"older", http.MethodPut, "b", map[string]any{clusterID: "b", clusterSeq: 1}},
		{"too much", http.MethodPut, "d", map[string]any{clusterID: "d", clusterSeq: 2}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := testCluster(t, Cluster{})
			update(t, e, src)
			query := map[string][]string{"refresh": {"true"}}
			if err := e.calls.Do(t.Context(), tt.method, "/"+e.indexesOf("uuid")+"000001/_doc/"+tt.path, query, tt.body, nil); err != nil {
				t.Fatal(err)
			}
			var damaged *DamagedError
			if err := e.VerifyAgainst(t.Context(), src); !errors.As(err, &damaged) {
				t.Errorf("%v, want a *DamagedError", err)
			}
		})
	}
}

func TestClusterPrefix(t *testing.T) {
	for _, prefix := range []string{"Mail", "a b", "-a", "a,b", "*", "a/../b", "_all"} {
		if _, err := OpenCluster(t.Context(), Cluster{Prefix: prefix}, nil); err == nil || !strings.Contains(err.Error(), "prefix") {
			t.Errorf("%q: %v, want an error about the prefix", prefix, err)
		}
	}
}
