package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
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
	var made, asked []string
	for _, size := range sizes {
		b.data = filepath.Join(data, fmt.Sprint(size))
		err := b.loadData(size)
		if err == nil {
			err = b.compare(c, &made, &asked)
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
	return nil
}

// compare makes both indexes of one archive, and asks both.
func (b *bench) compare(c *cluster, made, asked *[]string) error {
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
	return b.compareAnswers(c, messages, asked)
}

// compareAnswers asks both indexes the same.
func (b *bench) compareAnswers(c *cluster, messages int, asked *[]string) error {
	mix, err := b.questions(mixSize)
	if err != nil {
		return err
	}
	for _, at := range []struct{ name, target string }{{"embedded", b.data}, {"OpenSearch", c.url}} {
		if _, _, err := b.ask(at.target, mix[:min(len(mix), warming)]); err != nil {
			return err
		}
		before, err := c.nodes()
		if err != nil {
			return err
		}
		own := processorTime(os.Getpid())
		plain, faceted, err := b.ask(at.target, mix)
		if err != nil {
			return err
		}
		own = processorTime(os.Getpid()) - own
		after, err := c.nodes()
		if err != nil {
			return err
		}
		searches := time.Duration(2 * len(mix))
		*asked = append(*asked, fmt.Sprintf("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |", messages, at.name,
			at50(plain), at95(plain), at99(plain), at50(faceted), at95(faceted), at99(faceted), ms(own/searches), ms((after.cpu-before.cpu)/searches)))
	}
	return nil
}

// warming is how many queries are asked before any is measured.
const warming = 300

func at50(t timings) string { return at(t.all(), 50) }
func at95(t timings) string { return at(t.all(), 95) }
func at99(t timings) string { return at(t.all(), 99) }

// cluster is where OpenSearch is.
type cluster struct{ first, url, prefix string }

// nodesWork is what the nodes have done.
type nodesWork struct {
	count int
	cpu   time.Duration
	heap  int64 // of the fullest
}

func (c *cluster) nodes() (nodesWork, error) {
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
	return w, nil
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
	if err := c.call(http.MethodDelete, "/"+c.prefix+"-messages-*", nil); err != nil {
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
