package api

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/wire"
	"github.com/bxsearch/bxsearch/search"
)

// results is a page of hits as programs get it. Its names are a promise.
type results struct {
	Total      int                  `json:"total"` // messages that match, on all pages
	Hits       []search.HitJSON     `json:"hits"`
	Next       string               `json:"next"` // the cursor of the next page, for after; empty on the last one
	TookMS     float64              `json:"took_ms"`
	Understood string               `json:"understood"`   // the query as it was read
	DidYouMean string               `json:"did_you_mean"` // a query that finds more; empty for none
	Ignored    []string             `json:"ignored"`      // words that mean nothing to the index
	Cut        []string             `json:"cut"`          // words with * or ~ of which only the most frequent were looked for
	Synonyms   []meaning            `json:"synonyms"`
	Inside     []inside             `json:"inside"` // words that no message has, looked for inside of others
	Advice     []advice             `json:"advice"` // on each part of a query that finds next to nothing
	Facets     []search.FacetCounts `json:"facets"`
	Freshness  freshness            `json:"freshness"`
}

type meaning struct {
	Text string   `json:"text"`
	Also []string `json:"also"`
}

type inside struct {
	Text  string   `json:"text"`
	Words []string `json:"words"`
}

type advice struct {
	Text    string   `json:"text"`
	Alone   int      `json:"alone"`   // messages that match it
	Without int      `json:"without"` // messages that match the rest
	Similar []string `json:"similar"`
}

// freshness says how far the answer can be relied on to be the newest.
type freshness struct {
	LastCrawl time.Time `json:"last_crawl"` // the end of the last complete crawl; zero if there was none
	Index     string    `json:"index"`      // current, behind, none, or why it cannot be used
	IndexLag  uint64    `json:"index_lag"`  // changes of messages that the index has not seen
}

// search answers with a page of hits.
func (a *API) search(w http.ResponseWriter, r *http.Request) error {
	v, err := params(r, jsonParams...)
	if err != nil {
		return err
	}
	q, err := a.query(v)
	if err != nil {
		return err
	}
	if q.Facets, err = facets(v, nil); err != nil {
		return err
	}
	if q.FacetLimit, err = number(v, "facet_limit", 10, 1000); err != nil {
		return err
	}
	if q.Snippet, err = number(v, "snippet", 240, 4000); err != nil {
		return err
	}
	if q.Explain, err = truth(v, "explain"); err != nil {
		return err
	}
	if a.unchanged(w, r, q) {
		return nil
	}
	res, err := a.Searcher.Search(r.Context(), q)
	if err != nil {
		return err
	}
	out := resultsOf(res)
	if out.Freshness, err = a.freshness(r); err != nil {
		return err
	}
	links := a.links(r)
	a.alternates(w, links, q, link.JSON)
	if res.Next != "" {
		v.Set("after", res.Next)
		addLink(w, links.Absolute(a.Links.Prefix()+r.URL.EscapedPath()+"?"+v.Encode()), "next", "")
	}
	return a.json(w, out)
}

// query reads the parameters that all searches have. A mistake in the query is told
// before it is searched for.
func (a *API) query(v url.Values) (search.Query, error) {
	q, err := link.ReadSearch(v)
	if err != nil {
		return q, err
	}
	if q.Text == "" && q.Like == "" && q.SimilarSubject == "" {
		return q, wrong("q", "there is no query", "give some words, or * for every message")
	}
	_, err = a.parse(q)
	return q, err
}

// parse reads the text of a search; beside like and similar it may be empty.
func (a *API) parse(q search.Query) (string, error) {
	if q.Text == "" {
		return "", nil
	}
	tree, err := search.Parse(q.Text, a.Options)
	if err != nil {
		return "", err
	}
	return search.Format(tree), nil
}

// unchanged answers 304 to who has the answer. The query counts as it is read, which
// tells when "today" becomes another day.
func (a *API) unchanged(w http.ResponseWriter, r *http.Request, q search.Query) bool {
	understood, err := a.parse(q)
	if err != nil {
		return false
	}
	then := *a
	then.Options = &search.Options{Now: func() time.Time { return time.Unix(1<<31, 0) }}
	if a.Options != nil {
		then.Options.Location = a.Options.Location
	}
	other, err := then.parse(q)
	timed := err != nil || other != understood
	return a.Status.Unchanged(w, r, timed, "api", r.URL.Path, r.URL.RawQuery, understood)
}

func resultsOf(res *search.Results) results {
	out := results{
		Total: res.Total, Hits: make([]search.HitJSON, len(res.Hits)), Next: res.Next, TookMS: float64(res.Took.Microseconds()) / 1000, Understood: res.Understood,
		DidYouMean: res.DidYouMean, Ignored: some(res.Ignored), Cut: some(res.Cut), Synonyms: []meaning{}, Inside: []inside{}, Advice: []advice{}, Facets: some(res.Facets),
	}
	for i := range res.Hits {
		out.Hits[i] = res.Hits[i].JSON()
	}
	for _, m := range res.Meanings {
		out.Synonyms = append(out.Synonyms, meaning{m.Text, some(m.Also)})
	}
	for _, in := range res.Inside {
		out.Inside = append(out.Inside, inside{in.Text, some(in.Words)})
	}
	for _, ad := range res.Advice {
		out.Advice = append(out.Advice, advice{ad.Text, ad.Alone, ad.Without, some(ad.Similar)})
	}
	return out
}

// some is a list that is never null.
func some[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func (a *API) freshness(r *http.Request) (freshness, error) {
	s, err := a.Status.Status(r.Context())
	return freshness{s.LastCrawl, s.Index, s.IndexLag}, err
}

// json answers with a value.
func (a *API) json(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return wire.WriteJSON(w, v)
}

// formats are the media types of what a search can be had as.
var formats = []struct {
	format link.Format
	kind   string
}{
	{link.HTML, "text/html"}, {link.JSON, "application/json"}, {link.Atom, "application/atom+xml"}, {link.JSONFeed, "application/feed+json"},
	{link.CSV, "text/csv"}, {link.MboxGzip, "application/gzip"},
}

// maxLink bounds the links to other formats: proxies refuse an answer with too long a
// head, and a query may have 4,096 bytes.
const maxLink = 800

// alternates names the other formats of a search.
func (a *API) alternates(w http.ResponseWriter, links link.Links, q search.Query, but link.Format) {
	q.After = "" // which continues one order, and feeds have their own
	for _, f := range formats {
		if to := links.Absolute(links.Search(q, f.format)); f.format != but && len(to) <= maxLink {
			addLink(w, to, "alternate", f.kind)
		}
	}
}

// addLink adds a Link field (RFC 8288).
func addLink(w http.ResponseWriter, to, rel, kind string) {
	value := fmt.Sprintf(`<%s>; rel="%s"`, to, rel)
	if kind != "" {
		value += fmt.Sprintf(`; type="%s"`, kind)
	}
	w.Header().Add("Link", value)
}
