package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// peopleView is who writes most.
type peopleView struct {
	List    string // empty for all
	Lists   []archive.ListInfo
	Authors []facetLink
	More    int
}

// mostPeople is how many people the page names.
const mostPeople = 200

// people shows who writes most; with a name it leads to what that person wrote.
func (s *Site) people(w http.ResponseWriter, r *http.Request) (*page, error) {
	if name := strings.TrimSpace(r.URL.Query().Get("name")); name != "" {
		q := search.Query{Text: search.FacetQuery(search.FacetAuthor, head(name, maxURL)), Sort: search.ByDateDesc}
		http.Redirect(w, r, s.cfg.Links.Search(q, link.HTML), http.StatusSeeOther)
		return nil, nil
	}
	if s.unchanged(w, r) {
		return nil, nil
	}
	st, err := s.cfg.Status.Status(r.Context())
	if err != nil {
		return nil, err
	}
	v := &peopleView{Lists: st.Lists}
	q := search.Query{Text: "*", Sort: search.ByDateDesc}
	if name := r.URL.Query().Get("list"); name != "" {
		l, err := s.listNamed(r.Context(), name)
		if err != nil {
			return nil, err
		}
		v.List, q.Text = l.Name, search.FacetQuery(search.FacetList, l.Name)
	}
	counting := q
	counting.Limit, counting.Group, counting.Facets, counting.FacetLimit = 1, search.GroupNone, []search.Facet{search.FacetAuthor}, mostPeople
	res, err := s.cfg.Searcher.Search(r.Context(), counting)
	if err != nil {
		return nil, err
	}
	v.Authors, v.More = authors(s.narrower(q), res.Facets[0].Values), res.Facets[0].More
	return &page{Name: "people", Title: "People", Body: v, Canonical: s.links(r).Absolute(s.cfg.Links.People(v.List))}, nil
}

// authors are links to what each has written.
func authors(narrow *narrower, values []search.FacetValue) []facetLink {
	if len(values) == 0 {
		return nil
	}
	most := slices.MaxFunc(values, func(a, b search.FacetValue) int { return a.Count - b.Count }).Count
	var out []facetLink
	for _, v := range values {
		out = append(out, facetLink{valueName(search.FacetAuthor, v.Value), v.Count, 100 * v.Count / most, narrow.with(v.Query)})
	}
	return out
}
