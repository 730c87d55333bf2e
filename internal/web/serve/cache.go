package serve

import (
	"bytes"
	"maps"
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

// send answers a request with what is kept, or says that the client has it.
func (a *answer) send(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	maps.Copy(h, a.header)
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	modified, _ := http.ParseTime(h.Get("Last-Modified"))
	http.ServeContent(w, r, "", modified, bytes.NewReader(a.body))
}
