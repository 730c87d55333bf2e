// Package web is the archive as a web site: pages to search, to read and to follow,
// as one http.Handler.
//
// Every page works without a script and loads nothing but the site's own stylesheet.
// What mails say is text: it goes through package neutral, which takes out what could
// change how other text is shown, and through html/template. Mail in HTML is never
// shown as such. A page stays under a megabyte whatever is in the archive: long
// messages and threads come in parts, see parts.go.
//
// Package link has the URLs. A message and a thread have twins for programs and for
// notes, as JSON and as Markdown, by suffix or by the Accept header.
package web

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"

	"github.com/bxsearch/bxsearch/search"
)

// Config says what site to make.
type Config struct {
	Searcher *search.Searcher
	// Options are those that the Searcher was opened with: pages read queries too.
	Options *search.Options
	Status  *status.Keeper // nil means one of its own
	Links   link.Links     // where the site is
	Title   string         // its name; empty means "bxsearch"
	Version string         // of the program: pages of another one are not the same
	// API answers what it has of a thread in other formats: /t/ID.atom, /t/ID.mbox.gz and
	// /api/v1/threads/ID. Nil means that there are none.
	API http.Handler
	Log *slog.Logger // nil is silence
}

// Site is the pages of an archive. It sees paths without the prefix of its links.
type Site struct {
	cfg    Config
	mux    *http.ServeMux
	pages  *pages
	assets *assets
}

// New makes a site.
func New(cfg Config) (*Site, error) {
	if cfg.Searcher == nil {
		return nil, errors.New("web: there is no archive to show")
	}
	if cfg.Title == "" {
		cfg.Title = "bxsearch"
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Status == nil {
		cfg.Status = status.New(status.Config{Searcher: cfg.Searcher, Version: cfg.Version})
	}
	s := &Site{cfg: cfg, mux: http.NewServeMux()}
	var err error
	if s.assets, err = readAssets(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	if s.pages, err = s.readPages(); err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s.routes()
	return s, nil
}

func (s *Site) routes() {
	for pattern, show := range map[string]view{
		"GET /{$}":              s.home,
		"GET /search":           s.search,
		"GET /m/{id}":           s.message,
		"GET /mid/{mid...}":     s.byMessageID,
		"GET /t/{id}":           s.thread,
		"GET /l/{list}/{$}":     s.list,
		"GET /l/{list}/{month}": s.period,
		"GET /p/{$}":            s.people,
		"GET /help":             s.help,
		"GET /":                 s.nothing,
	} {
		s.mux.Handle(pattern, s.handler(show))
	}
	s.mux.Handle("GET /static/{name}", s.assets)
}

// ServeHTTP answers one request.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.mux.ServeHTTP(w, r) }

// links are the site's, with the origin that a request came to.
func (s *Site) links(r *http.Request) link.Links {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return s.cfg.Links.WithOrigin(scheme + "://" + r.Host)
}

// location is the zone of the months, as searches have it.
func (s *Site) location() *time.Location {
	if s.cfg.Options != nil && s.cfg.Options.Location != nil {
		return s.cfg.Options.Location
	}
	return time.Local
}

func (s *Site) nothing(_ http.ResponseWriter, r *http.Request) (*page, error) {
	return nil, &notHereError{"There is no page at this address."}
}
