package crawler

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// gates holds one gate for each host. It outlives a crawl, so that two lists
// of one host, crawled one after the other, keep their distance as well.
type gates struct {
	mu    sync.Mutex
	hosts map[string]*gate
	make  func(host string) *gate
}

func (g *gates) of(host string) *gate {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.hosts[host] == nil {
		g.hosts[host] = g.make(host)
	}
	return g.hosts[host]
}

// gate lets requests to one host start: at most cap(slots) at a time, and each
// at least delay after the start of the one before.
//
// QUIRK: H6: colly's own LimitRule sleeps after the request and per slot,
// which makes N parallel requests for each delay, and it ignores the context.
type gate struct {
	slots chan struct{}
	now   func() time.Time
	sleep func(context.Context, time.Duration) error
	log   *slog.Logger

	mu     sync.Mutex
	delay  time.Duration
	last   time.Time // the latest start given, past or still to come
	until  time.Time // the server asked for silence until then
	others *hostFile // what other processes know of both; may be nil
	robots *robots   // what the host's robots.txt said last; nil before it was asked for
}

func newGate(cfg Config, host string) *gate {
	g := &gate{
		slots: make(chan struct{}, cfg.Parallel),
		now:   cfg.Now,
		sleep: cfg.Sleep,
		log:   cfg.Logger,
		delay: max(cfg.Delay, 0),
	}
	if cfg.HostDir != "" && cfg.Delay > 0 {
		var err error
		if g.others, err = newHostFile(cfg.HostDir, host); err != nil {
			cfg.Logger.Warn("other processes cannot be heeded", "host", host, "err", err)
		}
	}
	return g
}

// enter waits until a request may start. Each enter without an error needs one
// leave.
func (g *gate) enter(ctx context.Context) error {
	select {
	case g.slots <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	for {
		if err := g.sleep(ctx, g.reserve()); err != nil {
			g.leave()
			return err
		}
		if g.start() {
			return nil
		}
	}
}

// leave says that a request has ended, its body read.
func (g *gate) leave() { <-g.slots }

// reserve takes the next start and returns how far off it is.
func (g *gate) reserve() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	start := now
	g.change(now, func() {
		for _, t := range []time.Time{g.last.Add(g.delay), g.until} {
			if t.After(start) {
				start = t
			}
		}
		g.last = start
	})
	return start.Sub(now)
}

// change changes what the gate remembers, in step with other processes.
func (g *gate) change(now time.Time, f func()) {
	if g.others == nil {
		f()
		return
	}
	done := false
	err := g.others.change(now, func(last, until time.Time) (time.Time, time.Time) {
		g.last, g.until = later(g.last, last), later(g.until, until)
		f()
		done = true
		return g.last, g.until
	})
	if err != nil {
		g.log.Warn("other processes cannot be heeded any more", "err", err)
		g.others = nil
	}
	if !done {
		f()
	}
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// slowTo raises the delay; a smaller one is ignored.
func (g *gate) slowTo(delay time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.delay = max(g.delay, delay)
}

// hold lets no request start for d, not even those that have a start reserved.
func (g *gate) hold(d time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	now := g.now()
	g.change(now, func() { g.until = later(g.until, now.Add(d)) })
}

// start reports whether the request may go out now. If it is late, the next
// one keeps its distance from when it really started.
func (g *gate) start() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	now, held := g.now(), false
	g.change(now, func() {
		if held = g.until.After(now); !held {
			g.last = later(g.last, now)
		}
	})
	return !held
}

// obey remembers what robots.txt says, and returns it.
func (g *gate) obey(r *robots) *robots {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.robots = r
	return r
}

// rules is what robots.txt said last, in this crawler's lifetime; nil before.
func (g *gate) rules() *robots {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.robots
}
