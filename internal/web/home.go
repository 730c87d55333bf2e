package web

import (
	"context"
	"net/http"

	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// homeView is the first page: what there is, how fresh it is, how to search it.
type homeView struct {
	Status   status.Status
	Lists    []archive.ListInfo
	Chart    *chart
	Newest   []*archive.Message
	Examples []example
}

// newest is how many messages the first page names.
const newest = 8

func (s *Site) home(w http.ResponseWriter, r *http.Request) (*page, error) {
	crawled, err := s.crawled(r.Context())
	if err != nil {
		return nil, err
	}
	if s.unchanged(w, r, crawled) {
		return nil, nil
	}
	v := &homeView{Examples: examples()}
	if v.Status, err = s.cfg.Status.Status(r.Context()); err != nil {
		return nil, err
	}
	v.Lists = v.Status.Lists
	p := &page{Name: "home", Canonical: s.links(r).Absolute(s.cfg.Links.Home()), Body: v,
		Alternates: s.feeds(search.Query{Text: "*", Sort: search.ByDateDesc})}
	if !v.Status.Healthy {
		return p, nil // there is no index to ask
	}
	months, newest, err := s.activity(r.Context(), "*", newest)
	v.Newest = newest
	v.Chart = chartOf(months, s.narrower(search.Query{Sort: search.ByDateDesc}).with)
	return p, err
}

// activity counts the messages that match a query by month, and returns the newest.
func (s *Site) activity(ctx context.Context, text string, n int) ([]search.FacetValue, []*archive.Message, error) {
	res, err := s.cfg.Searcher.Search(ctx, search.Query{Text: text, Sort: search.ByDateDesc, Group: search.GroupNone, Limit: n,
		Facets: []search.Facet{search.FacetDate}, Months: true})
	if err != nil {
		return nil, nil, err
	}
	var newest []*archive.Message
	for _, h := range res.Hits {
		newest = append(newest, h.Message)
	}
	return res.Facets[0].Values, newest, nil
}

// feeds are the ways to follow a search.
func (s *Site) feeds(q search.Query) []alternate {
	q.After = ""
	return []alternate{
		{"application/atom+xml", "Atom feed", s.cfg.Links.Search(q, link.Atom)},
		{"application/feed+json", "JSON Feed", s.cfg.Links.Search(q, link.JSONFeed)},
	}
}
