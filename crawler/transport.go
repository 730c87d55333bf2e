package crawler

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// typeHeader carries a response's Content-Type past colly.
//
// QUIRK: H1 and P15: colly re-encodes a body by the charset in its
// Content-Type, and unzips by it. What is kept must be what was sent, so colly
// does not get to see the type.
const typeHeader = "Bxcrawl-Content-Type"

// An answer that takes longer than dripTime must come at dripRate bytes a second
// at least: one that drips for ever would hold the crawl for ever.
const (
	dripTime = 10 * time.Minute
	dripRate = 50
)

var errDrip = fmt.Errorf("the answer came at less than %d bytes a second for %v", dripRate, dripTime)

var errIdle = errors.New("the server went silent in the middle of the answer")

// transport is the one way to the network: robots.txt, retries and redirects
// pass through it as well as pages. It keeps the distance between requests,
// bounds each body and ends a connection on which nothing moves any more.
type transport struct {
	base    http.RoundTripper
	gates   *gates
	maxBody int64
	maxText int64
	idle    time.Duration
	count   *atomic.Int64
}

// RoundTrip implements http.RoundTripper.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	g := t.gates.of(req.URL.Host)
	if err := g.enter(req.Context()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancelCause(req.Context())
	bound := t.bound(req.URL.Path)
	b := &body{ctx: ctx, cancel: cancel, gate: g, idle: t.idle, max: bound, left: bound, begun: time.Now()}
	b.timer = time.AfterFunc(t.idle, func() { cancel(errIdle) })
	t.count.Add(1)
	resp, err := t.base.RoundTrip(req.WithContext(ctx))
	if err != nil {
		err = b.cause(err)
		b.Close()
		return nil, err
	}
	b.from = resp.Body
	if resp.ContentLength > bound {
		b.Close()
		return nil, b.tooBig()
	}
	if err := b.unpack(resp); err != nil {
		b.Close()
		return nil, err
	}
	resp.Body = b
	resp.Header.Set(typeHeader, resp.Header.Get("Content-Type"))
	resp.Header.Del("Content-Type")
	return resp, nil
}

// bound is the size that an answer may have: a text file holds a whole period.
func (t *transport) bound(path string) int64 {
	if strings.HasSuffix(path, ".txt") || strings.HasSuffix(path, ".txt.gz") {
		return t.maxText
	}
	return t.maxBody
}

// unpack undoes a Content-Encoding that net/http did not ask for and so leaves
// alone, before colly does it past the bound.
func (b *body) unpack(resp *http.Response) error {
	switch enc := strings.ToLower(resp.Header.Get("Content-Encoding")); enc {
	case "", "identity":
		return nil
	case "gzip", "x-gzip":
		packed := b.from
		z, err := gzip.NewReader(packed)
		if err != nil {
			return fmt.Errorf("unpack the answer: %w", b.cause(err))
		}
		b.from = struct {
			io.Reader
			io.Closer
		}{z, packed}
		resp.Header.Del("Content-Encoding")
		resp.Uncompressed = true
		return nil
	default:
		return permanent("the answer is packed as %q, which was not asked for", enc)
	}
}

// body is a response body on its way in. That it is complete, net/http sees to:
// less than Content-Length is io.ErrUnexpectedEOF.
//
// QUIRK: H2: colly cuts a body at 10 MB and calls that a success, and its
// timeout of 10 s includes the body. Here too big is an error, and time is
// counted from the last byte that came.
type body struct {
	from   io.ReadCloser
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	gate   *gate
	idle   time.Duration
	max    int64
	left   int64
	begun  time.Time
	closed bool
}

func (b *body) Read(p []byte) (int, error) {
	n, err := b.from.Read(p)
	b.timer.Reset(b.idle)
	if b.left -= int64(n); b.left < 0 {
		return 0, b.tooBig()
	}
	switch took := time.Since(b.begun); {
	case err == nil && took > dripTime && float64(b.max-b.left) < dripRate*took.Seconds():
		err = errDrip
	case err != nil && err != io.EOF:
		err = b.cause(err)
	}
	return n, err
}

func (b *body) Close() error {
	if b.closed {
		return nil
	}
	b.closed = true
	b.timer.Stop()
	var err error
	if b.from != nil {
		err = b.from.Close()
	}
	b.cancel(nil)
	b.gate.leave()
	return err
}

// cause names the idle timeout, which otherwise looks like a cancelled context.
func (b *body) cause(err error) error {
	if context.Cause(b.ctx) == errIdle {
		return errIdle
	}
	return err
}

func (b *body) tooBig() error {
	return tooBig(b.max)
}

// tooBigSign is in the reason of each failure for which an answer was too big.
const tooBigSign = "the answer is larger than "

func tooBig(max int64) error {
	return permanent(tooBigSign+"%d bytes, the bound for it", max)
}
