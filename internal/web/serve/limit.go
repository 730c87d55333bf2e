package serve

import (
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/time/rate"
)

// limiter bounds how often each client may do something. It remembers those
// who came last.
type limiter struct {
	perSecond rate.Limit
	burst     int
	clients   *lru[*rate.Limiter]
}

func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate.Limit(perSecond), max(burst, 1), newLRU[*rate.Limiter](maxClients)}
}

func (l *limiter) of(client netip.Addr) *rate.Limiter {
	return l.clients.getOr(network(client), 1, func() *rate.Limiter { return rate.NewLimiter(l.perSecond, l.burst) })
}

// network is what counts as one client: an address, or the part of one that its
// owner cannot choose.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// rates keeps each client to its rate. What is on this machine is the owner's.
func (s *Server) rates(next http.Handler) http.Handler {
	if s.cfg.Rate < 0 {
		return next
	}
	l := newLimiter(s.cfg.Rate, int(math.Ceil(s.cfg.Rate*burstSeconds)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := of(r)
		if x.local || l.of(x.client).Allow() {
			next.ServeHTTP(w, r)
			return
		}
		s.figures.limited.Inc()
		tooMany(w, time.Duration(float64(time.Second)/s.cfg.Rate))
	})
}

func tooMany(w http.ResponseWriter, wait time.Duration) {
	seconds := max(1, int(math.Ceil(wait.Seconds())))
	w.Header().Set("Retry-After", strconv.Itoa(seconds))
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "Too many requests from your address. Please wait a moment.", http.StatusTooManyRequests)
}
