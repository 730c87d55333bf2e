package crawler

import (
	"context"
	"errors"
	"net/http"

	"github.com/bxsearch/bxsearch/archive"
)

// target is a page of the list. Its URL lies below the list's URL in the
// archive, even if the site answers elsewhere today.
type target struct {
	kind  archive.RawKind
	group string
	url   string
}

// held is a page as the archive has it.
type held struct {
	raw  archive.Raw
	body []byte
}

// holding returns the newest copy of a page, or nil.
func (w *walk) holding(ctx context.Context, url string) (*held, error) {
	raw, ok, err := w.archive.Held(ctx, url)
	if err != nil || !ok {
		return nil, err
	}
	body, err := w.archive.Body(ctx, raw)
	return &held{raw, body}, err
}

// live is where the site has a page today.
func (w *walk) live(url string) string {
	if w.fetch.scope.base == "" {
		return url
	}
	return w.fetch.scope.base + url[len(w.list.URL):]
}

// canonical is the archive's name for a page of the list, whatever its scheme.
func (w *walk) canonical(url string) string {
	return w.list.URL + schemeless(url)[len(schemeless(w.list.URL)):]
}

// obtain asks for a page and records the answer, or the failure. With old, it
// asks only for what has changed since, and gives old's body if nothing has.
// check may refuse a page, which then is a failure; old stays what is held.
func (w *walk) obtain(ctx context.Context, t target, old *held, check func(page) error) (page, error) {
	var v validators
	if old != nil {
		v = validators{old.raw.ETag, old.raw.LastModified}
	}
	url := w.live(t.url)
	if !w.robots.allows(url) {
		return page{}, &FetchError{URL: t.url, Err: errDisallowed}
	}
	p, err := w.fetch.get(ctx, url, v, check)
	if err == nil && p.status == http.StatusNotModified && v == (validators{}) {
		err = &FetchError{URL: url, Status: p.status}
	}
	fe, failed := errors.AsType[*FetchError](err)
	if err != nil && !failed {
		return page{}, err
	}
	if t.kind == archive.RawMessage {
		w.heed(fe)
	}
	if failed {
		return page{}, w.recordFailure(ctx, t, fe)
	}
	return w.record(ctx, t, p, old)
}

// heed counts the answer to one of many requests for pages at once: it may wait
// for its record while others are asked for.
func (w *walk) heed(fe *FetchError) {
	switch {
	case fe == nil:
		w.streak.end()
	case !fe.gone():
		if err := w.streak.add(fe); err != nil {
			w.stop(err)
		}
	}
}

// recordFailure returns fe, under the archive's name for the page.
func (w *walk) recordFailure(ctx context.Context, t target, fe *FetchError) error {
	raw := w.raw(t, page{url: fe.URL, status: fe.Status})
	raw.Err = fe.reason()
	if _, err := w.archive.PutRaw(context.WithoutCancel(ctx), raw, nil); err != nil {
		return err
	}
	return &FetchError{URL: t.url, Status: fe.Status, Err: fe.Err}
}

// record stores what has come, even if the crawl is being stopped: it would
// have to be asked for again.
func (w *walk) record(ctx context.Context, t target, p page, old *held) (page, error) {
	ctx = context.WithoutCancel(ctx)
	if p.status == http.StatusNotModified {
		p.body = nil
	}
	raw, err := w.archive.PutRaw(ctx, w.raw(t, p), p.body)
	if err != nil {
		return page{}, err
	}
	same := p.body == nil || old != nil && old.raw.SHA256 == raw.SHA256
	if !same && t.kind != archive.RawList {
		w.news.Store(true)
	}
	w.tally.count(func(s *Stats) {
		s.Bytes += int64(len(p.body))
		switch {
		case same:
			s.Unchanged++
		default:
			s.Fetched++
			switch t.kind {
			case archive.RawMessage:
				s.Messages++
			case archive.RawText:
				s.Texts++
			}
		}
	})
	if p.body == nil {
		p.body = old.body
	}
	return p, nil
}

func (w *walk) raw(t target, p page) archive.Raw {
	r := archive.Raw{
		List: w.list.Name, Group: t.group, Kind: t.kind, URL: t.url, FinalURL: p.final,
		Fetched: w.now(), Status: p.status,
		ETag: p.etag, LastModified: p.lastModified, ContentType: p.contentType,
	}
	if r.FinalURL == "" && p.url != t.url {
		r.FinalURL = p.url
	}
	return r
}

// inThisRun reports whether a record was made since the run began, so that the
// question need not be asked again.
func (w *walk) inThisRun(r archive.Raw) bool { return !r.Fetched.Before(w.run.Begun) }
