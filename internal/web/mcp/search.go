package mcp

import (
	"context"
	"net/url"
	"strconv"

	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

type searchInput struct {
	Query string `json:"query" jsonschema:"words that must all be there, and the operators of the instructions"`
	Sort  string `json:"sort,omitempty" jsonschema:"relevance (the default), date (newest first) or -date (oldest first)"`
	Limit int    `json:"limit,omitempty" jsonschema:"hits, 1 to 20; 10 without it"`
	After string `json:"after,omitempty" jsonschema:"next of the answer before, with the same query and sort"`
}

type searchOutput struct {
	Total      int       `json:"total" jsonschema:"messages that match"`
	Hits       []hit     `json:"hits"`
	Next       string    `json:"next,omitempty" jsonschema:"there are more: give it as after"`
	Understood string    `json:"understood" jsonschema:"the query as it was read"`
	DidYouMean string    `json:"did_you_mean,omitempty" jsonschema:"a query that finds more"`
	Ignored    []string  `json:"ignored,omitempty" jsonschema:"words that were not searched for"`
	Freshness  freshness `json:"freshness"`
}

type hit struct {
	about
	ThreadSize int     `json:"thread_size"`
	Copies     int     `json:"copies,omitempty" jsonschema:"further messages that say the same"`
	Untrusted  excerpt `json:"untrusted"`
}

// excerpt is what a stranger wrote.
type excerpt struct {
	From    string `json:"from"`
	Subject string `json:"subject"`
	Excerpt string `json:"excerpt,omitempty"`
	Article string `json:"article,omitempty" jsonschema:"URL of the article that the mail reports"`
}

const maxHits = 20

// search finds messages. The bounds of its input are those of the web's.
func (s *Server) search(ctx context.Context, in searchInput) (out searchOutput, err error) {
	q, err := query(in)
	if err != nil {
		return out, err
	}
	res, err := s.cfg.Searcher.Search(ctx, q)
	if err != nil {
		return out, err
	}
	out = searchOutput{Total: res.Total, Hits: []hit{}, Next: res.Next, Understood: short(res.Understood), DidYouMean: short(res.DidYouMean)}
	for _, w := range res.Ignored[:min(len(res.Ignored), 5)] {
		out.Ignored = append(out.Ignored, short(w))
	}
	room := maxAnswer - overhead
	for i := range res.Hits {
		h := &res.Hits[i]
		m := h.Message
		one := hit{s.about(m), h.ThreadSize, len(h.Folded), excerpt{short(m.FromName), short(m.Subject), neutral.OneLine(h.Snippet.String()), short(m.SourceURL)}}
		if room -= size(one); room < 0 && i > 0 {
			out.Next = res.Hits[i-1].Cursor
			break
		}
		out.Hits = append(out.Hits, one)
	}
	out.Freshness, err = s.freshness(ctx)
	return out, err
}

// query reads the input of a search.
func query(in searchInput) (search.Query, error) {
	v := url.Values{"q": {in.Query}, "sort": {in.Sort}, "after": {in.After}}
	q, err := link.ReadSearch(v)
	switch q.Limit = in.Limit; {
	case err != nil:
		return q, err
	case in.Limit == 0:
		q.Limit = 10
	case in.Limit < 0 || in.Limit > maxHits:
		return q, &link.ParamError{Name: "limit", Msg: strconv.Itoa(in.Limit) + " is no number of hits", Hint: "give one from 1 to 20"}
	}
	return q, nil
}

type timelineInput struct {
	Query string `json:"query,omitempty" jsonschema:"as for search; every message without it"`
}

type timelineOutput struct {
	Total      int       `json:"total" jsonschema:"messages that match"`
	Periods    []period  `json:"periods" jsonschema:"in their order; those without a message are left out"`
	Undated    int       `json:"undated,omitempty" jsonschema:"messages without a known date"`
	Understood string    `json:"understood" jsonschema:"the query as it was read"`
	Freshness  freshness `json:"freshness"`
}

type period struct {
	Period   string `json:"period" jsonschema:"2021 or 2021-03"`
	Messages int    `json:"messages"`
	Query    string `json:"query" jsonschema:"finds them, added to the query"`
}

// timeline counts by month or year.
func (s *Server) timeline(ctx context.Context, in timelineInput) (out timelineOutput, err error) {
	if in.Query == "" {
		in.Query = "*"
	}
	q, err := query(searchInput{Query: in.Query, Sort: string(search.ByDateDesc), Limit: 1})
	if err != nil {
		return out, err
	}
	q.Group, q.Facets = search.GroupNone, []search.Facet{search.FacetDate}
	res, err := s.cfg.Searcher.Search(ctx, q)
	if err != nil {
		return out, err
	}
	out = timelineOutput{Total: res.Total, Periods: []period{}, Understood: short(res.Understood)}
	for _, f := range res.Facets {
		out.Undated = f.None
		for _, v := range f.Values {
			out.Periods = append(out.Periods, period{v.Value, v.Count, v.Query})
		}
	}
	if most := (maxAnswer - overhead) / 80; len(out.Periods) > most {
		out.Periods = out.Periods[len(out.Periods)-most:]
	}
	out.Freshness, err = s.freshness(ctx)
	return out, err
}
