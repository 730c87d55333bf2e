package serve

import (
	"context"
	"net/http"

	"golang.org/x/sync/semaphore"
)

// work answers from the cache, or has the handler answer in a place of its own
// and with a deadline.
func (s *Server) work(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key, keep := keyOf(r)
		state := ""
		if keep = keep && s.cfg.CacheBytes > 0; keep {
			state, keep = s.states.now(r.Context())
		}
		if !keep {
			s.gather(w, r, next, func(*gathered) {})
			return
		}
		if s.known(w, r, key, state) {
			return
		}
		land := s.flights.lead(r.Context(), key+"\x00"+r.Method)
		if land == nil {
			if s.known(w, r, key, state) {
				return
			}
			land = func() {} // the first one's answer was none to be kept
		}
		defer land()
		of(r).cache = "miss"
		s.gather(w, r, next, func(whole *gathered) {
			if whole != nil && r.Method == http.MethodGet {
				s.keep(key, state, whole)
			}
			land() // before a slow client has read it
		})
	})
}

// known answers from the cache, if it can.
func (s *Server) known(w http.ResponseWriter, r *http.Request, key, state string) bool {
	a, ok := s.find(key, state)
	if ok {
		of(r).cache = "hit"
		a.send(w, r)
	}
	return ok
}

// gather has the handler answer. It calls ready with the answer once that is whole,
// before it is sent, or with nil when it turns out to be a stream.
func (s *Server) gather(w http.ResponseWriter, r *http.Request, next http.Handler, ready func(*gathered)) {
	place, ok := s.places.take(r.Context())
	if !ok {
		s.busy(w)
		return
	}
	defer place.free()
	ctx, until, done := withDeadline(r.Context(), s.cfg.Deadline)
	defer done()
	g := &gathered{w: w, header: http.Header{}}
	g.stream = func() bool {
		if !place.swap(s.streams) {
			return false
		}
		until.extend(streamMost)
		ready(nil)
		return true
	}
	next.ServeHTTP(g, r.WithContext(ctx))
	tooLong := context.Cause(ctx) == context.DeadlineExceeded && g.status >= 400 && !g.flowing
	if g.refused || tooLong {
		s.busy(w)
		return
	}
	if !g.flowing {
		place.free()
		g.WriteHeader(http.StatusOK)
		ready(g)
		g.finish()
	}
}

// busy sends a request away, to come again soon.
func (s *Server) busy(w http.ResponseWriter) {
	s.figures.overload.Inc()
	h := w.Header()
	h.Set("Retry-After", retryAfter)
	h.Set("Cache-Control", "no-store")
	http.Error(w, "The server is busy. Please try again in a moment.", http.StatusServiceUnavailable)
}

// places bounds what is under way at once. Who comes first is first.
type places struct {
	*semaphore.Weighted
	waiting chan struct{}
	cfg     *Config
}

func newPlaces(cfg *Config) *places {
	return &places{Weighted: semaphore.NewWeighted(int64(cfg.Places)), waiting: make(chan struct{}, waitersAPlace*cfg.Places), cfg: cfg}
}

// place is one that is taken.
type place struct{ in *semaphore.Weighted }

// take waits for a place, if not too many do already, and not for long.
func (p *places) take(ctx context.Context) (*place, bool) {
	if p.TryAcquire(1) {
		return &place{p.Weighted}, true
	}
	select {
	case p.waiting <- struct{}{}:
		defer func() { <-p.waiting }()
	default:
		return nil, false
	}
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Patience)
	defer cancel()
	if p.Acquire(ctx, 1) != nil {
		return nil, false
	}
	return &place{p.Weighted}, true
}

// free gives the place up; to do so twice is fine.
func (p *place) free() {
	if p.in != nil {
		p.in.Release(1)
		p.in = nil
	}
}

// swap changes to a place elsewhere, if one is free.
func (p *place) swap(to *semaphore.Weighted) bool {
	if !to.TryAcquire(1) {
		return false
	}
	p.free()
	p.in = to
	return true
}
