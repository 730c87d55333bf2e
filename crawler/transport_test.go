package crawler

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

// through sends one request through the transport to a handler.
func through(t *testing.T, h http.HandlerFunc, cfg Config) (*http.Response, *gate, error) {
	t.Helper()
	cfg = cfg.withDefaults()
	g := newGate(cfg, "lists.example.org")
	tr := &transport{
		base:    fixtures.Transport(h),
		gates:   &gates{hosts: map[string]*gate{}, make: func(string) *gate { return g }},
		maxBody: cfg.MaxBody, idle: cfg.Idle, count: new(atomic.Int64),
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://h.example/", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := tr.RoundTrip(req)
	return resp, g, err
}

func pack(t *testing.T, body string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A body over the bound is an error wherever the excess shows, and the slot at
// the gate is free again.
func TestH2TooBigIsAnErrorNotACut(t *testing.T) {
	for _, test := range []struct {
		name string
		h    http.HandlerFunc
		ok   bool
	}{
		{"at the bound", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1000)) }, true},
		{"one byte over", func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, strings.Repeat("x", 1001)) }, false},
		{"declared over", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "52428800")
			io.WriteString(w, "x")
		}, false},
		{"packed small, unpacked over", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "x-gzip")
			w.Write(pack(t, strings.Repeat("x", 1<<20)))
		}, false},
		{"packed", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "x-gzip")
			w.Write(pack(t, "text"))
		}, true},
		{"packed in an unknown way", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "text")
		}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			resp, g, err := through(t, test.h, Config{MaxBody: 1000})
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
				resp.Body.Close()
			}
			if (err == nil) != test.ok {
				t.Errorf("error %v, want success: %v", err, test.ok)
			}
			if err != nil && (&FetchError{Err: err}).retryable() {
				t.Errorf("%v would be tried again", err)
			}
			if len(g.slots) != 0 {
				t.Error("the slot was not given back")
			}
		})
	}
}

// silent is a transport whose body gives a byte each pause, and then nothing.
type silent struct {
	bytes int
	pause time.Duration
	done  <-chan struct{}
}

func (s *silent) RoundTrip(r *http.Request) (*http.Response, error) {
	s.done = r.Context().Done()
	return &http.Response{StatusCode: 200, Header: http.Header{}, Body: s, ContentLength: -1, Request: r}, nil
}

func (s *silent) Read(p []byte) (int, error) {
	if s.bytes == 0 {
		<-s.done
		return 0, errors.New("read on a closed connection")
	}
	s.bytes--
	time.Sleep(s.pause)
	return copy(p, "x"), nil
}

func (s *silent) Close() error { return nil }

// A slow answer is read for as long as it moves; silence ends it.
func TestH2TimeIsCountedFromTheLastByte(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Idle: time.Minute}.withDefaults()
		tr := &transport{
			base:    &silent{bytes: 10, pause: 50 * time.Second},
			gates:   &gates{hosts: map[string]*gate{}, make: func(host string) *gate { return newGate(cfg, host) }},
			maxBody: cfg.MaxBody, idle: cfg.Idle, count: new(atomic.Int64),
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://h.example/", nil)
		begun := time.Now()
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		got, err := io.ReadAll(resp.Body)
		if len(got) != 10 || !errors.Is(err, errIdle) {
			t.Errorf("read %d bytes, then %v; want 10, then the idle error", len(got), err)
		}
		if took := time.Since(begun); took != 560*time.Second {
			t.Errorf("gave up after %v, want 10 times 50s and a minute", took)
		}
	})
}

// One that drips for ever is ended.
func TestH2DripIsEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		cfg := Config{Idle: time.Minute}.withDefaults()
		tr := &transport{
			base:    &silent{bytes: 1 << 30, pause: time.Second},
			gates:   &gates{hosts: map[string]*gate{}, make: func(host string) *gate { return newGate(cfg, host) }},
			maxBody: cfg.MaxBody, idle: cfg.Idle, count: new(atomic.Int64),
		}
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://h.example/", nil)
		resp, err := tr.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, errDrip) {
			t.Errorf("read until %v, want the error about dripping", err)
		}
	})
}

func TestTypeIsHiddenFromColly(t *testing.T) {
	resp, _, err := through(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=koi8-r")
		io.WriteString(w, "x")
	}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.Header.Get("Content-Type") != "" || resp.Header.Get(typeHeader) != "text/html; charset=koi8-r" {
		t.Errorf("headers %v: the type must be under %s alone", resp.Header, typeHeader)
	}
}
