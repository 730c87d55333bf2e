package crawler

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// maxRetryAfter bounds how long a crawl waits because the server asks for
	// it; beyond, the crawl ends and the next one goes on where it stopped.
	maxRetryAfter = 10 * time.Minute
)

// backoff is the pause before attempt n+1, n from 0: doubled each time, and
// spread by jitter in [0, 1) over the upper half, so that clients that failed
// together do not come back together.
func backoff(n int, jitter float64) time.Duration {
	d := maxBackoff
	if n < 6 {
		d = min(firstBackoff<<n, maxBackoff)
	}
	return d/2 + time.Duration(jitter*float64(d/2))
}

// retryAfter reads a Retry-After header: seconds, or a date. Zero means that
// there is none, or none to be understood.
func retryAfter(value string, now time.Time) time.Duration {
	value = strings.TrimSpace(value)
	if n, err := strconv.ParseInt(value, 10, 32); err == nil {
		return max(time.Duration(n)*time.Second, 0)
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(at.Sub(now), 0)
	}
	return 0
}
