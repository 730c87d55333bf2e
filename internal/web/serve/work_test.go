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
	"time"

	"github.com/klauspost/compress/zstd"
)

// counted answers with how often it was asked.
func counted(n *atomic.Int64) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", `"v1"`)
		w.Header().Set("Last-Modified", "Mon, 23 Nov 2026 12:00:00 GMT")
		switch r.URL.Path {
		case "/private":
			w.Header().Set("Cache-Control", "no-store")
		case "/missing":
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, n.Add(1))
	}
}

func TestCache(t *testing.T) {
	var n atomic.Int64
	state := "1"
	s := site(t, Config{State: func(context.Context) (string, error) {
		if state == "" {
			return "", io.ErrUnexpectedEOF
		}
		return state, nil
	}}, counted(&n))
	for _, step := range []struct {
		name, state, url, accept string
		want                     string
	}{
		{"first", "1", "/a?q=x", "", "1"},
		{"again", "1", "/a?q=x", "", "1"},
		{"another query", "1", "/a?q=y", "", "2"},
		{"another format", "1", "/a?q=x", "application/json", "3"},
		{"both still there", "1", "/a?q=x", "", "1"},
		{"news", "2", "/a?q=x", "", "4"},
		{"and again", "2", "/a?q=x", "", "4"},
		{"state unknown", "", "/a?q=x", "", "5"},
		{"not to be kept", "2", "/private", "", "6"},
		{"really not", "2", "/private", "", "7"},
		{"a failure", "2", "/missing", "", "8"},
		{"is not kept", "2", "/missing", "", "9"},
	} {
		state, s.states.looked = step.state, time.Time{}
		if got := body(t, ask(s, here, step.url, "Accept", step.accept)); got != step.want {
			t.Errorf("%s: answer %s, want %s", step.name, got, step.want)
		}
	}
}

func TestKeptAnswersAreConditional(t *testing.T) {
	var n atomic.Int64
	s := site(t, Config{}, counted(&n))
	ask(s, here, "/")
	for header, want := range map[string]int{`"v1"`: 304, `W/"v1"`: 304, `"v0", "v1"`: 304, "*": 304, `"v0"`: 200, "": 200} {
		res := ask(s, here, "/", "If-None-Match", header)
		if res.StatusCode != want || res.Header.Get("ETag") != `"v1"` {
			t.Errorf("If-None-Match %s: status %d, want %d; ETag %s", header, res.StatusCode, want, res.Header.Get("ETag"))
		}
	}
	for since, want := range map[string]int{"Mon, 23 Nov 2026 12:00:00 GMT": 304, "Mon, 23 Nov 2026 11:59:59 GMT": 200} {
		if res := ask(s, here, "/", "If-Modified-Since", since); res.StatusCode != want {
			t.Errorf("If-Modified-Since %s: status %d, want %d", since, res.StatusCode, want)
		}
	}
	r := httptest.NewRequest("HEAD", "/", nil)
	r.RemoteAddr = here
	if res := send(s, r); body(t, res) != "" || res.Header.Get("Content-Length") != "1" {
		t.Errorf("HEAD: length %q", res.Header.Get("Content-Length"))
	}
	if n.Load() != 1 {
		t.Errorf("the handler was asked %d times", n.Load())
	}
}

// Many who ask the same at once cost one search, also when the first of them does
// not read its answer.
func TestAskedAtOnce(t *testing.T) {
	var n atomic.Int64
	g := newGate()
	s := site(t, Config{Places: 1, Patience: time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		g.wait()
		hello(w, r)
	})
	first, stuck := make(chan struct{}), newGate()
	go func() {
		r := request("/")
		s.ServeHTTP(&stuckWriter{httptest.NewRecorder(), stuck}, r)
		close(first)
	}()
	<-g.in
	codes := make(chan int)
	for range 20 {
		go func() { codes <- ask(s, here, "/").StatusCode }()
	}
	close(g.out)
	<-stuck.in
	for range 20 {
		if got := <-codes; got != 200 {
			t.Errorf("status %d", got)
		}
	}
	if n.Load() != 1 {
		t.Errorf("the handler was asked %d times", n.Load())
	}
	close(stuck.out)
	<-first
}

// stuckWriter is a client that does not read.
type stuckWriter struct {
	http.ResponseWriter
	gate gate
}

func (w *stuckWriter) Write(p []byte) (int, error) {
	w.gate.wait()
	return len(p), nil
}

// What is kept stays within its bound, whoever asks for whatever.
func TestCacheIsBounded(t *testing.T) {
	const bound = 100_000
	s := site(t, Config{CacheBytes: bound}, func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, strings.Repeat("x", 5000)) })
	for i := range 200 {
		ask(s, here, fmt.Sprintf("/?q=%d", i))
		if used, _ := s.cache.size(); used > bound {
			t.Fatalf("%d bytes are kept", used)
		}
	}
	if _, n := s.cache.size(); n == 0 {
		t.Error("nothing is kept")
	}
}

func TestPacking(t *testing.T) {
	text := strings.Repeat("the same words again ", 1000)
	s := site(t, Config{}, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, text)
	})
	for accept, want := range map[string]string{
		"gzip, deflate, br, zstd": "zstd", "gzip, deflate": "gzip", "zstd;q=0, gzip;q=0.5": "gzip", "br": "", "": "", "gzip;q=0": "", "GZIP": "gzip",
	} {
		for _, when := range []string{"fresh", "kept"} {
			res := ask(s, here, "/", "Accept-Encoding", accept)
			if got := res.Header.Get("Content-Encoding"); got != want {
				t.Errorf("%s, %s: packed as %q, want %q", accept, when, got, want)
			}
			if !strings.Contains(strings.Join(res.Header.Values("Vary"), ","), "Accept-Encoding") {
				t.Errorf("%s, %s: Vary is %q", accept, when, res.Header.Values("Vary"))
			}
		}
	}
	z, err := zstd.NewReader(ask(s, here, "/", "Accept-Encoding", "zstd").Body)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if got, err := io.ReadAll(z); err != nil || string(got) != text {
		t.Errorf("unpacked: %d bytes, %v", len(got), err)
	}
}

// gate is a handler that waits, and tells when it does.
type gate struct{ in, out chan struct{} }

func newGate() gate { return gate{make(chan struct{}), make(chan struct{})} }

func (g gate) wait() {
	g.in <- struct{}{}
	<-g.out
}

// Who comes when all places are taken is told so, and soon.
func TestOverload(t *testing.T) {
	g := newGate()
	s := site(t, Config{Places: 1, Patience: time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			g.wait()
		}
		hello(w, r)
	})
	ask(s, here, "/kept")
	slow := make(chan *http.Response)
	go func() { slow <- ask(s, here, "/slow") }()
	<-g.in
	res := ask(s, here, "/other")
	if res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
	for _, free := range []string{"/kept", "/healthz"} {
		if got := ask(s, here, free).StatusCode; got != 200 {
			t.Errorf("%s needs no place: status %d", free, got)
		}
	}
	close(g.out)
	if got := (<-slow).StatusCode; got != 200 {
		t.Errorf("the one that had the place: status %d", got)
	}
	if got := ask(s, here, "/other").StatusCode; got != 200 {
		t.Errorf("afterwards: status %d", got)
	}
}

// Long answers leave the places to searches, and are few.
func TestStreams(t *testing.T) {
	g := newGate()
	s := site(t, Config{Places: 1, Patience: time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/long" {
			hello(w, r)
			return
		}
		for range 3 {
			if _, err := io.WriteString(w, strings.Repeat("x", maxKept/2)); err != nil {
				return
			}
		}
		g.wait()
	})
	long := make(chan *http.Response)
	for range maxStreams {
		go func() { long <- ask(s, here, "/long") }()
		<-g.in
	}
	if got := ask(s, here, "/search").StatusCode; got != 200 {
		t.Errorf("a search beside long answers: status %d", got)
	}
	if res := ask(s, here, "/long"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("one long answer too many: status %d", res.StatusCode)
	}
	close(g.out)
	for range maxStreams {
		if res := <-long; res.StatusCode != 200 || len(body(t, res)) != 3*(maxKept/2) {
			t.Errorf("a long answer: status %d", res.StatusCode)
		}
	}
	if got := ask(s, here, "/search").StatusCode; got != 200 {
		t.Errorf("afterwards: status %d", got)
	}
}

// A handler that flushes is seen at once.
func TestFlushedAnswersGoOut(t *testing.T) {
	g := newGate()
	s := site(t, Config{}, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "first")
		w.(http.Flusher).Flush()
		g.wait()
	})
	server := httptest.NewServer(s)
	defer server.Close()
	go func() { <-g.in }()
	res, err := http.Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	first := make([]byte, 5)
	if _, err := io.ReadFull(res.Body, first); err != nil || string(first) != "first" {
		t.Errorf("got %q, %v", first, err)
	}
	close(g.out)
	res.Body.Close()
}

func TestDeadline(t *testing.T) {
	s := site(t, Config{Deadline: time.Millisecond}, func(w http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		http.Error(w, "context canceled", http.StatusInternalServerError)
	})
	if res := ask(s, here, "/"); res.StatusCode != 503 || res.Header.Get("Retry-After") == "" {
		t.Errorf("status %d, Retry-After %q", res.StatusCode, res.Header.Get("Retry-After"))
	}
}
