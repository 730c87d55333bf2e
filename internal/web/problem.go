package web

import (
	"errors"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// notHereError is an address that leads nowhere.
type notHereError struct{ msg string }

func (e *notHereError) Error() string { return e.msg }

func (e *notHereError) Is(target error) bool { return target == archive.ErrNotFound }

// problemView is the page of an error.
type problemView struct {
	Heading, Text, Hint string
	Place               *place // where in the query
	Try                 string // a query that can be read
	TryHref             string
}

// place is a query with the place of an error: what is before, at and behind it.
type place struct{ Before, At, After string }

// problem says what went wrong, with the status that tells programs: one table for
// all pages.
func (s *Site) problem(w http.ResponseWriter, r *http.Request, err error) *page {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Del("ETag")
	w.Header().Del("Last-Modified")
	q, _ := link.ReadSearch(r.URL.Query())
	p := &page{Name: "error", Private: true, Search: q}
	var syntax *search.SyntaxError
	var cursor *search.CursorError
	var param *link.ParamError
	var many *search.AmbiguousError
	v := &problemView{}
	switch {
	case errors.As(err, &syntax):
		p.Status, *v = http.StatusBadRequest, problemView{Heading: "This query cannot be read", Text: sentence(syntax.Msg), Hint: sentence(syntax.Hint), Place: placeOf(syntax)}
		if v.Try = neutral.OneLine(syntax.Mend(s.cfg.Options)); v.Try != "" {
			q.Text, q.After = v.Try, ""
			v.TryHref = s.cfg.Links.Search(q, link.HTML)
		}
	case errors.As(err, &cursor):
		p.Status, *v = http.StatusBadRequest, problemView{Heading: "This page of the search is not to be had", Text: sentence(cursor.Msg), Hint: sentence(cursor.Hint), Try: "Start at the first page"}
		q.After = ""
		v.TryHref = s.cfg.Links.Search(q, link.HTML)
	case errors.As(err, &param):
		p.Status, *v = http.StatusBadRequest, problemView{Heading: "This address cannot be read", Text: sentence(param.Name + ": " + param.Msg), Hint: sentence(param.Hint)}
	case errors.Is(err, search.ErrSort), errors.Is(err, search.ErrGroup):
		p.Status, *v = http.StatusBadRequest, problemView{Heading: "This address cannot be read", Text: sentence(err.Error())}
	case errors.As(err, &many):
		return s.choice(r, many)
	case errors.Is(err, archive.ErrNotFound):
		p.Status, *v = http.StatusNotFound, problemView{Heading: "Nothing here", Text: "The archive has nothing at this address: it may be mistyped, or a message that was taken out."}
		var here *notHereError
		if errors.As(err, &here) {
			v.Text = here.msg
		}
	case errors.Is(err, search.ErrTimeout):
		w.Header().Set("Retry-After", "5")
		p.Status, *v = http.StatusServiceUnavailable, problemView{Heading: "This search takes too long", Text: "It was given up.", Hint: "Leave out what nearly every message has, or add a date or a field."}
	case errors.Is(err, index.ErrTooComplex):
		p.Status, *v = http.StatusBadRequest, problemView{Heading: "This query asks for too much", Text: sentence(err.Error())}
	case errors.Is(err, index.ErrNotFound):
		w.Header().Set("Retry-After", "60")
		p.Status, *v = http.StatusServiceUnavailable, problemView{Heading: "Nothing can be searched yet", Text: "The archive has no index. It is made at the end of a crawl."}
	case r.Context().Err() != nil:
		p.Status, *v = http.StatusServiceUnavailable, problemView{Heading: "This took too long", Text: "The answer was given up."}
	default:
		s.cfg.Log.Error("request failed", "url", r.URL.Path, "error", err)
		p.Status, *v = http.StatusInternalServerError, problemView{Heading: "Something is broken", Text: "The archive or its index could not be read; the server's log says why."}
	}
	p.Title, p.Body = v.Heading, v
	return p
}

// placeOf cuts a query at the place of its error; the word there is marked.
func placeOf(e *search.SyntaxError) *place {
	at, rest := e.Query[e.Pos:], ""
	if i := strings.IndexAny(at, " \t\n"); i > 0 {
		at, rest = at[:i], at[i:]
	}
	const most = 300
	return &place{neutral.OneLine(tail(e.Query[:e.Pos], most)) + " ", neutral.OneLine(head(at, most)), " " + neutral.OneLine(head(rest, most))}
}

// head and tail are the beginning and the end of a text, of n bytes about.
func head(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

func tail(s string, n int) string { return s[len(head(s, len(s)-min(len(s), n))):] }

// sentence makes one of a message.
func sentence(s string) string {
	s = neutral.OneLine(s)
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	s = strings.ToUpper(string(r)) + s[n:]
	if strings.ContainsAny(s[len(s)-1:], ".?!:") {
		return s
	}
	return s + "."
}

// choice lists the messages that a reference may mean.
func (s *Site) choice(r *http.Request, e *search.AmbiguousError) *page {
	v := &choiceView{Ref: short(300, e.Ref), More: max(len(e.IDs)-maxChoices, 0)}
	for _, id := range e.IDs[:min(len(e.IDs), maxChoices)] {
		if m, err := s.cfg.Searcher.Message(r.Context(), string(id)); err == nil {
			v.Messages = append(v.Messages, m)
		}
	}
	return &page{Name: "choice", Title: "Several messages", Private: true, Status: http.StatusMultipleChoices, Body: v}
}

const maxChoices = 50

// choiceView is the page where a reader chooses.
type choiceView struct {
	Ref      string
	Messages []*archive.Message
	More     int
}
