package serve

import (
	"bytes"
	"context"
	"errors"
	"maps"
	"net/http"
	"strconv"
	"time"
)

// gathered collects an answer in memory. If it gets too long for that, or is
// flushed, it goes on as a stream, if there is a place for one.
type gathered struct {
	w      http.ResponseWriter
	stream func() bool // asks for a place, once

	header  http.Header
	status  int
	body    bytes.Buffer
	flowing bool
	refused bool
}

// errNoPlace is what a handler gets that writes on and on when there is no place
// for it.
var errNoPlace = errors.New("too many long answers are under way")

// Header implements http.ResponseWriter. What outer layers have set stays theirs.
func (g *gathered) Header() http.Header { return g.header }

// WriteHeader implements http.ResponseWriter.
func (g *gathered) WriteHeader(status int) {
	if g.status == 0 && status >= 200 {
		g.status = status
	}
}

// Write implements http.ResponseWriter.
func (g *gathered) Write(p []byte) (int, error) {
	g.WriteHeader(http.StatusOK)
	if !g.flowing && g.body.Len()+len(p) <= maxKept {
		return g.body.Write(p)
	}
	if err := g.flow(); err != nil {
		return 0, err
	}
	return g.w.Write(p)
}

// FlushError is for http.ResponseController, Flush for those who do not know it.
func (g *gathered) FlushError() error {
	g.WriteHeader(http.StatusOK)
	if err := g.flow(); err != nil {
		return err
	}
	return http.NewResponseController(g.w).Flush()
}

// Flush implements http.Flusher.
func (g *gathered) Flush() { _ = g.FlushError() }

// flow turns what was gathered into a stream.
func (g *gathered) flow() error {
	switch {
	case g.flowing:
		return nil
	case g.refused:
		return errNoPlace
	case !g.stream():
		g.refused = true
		return errNoPlace
	}
	g.flowing = true
	maps.Copy(g.w.Header(), g.header)
	g.w.WriteHeader(g.status)
	_, err := g.w.Write(g.body.Bytes())
	g.body = bytes.Buffer{}
	return err
}

// finish sends a whole answer.
func (g *gathered) finish() {
	maps.Copy(g.w.Header(), g.header)
	if g.body.Len() > 0 {
		g.w.Header().Set("Content-Length", strconv.Itoa(g.body.Len()))
	}
	g.w.WriteHeader(g.status)
	_, _ = g.w.Write(g.body.Bytes()) // who went away need not be told
}

// deadline is a context's that can be put off.
type deadline struct{ timer *time.Timer }

func withDeadline(ctx context.Context, after time.Duration) (context.Context, *deadline, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	d := &deadline{time.AfterFunc(after, func() { cancel(context.DeadlineExceeded) })}
	return ctx, d, func() { d.timer.Stop(); cancel(nil) }
}

// extend puts it off, unless it has passed.
func (d *deadline) extend(after time.Duration) {
	if d.timer.Stop() {
		d.timer.Reset(after)
	}
}
