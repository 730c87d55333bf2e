package web

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/bxsearch/bxsearch/internal/markdown"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
)

// threadPage is how many messages of a thread a page has.
const threadPage = 25

// deepest is how many levels a tree is indented; what is deeper stands at the last.
const deepest = 6

// pageOf is the page of a thread that has its nth message.
func pageOf(n int) int { return (max(n, 1)-1)/threadPage + 1 }

// threadView is a page of a conversation.
type threadView struct {
	ID          archive.ID
	Root        *archive.Message // the first that is held
	Total       int
	Flat        bool
	Page, Pages int
	First, Last time.Time
	Items       []threadItem
	Views       []choiceLink
	Nav         []choiceLink
	Files       []choiceLink
	prev, next  string
}

// threadItem is a message of a conversation.
type threadItem struct {
	*archive.Message
	Number   int
	Depth    int // 0 to deepest
	Level    int // as it is
	Sections []section
	Cut      string // where the rest is
	Renamed  bool   // it has another subject than the thread
}

func (i threadItem) Anchor() string { return anchor(i.ID) }

// thread shows a conversation, or gives it in another format.
func (s *Site) thread(w http.ResponseWriter, r *http.Request) (*page, error) {
	id, format := named(r, r.PathValue("id"))
	if format == link.Atom || format == link.MboxGzip || format == link.JSON {
		return nil, s.threadFile(w, r, id, format)
	}
	o, err := s.cfg.Searcher.Outline(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if string(o.ID) != id {
		w.Header().Set("Cache-Control", "no-cache")
		http.Redirect(w, r, s.cfg.Links.Thread(o.ID, format), http.StatusFound)
		return nil, nil
	}
	if s.unchanged(w, r) {
		return nil, nil
	}
	v, err := s.threadView(r, o)
	if err != nil {
		return nil, err
	}
	switch format {
	case link.HTML:
		p := &page{Name: "thread", Title: subject(v.Root), Body: v, Private: v.Flat || v.Page > 1, Prev: v.prev, Next: v.next,
			Canonical: s.links(r).Absolute(s.cfg.Links.ThreadPage(o.ID, false, v.Page))}
		return p, nil
	case link.Markdown:
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		return nil, s.writeThread(w, r, v)
	}
	return nil, &notHereError{"A thread is to be had as .json, .md, .atom and .mbox.gz."}
}

// threadFile gives a thread in a format that is not ours. As JSON it is what the API
// answers, so that there is one shape of it.
func (s *Site) threadFile(w http.ResponseWriter, r *http.Request, id string, format link.Format) error {
	if s.cfg.API == nil {
		return &notHereError{"A thread is to be had as .md."}
	}
	w.Header().Add("Vary", "Accept")
	if format == link.JSON {
		r = r.Clone(r.Context())
		r.URL.Path, r.URL.RawPath = link.Links{}.API("threads/"+id), ""
	}
	s.cfg.API.ServeHTTP(w, r)
	return nil
}

// threadView reads one page of a thread.
func (s *Site) threadView(r *http.Request, o *archive.Outline) (*threadView, error) {
	v := &threadView{ID: o.ID, Total: len(o.Places), Page: 1, Pages: pageOf(len(o.Places))}
	switch r.URL.Query().Get("view") {
	case "", "tree":
	case "flat":
		v.Flat = true
	default:
		return nil, &notHereError{"A thread is shown as a tree or flat."}
	}
	if text := r.URL.Query().Get("page"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 || n > v.Pages {
			return nil, &notHereError{"The thread has no such page."}
		}
		v.Page = n
	}
	root := o.Places[0].ID
	for _, p := range o.Places {
		if !p.Date.IsZero() && (v.First.IsZero() || p.Date.Before(v.First)) {
			v.First = p.Date
		}
		if p.Date.After(v.Last) {
			v.Last = p.Date
		}
	}
	places := slices.Clone(o.Places)
	if v.Flat {
		slices.SortStableFunc(places, func(a, b archive.Place) int { return cmp.Compare(a.Date.Unix(), b.Date.Unix()) })
	}
	from := (v.Page - 1) * threadPage
	if err := s.threadItems(r.Context(), v, root, places[from:min(from+threadPage, len(places))]); err != nil {
		return nil, err
	}
	s.threadWays(v)
	return v, nil
}

// threadItems reads the messages of a page. Each gets its share of the page; the rest of
// a long one is on its own page.
func (s *Site) threadItems(ctx context.Context, v *threadView, root archive.ID, places []archive.Place) error {
	var err error
	if v.Root, err = s.cfg.Searcher.Message(ctx, string(root)); err != nil {
		return err
	}
	room := min(excerptCost, threadCost/len(places))
	for i, p := range places {
		m, err := s.cfg.Searcher.Message(ctx, string(p.ID))
		if errors.Is(err, archive.ErrNotFound) {
			continue // deleted a moment ago
		} else if err != nil {
			return err
		}
		parts := divide(stretchesOf(m, false), room)
		item := threadItem{Message: m, Number: (v.Page-1)*threadPage + i + 1, Depth: min(p.Depth, deepest), Level: p.Depth,
			Sections: sections(parts[0]), Renamed: m.BaseSubject != v.Root.BaseSubject}
		if v.Flat {
			item.Depth = 0
		}
		if len(parts) > 1 {
			item.Cut = s.cfg.Links.Message(m.ID, link.HTML)
		}
		v.Items = append(v.Items, item)
	}
	return nil
}

// threadWays fills in the other pages and views.
func (s *Site) threadWays(v *threadView) {
	l := s.cfg.Links
	at := func(text string, flat bool, page int) choiceLink {
		c := choiceLink{Text: text}
		if page >= 1 && page <= v.Pages && (page != v.Page || flat != v.Flat) {
			c.Href = l.ThreadPage(v.ID, flat, page)
		}
		return c
	}
	v.Views = []choiceLink{{"Tree", l.ThreadPage(v.ID, false, 1)}, {"By date", l.ThreadPage(v.ID, true, 1)}}
	if v.Flat {
		v.Views[1].Href = ""
	} else {
		v.Views[0].Href = ""
	}
	v.Files = []choiceLink{{"Markdown", l.Thread(v.ID, link.Markdown)}}
	if s.cfg.API != nil {
		v.Files = append(v.Files, choiceLink{"JSON", l.Thread(v.ID, link.JSON)}, choiceLink{"mbox", l.Thread(v.ID, link.MboxGzip)}, choiceLink{"Atom", l.Thread(v.ID, link.Atom)})
	}
	if v.Pages > 1 {
		prev, next := at("Previous", v.Flat, v.Page-1), at("Next", v.Flat, v.Page+1)
		v.prev, v.next = prev.Href, next.Href
		v.Nav = []choiceLink{at("First", v.Flat, 1), prev, next, at("Last", v.Flat, v.Pages)}
	}
}

// writeThread writes a page of a thread as Markdown.
func (s *Site) writeThread(w http.ResponseWriter, r *http.Request, v *threadView) error {
	l := s.links(r)
	out := bufio.NewWriter(w)
	fmt.Fprintf(out, "# %s\n\n%s, page %d of %d: %s\n", markdown.Escape(subject(v.Root)), plural(v.Total, "message"), v.Page, v.Pages, address(l.Absolute(l.ThreadPage(v.ID, v.Flat, v.Page))))
	for _, i := range v.Items {
		fmt.Fprintf(out, "\n## %d. %s\n\n", i.Number, markdown.Escape(subject(i.Message)))
		writeFacts(out, l, i.Message)
		fmt.Fprintf(out, "\n%s", markdown.Fence(neutral.Text(i.Body)))
	}
	return out.Flush()
}
