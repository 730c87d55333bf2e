package crawler

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/publicsuffix"

	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// Credentials open a private archive. They are sent to its login form and kept
// nowhere; printed, they do not show.
type Credentials struct{ Username, Password string }

// String implements fmt.Stringer.
func (Credentials) String() string { return "(secret)" }

// GoString implements fmt.GoStringer.
func (Credentials) GoString() string { return "(secret)" }

// session is one crawl's standing with private archives. Its cookies are in
// memory only.
type session struct {
	logins atomic.Int64 // so many have succeeded

	mu      sync.Mutex // one login at a time
	refused error      // why no further one is tried
}

// keepCookies lets the collector keep cookies, which are off without
// credentials: an archive for everybody needs none.
func (f *fetcher) keepCookies() {
	if len(f.cfg.Credentials) == 0 {
		return
	}
	jar, err := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List})
	if err == nil { // there is no error that it could return
		f.collector.SetCookieJar(jar)
	}
}

// read asks for a page. Where a login form stands in its place, it logs in and
// asks again: at the first page, and when the session has run out.
//
// QUIRK: P18: the form comes with status 200 as well as 401, and in the place
// of text files and attachments too. It is never content.
func (f *fetcher) read(ctx context.Context, url string, header http.Header) (*colly.Response, error) {
	for range maxLogins {
		before := f.session.logins.Load()
		r, err := f.ask(ctx, http.MethodGet, url, nil, header)
		if err != nil || !isLogin(r) {
			return r, err
		}
		if err := f.login(ctx, url, r, before); err != nil {
			return nil, err
		}
	}
	return nil, &accessError{hostOf(url), "each login succeeds, and the next page asks for it again"}
}

// maxLogins is how often one page may ask for a login.
const maxLogins = 3

// login sends the credentials to the page where the form was found, wherever
// the form itself wants them. before is how many logins there had been when
// that page was asked for: one more by now will do.
func (f *fetcher) login(ctx context.Context, asked string, form *colly.Response, before int64) error {
	f.session.mu.Lock()
	defer f.session.mu.Unlock()
	if f.session.refused != nil || f.session.logins.Load() != before {
		return f.session.refused
	}
	to := form.Request.URL
	secret, ok := f.credentials(to)
	switch {
	case !ok:
		f.session.refused = &accessError{to.Host, "give a user name and password for it"}
		return f.session.refused
	case strings.HasPrefix(asked, "https:") && to.Scheme != "https":
		f.session.refused = &accessError{to.Host, "its login form is not encrypted, though the list's URL is; the password was not sent"}
		return f.session.refused
	case to.Scheme != "https":
		f.cfg.Logger.Warn("the password goes over the network unencrypted", "host", to.Host)
	}
	fields := url.Values{"username": {secret.Username}, "password": {secret.Password}, "submit": {"Let me in..."}}
	header := f.header(validators{})
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	r, err := f.ask(ctx, http.MethodPost, to.String(), strings.NewReader(fields.Encode()), header)
	switch {
	case err != nil:
		return err
	case isLogin(r):
		f.session.refused = &accessError{to.Host, "it refused the user name and password"}
		return f.session.refused
	case r.StatusCode >= 400:
		return &FetchError{URL: asked, Status: r.StatusCode}
	}
	f.session.logins.Add(1)
	return nil
}

// credentials finds those for a host, with its port or without.
func (f *fetcher) credentials(u *url.URL) (Credentials, bool) {
	for _, host := range []string{u.Host, u.Hostname()} {
		for name, c := range f.cfg.Credentials {
			if strings.EqualFold(name, host) {
				return c, true
			}
		}
	}
	return Credentials{}, false
}

func isLogin(r *colly.Response) bool {
	if r.StatusCode != http.StatusOK && r.StatusCode != http.StatusUnauthorized {
		return false
	}
	return pipermail.IsLogin(pipermail.Page{URL: r.Request.URL.String(), ContentType: r.Headers.Get(typeHeader), Body: r.Body})
}

// accessError ends a crawl: no page of a private archive can be had.
type accessError struct{ host, reason string }

func (e *accessError) Error() string {
	return fmt.Sprintf("the archive on %s is private: %s", e.host, e.reason)
}
