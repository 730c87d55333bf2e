package serve

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzhttp"
)

// encodings settles on one encoding that the client takes, so that all that
// take the same get the same answer from the cache. It is outside of it.
func encodings(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		encoding := accepted(r.Header.Get("Accept-Encoding"))
		r.Header.Del("Accept-Encoding")
		if encoding != "" {
			r.Header.Set("Accept-Encoding", encoding)
		}
		next.ServeHTTP(w, r)
	})
}

// accepted is the best of the encodings that a client takes and we have.
func accepted(header string) string {
	takes := map[string]bool{}
	for one := range strings.SplitSeq(header, ",") {
		name, weight, _ := strings.Cut(one, ";")
		if q, ok := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q="); ok {
			if v, err := strconv.ParseFloat(q, 64); err != nil || v <= 0 {
				continue
			}
		}
		takes[strings.ToLower(strings.TrimSpace(name))] = true
	}
	for _, name := range []string{"zstd", "gzip"} {
		if takes[name] {
			return name
		}
	}
	return ""
}

// compressor packs answers of text.
func compressor() (func(http.Handler) http.HandlerFunc, error) {
	return gzhttp.NewWrapper(gzhttp.MinSize(1024), gzhttp.PreferZstd(true))
}
