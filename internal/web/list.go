package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// listView is a list by its months.
type listView struct {
	List    archive.ListInfo
	Home    string // the list's own archive
	Query   string // finds all its messages
	Chart   *chart
	Years   []yearView
	Undated int
	Newest  []*archive.Message
	Authors []facetLink
}

// yearView is a year with its months.
type yearView struct {
	Year   string
	Count  int
	Months [12]monthView
}

// monthView is a month; Heat tells how busy it was, from 1 to 4. One in which nobody
// wrote has a name alone.
type monthView struct {
	Name, Month string
	Count, Heat int
}

// listNamed finds a list.
func (s *Site) listNamed(ctx context.Context, name string) (archive.ListInfo, error) {
	st, err := s.cfg.Status.Status(ctx)
	if err != nil {
		return archive.ListInfo{}, err
	}
	for _, l := range st.Lists {
		if strings.EqualFold(l.Name, name) {
			return l, nil
		}
	}
	return archive.ListInfo{}, &notHereError{"The archive has no list of this name."}
}

// topAuthors is how many people a list's page names.
const topAuthors = 12

// list shows the months of a list.
func (s *Site) list(w http.ResponseWriter, r *http.Request) (*page, error) {
	info, err := s.listNamed(r.Context(), r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	if info.Name != r.PathValue("list") {
		http.Redirect(w, r, s.cfg.Links.List(info.Name), http.StatusMovedPermanently)
		return nil, nil
	}
	if s.unchanged(w, r, info.Checked.String()) {
		return nil, nil
	}
	v := &listView{List: info, Home: webURL(info.URL), Query: search.FacetQuery(search.FacetList, info.Name)}
	res, err := s.cfg.Searcher.Search(r.Context(), search.Query{Text: v.Query, Sort: search.ByDateDesc, Group: search.GroupNone, Limit: newest,
		Facets: []search.Facet{search.FacetDate, search.FacetAuthor}, FacetLimit: topAuthors, Months: true})
	if err != nil {
		return nil, err
	}
	for _, h := range res.Hits {
		v.Newest = append(v.Newest, h.Message)
	}
	months := res.Facets[0]
	v.Undated, v.Years = months.None, calendar(months.Values)
	narrow := s.narrower(search.Query{Text: v.Query, Sort: search.ByDateDesc})
	v.Authors = authors(narrow, res.Facets[1].Values)
	v.Chart = chartOf(months.Values, func(part string) string {
		if month, ok := strings.CutPrefix(part, "date:"); ok && len(month) == len("2021-03") {
			return s.cfg.Links.Period(info.Name, month, "")
		}
		return narrow.with(part)
	})
	q := search.Query{Text: v.Query, Sort: search.ByDateDesc}
	return &page{Name: "list", Title: short(200, info.Name), Search: search.Query{Text: v.Query + " "}, Body: v, Alternates: s.feeds(q),
		Canonical: s.links(r).Absolute(s.cfg.Links.List(info.Name))}, nil
}

// calendar sorts months into years, the latest first.
func calendar(months []search.FacetValue) []yearView {
	var out []yearView
	most := 1
	for _, m := range months {
		most = max(most, m.Count)
	}
	for _, m := range months {
		at, err := time.Parse("2006-01", m.Value)
		if err != nil {
			continue // the index counts months and nothing else
		}
		if n := len(out); n == 0 || out[n-1].Year != at.Format("2006") {
			out = append(out, yearView{Year: at.Format("2006")})
			for i := range out[n].Months {
				out[n].Months[i].Name = time.Month(i + 1).String()[:3]
			}
		}
		y := &out[len(out)-1]
		y.Count += m.Count
		v := &y.Months[at.Month()-1]
		v.Month, v.Count, v.Heat = m.Value, m.Count, (4*m.Count+most-1)/most
	}
	slices.Reverse(out)
	return out
}
