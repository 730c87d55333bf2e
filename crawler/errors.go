package crawler

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// FetchError says that a URL could not be had, after all retries.
type FetchError struct {
	URL    string
	Status int   // HTTP status; 0 when no answer came
	Err    error // why, where a status alone does not say it; may be nil
}

func (e *FetchError) Error() string { return fmt.Sprintf("fetch %s: %s", e.URL, e.reason()) }

// Unwrap returns the cause.
func (e *FetchError) Unwrap() error { return e.Err }

// reason is the error without the URL, for records that hold the URL already.
func (e *FetchError) reason() string {
	if e.Err != nil {
		return e.Err.Error()
	}
	return fmt.Sprintf("the server answered %d %s", e.Status, http.StatusText(e.Status))
}

// gone reports that the server says there is no such page, or not for us.
func (e *FetchError) gone() bool {
	return e.Status == http.StatusNotFound || e.Status == http.StatusGone || e.Status == http.StatusForbidden
}

// permanentError marks a cause that another attempt would meet again.
type permanentError struct{ err error }

func (e *permanentError) Error() string { return e.err.Error() }
func (e *permanentError) Unwrap() error { return e.err }

func permanent(format string, args ...any) error {
	return &permanentError{fmt.Errorf(format, args...)}
}

// errDisallowed is the cause when robots.txt refuses a page inside a list that
// it allows.
var errDisallowed = permanent("robots.txt does not allow it")

// retryable reports whether another attempt may succeed where this one failed.
func (e *FetchError) retryable() bool {
	if e.Err == nil {
		return retryableStatus(e.Status)
	}
	var (
		p    *permanentError
		cert *tls.CertificateVerificationError
		dns  *net.DNSError
	)
	switch {
	case errors.Is(e.Err, context.Canceled), errors.Is(e.Err, context.DeadlineExceeded):
		return false
	case errors.As(e.Err, &p), errors.As(e.Err, &cert):
		return false
	case errors.As(e.Err, &dns):
		return !dns.IsNotFound
	}
	return true
}

// retryableStatus is true for the statuses by which a server says "not now".
func retryableStatus(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests:
		return true
	case http.StatusNotImplemented, http.StatusHTTPVersionNotSupported:
		return false
	}
	return status >= 500
}

// plain takes off the "Get <url>:" that net/http puts before every error.
func plain(err error) error {
	if ue, ok := errors.AsType[*url.Error](err); ok {
		return ue.Err
	}
	return err
}

// ComeBackError ends a crawl whose server asks for a longer pause than a crawl
// waits for. The next crawl goes on where this one stopped.
type ComeBackError struct {
	URL   string
	After time.Duration
}

func (e *ComeBackError) Error() string {
	return fmt.Sprintf("%s asks to be left alone for %s; run the same command again after that, it goes on where it stopped",
		hostOf(e.URL), e.After.Round(time.Second))
}
