package crawler

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/gocolly/colly/v2"
)

// page is the answer to a request: 200 with a body, or 304.
type page struct {
	url          string // as asked for
	final        string // after redirects; empty when the same
	status       int
	body         []byte
	contentType  string
	etag         string
	lastModified string
}

// validators make a request conditional on the page having changed.
type validators struct{ etag, lastModified string }

// fetcher makes requests for one crawl, with retries.
type fetcher struct {
	cfg       Config
	gates     *gates
	collector *colly.Collector
	scope     scope
	session   session
	requests  atomic.Int64
	retries   atomic.Int64
	wait      func(d time.Duration, reason string) // tells of a pause
}

// newFetcher makes the collector for one crawl.
//
// QUIRK: H6: colly.NewCollector lets environment variables named COLLY_*
// override code, Init does not. H4, H5, H7: the cache, robots.txt and the
// visited set are the archive's and ours, so colly's are off; Async stays off,
// because it starts a goroutine for each URL.
func newFetcher(ctx context.Context, cfg Config, g *gates) *fetcher {
	f := &fetcher{cfg: cfg, gates: g, wait: func(time.Duration, string) {}}
	c := &colly.Collector{}
	c.Init()
	c.Context = ctx
	c.UserAgent = cfg.UserAgent
	c.MaxBodySize = 0
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.DisableCookies()
	c.SetRequestTimeout(0)
	c.SetRedirectHandler(func(req *http.Request, via []*http.Request) error {
		return f.scope.redirect(req, via)
	})
	c.WithTransport(&transport{base: cfg.Transport, gates: g, maxBody: cfg.MaxBody, maxText: cfg.MaxText, idle: cfg.Idle, count: &f.requests})
	c.OnResponse(func(r *colly.Response) { *r.Ctx.GetAny(responseKey).(**colly.Response) = r })
	f.collector = c
	f.keepCookies()
	return f
}

const responseKey = "response"

// once makes one attempt. What is not a page or 304 is a *FetchError; the
// headers are there if an answer came.
func (f *fetcher) once(ctx context.Context, url string, v validators) (page, http.Header, error) {
	if err := ctx.Err(); err != nil {
		return page{}, nil, err
	}
	r, err := f.read(ctx, url, f.header(v))
	switch {
	case err != nil:
		return page{}, nil, err
	case r.StatusCode == http.StatusOK, r.StatusCode == http.StatusNotModified:
		return newPage(url, r), *r.Headers, nil
	}
	return page{}, *r.Headers, &FetchError{URL: url, Status: r.StatusCode}
}

// ask makes one request. The error is a *FetchError, or the context's.
func (f *fetcher) ask(ctx context.Context, method, url string, body io.Reader, header http.Header) (*colly.Response, error) {
	var r *colly.Response
	cctx := colly.NewContext()
	cctx.Put(responseKey, &r)
	// Cookies are written into the header; the next request gets its own.
	err := f.collector.Request(method, url, body, cctx, header.Clone())
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, &FetchError{URL: url, Err: plain(err)}
	}
	return r, nil
}

func (f *fetcher) header(v validators) http.Header {
	h := http.Header{"User-Agent": {f.cfg.UserAgent}}
	if v.etag != "" {
		h.Set("If-None-Match", v.etag)
	}
	if v.lastModified != "" {
		h.Set("If-Modified-Since", v.lastModified)
	}
	return h
}

func newPage(url string, r *colly.Response) page {
	p := page{
		url:          url,
		status:       r.StatusCode,
		body:         r.Body,
		contentType:  r.Headers.Get(typeHeader),
		etag:         r.Headers.Get("ETag"),
		lastModified: r.Headers.Get("Last-Modified"),
	}
	if final := r.Request.URL.String(); final != url {
		p.final = final
	}
	return p
}

// get fetches url, and again while the failure is one that may pass. check
// looks at a page before it counts as one; it may be nil.
//
// QUIRK: H3: colly retries nothing, and a URL that failed counts as visited.
func (f *fetcher) get(ctx context.Context, url string, v validators, check func(page) error) (page, error) {
	for n := 0; ; n++ {
		p, head, err := f.once(ctx, url, v)
		if err == nil && check != nil && p.status == http.StatusOK {
			if bad := check(p); bad != nil {
				err = &FetchError{URL: url, Status: p.status, Err: bad}
			}
		}
		fe, failed := err.(*FetchError)
		if err == nil || !failed || !fe.retryable() || n >= f.cfg.Retries {
			return p, err
		}
		if err := f.pause(ctx, fe, n, head); err != nil {
			return page{}, err
		}
		f.retries.Add(1)
	}
}

// pause waits before another attempt: as long as the server asks for, all
// requests to it included; otherwise with growing patience.
func (f *fetcher) pause(ctx context.Context, fe *FetchError, n int, head http.Header) error {
	d := backoff(n, f.cfg.Jitter())
	if asked := retryAfter(head.Get("Retry-After"), f.cfg.Now()); asked > 0 {
		if asked > maxRetryAfter {
			return &ComeBackError{URL: fe.URL, After: asked}
		}
		d = asked
		f.gates.of(hostOf(fe.URL)).hold(d)
	}
	f.wait(d, fe.reason())
	f.cfg.Logger.Warn("will ask again", "url", fe.URL, "reason", fe.reason(), "in", d)
	return f.cfg.Sleep(ctx, d)
}
