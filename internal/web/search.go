package web

import (
	"cmp"
	"context"
	"net/http"
	"time"

	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// searchView is a page of hits.
type searchView struct {
	Query    search.Query
	Results  *search.Results
	Like     *archive.Message // whose likes these are
	Similar  bool             // like in subject only
	Hits     []hitView
	Chart    *chart
	Facets   []facetView
	Chips    []chip
	Sorts    []choiceLink
	Groups   []choiceLink
	Notes    []string
	Advice   []adviceView
	Meant    *choiceLink // did you mean
	Files    []choiceLink
	Next     string
	Start    string    // the first page, on all others
	Examples []example // where nothing was asked for yet
}

// choiceLink is a way on; the one that is taken has no Href.
type choiceLink struct{ Text, Href string }

// chip is a part of the query that can be taken back.
type chip struct{ Text, Href string }

// search shows what a query finds.
func (s *Site) search(w http.ResponseWriter, r *http.Request) (*page, error) {
	q, err := link.ReadSearch(r.URL.Query())
	if err != nil {
		return nil, err
	}
	if s.unchanged(w, r, s.moment(q.Text)) {
		return nil, nil
	}
	p := &page{Name: "search", Title: "Search", Search: q, Private: true}
	if q.Text == "" && q.Like == "" && q.SimilarSubject == "" {
		p.Body = &searchView{Query: q, Examples: examples()}
		return p, nil
	}
	q.Facets, q.FacetLimit, q.Months = search.Facets(), facetValues, true
	res, err := s.cfg.Searcher.Search(r.Context(), q)
	if err != nil {
		return nil, err
	}
	v, err := s.searchView(r.Context(), q, res)
	if err != nil {
		return nil, err
	}
	p.Title, p.Body, p.Next, p.Alternates = v.title(), v, v.Next, s.feeds(q)
	return p, nil
}

// moment is what a query makes of the clock, if anything: "today" is another day
// tomorrow.
func (s *Site) moment(text string) string {
	opts := search.Options{Now: func() time.Time { return time.Unix(1<<31, 0) }}
	if s.cfg.Options != nil {
		opts.Location = s.cfg.Options.Location
	}
	then, err := search.Parse(text, &opts)
	if err != nil {
		return ""
	}
	now, err := search.Parse(text, s.cfg.Options)
	if err != nil || search.Format(now) == search.Format(then) {
		return ""
	}
	return search.Format(now)
}

func (v *searchView) title() string {
	switch {
	case v.Like != nil:
		return "Like: " + short(100, v.Like.Subject)
	case v.Query.Text == "*":
		return "All messages"
	}
	return short(100, v.Query.Text)
}

func (s *Site) searchView(ctx context.Context, q search.Query, res *search.Results) (*searchView, error) {
	v := &searchView{Query: q, Results: res, Notes: notes(q, res), Similar: q.SimilarSubject != ""}
	if ref := q.Like + q.SimilarSubject; ref != "" {
		m, err := s.cfg.Searcher.Message(ctx, ref)
		if err != nil {
			return nil, err
		}
		v.Like = m
	}
	named := foldedNamed
	for i := range res.Hits {
		h, n := s.hitView(ctx, q, &res.Hits[i], named)
		named -= n
		v.Hits = append(v.Hits, h)
	}
	narrow := s.narrower(q)
	v.Facets = facets(narrow, res)
	for _, f := range res.Facets {
		if f.Facet == search.FacetDate {
			v.Chart = chartOf(f.Values, narrow.with)
		}
	}
	s.ways(v)
	v.Chips = s.chips(q)
	v.Advice, v.Meant = s.advice(q, res)
	return v, nil
}

// ways fills in how else the search can be had.
func (s *Site) ways(v *searchView) {
	to := func(change func(*search.Query)) string {
		q := v.Query
		q.After = ""
		change(&q)
		return s.cfg.Links.Search(q, link.HTML)
	}
	v.Sorts = choices(cmp.Or(v.Query.Sort, search.ByRelevance), []way[search.Sort]{
		{"Best", search.ByRelevance}, {"Newest", search.ByDateDesc}, {"Oldest", search.ByDateAsc},
	}, func(o search.Sort) string { return to(func(q *search.Query) { q.Sort = o }) })
	v.Groups = choices(cmp.Or(v.Query.Group, search.GroupCopy), []way[search.Group]{
		{"Fold copies", search.GroupCopy}, {"Threads", search.GroupThread}, {"Every message", search.GroupNone},
	}, func(g search.Group) string { return to(func(q *search.Query) { q.Group = g }) })
	if v.Results.Next != "" {
		v.Next = to(func(q *search.Query) { q.After = v.Results.Next })
	}
	if v.Query.After != "" {
		v.Start = to(func(*search.Query) {})
	}
	q := v.Query
	q.After = ""
	for _, f := range []struct {
		text   string
		format link.Format
	}{{"Atom", link.Atom}, {"JSON Feed", link.JSONFeed}, {"JSON", link.JSON}, {"CSV", link.CSV}, {"mbox", link.MboxGzip}} {
		v.Files = append(v.Files, choiceLink{f.text, s.cfg.Links.Search(q, f.format)})
	}
}

// way is a value to choose, by its name.
type way[T comparable] struct {
	text  string
	value T
}

// choices links all values but the one that holds.
func choices[T comparable](now T, all []way[T], to func(T) string) []choiceLink {
	links := make([]choiceLink, len(all))
	for i, c := range all {
		links[i].Text = c.text
		if c.value != now {
			links[i].Href = to(c.value)
		}
	}
	return links
}
