package web

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/internal/web/link"
)

// twins are the media types that ask for another format at the same address.
var twins = map[string]link.Format{
	"application/json": link.JSON, "text/markdown": link.Markdown,
	"text/html": link.HTML, "application/xhtml+xml": link.HTML, "*/*": link.HTML, "text/*": link.HTML,
}

// accepted returns the format that a request likes best; HTML if it does not say, or
// likes several the same.
func accepted(r *http.Request) link.Format {
	best, most := link.HTML, 0.0
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		name, params, _ := strings.Cut(part, ";")
		f, ok := twins[strings.ToLower(strings.TrimSpace(name))]
		if q := quality(params); ok && (q > most || q == most && f == link.HTML) {
			best, most = f, q
		}
	}
	return best
}

// quality reads the q of a media range.
func quality(params string) float64 {
	for p := range strings.SplitSeq(params, ";") {
		if value, ok := strings.CutPrefix(strings.TrimSpace(p), "q="); ok {
			q, err := strconv.ParseFloat(value, 64)
			if err != nil || q < 0 || q > 1 {
				return 0
			}
			return q
		}
	}
	return 1
}

// named cuts a path's last segment into what it names and the format of its suffix;
// without one, the format is what the request accepts.
func named(r *http.Request, segment string) (string, link.Format) {
	name, suffix, ok := strings.Cut(segment, ".")
	if !ok {
		return name, accepted(r)
	}
	return name, link.Format("." + suffix)
}
