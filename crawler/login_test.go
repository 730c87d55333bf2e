package crawler

import (
	"bytes"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

const privateURL = "http://lists.example.org/mailman/private/announce/"

// private is the list of announce(2, 10) behind a login form.
func private(t *testing.T, adapt ...func(*fixtures.Private)) (*world, *fixtures.Private) {
	t.Helper()
	site := fixtures.NewSite(fixtures.List{Name: "announce", Path: "mailman/private/announce"}, messages(2, 10))
	door := &fixtures.Private{Path: site.Path(), Username: "ann@example.org", Password: "geheim & mehr"}
	for _, a := range adapt {
		a(door)
	}
	w := newWorld(t, site)
	w.wrap = func(h http.Handler) http.Handler { return door.Wrap(h) }
	return w, door
}

func withPassword(cfg *Config) {
	cfg.Credentials = map[string]Credentials{"lists.example.org": {"ann@example.org", "geheim & mehr"}}
}

func viaPages(cfg *Config) { cfg.Via = ViaPages }

// The form stands in the place of every page, with 200 or 401. A private list
// gives what the same list gives when it is public.
func TestPrivateArchive(t *testing.T) {
	for _, unauthorized := range []bool{false, true} {
		t.Run(fmt.Sprintf("unauthorized=%v", unauthorized), func(t *testing.T) {
			w, door := private(t, func(p *fixtures.Private) { p.Unauthorized = unauthorized })
			stats, err := w.crawlURL(t.Context(), privateURL, withPassword, viaPages)
			if err != nil || stats.FailedTotal > 0 || w.pages() != 20 {
				t.Fatalf("%+v, %v; %d pages held, want 20", stats, err, w.pages())
			}
			if door.Logins() != 1 {
				t.Errorf("%d logins, want 1", door.Logins())
			}
			open := newWorld(t, fixtures.NewSite(fixtures.List{Name: "announce", Path: "mailman/private/announce"}, messages(2, 10)))
			if _, err := open.crawlURL(t.Context(), privateURL, viaPages); err != nil {
				t.Fatal(err)
			}
			if !maps.Equal(bodies(t, w.archive), bodies(t, open.archive)) {
				t.Error("the private list has other pages than the same list in public")
			}
		})
	}
}

// QUIRK P18: when the session runs out, the form comes instead of a page. It
// is not content; the crawl logs in again.
func TestP18SessionRunsOut(t *testing.T) {
	w, door := private(t)
	var n atomic.Int64
	w.wrap = func(h http.Handler) http.Handler {
		guarded := door.Wrap(h)
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
			if n.Add(1)%13 == 0 {
				door.Expire()
			}
			guarded.ServeHTTP(rw, r)
		})
	}
	stats, err := w.crawlURL(t.Context(), privateURL, withPassword, viaPages)
	if err != nil || stats.FailedTotal > 0 || w.pages() != 20 {
		t.Fatalf("%+v, %v; %d pages held, want 20", stats, err, w.pages())
	}
	if door.Logins() < 2 {
		t.Errorf("%d logins, want one after each expiry", door.Logins())
	}
	assertNoForm(t, w.archive)
}

func assertNoForm(t *testing.T, a *archive.Archive) {
	t.Helper()
	for r, err := range a.Raws(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		if r.SHA256 == "" {
			continue
		}
		body, err := a.Body(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(body, []byte("Let me in")) {
			t.Errorf("the login form was kept as %s", r.URL)
		}
	}
}

func TestPrivateArchiveThatStaysClosed(t *testing.T) {
	wrong := func(cfg *Config) {
		cfg.Credentials = map[string]Credentials{"lists.example.org": {"ann@example.org", "wrong"}}
	}
	elsewhere := func(cfg *Config) {
		cfg.Credentials = map[string]Credentials{"other.example.org": {"ann@example.org", "geheim & mehr"}}
	}
	tests := []struct {
		name   string
		door   func(*fixtures.Private)
		adapt  func(*Config)
		want   string
		logins int
	}{
		{"no credentials", func(*fixtures.Private) {}, func(*Config) {}, "give a user name and password", 0},
		{"those of another host", func(*fixtures.Private) {}, elsewhere, "give a user name and password", 0},
		{"wrong ones are tried once", func(*fixtures.Private) {}, wrong, "it refused the user name and password", 1},
		{"a form that sends the password elsewhere", func(p *fixtures.Private) { p.Redirect = "http://other.example/mailman/private/announce/" },
			withPassword, "where the password was not sent", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w, door := private(t, tt.door)
			_, err := w.crawlURL(t.Context(), privateURL, tt.adapt, viaPages)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want an error with %q", err, tt.want)
			}
			if door.Logins() != tt.logins {
				t.Errorf("%d logins, want %d", door.Logins(), tt.logins)
			}
			for _, r := range w.log.Requests() {
				if r.Header.Get("Host") == "other.example" {
					t.Error("another host was asked")
				}
			}
		})
	}
}

// The password is in no file of the archive and in no line of the log.
func TestThePasswordStaysInMemory(t *testing.T) {
	w, _ := private(t)
	var log strings.Builder
	_, err := w.crawlURL(t.Context(), privateURL, withPassword, viaPages, func(cfg *Config) {
		cfg.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.archive.Close(); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(w.dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, secret := range []string{"geheim", "280200000069"} {
		if strings.Contains(log.String(), secret) {
			t.Errorf("%q is in the log", secret)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%q is in %s", secret, file)
			}
		}
	}
	cfg := Config{}
	withPassword(&cfg)
	if printed := fmt.Sprintf("%v %+v %#v", cfg, cfg, cfg.Credentials); strings.Contains(printed, "geheim") {
		t.Errorf("a printed Config shows the password: %s", printed)
	}
}
