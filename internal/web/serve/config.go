package serve

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime"
	"time"
)

// Route is a handler and where it is.
type Route struct {
	Pattern string // of http.ServeMux, without a host; what it sees of a path is behind Config.Prefix
	Handler http.Handler
	// Static answers from memory: it needs no place, no cache and no limit of rate.
	Static bool
	// Open answers may go on for as long as the client likes: they have no
	// deadline, no place and are not compressed.
	Open bool
}

// Config says what to serve, and to whom. The zero value of each field is its
// default.
type Config struct {
	Routes []Route
	Prefix string // the path that all is under, such as "/lists"; empty is the root
	// Hosts are the names under which browsers may ask; names of this machine and
	// plain addresses always may. Empty means any.
	Hosts []string
	// Proxies may say for whom they ask, by X-Forwarded-For, -Proto and -Host; nil
	// means those on this machine.
	Proxies []netip.Prefix
	// Origins are whose pages' scripts may send requests, "https://example.org".
	// Whether they may read answers is for the handlers to say.
	Origins []string

	Users  string // file of names and bcrypt hashes, as htpasswd -B writes it
	Tokens string // file of names and tokens

	CertFile, KeyFile string // TLS; both or none

	Rate       float64       // requests a second for each client, in bursts of five seconds' worth; 0 means 20, less means no limit
	Places     int           // searches at once; 0 means two for each processor
	Patience   time.Duration // how long a search waits for its place; 0 means a second
	Deadline   time.Duration // of one answer that is no stream; 0 means 10 s
	CacheBytes int64         // of answers that are kept; 0 means 64 MB, less means none

	// State tells the state of what is served: when it changes, answers that are
	// kept are out of date. Nil means that nothing ever changes.
	State func(context.Context) (string, error)
	// Ready says why requests cannot be answered well, or what to note if they can;
	// nil means that they can.
	Ready func(context.Context) (note string, err error)
	// Figures are what /metrics has besides those of the server; nil means none.
	Figures func(context.Context) ([]Figure, error)

	Log *slog.Logger // nil is silence
}

// Figure is a number for those who watch the server.
type Figure struct {
	Name, Help string // "bxserve_" comes before the name
	List       string // of a mailing list; empty for a figure of the whole
	Value      float64
}

// The defaults, and bounds that are nobody's to set.
const (
	DefaultRate       = 20
	DefaultPatience   = time.Second
	DefaultDeadline   = 10 * time.Second
	DefaultCacheBytes = 64 << 20

	maxStreams    = 4                // streams at once
	streamMost    = 10 * time.Minute // of one of them
	maxKept       = 1 << 20          // bytes of an answer that is kept in memory
	maxKeptAge    = 30 * time.Second // of an answer in the cache
	maxClients    = 10_000           // whose rate is watched
	maxHeader     = 16 << 10         // bytes
	maxBody       = 1 << 20          // bytes of a request
	headerTime    = 10 * time.Second
	bodyTime      = 30 * time.Second
	writeTime     = 30 * time.Second // for each stretch of an answer
	idleTime      = 2 * time.Minute
	shutdownTime  = 10 * time.Second
	stateAge      = 250 * time.Millisecond
	retryAfter    = "1" // seconds
	burstSeconds  = 5
	waitersAPlace = 64 // that may wait
)

func (c Config) withDefaults() Config {
	c.Rate = or(c.Rate, DefaultRate)
	c.Places = or(c.Places, 2*runtime.GOMAXPROCS(0))
	c.Patience = or(c.Patience, DefaultPatience)
	c.Deadline = or(c.Deadline, DefaultDeadline)
	c.CacheBytes = or(c.CacheBytes, DefaultCacheBytes)
	if c.Proxies == nil {
		c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	if c.State == nil {
		c.State = func(context.Context) (string, error) { return "", nil }
	}
	if c.Ready == nil {
		c.Ready = func(context.Context) (string, error) { return "", nil }
	}
	if c.Figures == nil {
		c.Figures = func(context.Context) ([]Figure, error) { return nil, nil }
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}
