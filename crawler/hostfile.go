package crawler

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

// maxAhead is how far in the future a start that another process reserved may
// lie. A later one was written by a clock that was wrong.
const maxAhead = maxRetryAfter + maxCrawlDelay

// hostFile tells processes of one machine apart from a crowd: they write down
// when the latest request to a host may start, and until when it asked for
// silence, so that all of them together keep the distance. Its file is locked
// while it is read and written, never longer.
type hostFile struct {
	lock *flock.Flock
}

// newHostFile uses the file for a host in dir, which it creates.
func newHostFile(dir, host string) (*hostFile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("share the distance between requests with other processes: %w", err)
	}
	name := strings.NewReplacer(":", "_", "/", "_", "\\", "_").Replace(strings.ToLower(host))
	return &hostFile{flock.New(filepath.Join(dir, name))}, nil
}

// change reads both times, lets f change them, and writes what it returns.
func (h *hostFile) change(now time.Time, f func(last, until time.Time) (time.Time, time.Time)) error {
	if err := h.lock.Lock(); err != nil {
		return err
	}
	defer h.lock.Unlock()
	var last, until int64
	if b, err := os.ReadFile(h.lock.Path()); err == nil {
		_, _ = fmt.Sscan(string(b), &last, &until) // an empty file says: never
	}
	a, b := f(sane(last, now), sane(until, now))
	return os.WriteFile(h.lock.Path(), fmt.Appendf(nil, "%d %d\n", a.UnixNano(), b.UnixNano()), 0o644)
}

// sane reads a time that another process wrote; zero if it cannot be right.
func sane(nanos int64, now time.Time) time.Time {
	t := time.Unix(0, nanos)
	if nanos <= 0 || t.Sub(now) > maxAhead {
		return time.Unix(0, 0)
	}
	return t
}
