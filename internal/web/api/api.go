// Package api is the site as programs see it: the JSON API, described by an OpenAPI
// document, and the twins of the pages in other formats.
//
//	/api/v1/search            a page of hits; /search.json is the same
//	/api/v1/facets            how the messages that match spread
//	/api/v1/messages/REF      a message, by ID, Message-ID or URL
//	/api/v1/threads/REF       a page of a conversation
//	/api/v1/lists[/NAME]      the lists
//	/api/v1/status            how the archive is doing
//	/search.atom, /search.feed.json   the newest messages that match
//	/search.csv, /search.mbox.gz      all of them, up to 10,000
//	/t/ID.atom, /t/ID.mbox.gz         a conversation
//	/openapi.json, /llms.txt          how to use all this
//
// An error is a problem as RFC 9457 has it, with what to do. A parameter that is not
// known is an error, since a misspelled one would silently mean nothing. Every answer
// has an ETag; who asks again gets a 304 without a search.
//
// Text in JSON is as its sender wrote it: who shows it has to make it harmless.
package api

import (
	"log/slog"
	"net/http"
	"slices"

	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

// Config says what to serve. Searcher and Status are needed.
type Config struct {
	Searcher *search.Searcher
	Options  *search.Options // those that Searcher was opened with
	Status   *status.Keeper
	Links    link.Links
	Title    string   // of the site, in the titles of feeds; empty means "Mailing lists"
	Origins  []string // whose pages' scripts may read answers, "https://example.org"; "*" is any. None by default
	Log      *slog.Logger
}

// API serves what the package comment lists.
type API struct {
	Config
	mux *http.ServeMux
}

// New returns the handler.
func New(cfg Config) *API {
	if cfg.Title == "" {
		cfg.Title = "Mailing lists"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	a := &API{Config: cfg, mux: http.NewServeMux()}
	for pattern, h := range map[string]handler{
		"/api/v1/search":                  a.search,
		"/search.json":                    a.search,
		"/api/v1/facets":                  a.facets,
		"/api/v1/messages/{ref...}":       a.message,
		"/api/v1/threads/{ref...}":        a.thread,
		"/api/v1/lists":                   a.lists,
		"/api/v1/lists/{name}":            a.list,
		"/api/v1/status":                  a.status,
		"/search" + string(link.Atom):     a.searchAtom,
		"/search" + string(link.JSONFeed): a.searchJSONFeed,
		"/search" + string(link.CSV):      a.searchCSV,
		"/search" + string(link.MboxGzip): a.searchMbox,
		"/t/{file}":                       a.threadTwin,
		"/openapi.json":                   a.openAPI,
		"/llms.txt":                       a.llms,
		"/":                               a.nothing,
	} {
		a.mux.Handle(pattern, a.serve(h))
	}
	return a
}

// ServeHTTP implements http.Handler.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// Patterns are those of http.ServeMux that lead here, but for the files of threads,
// which stand among the pages.
func Patterns() []string {
	all := []string{"/api/", "/openapi.json", "/llms.txt"}
	for _, f := range []link.Format{link.JSON, link.Atom, link.JSONFeed, link.CSV, link.MboxGzip} {
		all = append(all, "/search"+string(f))
	}
	return all
}

// handler answers, or returns the error that the answer is made of.
type handler func(w http.ResponseWriter, r *http.Request) error

// serve does for a handler what is the same for all.
func (a *API) serve(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.shareWith(w, r)
		switch r.Method {
		case http.MethodGet, http.MethodHead:
		case http.MethodOptions:
			w.Header().Set("Allow", allowed)
			w.WriteHeader(http.StatusNoContent)
			return
		default:
			w.Header().Set("Allow", allowed)
			a.fail(w, r, &Problem{Status: http.StatusMethodNotAllowed, name: "method", Title: "This can only be read", Detail: "The method is " + quote(r.Method) + ".", Hint: "Send GET."})
			return
		}
		if err := h(w, r); err != nil {
			a.fail(w, r, err)
		}
	})
}

const allowed = "GET, HEAD, OPTIONS"

// shareWith lets scripts of configured origins read the answer (CORS). Nobody
// else's: what this machine alone may see stays here.
func (a *API) shareWith(w http.ResponseWriter, r *http.Request) {
	if len(a.Origins) == 0 {
		return
	}
	h := w.Header()
	h.Add("Vary", "Origin")
	origin := r.Header.Get("Origin")
	switch {
	case slices.Contains(a.Origins, "*"):
		origin = "*"
	case !slices.Contains(a.Origins, origin):
		return
	}
	h.Set("Access-Control-Allow-Origin", origin)
	h.Set("Access-Control-Expose-Headers", "ETag, Last-Modified, Link")
	if r.Method == http.MethodOptions {
		h.Set("Access-Control-Allow-Methods", allowed)
		h.Set("Access-Control-Allow-Headers", "Authorization, If-None-Match, If-Modified-Since")
		h.Set("Access-Control-Max-Age", "3600")
	}
}

// nothing answers where there is nothing.
func (a *API) nothing(_ http.ResponseWriter, r *http.Request) error {
	return &Problem{Status: http.StatusNotFound, name: "not-found", Title: "There is nothing here", Detail: "The path is " + quote(r.URL.Path) + ".", Hint: "The paths are in " + a.Links.OpenAPI() + "."}
}

// links are the site's links as the client of a request can use them.
func (a *API) links(r *http.Request) link.Links {
	scheme := r.URL.Scheme
	switch {
	case scheme != "":
	case r.TLS != nil:
		scheme = "https"
	default:
		scheme = "http"
	}
	return a.Links.WithOrigin(scheme + "://" + r.Host)
}
