package crawlcli

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
)

// Text files and pages stand in for each other: what one of them tells is not
// missed where the other could not be had.
func TestStatusOfWhatAnotherFileTells(t *testing.T) {
	broken := func(parts ...string) func(http.Handler) http.Handler {
		return func(h http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				for _, p := range parts {
					if strings.HasSuffix(r.URL.Path, p) {
						w.WriteHeader(http.StatusNotImplemented) // asked for once a run
						return
					}
				}
				h.ServeHTTP(w, r)
			})
		}
	}
	for _, tt := range []struct {
		name   string
		nights []func(http.Handler) http.Handler
		lack   string // what the status complains of
	}{
		{"a page fails, and the text file", []func(http.Handler) http.Handler{broken("February.txt", "March.txt", ".txt.gz", "/000105.html")}, "000105.html: the server answered 501"},
		{"the text file comes later", []func(http.Handler) http.Handler{broken("February.txt", "March.txt", ".txt.gz", "/000105.html"), broken("/000105.html")}, ""},
		{"text files fail", []func(http.Handler) http.Handler{broken("February.txt", "March.txt", ".txt.gz")}, ""},
		{"an index fails", []func(http.Handler) http.Handler{broken("2021-February/thread.html", "2021-February/date.html", "2021-February/subject.html", "2021-February/author.html")}, "2021-February"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := newMonth(t, "auto")
			for _, w := range tt.nights {
				m.clock.Advance(24 * time.Hour)
				m.weather(w)
				m.env(&strings.Builder{}).Run(t.Context(), command(m.env(&strings.Builder{})), []string{"--delay", "0", "--quiet", m.list})
			}
			var out strings.Builder
			env := m.env(&strings.Builder{})
			env.Stdout = &out
			code := env.Run(t.Context(), command(env), []string{"status", "--max-age", "24h"})
			want := cli.ExitDone
			if tt.lack != "" {
				want = cli.ExitPartial
			}
			if code != want || !strings.Contains(out.String(), tt.lack) {
				t.Errorf("exit code %d, want %d; it should name %q:\n%s", code, want, tt.lack, &out)
			}
		})
	}
}
