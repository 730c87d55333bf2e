package servecli

import (
	"net/http"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/search"
)

// A site on a machine without the archive has every page that one beside it has.
func TestClusterServesEveryPage(t *testing.T) {
	data := t.TempDir()
	crawl(t, data, fixtures.BreachExchange())
	url := searchtest.Cluster(t, data)
	here, there := startServer(t, data), startServer(t, t.TempDir(), "--data", url)
	s, err := search.Open(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	paths := []string{"", "help", "search?q=breach", "search?q=breach&sort=date&group=none", "search.atom?q=breach", "l/BreachExchange/", "api/v1/lists", "api/v1/search?q=breach", "healthz", "readyz", "watch/none.atom", "nothing"}
	for h, err := range s.Hits(t.Context(), search.Query{Text: "*", Sort: search.ByDateAsc, Group: search.GroupNone, Limit: 100}) {
		if err != nil {
			t.Fatal(err)
		}
		if paths = append(paths, "m/"+string(h.Message.ID), "m/"+string(h.Message.ID)+".json", "t/"+string(h.Message.Thread)); h.Rank == 5 {
			break
		}
	}
	for _, path := range paths {
		want, _ := get(t, here+path)
		got, text := get(t, there+path)
		if got != want {
			t.Errorf("/%s: status %d, want %d: %.300s", path, got, want, text)
		}
		if got == http.StatusOK && strings.TrimSpace(text) == "" {
			t.Errorf("/%s is empty", path)
		}
	}
}
