package crawler

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/fixtures"
)

// mailman serves a site's overview of three lists, and the page of the first.
func mailman(archive string) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/mailman/listinfo", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<html><head><title>Mailing Lists</title></head><body><table>")
		for _, name := range []string{"announce", "dev", "users"} {
			fmt.Fprintf(w, `<tr><td><a href="listinfo/%s"><strong>%s</strong></a></td><td><em>The %s list</em></td></tr>`, name, name, name)
		}
		fmt.Fprint(w, "</table></body></html>")
	})
	mux.HandleFunc("/mailman/listinfo/announce", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `<html><body><a href="%s">Archives</a></body></html>`, archive)
	})
	return mux
}

func overviewOf(ctx context.Context, h http.Handler, url string) (string, error) {
	offers, err := Overview(ctx, Config{Transport: fixtures.Transport(h), Delay: NoDelay, Retries: NoRetries}, url)
	var lines []string
	for _, o := range offers {
		lines = append(lines, o.Name+" "+o.ArchiveURL)
	}
	return strings.Join(lines, "\n"), err
}

func TestOverview(t *testing.T) {
	const host = "http://lists.example.org"
	tests := []struct{ name, archive, url, want string }{
		{"by the host alone", host + "/pipermail/announce/", host, "announce http://lists.example.org/pipermail/announce/\ndev http://lists.example.org/pipermail/dev/\nusers http://lists.example.org/pipermail/users/"},
		{"archives in a folder of their own", "/archive/pipermail/announce/", host + "/mailman/listinfo", "announce http://lists.example.org/archive/pipermail/announce/\ndev http://lists.example.org/archive/pipermail/dev/\nusers http://lists.example.org/archive/pipermail/users/"},
		{"the first is private", "/mailman/private/announce/", host, "announce http://lists.example.org/mailman/private/announce/\ndev http://lists.example.org/pipermail/dev/\nusers http://lists.example.org/pipermail/users/"},
		{"the page of one list", "/pipermail/announce/", host + "/mailman/listinfo/announce", "announce http://lists.example.org/pipermail/announce/"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := overviewOf(t.Context(), mailman(tt.archive), tt.url)
			if err != nil || got != tt.want {
				t.Errorf("%s, %v; want\n%s", got, err, tt.want)
			}
		})
	}
}

func TestOverviewOfWhatIsNone(t *testing.T) {
	h := fixtures.Handler(announce(1, 3), nil)
	if got, err := overviewOf(t.Context(), h, "http://lists.example.org/"); err == nil {
		t.Errorf("a site without Mailman: %s", got)
	}
	disallowed := fixtures.Handler(announce(1, 3), &fixtures.Faults{Robots: "User-agent: *\nDisallow: /mailman/\n"})
	if _, err := overviewOf(t.Context(), disallowed, "http://lists.example.org/"); err == nil || !strings.Contains(err.Error(), "robots.txt") {
		t.Errorf("robots.txt refuses, but: %v", err)
	}
	if _, err := overviewOf(t.Context(), h, "lists.example.org"); err == nil {
		t.Error("no URL is taken for one")
	}
}
