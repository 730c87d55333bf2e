package serve

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
)

// site makes a server of one handler.
func site(t testing.TB, cfg Config, h http.HandlerFunc) *Server {
	t.Helper()
	cfg.Routes = append(cfg.Routes, Route{Pattern: "/", Handler: h})
	s, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// hello answers every request alike.
func hello(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "hello") }

// ask sends a request from an address, with headers in pairs.
func ask(h http.Handler, from, url string, headers ...string) *http.Response {
	r := httptest.NewRequest("GET", url, nil)
	r.RemoteAddr = from
	for i := 0; i < len(headers); i += 2 {
		r.Header.Add(headers[i], headers[i+1])
	}
	return send(h, r)
}

func send(h http.Handler, r *http.Request) *http.Response {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w.Result()
}

func body(t testing.TB, res *http.Response) string {
	t.Helper()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

const (
	here     = "127.0.0.1:4000"
	stranger = "203.0.113.9:4000"
)

// Whatever becomes of a request, the answer keeps a browser from running or
// loading anything.
func TestEveryAnswerIsStrict(t *testing.T) {
	s := site(t, Config{Prefix: "/lists", Hosts: []string{"lists.example.org"}}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/panic" {
			panic("oops")
		}
		hello(w, r)
	})
	for url, status := range map[string]int{
		"http://localhost/lists/": 200, "http://localhost/": 302, "http://localhost/elsewhere": 404, "http://localhost/lists/panic": 500,
		"http://evil.example/lists/": 421, "http://localhost/healthz": 200,
	} {
		res := ask(s, here, url)
		if res.StatusCode != status {
			t.Errorf("%s: status %d, want %d", url, res.StatusCode, status)
		}
		for name, want := range map[string]string{
			"Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
			"X-Content-Type-Options":  "nosniff",
			"Referrer-Policy":         "no-referrer",
			"X-Frame-Options":         "DENY",
		} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %s is %q", url, name, got)
			}
		}
	}
}

func TestPrefix(t *testing.T) {
	s := site(t, Config{Prefix: "/lists"}, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, r.URL.Path) })
	for path, want := range map[string]string{"/lists/": "/", "/lists/m/a": "/m/a", "/lists/mid/a%2Fb": "/mid/a/b"} {
		if got := body(t, ask(s, here, path)); got != want {
			t.Errorf("%s is served as %q, want %q", path, got, want)
		}
	}
	for _, path := range []string{"/", "/lists"} {
		if got := ask(s, here, path).Header.Get("Location"); got != "/lists/" {
			t.Errorf("%s leads to %q", path, got)
		}
	}
	if res := ask(s, here, "/listserver"); res.StatusCode != 404 {
		t.Errorf("a path that begins alike: status %d", res.StatusCode)
	}
}

// A page elsewhere whose name was pointed at this machine reads nothing.
func TestHosts(t *testing.T) {
	s := site(t, Config{Hosts: []string{"lists.example.org"}}, hello)
	for host, want := range map[string]int{
		"lists.example.org": 200, "LISTS.example.org:8080": 200, "lists.example.org.": 200, "localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200,
		"evil.example": 421, "lists.example.org.evil.example": 421, "localhost.evil.example:80": 421,
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr, r.Host = here, host
		if got := send(s, r).StatusCode; got != want {
			t.Errorf("asked as %s: status %d, want %d", host, got, want)
		}
	}
	if got := ask(site(t, Config{}, hello), stranger, "http://any.example/").StatusCode; got != 200 {
		t.Errorf("without names: status %d", got)
	}
}

// Only a proxy that is trusted may say for whom it asks.
func TestWhoAsks(t *testing.T) {
	var x *exchange
	var scheme, host, left string
	s := site(t, Config{CacheBytes: -1}, func(_ http.ResponseWriter, r *http.Request) {
		x, scheme, host, left = of(r), r.URL.Scheme, r.Host, r.Header.Get("X-Forwarded-For")
	})
	for _, tt := range []struct {
		name, peer   string
		forwarded    []string
		client       string
		local        bool
		scheme, host string
	}{
		{"directly", stranger, nil, "203.0.113.9", false, "http", "site.example"},
		{"from here", here, nil, "127.0.0.1", true, "http", "site.example"},
		{"by our proxy", here, []string{"198.51.100.7"}, "198.51.100.7", false, "https", "public.example"},
		{"by two of ours", here, []string{"198.51.100.7, 127.0.0.2"}, "198.51.100.7", false, "https", "public.example"},
		{"in two lines", here, []string{"198.51.100.7", "127.0.0.2"}, "198.51.100.7", false, "https", "public.example"},
		{"one who lies to our proxy", here, []string{"10.0.0.1, 198.51.100.7"}, "198.51.100.7", false, "https", "public.example"},
		{"one who lies to us", stranger, []string{"127.0.0.1"}, "203.0.113.9", false, "http", "site.example"},
		{"nonsense by our proxy", here, []string{"unknown"}, "127.0.0.1", false, "https", "public.example"},
		{"mapped", "[::ffff:203.0.113.9]:5", nil, "203.0.113.9", false, "http", "site.example"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			headers := []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "public.example"}
			for _, f := range tt.forwarded {
				headers = append(headers, "X-Forwarded-For", f)
			}
			if len(tt.forwarded) == 0 {
				headers = nil
			}
			ask(s, tt.peer, "http://site.example/", headers...)
			if x.client.String() != tt.client || x.local != tt.local || scheme != tt.scheme || host != tt.host || left != "" {
				t.Errorf("client %s, local %v, %s://%s, left %q", x.client, x.local, scheme, host, left)
			}
		})
	}
}

func TestRate(t *testing.T) {
	s := site(t, Config{Rate: 0.001}, hello) // a burst of one
	codes := func(from string, headers ...string) (all []int) {
		for range 3 {
			all = append(all, ask(s, from, "/", headers...).StatusCode)
		}
		return all
	}
	for _, tt := range []struct{ name, got, want string }{
		{"a stranger", fmt.Sprint(codes(stranger)), "[200 429 429]"},
		{"another", fmt.Sprint(codes("203.0.113.10:1")), "[200 429 429]"},
		{"this machine", fmt.Sprint(codes(here)), "[200 200 200]"},
		{"behind a proxy", fmt.Sprint(codes(here, "X-Forwarded-For", "198.51.100.7")), "[200 429 429]"},
		{"an IPv6 network", fmt.Sprint(codes("[2001:db8::1]:1"), codes("[2001:db8::2]:1")), "[200 429 429] [429 429 429]"},
	} {
		if tt.got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, tt.got, tt.want)
		}
	}
	if res := ask(s, stranger, "/"); res.Header.Get("Retry-After") == "" {
		t.Error("nobody says when to come again")
	}
}

// Another site's page cannot make a browser act here.
func TestOtherSitesCannotPost(t *testing.T) {
	s := site(t, Config{Origins: []string{"https://friend.example"}}, hello)
	for origin, want := range map[string]int{"https://evil.example": 403, "https://friend.example": 200, "": 200} {
		r := httptest.NewRequest("POST", "http://site.example/", strings.NewReader("x"))
		if origin != "" {
			r.Header.Set("Origin", origin)
			r.Header.Set("Sec-Fetch-Site", "cross-site")
		}
		if got := send(s, r).StatusCode; got != want {
			t.Errorf("from %q: status %d, want %d", origin, got, want)
		}
	}
}

func TestHealth(t *testing.T) {
	var trouble atomic.Value
	s := site(t, Config{
		Ready: func(context.Context) (string, error) { err, _ := trouble.Load().(error); return "behind", err },
		Figures: func(context.Context) ([]Figure, error) {
			return []Figure{{"messages", "Messages held.", "news", 7}}, nil
		},
	}, hello)
	check := func(from, path string, status int, text string) {
		t.Helper()
		res := ask(s, from, path)
		if got := body(t, res); res.StatusCode != status || !strings.Contains(got, text) {
			t.Errorf("%s: status %d, want %d: %.200s", path, res.StatusCode, status, got)
		}
	}
	check(stranger, "/healthz", 200, "alive")
	check(stranger, "/readyz", 200, "ready; behind")
	trouble.Store(fmt.Errorf("there is no index"))
	check(stranger, "/readyz", 503, "there is no index")
	check(stranger, "/healthz", 200, "alive")
	ask(s, here, "/page")
	check(here, "/metrics", 200, `bxserve_messages{list="news"} 7`)
	check(here, "/metrics", 200, `bxserve_requests_total{code="200",route="/"} 1`)
	check(stranger, "/metrics", 403, "")
	problems, err := testutil.GatherAndLint(s.figures.registry)
	if err != nil || len(problems) > 0 {
		t.Errorf("figures: %v, %v", problems, err)
	}
}
