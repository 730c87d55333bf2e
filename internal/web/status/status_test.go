package status_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/internal/web/status"
)

// clock is a time that a test moves.
type clock struct{ now time.Time }

func (c *clock) Now() time.Time { return c.now }

func TestStatusFollowsTheArchive(t *testing.T) {
	dir := t.TempDir()
	searchtest.Put(t, dir, searchtest.Mails()...)
	c := &clock{searchtest.Now}
	k := status.New(status.Config{Searcher: searchtest.OpenIn(t, dir), Now: c.Now})
	s, err := k.Status(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !s.Healthy || s.Messages != 5 || len(s.Lists) != 2 || s.Index != "current" || s.IndexLag != 0 || !s.LastCrawl.Equal(searchtest.Now) || s.Archive == "" {
		t.Errorf("the status is %+v", s)
	}
	searchtest.Put(t, dir, searchtest.Hostile()[0])
	c.now = c.now.Add(time.Minute)
	if s, err = k.Status(t.Context()); err != nil || s.Messages != 6 || s.Sequence < 6 {
		t.Errorf("a minute after a message came: %+v, %v", s, err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "index", "CURRENT")); err != nil {
		t.Fatal(err)
	}
	if s, err = k.Status(t.Context()); err != nil || s.Healthy || s.Index != "none" || s.Reason == "" {
		t.Errorf("without an index: %+v, %v", s, err)
	}
}

// ask sends a request for the answer that is made of parts.
func ask(k *status.Keeper, timed bool, headers http.Header, parts ...string) *http.Response {
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header = headers
	if !k.Unchanged(w, r, timed, parts...) {
		w.WriteHeader(http.StatusOK)
	}
	return w.Result()
}

func TestUnchanged(t *testing.T) {
	dir := t.TempDir()
	searchtest.Put(t, dir, searchtest.Mails()...)
	c := &clock{searchtest.Now}
	k := status.New(status.Config{Searcher: searchtest.OpenIn(t, dir), Now: c.Now})
	first := ask(k, false, nil, "json", "q")
	if first.StatusCode != http.StatusOK || first.Header.Get("Last-Modified") != "" {
		t.Errorf("the first answer is %d, changed %q, which may not be over", first.StatusCode, first.Header.Get("Last-Modified"))
	}
	c.now = c.now.Add(time.Minute)
	second := ask(k, false, nil, "json", "q")
	tag, changed := second.Header.Get("ETag"), second.Header.Get("Last-Modified")
	if changed == "" || tag != first.Header.Get("ETag") {
		t.Fatalf("ETag %s, Last-Modified %q", tag, changed)
	}
	old := c.now.Add(-time.Hour).UTC().Format(http.TimeFormat)
	for _, tt := range []struct {
		name    string
		headers http.Header
		parts   []string
		timed   bool
		want    int
	}{
		{"the same", http.Header{"If-None-Match": {tag}}, []string{"json", "q"}, false, 304},
		{"as a proxy writes it", http.Header{"If-None-Match": {`"x", ` + strings.TrimPrefix(tag, "W/")}}, []string{"json", "q"}, false, 304},
		{"anything", http.Header{"If-None-Match": {"*"}}, []string{"json", "q"}, false, 304},
		{"another question", http.Header{"If-None-Match": {tag}}, []string{"json", "r"}, false, 200},
		{"parts that run together", http.Header{"If-None-Match": {tag}}, []string{"jsonq"}, false, 200},
		{"by date", http.Header{"If-Modified-Since": {changed}}, []string{"json", "q"}, false, 304},
		{"by an older date", http.Header{"If-Modified-Since": {old}}, []string{"json", "q"}, false, 200},
		{"the tag has the say", http.Header{"If-None-Match": {`"x"`}, "If-Modified-Since": {changed}}, []string{"json", "q"}, false, 200},
		{"no date of what changes with the clock", http.Header{"If-Modified-Since": {changed}}, []string{"json", "q"}, true, 200},
		{"no date at all", http.Header{"If-Modified-Since": {"yesterday"}}, []string{"json", "q"}, false, 200},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ask(k, tt.timed, tt.headers, tt.parts...); got.StatusCode != tt.want {
				t.Errorf("status %d, want %d", got.StatusCode, tt.want)
			}
		})
	}
	searchtest.Put(t, dir, searchtest.Hostile()[0])
	if got := ask(k, false, http.Header{"If-None-Match": {tag}}, "json", "q"); got.StatusCode != http.StatusOK {
		t.Error("a new message is kept from who asks again")
	}
	if got := ask(k, false, http.Header{"If-Modified-Since": {changed}}, "json", "q"); got.StatusCode != http.StatusOK {
		t.Error("a new message is kept from who asks again by date")
	}
}
