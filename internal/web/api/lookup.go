package api

import (
	"net/http"
	"net/url"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// counts is how the messages that match spread. Its names are a promise.
type counts struct {
	Total      int                  `json:"total"`
	Understood string               `json:"understood"`
	Facets     []search.FacetCounts `json:"facets"`
	Freshness  freshness            `json:"freshness"`
}

// facets answers with counts alone. Without a query they are of every message.
func (a *API) facets(w http.ResponseWriter, r *http.Request) error {
	v, err := params(r, facetParams...)
	if err != nil {
		return err
	}
	if v.Get("q") == "" && v.Get("like") == "" && v.Get("similar") == "" {
		v.Set("q", "*")
	}
	q, err := a.query(v)
	if err != nil {
		return err
	}
	if q.Facets, err = facets(v, search.Facets()); err != nil {
		return err
	}
	if q.FacetLimit, err = number(v, "facet_limit", 10, 1000); err != nil {
		return err
	}
	if a.unchanged(w, r, q) {
		return nil
	}
	q.Sort, q.Group, q.Limit = search.ByDateDesc, search.GroupNone, 1
	res, err := a.Searcher.Search(r.Context(), q)
	if err != nil {
		return err
	}
	fresh, err := a.freshness(r)
	if err != nil {
		return err
	}
	return a.json(w, counts{res.Total, res.Understood, some(res.Facets), fresh})
}

// listsJSON is what lists answers with. Its names are a promise.
type listsJSON struct {
	Lists     []archive.ListInfo `json:"lists"`
	Freshness freshness          `json:"freshness"`
}

// lists answers with all lists.
func (a *API) lists(w http.ResponseWriter, r *http.Request) error {
	if _, err := params(r); err != nil {
		return err
	}
	s, err := a.Status.Status(r.Context())
	if err != nil {
		return err
	}
	return a.json(w, listsJSON{s.Lists, freshness{s.LastCrawl, s.Index, s.IndexLag}})
}

// list answers with one list.
func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	if _, err := params(r); err != nil {
		return err
	}
	s, err := a.Status.Status(r.Context())
	if err != nil {
		return err
	}
	name := r.PathValue("name")
	i := slices.IndexFunc(s.Lists, func(l archive.ListInfo) bool { return l.Name == name })
	if i < 0 {
		return &Problem{Status: http.StatusNotFound, name: "not-found", Title: "There is no such list", Detail: "No list is called " + quote(name) + ".", Hint: "The lists are at " + a.Links.API("lists") + "."}
	}
	links := a.links(r)
	addLink(w, links.Absolute(links.List(name)), "alternate", "text/html")
	addLink(w, links.Absolute(links.API("search")+"?"+url.Values{"q": {"list:" + name}, "sort": {"date"}}.Encode()), "search", "application/json")
	return a.json(w, s.Lists[i])
}

// status answers with how the archive is doing.
func (a *API) status(w http.ResponseWriter, r *http.Request) error {
	if _, err := params(r); err != nil {
		return err
	}
	s, err := a.Status.Status(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "no-cache")
	return a.json(w, s)
}
