package e2e

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// cluster is one of three nodes that .ci/cluster started, and that a test may
// do harm to.
type cluster struct {
	t         *testing.T
	calls     *opensearch.Client
	addresses []string
	prefix    string
}

// newCluster takes the cluster whose first port BX_OPENSEARCH_FAULTS names.
func newCluster(t *testing.T) *cluster {
	port, err := strconv.Atoi(os.Getenv("BX_OPENSEARCH_FAULTS"))
	if err != nil {
		t.Skip("BX_OPENSEARCH_FAULTS names no cluster whose nodes may be killed: see `make opensearch`")
	}
	c := &cluster{t: t, prefix: fmt.Sprintf("faults-%d-%s", os.Getpid(), strings.ToLower(t.Name()))}
	for i := range 3 {
		c.addresses = append(c.addresses, fmt.Sprintf("http://127.0.0.1:%d", port+i))
	}
	// Longer than an election and a restart take on a busy machine.
	c.calls, err = opensearch.Open(t.Context(), opensearch.Config{Addresses: c.addresses, Patience: 2 * time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		c.whole()
		for _, path := range []string{"/" + c.prefix + "*", "/_index_template/" + c.prefix + "*"} {
			if err := c.calls.Do(context.Background(), http.MethodDelete, path, nil, nil, nil); err != nil && !errors.Is(err, opensearch.ErrRefused) {
				t.Error(err)
			}
		}
		c.calls.Close()
	})
	return c
}

// run does something to the cluster: up or kill.
func (c *cluster) run(args ...string) error {
	out, err := exec.Command("../../.ci/cluster", args...).CombinedOutput()
	if err != nil {
		return fmt.Errorf("%v: %w: %s", args, err, out)
	}
	return nil
}

func (c *cluster) kill(node string) {
	c.t.Helper()
	if err := c.run("kill", node); err != nil {
		c.t.Error(err)
	}
	c.t.Logf("killed %s", node)
}

// whole starts what is dead and waits until every copy of every shard is there.
func (c *cluster) whole() {
	c.t.Helper()
	if err := c.run("up", "3"); err != nil {
		c.t.Error(err)
	}
	query := url.Values{"wait_for_status": {"green"}, "wait_for_nodes": {"3"}, "timeout": {"25s"}}
	if err := c.calls.Do(context.Background(), http.MethodGet, "/_cluster/health", query, nil, nil); err != nil {
		c.t.Error(err)
	}
}

// manager is the elected node, and other is one that is not.
func (c *cluster) manager() (manager, other string) {
	var answer []struct{ Node string }
	if err := c.calls.Do(c.t.Context(), http.MethodGet, "/_cat/cluster_manager", url.Values{"format": {"json"}}, nil, &answer); err != nil || len(answer) != 1 {
		c.t.Error(answer, err)
		return "n1", "n2"
	}
	other = "n1"
	if answer[0].Node == "n1" {
		other = "n2"
	}
	return answer[0].Node, other
}

func (c *cluster) engine(of *crowd) index.Engine {
	e, err := index.OpenCluster(c.t.Context(), index.Cluster{Addresses: c.addresses, Prefix: c.prefix, Archive: of.uuid, Shards: 3, Replicas: 1}, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { e.Close() })
	return e
}

// crowd is a large index.Source that is made up as it is read: what counts is
// which message is there as which change left it.
type crowd struct {
	uuid, list string
	changes    []int          // by sequence number less one: the message
	gone       map[int]bool   // sequence numbers of deletions
	at         map[int]uint64 // the latest change of each message
	met        func(seq uint64)
}

func newCrowd(uuid, list string, n int) *crowd {
	c := &crowd{uuid: uuid, list: list, gone: map[int]bool{}, at: map[int]uint64{}}
	for i := range n {
		c.change(i, false)
	}
	return c
}

func (c *crowd) change(message int, gone bool) {
	c.changes = append(c.changes, message)
	c.at[message] = uint64(len(c.changes))
	if gone {
		c.gone[len(c.changes)] = true
	}
}

// age changes some messages, deletes some and adds some.
func (c *crowd) age(n int) {
	known := len(c.at)
	for i := range n {
		switch i % 4 {
		case 0:
			c.change(i*7%known, true)
		case 1:
			c.change((i*11+1)%known, false)
		default:
			c.change(known+i, false)
		}
	}
}

func (c *crowd) Position(context.Context) (archive.Position, error) {
	return archive.Position{Archive: c.uuid, Seq: uint64(len(c.changes))}, nil
}

func (c *crowd) Changes(_ context.Context, after uint64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		for i := int(after); i < len(c.changes); i++ {
			seq := uint64(i + 1)
			if c.met != nil {
				c.met(seq)
			}
			if c.at[c.changes[i]] != seq {
				continue // there is a later one
			}
			change := archive.Change{ID: c.id(c.changes[i]), Seq: seq, Deleted: c.gone[i+1]}
			if !change.Deleted {
				change.Message = c.message(c.changes[i], seq)
			}
			if !yield(change, nil) {
				return
			}
		}
	}
}

func (c *crowd) id(message int) archive.ID { return archive.ID(fmt.Sprintf("%s-%d", c.list, message)) }

func (c *crowd) message(n int, seq uint64) *archive.Message {
	rnd := rand.New(rand.NewPCG(uint64(n), seq))
	words := make([]string, 150)
	for i := range words {
		words[i] = "w" + strconv.Itoa(int(rnd.ExpFloat64()*500))
	}
	body := strings.Join(words, " ")
	id := c.id(n)
	return &archive.Message{
		ID: id, List: c.list, Thread: id, MessageID: string(id) + "@example.org", Subject: words[0] + " " + words[1], Date: time.Unix(1_500_000_000+int64(n)*600, 0), FromName: "Person " + words[2],
		Body: body, Blocks: []archive.Block{{Kind: archive.BlockOwn, End: len(body)}},
	}
}

// sum is the number of messages and a checksum of all IDs with their changes.
func (c *crowd) sum() string {
	s := newSummer()
	for i, message := range c.changes {
		if c.at[message] == uint64(i+1) && !c.gone[i+1] {
			s.add(string(c.id(message)), uint64(i+1))
		}
	}
	return s.String()
}

// summer adds up IDs and changes, which come by the latter.
type summer struct {
	n int
	h interface {
		Write([]byte) (int, error)
		Sum([]byte) []byte
	}
}

func newSummer() *summer { return &summer{h: sha256.New()} }

func (s *summer) add(id string, seq uint64) { s.n++; fmt.Fprintln(s.h, id, seq) }

func (s *summer) String() string { return fmt.Sprintf("%d messages, %x", s.n, s.h.Sum(nil)[:8]) }

// sum is that of a list, as some copies of its shards have it. It asks
// OpenSearch itself, not by way of the engine.
func (c *cluster) sum(list, copies string) string {
	c.t.Helper()
	s := newSummer()
	body := map[string]any{"size": 10_000, "sort": []any{map[string]any{"seq": "asc"}}, "_source": false, "track_total_hits": true,
		"query": map[string]any{"prefix": map[string]any{"id": list + "-"}}}
	for {
		var answer struct {
			Hits struct {
				Hits []struct {
					ID   string   `json:"_id"`
					Sort []uint64 `json:"sort"`
				} `json:"hits"`
			} `json:"hits"`
		}
		if err := c.calls.Do(c.t.Context(), http.MethodPost, "/"+c.prefix+"/_search", url.Values{"preference": {copies}}, body, &answer); err != nil {
			c.t.Error(err)
			return ""
		}
		for _, h := range answer.Hits.Hits {
			s.add(h.ID, h.Sort[0])
			body["search_after"] = h.Sort
		}
		if len(answer.Hits.Hits) == 0 {
			return s.String()
		}
	}
}

// holds compares what the cluster has, in each copy, with a source.
func (c *cluster) holds(e index.Engine, of *crowd) {
	c.t.Helper()
	for _, copies := range []string{"_primary", "_replica"} {
		if got, want := c.sum(of.list, copies), of.sum(); got != want {
			c.t.Errorf("%s of %s hold %s, not %s", copies, of.list, got, want)
		}
	}
	if err := e.(interface {
		VerifyAgainst(context.Context, index.Source) error
	}).VerifyAgainst(c.t.Context(), of); err != nil {
		c.t.Error(err)
	}
	c.t.Logf("%s: %s", of.list, of.sum())
}

// Nodes are killed while one archive is fed, the elected manager among them, and
// all the while another one is searched: it does not change, so every answer
// has to be the same. The killed manager stays away until more is fed, and has to
// catch up with all of it.
func TestClusterLosesNodes(t *testing.T) {
	c := newCluster(t)
	steady, growing := newCrowd("5a5a5a5a-0000-4000-8000-000000000001", "steady", 5_000), newCrowd("6b6b6b6b-0000-4000-8000-000000000002", "growing", 20_000)
	searched := c.engine(steady)
	if _, err := searched.Rebuild(t.Context(), steady); err != nil {
		t.Fatal(err)
	}
	stop := c.keepSearching(searched, steady)

	var back sync.WaitGroup
	growing.met = func(seq uint64) {
		switch seq {
		case 5_000:
			_, other := c.manager()
			c.kill(other)
		case 8_000:
			back.Go(c.whole) // while it is fed
		case 12_000:
			back.Wait()
			manager, _ := c.manager()
			c.kill(manager)
		}
	}
	e := c.engine(growing)
	if _, err := e.Rebuild(t.Context(), growing); err != nil {
		t.Error(err)
	}
	growing.met = nil
	growing.age(4_000)
	if _, err := e.Update(t.Context(), growing); err != nil {
		t.Error(err)
	}
	c.whole()
	stop()
	c.holds(e, growing)
	c.holds(searched, steady)
}

// keepSearching asks for the same until it is stopped, and reports answers that
// are not whole. The first answer is the one that is right.
func (c *cluster) keepSearching(e index.Engine, of *crowd) (stop func()) {
	ctx, cancel := context.WithCancel(c.t.Context())
	var answered, failed int
	var slowest time.Duration
	var done sync.WaitGroup
	want, err := e.Search(ctx, steadySearch(of))
	if err != nil || want.Total == 0 {
		c.t.Fatal(want, err)
	}
	done.Go(func() {
		for ctx.Err() == nil {
			began := time.Now()
			got, err := e.Search(ctx, steadySearch(of))
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				failed++
				c.t.Logf("after %s: %v", time.Since(began), err)
				continue
			case got.Total != want.Total || len(got.Hits) != len(want.Hits):
				c.t.Errorf("found %d messages, not %d, without an error", got.Total, want.Total)
			}
			answered++
			slowest = max(slowest, time.Since(began))
		}
	})
	return func() {
		cancel()
		done.Wait()
		c.t.Logf("%d searches answered, the slowest after %s; %d failed with an error", answered, slowest.Round(time.Millisecond), failed)
		if answered < 10*failed {
			c.t.Errorf("only %d searches were answered, and %d failed", answered, failed)
		}
	}
}

// steadySearch is for words of which a list has many.
func steadySearch(of *crowd) *index.Request {
	return &index.Request{Query: index.And{
		index.Word{Field: index.FieldList, Text: of.list},
		index.Word{Text: "w3"},
	}}
}

// A full disk makes OpenSearch refuse to write. That is told as what it is, and
// once there is room, all goes on.
func TestClusterDiskIsFull(t *testing.T) {
	c := newCluster(t)
	source := newCrowd("7c7c7c7c-0000-4000-8000-000000000003", "full", 100)
	e := c.engine(source)
	if _, err := e.Rebuild(t.Context(), source); err != nil {
		t.Fatal(err)
	}
	watermarks := func(enabled, free any) {
		settings := map[string]any{"cluster.routing.allocation.disk.threshold_enabled": enabled, "cluster.info.update.interval": "10s"}
		for _, stage := range []string{"low", "high", "flood_stage"} {
			settings["cluster.routing.allocation.disk.watermark."+stage] = free
		}
		if err := c.calls.Do(context.Background(), http.MethodPut, "/_cluster/settings", nil, map[string]any{"transient": settings}, nil); err != nil {
			t.Fatal(err)
		}
	}
	defer watermarks(false, nil)
	watermarks(true, "900tb")
	err := c.updateUntil(e, source, func(err error) bool { return err != nil })
	if !errors.Is(err, opensearch.ErrReadOnly) || !strings.Contains(err.Error(), "disk is full") {
		t.Errorf("told as %v", err)
	}
	t.Log(err)
	watermarks(true, "1b")
	if err := c.updateUntil(e, source, func(err error) bool { return err == nil }); err != nil {
		t.Error(err)
	}
	c.holds(e, source)
}

// updateUntil feeds more and more until it ends in a certain way, for no longer
// than OpenSearch takes to look at its disks a few times.
func (c *cluster) updateUntil(e index.Engine, source *crowd, enough func(error) bool) error {
	for end := time.Now().Add(2 * time.Minute); ; {
		source.age(4)
		_, err := e.Update(c.t.Context(), source)
		if enough(err) || time.Now().After(end) {
			return err
		}
	}
}
