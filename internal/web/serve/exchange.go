package serve

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"time"
)

// exchange is one request and its answer, as the layers know it.
type exchange struct {
	http.ResponseWriter
	control *http.ResponseController

	client netip.Addr // whom the answer is for
	local  bool       // on this machine, and no proxy between
	user   string     // by name, when there was a password or a token
	route  string     // pattern
	cache  string     // hit, miss, or nothing

	status int
	bytes  int64
	until  time.Time // deadline of writing
}

type exchangeKey struct{}

// of returns the exchange that a request belongs to.
func of(r *http.Request) *exchange { return r.Context().Value(exchangeKey{}).(*exchange) }

// exchanges is the outermost layer.
func (s *Server) exchanges(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		x := &exchange{ResponseWriter: w, control: http.NewResponseController(w)}
		r = r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x))
		r.Body = http.MaxBytesReader(x, r.Body, maxBody)
		if r.ContentLength == 0 {
			// The deadline was for the body; later it would end a long answer.
			_ = x.control.SetReadDeadline(time.Time{})
		}
		s.figures.running.Inc()
		defer func() {
			s.figures.running.Dec()
			failed := recover()
			if failed != nil && failed != http.ErrAbortHandler {
				s.cfg.Log.Error("a handler failed", "method", r.Method, "path", r.URL.Path, "panic", failed, "stack", string(debug.Stack()))
				if x.status == 0 {
					http.Error(x, "Something went wrong here. It is in the server's log.", http.StatusInternalServerError)
					failed = nil
				} else {
					failed = http.ErrAbortHandler
				}
			}
			s.tell(x, r, time.Since(began))
			if failed != nil {
				panic(failed)
			}
		}()
		next.ServeHTTP(x, r)
	})
}

// tell writes the access log and counts.
func (s *Server) tell(x *exchange, r *http.Request, took time.Duration) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	s.figures.count(x, took)
	level := slog.LevelInfo
	if x.status >= 500 && x.status != http.StatusServiceUnavailable { // being busy is no fault, and said often
		level = slog.LevelWarn
	}
	s.cfg.Log.LogAttrs(r.Context(), level, "request",
		slog.String("client", x.client.String()), slog.String("user", x.user), slog.String("method", r.Method), slog.String("url", shorten(r.RequestURI)),
		slog.Int("status", x.status), slog.Int64("bytes", x.bytes), slog.Float64("ms", float64(took.Microseconds())/1000),
		slog.String("cache", x.cache), slog.String("agent", shorten(r.UserAgent())))
}

// shorten bounds what strangers may put into a line of the log.
func shorten(s string) string {
	const most = 1000
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 && status >= 200 {
		x.status = status
	}
	x.extend()
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(p []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
	}
	x.extend()
	n, err := x.ResponseWriter.Write(p)
	x.bytes += int64(n)
	return n, err
}

// extend gives a client that goes on reading more time: a deadline for the whole
// would end long answers, and none would let a client hold one for ever.
func (x *exchange) extend() {
	now := time.Now()
	if x.until.Sub(now) > writeTime/2 {
		return
	}
	x.until = now.Add(writeTime)
	_ = x.control.SetWriteDeadline(x.until)
}

// Flush implements http.Flusher.
func (x *exchange) Flush() {
	x.extend()
	_ = x.control.Flush()
}

// Unwrap is for http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }
