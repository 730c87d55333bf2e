package serve

import (
	"net/http"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// health answers those who watch the server. That it lives, and whether it is
// ready, is for everybody; figures are for who has a password, or where there
// are none, for this machine.
func (s *Server) health(next http.Handler) http.Handler {
	figures := promhttp.HandlerFor(s.figures.registry, promhttp.HandlerOpts{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) { say(w, http.StatusOK, "alive") })
	mux.HandleFunc("GET /readyz", s.ready)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if s.door.open() && !of(r).local {
			say(w, http.StatusForbidden, "Figures are for this machine, or for who has a password.")
			return
		}
		s.doors(figures).ServeHTTP(w, r)
	})
	mux.Handle("/", next)
	return mux
}

// ready says whether requests will be answered well, and if not, why.
func (s *Server) ready(w http.ResponseWriter, r *http.Request) {
	if s.stopping.Load() {
		say(w, http.StatusServiceUnavailable, "stopping")
		return
	}
	note, err := s.cfg.Ready(r.Context())
	if err != nil {
		s.cfg.Log.Warn("not ready", "err", err)
		say(w, http.StatusServiceUnavailable, "not ready: "+err.Error())
		return
	}
	if note != "" {
		note = "; " + note
	}
	say(w, http.StatusOK, "ready"+note)
}

func say(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
