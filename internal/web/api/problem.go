package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// Problem is an error as a program gets it: RFC 9457, with what to do.
type Problem struct {
	Type   string `json:"type"` // where it is explained
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
	Hint   string `json:"hint,omitempty"` // how to get out of it

	Parameter string       `json:"parameter,omitempty"` // which one is wrong
	Query     string       `json:"query,omitempty"`     // that cannot be read
	Character int          `json:"character,omitempty"` // the place in it, counted from 1
	Proposal  string       `json:"proposal,omitempty"`  // a query, or the name of a parameter, that may be meant
	IDs       []archive.ID `json:"ids,omitempty"`       // of the messages that may be meant

	name       string // the end of Type
	retryAfter int    // seconds; 0 for not at all
}

func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// fail answers with a problem.
func (a *API) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := Explain(r.Context(), a.Options, err)
	if p.Status == http.StatusInternalServerError {
		a.Log.ErrorContext(r.Context(), "request failed", "path", r.URL.Path, "err", err)
	}
	p.Type = a.Links.LLMs() + "#" + p.name
	h := w.Header()
	for _, name := range []string{"ETag", "Last-Modified", "Link", "Content-Disposition"} {
		h.Del(name)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	if p.retryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.retryAfter))
	}
	w.WriteHeader(p.Status)
	// Who went away need not be told.
	_ = json.NewEncoder(w).Encode(p)
}

// Explain says what an error of a search, or of a request, means for who asked. Its
// Type is empty. Of opts it uses what search.Parse does.
func Explain(ctx context.Context, opts *search.Options, err error) *Problem {
	var (
		known     *Problem
		syntax    *search.SyntaxError
		cursor    *search.CursorError
		ambiguous *search.AmbiguousError
		parameter *link.ParamError
		damaged   *index.DamagedError
	)
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &syntax):
		return &Problem{
			Status: http.StatusBadRequest, name: "query", Title: "The query cannot be read", Detail: syntax.Msg, Hint: syntax.Hint, Parameter: "q",
			Query: syntax.Query, Character: utf8.RuneCountInString(syntax.Query[:syntax.Pos]) + 1, Proposal: syntax.Mend(opts),
		}
	case errors.As(err, &cursor):
		return &Problem{Status: http.StatusBadRequest, name: "cursor", Title: "The cursor does not continue this search", Detail: cursor.Msg, Hint: cursor.Hint, Parameter: "after"}
	case errors.As(err, &parameter):
		return wrong(parameter.Name, parameter.Msg, parameter.Hint)
	case errors.Is(err, search.ErrSort):
		return wrong("sort", "there is no such order", "the orders are relevance, date and -date")
	case errors.Is(err, search.ErrGroup):
		return wrong("group", "there is no such group", "the groups are copy, thread and none")
	case errors.As(err, &ambiguous):
		return &Problem{Status: http.StatusMultipleChoices, name: "ambiguous", Title: "Several messages have that name", Detail: quote(ambiguous.Ref) + " names several messages.", Hint: "Ask for one of them by its ID.", IDs: ambiguous.IDs}
	case errors.Is(err, index.ErrNotFound), errors.Is(err, index.ErrNewerFormat), errors.As(err, &damaged):
		return &Problem{Status: http.StatusServiceUnavailable, name: "no-index", Title: "Nothing can be found at the moment", Detail: neutral.OneLine(err.Error()), Hint: "Messages can still be read by their IDs.", retryAfter: 60}
	case errors.Is(err, archive.ErrNotFound):
		return &Problem{Status: http.StatusNotFound, name: "not-found", Title: "There is no such thing", Detail: neutral.OneLine(err.Error()), Hint: "It may have been deleted, or never fetched."}
	case errors.Is(err, search.ErrTimeout):
		return &Problem{Status: http.StatusServiceUnavailable, name: "timeout", Title: "The search takes too long", Detail: err.Error(), Hint: "Leave out what nearly every message has, or add a date or a field."}
	case ctx.Err() != nil:
		return &Problem{Status: http.StatusServiceUnavailable, name: "busy", Title: "The answer was not ready in time", Detail: "The server was too busy, or shuts down.", Hint: "Try again later.", retryAfter: 5}
	}
	return &Problem{Status: http.StatusInternalServerError, name: "internal", Title: "Something went wrong here", Detail: "It is in the server's log.", Hint: "Tell who runs the server."}
}

// wrong is a parameter that cannot be read.
func wrong(name, msg, hint string) *Problem {
	return &Problem{Status: http.StatusBadRequest, name: "parameter", Title: "A parameter cannot be read", Detail: name + ": " + msg, Hint: hint, Parameter: name}
}

// quote shows text from strangers.
func quote(s string) string {
	const most = 200
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return strconv.Quote(neutral.OneLine(s))
}
