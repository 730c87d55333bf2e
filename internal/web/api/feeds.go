package api

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/feed"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// feedLimit is how many messages a feed of a thread has at most: the newest.
const feedLimit = 50

func (a *API) searchAtom(w http.ResponseWriter, r *http.Request) error {
	return a.searchFeed(w, r, link.Atom)
}

func (a *API) searchJSONFeed(w http.ResponseWriter, r *http.Request) error {
	return a.searchFeed(w, r, link.JSONFeed)
}

// searchFeed answers with the newest messages that match: what a search by relevance
// shows first is no news.
func (a *API) searchFeed(w http.ResponseWriter, r *http.Request, format link.Format) error {
	v, err := params(r, searchParams...)
	if err != nil {
		return err
	}
	q, err := a.query(v)
	if err != nil {
		return err
	}
	if q.Sort == "" || q.Sort == search.ByRelevance {
		q.Sort = search.ByDateDesc
	}
	if a.unchanged(w, r, q) {
		return nil
	}
	res, err := a.Searcher.Search(r.Context(), q)
	if err != nil {
		return err
	}
	links := a.links(r)
	f := a.feedOf(links, q, res)
	f.Self, f.Others = links.Absolute(links.Search(q, format)), map[string]string{}
	for _, other := range formats {
		if other.format != format && (other.format == link.Atom || other.format == link.JSONFeed) {
			f.Others[other.kind] = links.Absolute(links.Search(q, other.format))
		}
	}
	if res.Next != "" {
		next := q
		next.After = res.Next
		f.Next = links.Absolute(links.Search(next, format))
		addLink(w, f.Next, "next", "")
	}
	a.alternates(w, links, q, format)
	return writeFeed(w, f, format)
}

// feedOf is a page of hits as news.
func (a *API) feedOf(links link.Links, q search.Query, res *search.Results) *feed.Feed {
	page := q
	page.After = ""
	what := strings.TrimSpace(q.Text)
	if q.Like != "" || q.SimilarSubject != "" {
		what = strings.TrimSpace("messages like " + q.Like + q.SimilarSubject + " " + what)
	}
	f := &feed.Feed{
		ID:    feed.ID("search", q.Text, q.Like, q.SimilarSubject, string(q.Group), string(q.Sort)),
		Title: a.Title + ": " + what, Subtitle: fmt.Sprintf("%d messages match", res.Total), Page: links.Absolute(links.Search(page, link.HTML)),
	}
	for i := range res.Hits {
		h := &res.Hits[i]
		item := itemOf(links, h.Message)
		item.Summary = h.Snippet.String()
		f.Items = append(f.Items, item)
	}
	return f
}

// itemOf is a message as news.
func itemOf(links link.Links, m *archive.Message) feed.Item {
	return feed.Item{
		ID: feed.MessageID(m.ID), Title: m.Subject, Page: links.Absolute(links.Message(m.ID, link.HTML)), Original: m.URL, Article: m.SourceURL,
		Author: m.FromName, Published: m.Date, Content: m.Body, Tags: []string{m.List},
	}
}

// threadAtom answers with the newest messages of a conversation.
func (a *API) threadAtom(w http.ResponseWriter, r *http.Request, t *archive.Outline) error {
	links := a.links(r)
	f := &feed.Feed{
		ID: feed.ID("thread", string(t.ID)), Subtitle: fmt.Sprintf("%d messages in this thread", len(t.Places)),
		Page: links.Absolute(links.Thread(t.ID, link.HTML)), Self: links.Absolute(links.Thread(t.ID, link.Atom)),
	}
	for e, err := range a.messages(r.Context(), t.Places[:1]) {
		if err != nil {
			return err
		}
		f.Title = a.Title + ": " + e.Message.Subject
	}
	newest := slices.SortedStableFunc(slices.Values(t.Places), func(x, y archive.Place) int {
		return cmp.Or(y.Date.Compare(x.Date), cmp.Compare(x.ID, y.ID))
	})
	for e, err := range a.messages(r.Context(), newest[:min(feedLimit, len(newest))]) {
		if err != nil {
			return err
		}
		f.Items = append(f.Items, itemOf(links, e.Message))
	}
	return writeFeed(w, f, link.Atom)
}

// writeFeed answers with a feed.
func writeFeed(w http.ResponseWriter, f *feed.Feed, format link.Format) error {
	kind, write := feed.AtomType, func(w io.Writer) error { return f.Atom(w) }
	if format == link.JSONFeed {
		kind, write = feed.JSONType, func(w io.Writer) error { return f.JSON(w) }
	}
	w.Header().Set("Content-Type", kind)
	return write(w)
}
