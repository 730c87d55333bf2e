package main

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/search"
)

const (
	mixSize  = 1000 // queries in one process
	coldSize = 100  // queries in a process each
)

// timings are how long the queries of each kind took.
type timings map[string][]time.Duration

func (t timings) add(kind string, d time.Duration) { t[kind] = append(t[kind], d) }

func (t timings) all() []time.Duration {
	var out []time.Duration
	for _, d := range t {
		out = append(out, d...)
	}
	return out
}

func (b *bench) queries() error {
	mix, err := b.questions(mixSize)
	if err != nil {
		return err
	}
	build, size, fts, err := b.fts5(mix)
	if err != nil {
		return err
	}
	ours, faceted, err := b.ask(b.data, mix)
	if err != nil {
		return err
	}
	fmt.Printf("| top 10 with snippets, %d queries | p50 | p95 | p99 | max |\n|---|---|---|---|---|\n", len(mix))
	row("bxsearch, in-process", ours.all())
	row("bxsearch with all facets", faceted.all())
	row("SQLite FTS5 (porter), in-process", fts.all())
	fmt.Println("\n| of these | queries | bxsearch p50 | p95 | FTS5 p50 | p95 |\n|---|---|---|---|---|---|")
	for _, k := range kinds {
		fmt.Printf("| %s | %d | %s | %s | %s | %s |\n", k.name, len(ours[k.name]),
			at(ours[k.name], 50), at(ours[k.name], 95), at(fts[k.name], 50), at(fts[k.name], 95))
	}
	if err := b.clients(mix); err != nil {
		return err
	}
	fmt.Printf("\nFTS5 alone, without fetching and parsing: built in %.1f s, %s with the text.\n", build.Seconds(), mb(size))
	return b.cold()
}

func row(name string, d []time.Duration) {
	fmt.Printf("| %s | %s | %s | %s | %s |\n", name, at(d, 50), at(d, 95), at(d, 99), at(d, 100))
}

// at is a percentile.
func at(d []time.Duration, percent int) string {
	if len(d) == 0 {
		return "–"
	}
	d = slices.Sorted(slices.Values(d))
	return ms(d[min(len(d)*percent/100, len(d)-1)])
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

// ask asks all of a mix at a place, without facets and with all of them.
func (b *bench) ask(target string, mix []question) (plain, faceted timings, err error) {
	s, err := search.Open(target, &search.Options{Timeout: time.Minute})
	if err != nil {
		return nil, nil, err
	}
	defer s.Close()
	plain, faceted = timings{}, timings{}
	for _, q := range mix {
		start := time.Now()
		if _, err := s.Search(b.ctx, q.ours); err != nil {
			return nil, nil, fmt.Errorf("query %q: %w", q.ours.Text, err)
		}
		plain.add(q.kind, time.Since(start))
		with := q.ours
		with.Facets = search.Facets()
		start = time.Now()
		if _, err := s.Search(b.ctx, with); err != nil {
			return nil, nil, fmt.Errorf("query %q with facets: %w", q.ours.Text, err)
		}
		faceted.add(q.kind, time.Since(start))
	}
	return plain, faceted, nil
}

// clients asks the whole mix by one client, then by eight at once.
func (b *bench) clients(mix []question) error {
	s, err := search.Open(b.data, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	fmt.Println("\n| clients at once | queries/s | errors |\n|---|---|---|")
	for _, n := range []int{1, 8} {
		var wg sync.WaitGroup
		var mu sync.Mutex
		failed := 0
		start := time.Now()
		for i := range n {
			wg.Go(func() {
				for j := i; j < len(mix); j += n {
					if _, err := s.Search(b.ctx, mix[j].ours); err != nil {
						mu.Lock()
						failed++
						mu.Unlock()
					}
				}
			})
		}
		wg.Wait()
		fmt.Printf("| %d | %.0f | %d |\n", n, float64(len(mix))/time.Since(start).Seconds(), failed)
	}
	return nil
}
