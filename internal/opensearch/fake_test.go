package opensearch

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const hello = `{"cluster_name":"c","cluster_uuid":"u1","version":{"distribution":"opensearch","number":"3.8.0"},"tagline":"The OpenSearch Project"}`

// answering is a node that greets well, and gives every other call to h.
func answering(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			io.WriteString(w, hello)
			return
		}
		h(w, r)
	}
}

// saying answers each call with a status and a text.
func saying(status int, text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		io.WriteString(w, text)
	}
}

// to opens a client of a fake node. It never tries again unless cfg says so.
func to(t *testing.T, h http.HandlerFunc, cfg Config) *Client {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	cfg.Addresses = append([]string{s.URL}, cfg.Addresses...)
	if cfg.Patience == 0 {
		cfg.Patience, cfg.BulkPatience = -1, -1
	}
	c, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// nodes are fake nodes without a network, by host, for tests that let time pass.
type nodes map[string]func(*http.Request) (*http.Response, error)

func (n nodes) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	return n[r.URL.Host](r)
}

// open makes a client of them.
func (n nodes) open(t *testing.T, cfg Config) *Client {
	t.Helper()
	for host := range n {
		cfg.Addresses = append(cfg.Addresses, "http://"+host)
	}
	cfg.Transport = n
	c, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// reply makes an answer; head is like "Retry-After: 5".
func reply(status int, text string, head ...string) *http.Response {
	res := &http.Response{StatusCode: status, Header: http.Header{}, ContentLength: int64(len(text)), Body: io.NopCloser(strings.NewReader(text))}
	for _, line := range head {
		name, value, _ := strings.Cut(line, ": ")
		res.Header.Set(name, value)
	}
	return res
}

func greets(r *http.Request, call func(body string) (*http.Response, error)) (*http.Response, error) {
	if r.URL.Path == "/" {
		return reply(200, hello), nil
	}
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	return call(string(body))
}

// within fails unless about so much of the bubble's time has passed.
func within(t *testing.T, began time.Time, least, most time.Duration) {
	t.Helper()
	if d := time.Since(began); d < least || d > most {
		t.Errorf("it took %s, not between %s and %s", d, least, most)
	}
}

func mentions(t *testing.T, err error, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(fmt.Sprint(err), part) {
			t.Errorf("the message %q does not mention %q", err, part)
		}
	}
}
