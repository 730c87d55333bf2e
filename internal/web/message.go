package web

import (
	"context"
	"errors"
	"net/http"
	"strconv"

	"github.com/bxsearch/bxsearch/internal/mbox"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// messageView is a message as an article.
type messageView struct {
	*archive.Message
	Sections    []section
	Part, Parts int
	PartHrefs   []choiceLink
	Attachments []attachmentView
	MoreFiles   int // attachments that are not named
	Article     string
	Permalinks  []string
	MoreURLs    int
	ListQuery   string
	Place       threadPlace
	Fetch       *archive.Raw
	FetchURL    string
	Cite        []citation
	Like        string // a search for messages like it
	Related     []*archive.Message
	JSON        string
	Markdown    string
	Mbox        string
}

// attachmentView is an attachment, with its text as far as it is on this page.
type attachmentView struct {
	archive.Attachment
	Number   int
	Href     string
	Sections []section
	Open     bool // its text is what the message is about
}

// The bounds of what a page names.
const (
	mostFiles = 50
	mostURLs  = 20
	mostLikes = 5
)

// message shows one message, or gives it in another format.
func (s *Site) message(w http.ResponseWriter, r *http.Request) (*page, error) {
	id, format := named(r, r.PathValue("id"))
	m, err := s.cfg.Searcher.Message(r.Context(), id)
	if err != nil {
		return nil, err
	}
	if string(m.ID) != id {
		http.Redirect(w, r, s.cfg.Links.Message(m.ID, link.HTML), http.StatusMovedPermanently)
		return nil, nil
	}
	if s.unchanged(w, r) {
		return nil, nil
	}
	switch format {
	case link.HTML:
		return s.messagePage(r, m)
	case link.JSON:
		w.Header().Set("Content-Type", "application/json")
		return nil, wire.WriteJSON(w, wire.Message(m))
	case link.Markdown:
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		return nil, writeMarkdown(w, s.links(r), m)
	case link.Mbox:
		w.Header().Set("Content-Type", "application/mbox")
		w.Header().Set("Content-Disposition", `attachment; filename="`+string(m.ID)+`.mbox"`)
		return nil, mbox.Write(w, m, s.listURL(r.Context(), m.List))
	}
	return nil, &notHereError{"A message is to be had as .json, .md and .mbox."}
}

// listURL is where a list's archive is, or nothing.
func (s *Site) listURL(ctx context.Context, name string) string {
	l, err := s.listNamed(ctx, name)
	if err != nil {
		return ""
	}
	return l.URL
}

// byMessageID leads to the message of a Message-ID.
func (s *Site) byMessageID(w http.ResponseWriter, r *http.Request) (*page, error) {
	m, err := s.cfg.Searcher.Message(r.Context(), r.PathValue("mid"))
	if err != nil {
		return nil, err
	}
	w.Header().Set("Cache-Control", "no-cache")
	http.Redirect(w, r, s.cfg.Links.Message(m.ID, link.HTML), http.StatusFound)
	return nil, nil
}

func (s *Site) messagePage(r *http.Request, m *archive.Message) (*page, error) {
	l, ctx := s.cfg.Links, r.Context()
	parts := divide(stretchesOf(m, true), partCost)
	v := &messageView{Message: m, Part: 1, Parts: len(parts), Article: webURL(m.SourceURL), JSON: l.Message(m.ID, link.JSON), Markdown: l.Message(m.ID, link.Markdown),
		Mbox: l.Message(m.ID, link.Mbox), Like: l.Search(search.Query{Like: string(m.ID)}, link.HTML)}
	if part := r.URL.Query().Get("part"); part != "" {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > len(parts) {
			return nil, &notHereError{"The message has no such part."}
		}
		v.Part = n
	}
	v.text(parts[v.Part-1])
	v.addresses()
	for n := 1; v.Parts > 1 && n <= v.Parts; n++ {
		c := choiceLink{Text: strconv.Itoa(n)}
		if n != v.Part {
			c.Href = l.MessagePart(m.ID, n)
		}
		v.PartHrefs = append(v.PartHrefs, c)
	}
	if err := s.surroundings(ctx, v); err != nil {
		return nil, err
	}
	v.Cite = citations(s.links(r), v)
	p := &page{Name: "message", Title: subject(m), Body: v, Private: v.Part > 1, Canonical: s.links(r).Absolute(l.Message(m.ID, link.HTML)),
		Alternates: []alternate{{"application/json", "JSON", v.JSON}, {"text/markdown", "Markdown", v.Markdown}}}
	p.Prev, p.Next = s.besides(v.Place)
	return p, nil
}

// text sorts what is on the page into the body and the attachments.
func (v *messageView) text(part []stretch) {
	own := 0
	texts := map[int][]section{}
	for _, sec := range sections(part) {
		if sec.Attachment > 0 {
			texts[sec.Attachment] = append(texts[sec.Attachment], sec)
			continue
		}
		v.Sections = append(v.Sections, sec)
		if sec.Kind == archive.BlockOwn {
			own += sec.Lines
		}
	}
	for i, a := range v.Message.Attachments {
		if i >= mostFiles && texts[i+1] == nil {
			v.MoreFiles++
			continue
		}
		v.Attachments = append(v.Attachments, attachmentView{Attachment: a, Number: i + 1, Href: webURL(a.URL), Sections: texts[i+1], Open: own <= fewLines || v.Part > 1})
	}
}

// fewLines is so little of one's own words that an attachment may be the message.
const fewLines = 8

// addresses fills in where the message is elsewhere.
func (v *messageView) addresses() {
	urls := v.Message.URLs
	if v.URL != "" {
		urls = append([]string{v.URL}, urls...)
	}
	seen := map[string]bool{}
	for _, u := range urls {
		if u = webURL(u); u == "" || seen[u] {
			continue
		}
		seen[u] = true
		if len(v.Permalinks) == mostURLs {
			v.MoreURLs++
			continue
		}
		v.Permalinks = append(v.Permalinks, u)
	}
}

// surroundings fills in what is around a message: its thread, its fetch, what is like it.
func (s *Site) surroundings(ctx context.Context, v *messageView) error {
	raw, ok, err := s.cfg.Searcher.SourceOf(ctx, v.ID)
	if err != nil {
		return err
	}
	if ok {
		v.Fetch, v.FetchURL = &raw, webURL(raw.URL)
	}
	if v.Place, err = s.placeIn(ctx, v.Message); err != nil {
		return err
	}
	res, err := s.cfg.Searcher.Search(ctx, search.Query{Like: string(v.ID), Limit: mostLikes + 1})
	if err != nil {
		// A message can be read where there is no index, or too much to do.
		if !errors.Is(err, context.Canceled) {
			s.cfg.Log.Info("messages like one were not found", "message", v.ID, "error", err)
		}
		return nil
	}
	for _, h := range res.Hits {
		if h.Message.Thread != v.Thread && len(v.Related) < mostLikes {
			v.Related = append(v.Related, h.Message)
		}
	}
	return nil
}
