package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"time"
)

// openSearch measures the index in OpenSearch beside the embedded one, over the
// same generated messages: how fast it is made, by whose work, and how fast it
// answers. addresses are those of a cluster, as --opensearch-url takes them.
func (b *bench) openSearch(addresses string, sizes []int) error {
	first, _, _ := strings.Cut(addresses, ",")
	c := &cluster{first: strings.TrimSuffix(first, "/"), prefix: fmt.Sprintf("bench-%d", time.Now().Unix())}
	c.url = strings.TrimSuffix(addresses, "/") + "/" + c.prefix
	data := b.data
	var made, asked, kinds []string
	for _, size := range sizes {
		b.data = filepath.Join(data, fmt.Sprint(size))
		err := b.loadData(size)
		if err == nil {
			err = b.compare(c, &made, &asked, &kinds)
		}
		if derr := c.remove(); err == nil {
			err = derr
		}
		if err != nil {
			return err
		}
	}
	nodes, err := c.nodes()
	if err != nil {
		return err
	}
	fmt.Printf("%d nodes of OpenSearch, on the processors that bxcrawl and the searches use too\n\n", nodes.count)
	fmt.Println("| messages | index | messages/s | seconds | CPU seconds of bxcrawl | of the nodes | peak memory of bxcrawl | heap of a node | on disk |\n|---|---|---|---|---|---|---|---|---|")
	fmt.Println(strings.Join(made, "\n"))
	fmt.Printf("\n| messages | %d queries, top 10 with snippets | p50 | p95 | p99 | with all facets: p50 | p95 | p99 | processor time a search | of the nodes |\n|---|---|---|---|---|---|---|---|---|---|\n", mixSize)
	fmt.Println(strings.Join(asked, "\n"))
	fmt.Println("\n| messages | over OpenSearch, a kind at a time | queries | requests a search | processor time of the nodes | p50 | p95 | with all facets: requests | processor time | p50 | p95 |\n|---|---|---|---|---|---|---|---|---|---|---|")
	fmt.Println(strings.Join(kinds, "\n"))
	return nil
}

// compare makes both indexes of one archive, and asks both.
func (b *bench) compare(c *cluster, made, asked, kinds *[]string) error {
	messages, _, err := b.count()
	if err != nil {
		return err
	}
	embedded, err := b.command("bxcrawl", "reindex", "--engine", "bleve")
	if err != nil {
		return err
	}
	before, err := c.nodes()
	if err != nil {
		return err
	}
	there, err := b.command("bxcrawl", "reindex", "--opensearch-url", c.url)
	if err != nil {
		return err
	}
	after, err := c.nodes()
	if err != nil {
		return err
	}
	size, err := c.size()
	if err != nil {
		return err
	}
	row := func(name string, u usage, nodes, heap string, size int64) {
		*made = append(*made, fmt.Sprintf("| %d | %s | %.0f | %.1f | %.1f | %s | %s | %s | %s |",
			messages, name, float64(messages)/u.wall.Seconds(), u.wall.Seconds(), u.cpu.Seconds(), nodes, mb(u.peak), heap, mb(size)))
	}
	row("embedded", embedded, "–", "–", sizeOf(filepath.Join(b.data, "index")))
	row("OpenSearch", there, fmt.Sprintf("%.1f", (after.cpu-before.cpu).Seconds()), mb(after.heap), size)
	return b.compareAnswers(c, messages, asked, kinds)
}

// cluster is where OpenSearch is.
type cluster struct{ first, url, prefix string }

// nodesWork is what the nodes have done.
type nodesWork struct {
	count    int
	cpu      time.Duration
	requests int64
	heap     int64 // of the fullest
}

// nodes asks what the nodes have done so far. They look at their processor time
// once a second.
func (c *cluster) nodes() (nodesWork, error) {
	time.Sleep(1100 * time.Millisecond)
	var answer struct {
		Nodes map[string]struct {
			Process struct {
				CPU struct {
					Millis int64 `json:"total_in_millis"`
				} `json:"cpu"`
			} `json:"process"`
			JVM struct {
				Mem struct {
					Heap int64 `json:"heap_used_in_bytes"`
				} `json:"mem"`
			} `json:"jvm"`
		} `json:"nodes"`
	}
	var w nodesWork
	if err := c.call(http.MethodGet, "/_nodes/stats/process,jvm", &answer); err != nil {
		return w, err
	}
	for _, n := range answer.Nodes {
		w.count++
		w.cpu += time.Duration(n.Process.CPU.Millis) * time.Millisecond
		w.heap = max(w.heap, n.JVM.Mem.Heap)
	}
	var err error
	w.requests, err = c.requests()
	return w, err
}

// size is what the indexes take on all disks, after a flush.
func (c *cluster) size() (int64, error) {
	indexes := "/" + c.prefix + "-messages-*"
	if err := c.call(http.MethodPost, indexes+"/_flush", nil); err != nil {
		return 0, err
	}
	var answer struct {
		All struct {
			Total struct {
				Store struct {
					Bytes int64 `json:"size_in_bytes"`
				} `json:"store"`
			} `json:"total"`
		} `json:"_all"`
	}
	err := c.call(http.MethodGet, indexes+"/_stats/store", &answer)
	return answer.All.Total.Store.Bytes, err
}

// remove takes away what a run has left.
func (c *cluster) remove() error {
	if err := c.call(http.MethodDelete, "/"+c.prefix+"-messages-*,"+c.prefix+"-watches-*", nil); err != nil {
		return err
	}
	return c.call(http.MethodDelete, "/_index_template/"+c.prefix+"-messages", nil)
}

func (c *cluster) call(method, path string, out any) error {
	req, err := http.NewRequest(method, c.first+path, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode >= 400 && (method != http.MethodDelete || res.StatusCode != http.StatusNotFound) {
		return fmt.Errorf("%s %s: %s", method, path, res.Status)
	}
	if out == nil {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(out)
}
