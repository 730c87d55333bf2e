package status

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"
)

// State names the state that answers are made from: as long as it is the same, the
// same question gets the same answer, but for dates such as "today". It takes
// little time.
func (k *Keeper) State(ctx context.Context) (string, error) {
	fresh, s, err := k.look(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %s %d %s %d %d", k.cfg.Version, fresh.Archive.Archive, fresh.Archive.Seq, fresh.State, fresh.Index.Seq, s.LastCrawl.Unix()), nil
}

// Unchanged sets the validators of an answer, ETag and Last-Modified, and answers
// 304, returning true, to who has that answer already. The parts are what the answer
// depends on beside the archive: the format, the query as it was read. Where the
// status cannot be told there are no validators.
//
// An answer that changes with the clock has to have what it makes of the clock among
// its parts, and wants timed: it gets no Last-Modified.
func (k *Keeper) Unchanged(w http.ResponseWriter, r *http.Request, timed bool, parts ...string) bool {
	state, err := k.State(r.Context())
	if err != nil {
		return false
	}
	sum := sha256.Sum256([]byte(strings.Join(append(parts, state), "\x00")))
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`
	h := w.Header()
	// Weak, since it is the same for all content encodings.
	h.Set("ETag", "W/"+tag)
	h.Set("Cache-Control", "no-cache")
	changed := k.lastModified()
	if !timed && !changed.IsZero() {
		h.Set("Last-Modified", changed.UTC().Format(http.TimeFormat))
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead || !has(r, tag, changed, timed) {
		return false
	}
	w.WriteHeader(http.StatusNotModified)
	return true
}

// lastModified is when the state changed; zero while that second lasts.
func (k *Keeper) lastModified() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.changed.After(k.cfg.Now()) {
		return time.Time{}
	}
	return k.changed
}

// has reports that who asks has the answer, as RFC 9110 orders the conditions.
func has(r *http.Request, tag string, changed time.Time, timed bool) bool {
	if given := r.Header.Values("If-None-Match"); len(given) > 0 {
		for candidate := range strings.SplitSeq(strings.Join(given, ","), ",") {
			candidate = strings.TrimSpace(candidate)
			if candidate == "*" || strings.TrimPrefix(candidate, "W/") == tag {
				return true
			}
		}
		return false
	}
	since, err := http.ParseTime(r.Header.Get("If-Modified-Since"))
	return err == nil && !timed && !changed.IsZero() && !changed.After(since)
}
