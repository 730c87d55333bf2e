package api

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

var options = &search.Options{Location: time.UTC, Now: func() time.Time { return searchtest.Now }}

// site is an API over an archive of mails, under a prefix.
func site(t testing.TB, mails ...searchtest.Mail) *API {
	t.Helper()
	return siteOf(t, searchtest.Open(t, mails...), Config{})
}

func siteOf(t testing.TB, s *search.Searcher, cfg Config) *API {
	t.Helper()
	links, err := link.New("/lists")
	if err != nil {
		t.Fatal(err)
	}
	cfg.Searcher, cfg.Options, cfg.Links = s, options, links
	cfg.Status = status.New(status.Config{Searcher: s, Version: "test", Now: func() time.Time { return searchtest.Now.Add(time.Hour) }})
	return New(cfg)
}

// get asks for a path, with header fields in pairs.
func get(t testing.TB, a *API, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	return send(t, a, http.MethodGet, path, fields...)
}

func send(t testing.TB, a *API, method, path string, fields ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(method, "http://site.example"+path, nil)
	for i := 0; i+1 < len(fields); i += 2 {
		r.Header.Add(fields[i], fields[i+1])
	}
	w := httptest.NewRecorder()
	a.ServeHTTP(w, r)
	return w
}

// read reads the JSON of an answer that has to be a good one.
func read[T any](t testing.TB, w *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	if w.Code != http.StatusOK {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &v); err != nil {
		t.Fatalf("%v in %s", err, w.Body)
	}
	return v
}

// problemOf reads the problem that an answer has to be.
func problemOf(t testing.TB, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	var p Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d is no problem: %v: %s", w.Code, err, w.Body)
	}
	if p.Status != w.Code || p.Title == "" || p.Detail == "" || p.Hint == "" || p.Type == "" {
		t.Errorf("a problem of %d that says little: %+v", w.Code, p)
	}
	return p
}

// idOf returns the ID of the message with a number.
func idOf(t testing.TB, a *API, n string) string {
	t.Helper()
	m, err := a.Searcher.Message(t.Context(), n+"@mail.example.org")
	if err != nil {
		t.Fatal(err)
	}
	return string(m.ID)
}
