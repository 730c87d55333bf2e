package api

import (
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// threadJSON is a page of a conversation, in reading order. Its names are a promise.
type threadJSON struct {
	ID        archive.ID    `json:"id"`
	Total     int           `json:"total"` // messages, on all pages
	Messages  []threadEntry `json:"messages"`
	Next      string        `json:"next"` // the cursor of the next page, for after; empty on the last one
	Freshness freshness     `json:"freshness"`
}

type threadEntry struct {
	Depth   int         `json:"depth"`  // 0 for a root
	Parent  archive.ID  `json:"parent"` // empty for a root, and where the parent is not held
	Message messageJSON `json:"message"`
}

// The bounds of a page of a thread.
const (
	threadLimit = 100
	threadBytes = maxBody // of bodies; of a longer one its first piece
)

// thread answers with a page of a conversation. Its cursors are the IDs of messages:
// they hold when others come.
func (a *API) thread(w http.ResponseWriter, r *http.Request) error {
	v, err := params(r, threadParams...)
	if err != nil {
		return err
	}
	limit, err := number(v, "limit", threadLimit, threadLimit)
	if err != nil {
		return err
	}
	if a.Status.Unchanged(w, r, false, "api", r.URL.Path, r.URL.RawQuery) {
		return nil
	}
	t, err := a.Searcher.Outline(r.Context(), r.PathValue("ref"))
	if err != nil {
		return err
	}
	rest := t.Places
	if after := v.Get("after"); after != "" {
		i := slices.IndexFunc(rest, func(p archive.Place) bool { return p.ID == archive.ID(after) })
		if i < 0 {
			return &search.CursorError{Msg: "the message where the page before ended is not in this thread any more", Hint: "begin again, without after"}
		}
		rest = rest[i+1:]
	}
	out := threadJSON{ID: t.ID, Total: len(t.Places)}
	if out.Messages, err = a.threadPage(r.Context(), rest, limit); err != nil {
		return err
	}
	links := a.links(r)
	addLink(w, links.Absolute(links.Thread(t.ID, link.HTML)), "alternate", "text/html")
	addLink(w, links.Absolute(links.Thread(t.ID, link.Atom)), "alternate", "application/atom+xml")
	if n := len(out.Messages); n > 0 && out.Messages[n-1].Message.ID != rest[len(rest)-1].ID {
		out.Next = string(out.Messages[n-1].Message.ID)
		v.Set("after", out.Next)
		addLink(w, links.Absolute(links.API("threads/"+string(t.ID))+"?"+v.Encode()), "next", "")
	}
	if out.Freshness, err = a.freshness(r); err != nil {
		return err
	}
	return a.json(w, out)
}

// threadPage reads as many of the messages as fit on a page, and no others.
func (a *API) threadPage(ctx context.Context, rest []archive.Place, limit int) ([]threadEntry, error) {
	page, bytes := []threadEntry{}, 0
	for m, err := range a.messages(ctx, rest) {
		if err != nil {
			return nil, err
		}
		one := newMessage(m.Message, 0)
		bytes += len(one.Body)
		if n := len(page); n > 0 && (n == limit || bytes > threadBytes) {
			break
		}
		page = append(page, threadEntry{m.Depth, m.Parent, one})
	}
	return page, nil
}

// messages reads the messages of places, one at a time.
func (a *API) messages(ctx context.Context, places []archive.Place) iter.Seq2[archive.ThreadEntry, error] {
	return func(yield func(archive.ThreadEntry, error) bool) {
		for _, p := range places {
			m, err := a.Searcher.Message(ctx, string(p.ID))
			if errors.Is(err, archive.ErrNotFound) {
				continue // deleted a moment ago
			}
			if !yield(archive.ThreadEntry{Message: m, Parent: p.Parent, Depth: p.Depth}, err) || err != nil {
				return
			}
		}
	}
}

// threadFile takes the name of a thread's file apart; no format for one that is the
// pages' to answer.
func threadFile(name string) (archive.ID, link.Format) {
	for _, f := range []link.Format{link.Atom, link.MboxGzip} {
		if id, ok := strings.CutSuffix(name, string(f)); ok && id != "" && !strings.Contains(id, "/") {
			return archive.ID(id), f
		}
	}
	return "", ""
}

// threadTwin answers with a conversation in another format.
func (a *API) threadTwin(w http.ResponseWriter, r *http.Request) error {
	id, format := threadFile(r.PathValue("file"))
	if format == "" {
		return a.nothing(w, r)
	}
	if _, err := params(r); err != nil {
		return err
	}
	if a.Status.Unchanged(w, r, false, "api", r.URL.Path) {
		return nil
	}
	t, err := a.Searcher.Outline(r.Context(), string(id))
	if err != nil {
		return err
	}
	addLink(w, a.links(r).Absolute(a.links(r).Thread(t.ID, link.HTML)), "alternate", "text/html")
	if format == link.Atom {
		return a.threadAtom(w, r, t)
	}
	return a.threadMbox(w, r, t)
}
