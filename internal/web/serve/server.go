package serve

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
)

// Server serves a site.
type Server struct {
	cfg      Config
	handler  http.Handler
	door     *door
	figures  *figures
	cache    *lru[*answer]
	states   states
	flights  flights
	places   *places
	streams  *semaphore.Weighted
	cert     *watched[*tls.Certificate]
	stopping atomic.Bool
	open     context.Context // ends with what stays open
	shut     func()
}

// New makes a server. It reads the files of passwords and certificates; they
// are read again when they change.
func New(cfg Config) (*Server, error) {
	s := &Server{cfg: cfg.withDefaults(), streams: semaphore.NewWeighted(maxStreams)}
	s.open, s.shut = context.WithCancel(context.Background())
	s.cache = newLRU[*answer](max(s.cfg.CacheBytes, 0))
	s.states.ask = s.cfg.State
	s.places = newPlaces(&s.cfg)
	s.figures = newFigures(s)
	var err error
	if s.door, err = newDoor(s.cfg); err != nil {
		return nil, err
	}
	if (cfg.CertFile == "") != (cfg.KeyFile == "") {
		return nil, errors.New("a certificate and its key go together: one of them is not given")
	}
	if cfg.CertFile != "" {
		if s.cert, err = watch(s.cfg.Log, s.readCert, cfg.CertFile, cfg.KeyFile); err != nil {
			return nil, err
		}
	}
	s.handler, err = s.layers()
	return s, err
}

func (s *Server) readCert() (*tls.Certificate, error) {
	c, err := tls.LoadX509KeyPair(s.cfg.CertFile, s.cfg.KeyFile)
	if err != nil {
		return nil, fmt.Errorf("read the certificate: %w", err)
	}
	return &c, nil
}

// layers puts the handlers into what the package comment describes.
func (s *Server) layers() (http.Handler, error) {
	site, err := s.routes()
	if err != nil {
		return nil, err
	}
	cross := http.NewCrossOriginProtection()
	for _, origin := range s.cfg.Origins {
		if origin == "*" {
			continue // any may read, and none may send
		}
		if err := cross.AddTrustedOrigin(origin); err != nil {
			return nil, fmt.Errorf("origin %q: %w", origin, err)
		}
	}
	h := cross.Handler(s.prefix(site))
	for _, layer := range []func(http.Handler) http.Handler{s.rates, s.doors, s.health, s.hosts, headers, s.clients, s.exchanges} {
		h = layer(h)
	}
	return h, nil
}

// routes is the site without what is around all of it.
func (s *Server) routes() (http.Handler, error) {
	pack, err := compressor()
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	for _, route := range s.cfg.Routes {
		h := route.Handler
		switch {
		case route.Open:
			h = s.whileOpen(h)
		case route.Static:
			h = encodings(pack(h))
		default:
			h = encodings(s.work(pack(h)))
		}
		mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) {
			of(r).route = route.Pattern
			h.ServeHTTP(w, r)
		})
	}
	return mux, nil
}

// whileOpen lets an answer go on until the server stops.
func (s *Server) whileOpen(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithCancel(r.Context())
		defer cancel()
		defer context.AfterFunc(s.open, cancel)()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// prefix takes the path that the site is under off. Who asks for the root is led
// to the site.
func (s *Server) prefix(site http.Handler) http.Handler {
	if s.cfg.Prefix == "" {
		return site
	}
	inner := http.StripPrefix(s.cfg.Prefix, site)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, s.cfg.Prefix+"/"):
			inner.ServeHTTP(w, r)
		case r.URL.Path == "/" || r.URL.Path == s.cfg.Prefix:
			http.Redirect(w, r, s.cfg.Prefix+"/", http.StatusFound)
		default:
			http.NotFound(w, r)
		}
	})
}

// ServeHTTP answers one request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Serve answers requests that come to a listener until ctx ends; then it lets
// those under way come to their end, for ten seconds at most. That is no
// failure.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	// Requests outlive ctx; what stays open for ever ends with it.
	base, cut := context.WithCancel(context.WithoutCancel(ctx))
	defer cut()
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       bodyTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		BaseContext:       func(net.Listener) context.Context { return base },
		ErrorLog:          slog.NewLogLogger(s.cfg.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- s.listen(server, l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve at %s: %w", l.Addr(), err)
	case <-ctx.Done():
	}
	s.stopping.Store(true)
	s.shut()
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	if err := server.Shutdown(grace); err != nil {
		s.cfg.Log.Warn("some answers were cut off", "err", err)
		cut()
		server.Close()
	}
	return nil
}

func (s *Server) listen(server *http.Server, l net.Listener) error {
	if s.cert == nil {
		return server.Serve(l)
	}
	server.TLSConfig = &tls.Config{
		MinVersion:     tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return s.cert.get(), nil },
	}
	return server.ServeTLS(l, "", "")
}
