package web

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

//go:embed templates/*.html
var templates embed.FS

// page is what a template gets.
type page struct {
	Name   string // of the template
	Title  string
	Search search.Query // in the box
	// Private pages are not for search engines: searches, and pages that are parts
	// of others.
	Private    bool
	Canonical  string
	Alternates []alternate
	Prev, Next string // links to pages before and after
	Body       any
	Status     int // 0 means 200
}

// alternate is the page in another format.
type alternate struct{ Type, Title, Href string }

// view makes the page that a request asks for. Nil without an error means that it has
// answered by itself.
type view func(http.ResponseWriter, *http.Request) (*page, error)

// pages are the templates.
type pages struct{ byName map[string]*template.Template }

// readPages reads the templates; each stands in the layout.
func (s *Site) readPages() (*pages, error) {
	base, err := template.New("layout.html").Funcs(s.funcs()).ParseFS(templates, "templates/layout.html", "templates/parts.html")
	if err != nil {
		return nil, err
	}
	p := &pages{map[string]*template.Template{}}
	for _, name := range []string{"home", "search", "message", "thread", "list", "period", "people", "help", "choice", "error"} {
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(templates, "templates/"+name+".html")
		}
		if err != nil {
			return nil, err
		}
		p.byName[name] = t
	}
	return p, nil
}

// funcs are what templates call. Text from strangers goes through line or text.
func (s *Site) funcs() template.FuncMap {
	l := s.cfg.Links
	return template.FuncMap{
		"line": neutral.OneLine, "short": short, "count": count, "plural": plural, "size": size,
		"day": day, "clock": clock, "stamp": stamp, "iso": iso, "month": monthName, "weburl": webURL, "host": hostOf,
		"site": func() string { return s.cfg.Title }, "version": func() string { return s.cfg.Version },
		"asset": func(name string) string { return l.Static(s.assets.hashed(name)) },
		"home":  l.Home, "help": l.Help, "people": func() string { return l.People("") }, "list": l.List, "period": func(list, month string) string { return l.Period(list, month, "") },
		"openapi": l.OpenAPI, "llms": l.LLMs,
		"message":  func(id archive.ID) string { return l.Message(id, link.HTML) },
		"thread":   func(id archive.ID) string { return l.Thread(id, link.HTML) },
		"find":     func(text string) string { return l.Search(search.Query{Text: text}, link.HTML) },
		"author":   func(m *archive.Message) string { return l.Search(search.Query{Text: authorQuery(m)}, link.HTML) },
		"from":     from,
		"subject":  subject,
		"ym":       func(t time.Time) string { return t.In(s.location()).Format("2006-01") },
		"inc":      func(n int) int { return n + 1 },
		"turn":     func(v *periodView, where string) any { return map[string]any{"V": v, "Where": where} },
		"peopleOf": l.People,
	}
}

// handler shows what a view makes.
func (s *Site) handler(show view) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, err := show(w, r)
		if err != nil {
			p = s.problem(w, r, err)
		}
		if p != nil {
			s.write(w, r, p)
		}
	})
}

// write sends a page whole or not at all.
func (s *Site) write(w http.ResponseWriter, r *http.Request, p *page) {
	var out bytes.Buffer
	if err := s.pages.byName[p.Name].ExecuteTemplate(&out, "layout.html", p); err != nil {
		s.cfg.Log.Error("page could not be made", "page", p.Name, "url", r.URL.Path, "error", err)
		http.Error(w, "This page could not be made; the server's log says why.", http.StatusInternalServerError)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(out.Len()))
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "no-cache")
	}
	if p.Status != 0 {
		w.WriteHeader(p.Status)
	}
	if r.Method != http.MethodHead {
		_, _ = out.WriteTo(w) // who went away need not be told
	}
}

// unchanged answers 304 to who has the page already. A page depends on the archive,
// on how the pages look, on the address, and on what else it is told.
func (s *Site) unchanged(w http.ResponseWriter, r *http.Request, also ...string) bool {
	w.Header().Add("Vary", "Accept")
	l := s.links(r)
	parts := append([]string{"page", s.assets.sum, l.Origin(), r.URL.RequestURI(), string(accepted(r))}, also...)
	return s.cfg.Status.Unchanged(w, r, false, parts...)
}

// crawled is part of what a page depends on that says when lists were crawled.
func (s *Site) crawled(ctx context.Context) (string, error) {
	st, err := s.cfg.Status.Status(ctx)
	return fmt.Sprint(st.LastCrawl.UnixNano(), st.Messages, len(st.Lists)), err
}
