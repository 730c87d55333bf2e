package crawler

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/internal/pipermail"
)

const maxRedirects = 10

// listFolder turns what a person pastes into the URL of a contents page's
// folder. What names a page inside the list stays as it is; that page then
// tells what it is.
func listFolder(raw string) (string, error) {
	raw = strings.TrimSpace(raw)
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return "", fmt.Errorf("%q is no URL: %w", raw, errors.Unwrap(err))
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "":
		return "", fmt.Errorf("%q is no URL of a list: it must begin with http:// or https://", raw)
	}
	// QUIRK: P20: cut as a string, so that a "//" inside the path survives.
	raw, _, _ = strings.Cut(raw, "#")
	raw, _, _ = strings.Cut(raw, "?")
	raw = strings.TrimSuffix(raw, "index.html")
	if !strings.HasSuffix(raw, "/") && !strings.HasSuffix(raw, ".html") {
		raw += "/"
	}
	return raw, nil
}

// folderOf is the folder that a page lies in.
func folderOf(u string) string { return u[:strings.LastIndexByte(u, '/')+1] }

// schemeless is a URL without http: or https:, which name the same page.
func schemeless(u string) string {
	if _, rest, ok := strings.Cut(u, "://"); ok {
		return rest
	}
	return u
}

// scope is what belongs to the list: the URLs below its folder.
type scope struct {
	base string // ends in "/"; empty until the contents page was seen
}

// redirect decides about a redirect to req.URL of a request that began at
// via[0]: inside the list every one is followed; the contents page may move to
// another folder or scheme of its host, which is then the list's.
func (s scope) redirect(req *http.Request, via []*http.Request) error {
	from, to := via[0].URL, req.URL
	switch {
	case len(via) >= maxRedirects:
		return permanent("more than %d redirects, the last to %s", maxRedirects, to)
	case to.Scheme != "http" && to.Scheme != "https":
		return permanent("it redirects to %s, which is no web page", to)
	case strings.HasSuffix(strings.ToLower(to.Path), ".xml.gz"):
		// QUIRK: H1: colly unpacks by this name, without a bound.
		return permanent("it redirects to %s, a packed file", to)
	case req.Method == http.MethodPost:
		return permanent("its login form redirects to %s, where the password was not sent", to)
	case from.Path == "/robots.txt":
		return nil
	case s.base != "":
		if !pipermail.Locate(s.base, to.String()).OK {
			return permanent("it redirects to %s, which is outside of the list", to)
		}
	case to.Hostname() != from.Hostname():
		return permanent("it redirects to %s, on another host; if the list has moved there, crawl that URL", to)
	}
	return nil
}
