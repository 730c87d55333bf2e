package main

import (
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/search"
)

// warming is how many queries are asked before any is measured.
const warming = 300

// work is what some searches took.
type work struct {
	times    []time.Duration
	cpu      time.Duration // of the nodes
	requests int64         // that they got
}

func (w *work) add(more work) {
	w.times = append(w.times, more.times...)
	w.cpu += more.cpu
	w.requests += more.requests
}

// compareAnswers asks both indexes the same, of one kind after the other.
func (b *bench) compareAnswers(c *cluster, messages int, asked, byKind *[]string) error {
	mix, err := b.questions(mixSize)
	if err != nil {
		return err
	}
	of := map[string][]question{}
	for _, q := range mix {
		of[q.kind] = append(of[q.kind], q)
	}
	for _, at := range []struct{ name, target string }{{"embedded", b.data}, {"OpenSearch", c.url}} {
		if _, _, err := b.ask(at.target, mix[:min(len(mix), warming)]); err != nil {
			return err
		}
		s, err := search.Open(at.target, &search.Options{Timeout: time.Minute})
		if err != nil {
			return err
		}
		defer s.Close()
		var plain, faceted work
		own := processorTime(os.Getpid())
		for _, k := range kinds {
			alone, err := b.worked(c, s, of[k.name], nil)
			if err != nil {
				return err
			}
			with, err := b.worked(c, s, of[k.name], search.Facets())
			if err != nil {
				return err
			}
			plain.add(alone)
			faceted.add(with)
			if at.target == c.url {
				*byKind = append(*byKind, fmt.Sprintf("| %d | %s | %d | %s | %s |", messages, k.name, len(of[k.name]), alone.row(), with.row()))
			}
		}
		searches := time.Duration(2 * len(mix))
		own = processorTime(os.Getpid()) - own
		*asked = append(*asked, fmt.Sprintf("| %d | %s | %s | %s | %s | %s | %s | %s | %s | %s |", messages, at.name,
			atTime(plain, 50), atTime(plain, 95), atTime(plain, 99), atTime(faceted, 50), atTime(faceted, 95), atTime(faceted, 99),
			ms(own/searches), ms((plain.cpu+faceted.cpu)/searches)))
	}
	return nil
}

func atTime(w work, percent int) string { return at(w.times, percent) }

// row tells of the searches on average.
func (w work) row() string {
	n := max(len(w.times), 1)
	return fmt.Sprintf("%.1f | %s | %s | %s", float64(w.requests)/float64(n), ms(w.cpu/time.Duration(n)), at(w.times, 50), at(w.times, 95))
}

// worked asks queries, and what they made the nodes do.
func (b *bench) worked(c *cluster, s *search.Searcher, queries []question, facets []search.Facet) (w work, err error) {
	before, err := c.nodes()
	if err != nil {
		return w, err
	}
	for _, q := range queries {
		q.ours.Facets = facets
		start := time.Now()
		if _, err := s.Search(b.ctx, q.ours); err != nil {
			return w, fmt.Errorf("query %q: %w", q.ours.Text, err)
		}
		w.times = append(w.times, time.Since(start))
	}
	after, err := c.nodes()
	w.cpu, w.requests = after.cpu-before.cpu, after.requests-before.requests
	return w, err
}

// requests is how many requests all nodes have got, but for those that measure.
func (c *cluster) requests() (sum int64, err error) {
	var answer struct {
		Nodes map[string]struct {
			Actions map[string]int64 `json:"rest_actions"`
		} `json:"nodes"`
	}
	err = c.call(http.MethodGet, "/_nodes/usage/rest_actions", &answer)
	for _, n := range answer.Nodes {
		for name, count := range n.Actions {
			if !strings.HasPrefix(name, "nodes_") {
				sum += count
			}
		}
	}
	return sum, err
}
