package serve

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

// answer is one that is kept.
type answer struct {
	state  string
	until  time.Time
	header http.Header
	body   []byte
}

// maxKey bounds the key of an answer: longer URLs are rare, and not kept.
const maxKey = 2000

// overhead is what an answer takes beside its body and its key, about.
const overhead = 1500

// keyOf names the answer to a request, by all that it may depend on.
func keyOf(r *http.Request) (string, bool) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Range") != "" {
		return "", false
	}
	key := strings.Join([]string{
		r.URL.Path, r.URL.RawQuery, r.Header.Get("Accept"), r.Header.Get("Accept-Encoding"), r.URL.Scheme, r.Host, r.Header.Get("Origin"),
	}, "\x00")
	return key, len(key) <= maxKey
}

// find returns the answer that is kept for a request, unless it is out of date.
func (s *Server) find(key, state string) (*answer, bool) {
	a, ok := s.cache.get(key)
	if !ok || a.state != state || time.Now().After(a.until) {
		return nil, false
	}
	return a, true
}

// keep keeps an answer, if it is one to be kept.
func (s *Server) keep(key, state string, g *gathered) {
	control := g.header.Get("Cache-Control")
	if g.status != http.StatusOK || strings.Contains(control, "no-store") || strings.Contains(control, "private") || g.header.Get("Set-Cookie") != "" {
		return
	}
	a := &answer{state, time.Now().Add(maxKeptAge), g.header, g.body.Bytes()}
	s.cache.put(key, a, int64(len(key)+cap(a.body)+overhead))
}

// send answers a request with what is kept.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	copyHeader(w.Header(), a.header)
	if etag := a.header.Get("ETag"); etag != "" && matches(r.Header.Get("If-None-Match"), etag) {
		w.Header().Del("Content-Length")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
	w.WriteHeader(http.StatusOK)
	if r.Method != http.MethodHead {
		_, _ = w.Write(a.body) // who went away need not be told
	}
}

// matches compares a validator with those that a client has, weakly.
func matches(header, etag string) bool {
	etag = strings.TrimPrefix(etag, "W/")
	for one := range strings.SplitSeq(header, ",") {
		one = strings.TrimPrefix(strings.TrimSpace(one), "W/")
		if one == etag || one == "*" {
			return true
		}
	}
	return false
}

func copyHeader(to, from http.Header) {
	for name, values := range from {
		to[name] = values
	}
}
