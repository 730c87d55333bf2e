package alert

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"strings"

	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/feed"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// Feeds answers at /watch/NAME.atom with what a watch found, newest first. It
// looks at the file of watches each time, so a new watch has its feed at once.
type Feeds struct {
	Dir   string // the data directory
	Links link.Links
	Log   *slog.Logger
}

// ServeHTTP implements http.Handler.
func (f *Feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name, ok := strings.CutSuffix(strings.TrimPrefix(r.URL.Path, "/watch/"), string(link.Atom))
	switch {
	case !ok || CheckName(name) != nil:
		http.NotFound(w, r)
		return
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Feeds are read, and nothing else.", http.StatusMethodNotAllowed)
		return
	}
	body, err := f.atom(r, name)
	switch {
	case errors.Is(err, ErrNone), errors.Is(err, ErrNoWatch):
		http.Error(w, "There is no watch of this name.", http.StatusNotFound)
		return
	case errors.Is(err, errOlder):
		http.Error(w, "The feed comes with the next run of the watches.", http.StatusServiceUnavailable)
		return
	case err != nil:
		f.Log.Error("the feed of a watch", "watch", name, "err", err)
		http.Error(w, "The feed cannot be made at the moment.", http.StatusInternalServerError)
		return
	}
	sum := sha256.Sum256(body)
	h := w.Header()
	h.Set("Content-Type", feed.AtomType)
	h.Set("ETag", `W/"`+base64.RawURLEncoding.EncodeToString(sum[:12])+`"`)
	// It does not change with the archive, but with the run of the watches after.
	h.Set("Cache-Control", "private, no-cache")
	if strings.Contains(r.Header.Get("If-None-Match"), base64.RawURLEncoding.EncodeToString(sum[:12])) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = w.Write(body) // who went away need not be told
}

// atom writes the feed of one watch.
func (f *Feeds) atom(r *http.Request, name string) ([]byte, error) {
	b, err := Open(f.Dir, &Options{Logger: f.Log})
	if err != nil {
		return nil, err
	}
	defer b.Close()
	w, err := b.Watch(r.Context(), name)
	if err != nil {
		return nil, err
	}
	alerts, err := b.Recent(r.Context(), name, keptAlerts)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = f.feed(r, w, alerts).Atom(&out)
	return out.Bytes(), err
}

func (f *Feeds) feed(r *http.Request, w Watch, alerts []Alert) *feed.Feed {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	links := f.Links.WithOrigin(scheme + "://" + r.Host)
	out := &feed.Feed{
		ID: feed.ID("watch", w.Name), Title: "Watch: " + w.Name, Subtitle: w.Query, Updated: w.Made,
		Page: links.Absolute(links.Search(search.Query{Text: w.Query, Sort: search.ByDateDesc}, link.HTML)), Self: links.Absolute(links.Watch(w.Name)),
	}
	for _, a := range alerts {
		if a.At.After(out.Updated) {
			out.Updated = a.At
		}
		m := a.Message
		out.Items = append(out.Items, feed.Item{
			ID: feed.ID("alert", a.ID), Title: a.Subject.Text, Page: links.Absolute(links.Message(m.ID, link.HTML)), Original: m.URL, Article: m.SourceURL,
			Author: m.FromName, Published: m.Date, Updated: a.At, Summary: a.summary(), Tags: []string{m.List},
		})
	}
	return out
}

// summary says in one text why the alert is there.
func (a *Alert) summary() string {
	parts := []string{neutral.OneLine(snippetText(a.Snippet, "", "", neutral.OneLine))}
	if first := firstness(*a); first != "" {
		parts = append(parts, "("+first+")")
	}
	for _, m := range a.Copies {
		parts = append(parts, "(also: "+about(m)+")")
	}
	return strings.TrimSpace(strings.Join(parts, " "))
}
