package api

import (
	"context"
	"fmt"
	"io"
	"iter"
	"net/http"

	"github.com/klauspost/compress/gzip"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/mbox"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/wire"
	"github.com/bxsearch/bxsearch/search"
)

// Bounds of an answer with all hits.
const (
	bulkMost  = 10_000 // messages; a Link field tells where the next ones are
	bulkPage  = 200    // hits that are looked for at once
	bulkFlush = 1000   // messages after which what there is is sent
)

// searchCSV answers with all hits as a table.
func (a *API) searchCSV(w http.ResponseWriter, r *http.Request) error {
	q, after, done, err := a.bulk(w, r, link.CSV)
	if done || err != nil {
		return err
	}
	return a.stream(w, r, "text/csv; charset=utf-8; header=present", "search.csv", func(out io.Writer) error {
		return wire.WriteCSV(out, a.hits(r.Context(), q, after, flusher(w)))
	})
}

// searchMbox answers with the mails of all hits.
func (a *API) searchMbox(w http.ResponseWriter, r *http.Request) error {
	q, after, done, err := a.bulk(w, r, link.MboxGzip)
	if done || err != nil {
		return err
	}
	q.Snippet = 1 // which nobody sees
	return a.streamMbox(w, r, "search.mbox.gz", func(yield func(*archive.Message, error) bool) {
		for h, err := range a.hits(r.Context(), q, after, flusher(w)) {
			if !yield(h.Message, err) {
				return
			}
		}
	})
}

// threadMbox answers with the mails of a conversation.
func (a *API) threadMbox(w http.ResponseWriter, r *http.Request, t *archive.Outline) error {
	return a.streamMbox(w, r, "thread-"+string(t.ID)+".mbox.gz", func(yield func(*archive.Message, error) bool) {
		for e, err := range a.messages(r.Context(), t.Places) {
			if !yield(e.Message, err) {
				return
			}
		}
	})
}

// bulk reads the search whose hits are all wanted, and finds the cursor of the first
// that is not among them. It is done where it has answered.
func (a *API) bulk(w http.ResponseWriter, r *http.Request, format link.Format) (q search.Query, after string, done bool, err error) {
	v, err := params(r, searchParams...)
	if err != nil {
		return q, "", false, err
	}
	if q, err = a.query(v); err != nil {
		return q, "", false, err
	}
	if a.unchanged(w, r, q) {
		return q, "", true, nil
	}
	links := a.links(r)
	a.alternates(w, links, q, format)
	// There is no place to name what stands behind a hit, so nothing does.
	q.Group, q.Limit = search.GroupNone, bulkPage
	after, _, err = a.Searcher.Skip(r.Context(), q, bulkMost)
	if after != "" {
		next := q
		next.After, next.Limit = after, 0
		addLink(w, links.Absolute(links.Search(next, format)), "next", "")
	}
	return q, after, false, err
}

// hits walks all hits up to the cursor that the next answer begins with.
func (a *API) hits(ctx context.Context, q search.Query, until string, flush func()) iter.Seq2[search.Hit, error] {
	return func(yield func(search.Hit, error) bool) {
		n := 0
		for h, err := range a.Searcher.Hits(ctx, q) {
			if !yield(h, err) || err != nil || until != "" && h.Cursor == until {
				return
			}
			if n++; n%bulkFlush == 0 {
				flush()
			}
			if n == 2*bulkMost {
				return // the cursor's hit went away meanwhile
			}
		}
	}
}

// streamMbox answers with mails, packed.
func (a *API) streamMbox(w http.ResponseWriter, r *http.Request, name string, messages iter.Seq2[*archive.Message, error]) error {
	urls, err := wire.ListURLs(r.Context(), a.Searcher)
	if err != nil {
		return err
	}
	return a.stream(w, r, "application/gzip", name, func(out io.Writer) error {
		pack := gzip.NewWriter(out)
		for m, err := range messages {
			if err == nil {
				err = mbox.Write(pack, m, urls[m.List])
			}
			if err != nil {
				return err
			}
		}
		return pack.Close()
	})
}

// stream answers with a file. An error on the way breaks the connection off: what
// came is not to be taken for the whole.
func (a *API) stream(w http.ResponseWriter, r *http.Request, kind, name string, write func(io.Writer) error) error {
	h := w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", name))
	if r.Method == http.MethodHead {
		return nil
	}
	if err := write(w); err != nil {
		if r.Context().Err() == nil {
			a.Log.ErrorContext(r.Context(), "an answer broke off", "path", r.URL.Path, "err", err)
		}
		panic(http.ErrAbortHandler)
	}
	return nil
}

// flusher sends what there is of a long answer.
func flusher(w http.ResponseWriter) func() {
	return func() { _ = http.NewResponseController(w).Flush() }
}
