package crawler

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// starts runs n requests that take long through a gate and returns when they
// started, counted from the first, and how many were in flight at most.
func starts(t *testing.T, g *gate, n int, long time.Duration) (at []time.Duration, most int) {
	t.Helper()
	var (
		mu       sync.Mutex
		wg       sync.WaitGroup
		inFlight int
		begun    = time.Now()
	)
	for range n {
		wg.Go(func() {
			if err := g.enter(t.Context()); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			at = append(at, time.Since(begun))
			inFlight++
			most = max(most, inFlight)
			mu.Unlock()
			time.Sleep(long)
			mu.Lock()
			inFlight--
			mu.Unlock()
			g.leave()
		})
	}
	wg.Wait()
	return at, most
}

func testGate(delay time.Duration, parallel int) *gate {
	return newGate(Config{Delay: delay, Parallel: parallel}.withDefaults(), "lists.example.org")
}

// Parallel requests share one delay, counted from start to start; colly's
// limit rule would let each of them have its own, counted from the end.
func TestH6ParallelRequestsKeepTheirDistance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at, most := starts(t, testGate(time.Second, 3), 10, 2500*time.Millisecond)
		for i := 1; i < len(at); i++ {
			if gap := at[i] - at[i-1]; gap < time.Second {
				t.Errorf("request %d started %v after the one before, want 1s or more", i, gap)
			}
		}
		if last := at[len(at)-1]; last != 9*time.Second {
			t.Errorf("the tenth request started after %v, want 9s: answers that take long must not slow it down", last)
		}
		if most != 3 {
			t.Errorf("%d requests were in flight at once, want 3", most)
		}
	})
}

func TestGateBoundsRequestsInFlightWithoutDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		at, most := starts(t, testGate(NoDelay, 2), 6, time.Second)
		if most != 2 || at[5] != 2*time.Second {
			t.Errorf("%d in flight, the last started after %v; want 2 and 2s", most, at[5])
		}
	})
}

func TestGateHoldIsForEveryRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(time.Second, 4)
		go func() {
			time.Sleep(1500 * time.Millisecond) // two have started, two have a start reserved
			g.hold(time.Minute)
		}()
		at, _ := starts(t, g, 4, time.Millisecond)
		if at[2] < 61*time.Second || at[3]-at[2] < time.Second {
			t.Errorf("requests started at %v; the third and fourth must wait for the minute, and keep their distance", at)
		}
	})
}

func TestH6WaitingEndsWithTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(time.Hour, 1)
		starts(t, g, 1, 0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		begun := time.Now()
		if err := g.enter(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("enter returned %v, want the context's error", err)
		}
		if waited := time.Since(begun); waited != time.Second {
			t.Errorf("waited %v, want 1s", waited)
		}
		if len(g.slots) != 0 {
			t.Error("the slot was not given back")
		}
	})
}

func TestGateTakesTheLongerDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := testGate(2*time.Second, 1)
		g.slowTo(time.Second)
		if at, _ := starts(t, g, 2, 0); at[1] != 2*time.Second {
			t.Errorf("a shorter Crawl-delay was taken: second start after %v", at[1])
		}
		g.slowTo(5 * time.Second)
		time.Sleep(time.Hour)
		if at, _ := starts(t, g, 2, 0); at[1] != 5*time.Second {
			t.Errorf("a longer Crawl-delay was not taken: second start after %v", at[1])
		}
	})
}

// Two processes, each with gates of its own, ask one host; then the server asks
// one of them for silence.
func TestProcessesOfOneMachineShareTheDelay(t *testing.T) {
	dir := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		process := func() *gate {
			return newGate(Config{Delay: time.Second, HostDir: dir}.withDefaults(), "lists.example.org:8080")
		}
		a, b := process(), process()
		var mu sync.Mutex
		var all []time.Time
		run := func(g *gate, n int) {
			for range n {
				if err := g.enter(t.Context()); err != nil {
					t.Error(err)
				}
				mu.Lock()
				all = append(all, time.Now())
				mu.Unlock()
				g.leave()
			}
		}
		var wg sync.WaitGroup
		wg.Go(func() { run(a, 5) })
		wg.Go(func() { run(b, 5) })
		wg.Wait()
		for i := 1; i < len(all); i++ {
			if gap := all[i].Sub(all[i-1]); gap < time.Second {
				t.Errorf("request %d came %v after the one before, want 1s or more", i, gap)
			}
		}
		begun := time.Now()
		go func() {
			time.Sleep(time.Second / 2) // the other process has its start reserved
			a.hold(time.Minute)
		}()
		run(b, 1)
		if waited := time.Since(begun); waited < time.Minute {
			t.Errorf("the other process asked %v after the server wanted a minute of silence", waited)
		}
	})
}

// A time from a broken clock must not stop a crawl for years.
func TestHostFileWithNonsense(t *testing.T) {
	for _, content := range []string{"", "x y\n", "9223372036854775807 9223372036854775807\n", "-5 -5\n"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "lists.example.org"), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		synctest.Test(t, func(t *testing.T) {
			g := newGate(Config{Delay: time.Second, HostDir: dir}.withDefaults(), "lists.example.org")
			begun := time.Now()
			starts(t, g, 2, 0)
			if took := time.Since(begun); took != time.Second {
				t.Errorf("%q: two requests took %v, want 1s", content, took)
			}
		})
	}
}

// TestH7AThousandPagesStartNoThousandGoroutines lists many pages at once and
// counts what is at work while the server is asked for the first.
func TestH7AThousandPagesStartNoThousandGoroutines(t *testing.T) {
	w := newWorld(t, announce(1, 1000))
	before := runtime.NumGoroutine()
	most := 0
	var mu sync.Mutex
	w.wrap = func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			mu.Lock()
			most = max(most, runtime.NumGoroutine())
			mu.Unlock()
			h.ServeHTTP(rw, r)
		})
	}
	if _, err := w.crawl(func(c *Config) { c.Parallel = 4 }); err != nil {
		t.Fatal(err)
	}
	if got := w.pages(); got != 1000 {
		t.Fatalf("%d pages are held, want 1000", got)
	}
	if most > before+100 {
		t.Errorf("%d goroutines at work, %d before the crawl", most, before)
	}
	if most := w.log.MostInFlight(); most > 4 {
		t.Errorf("%d requests in flight, want 4 at most", most)
	}
}
