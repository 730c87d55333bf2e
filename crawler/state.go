package crawler

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// What a crawl must remember is kept as JSON in the archive's crawl state:
//
//	run            runState
//	period/<name>  periodState
const (
	runKey       = "run"
	periodPrefix = "period/"
)

// maxRunAge is how long an unfinished run can be continued. After that its
// index pages are too old to go by, and a new run begins.
const maxRunAge = 3 * 24 * time.Hour

// A period may change after its end: mails arrive late, in the server's zone,
// and the text file by the next night (P1). So it is looked at once more when
// settleTime has passed: in a run that finds news anyway, or after patience.
const (
	settleTime = 24 * time.Hour
	patience   = 7 * 24 * time.Hour
)

// maxTextTries is in how many runs a text file may fail before its pages have
// to do.
const maxTextTries = 3

// textOwed reports whether the text file should still be asked for although
// all pages are held.
func (s periodState) textOwed() bool { return s.TextTries > 0 && s.TextTries < maxTextTries }

// rotation is how long a settled period is left alone. After that its turn
// comes in a run that finds news, one period a run.
const rotation = 30 * 24 * time.Hour

// runState is one pass over a list, which may take several processes.
type runState struct {
	Begun    time.Time `json:"begun"`
	Finished time.Time `json:"finished,omitzero"`
	// Rebuilt says that a period was found rebuilt, so all are looked at (P10):
	// their sizes may be the same.
	Rebuilt bool `json:"rebuilt,omitempty"`
}

// resumable reports whether the run was interrupted and can go on.
func (r runState) resumable(now time.Time) bool {
	return !r.Begun.IsZero() && r.Finished.IsZero() && now.Sub(r.Begun) < maxRunAge
}

// periodState is what is known of a period since it was last looked at.
type periodState struct {
	Print    string    `json:"print"`    // the contents row's label and size at that time
	Looked   time.Time `json:"looked"`   // when its index page was asked for
	Complete bool      `json:"complete"` // every page that it lists is held
	Listed   int       `json:"listed"`   // how many those are
	// Lacking is how many of those are neither in a text file nor held as a page,
	// where pages were not to be fetched.
	Lacking int `json:"lacking,omitempty"`
	// TextTries is in how many runs the text file could not be had, for a
	// reason that may pass. It is asked for again even if pages stand in.
	TextTries int `json:"text_tries,omitempty"`
	// Stale are pages that hold another message since Rebuilt (P10), and
	// that were not all fetched again yet.
	Stale   []string  `json:"stale,omitempty"`
	Rebuilt time.Time `json:"rebuilt,omitzero"`
}

// A due says when a period is to be looked at.
type due int

const (
	dueNow  due = iota
	dueSoon     // when the run finds news
	dueLate     // when the run finds news and no other waits
)

// due tells when the period in the given row of the contents page, from 0, is
// to be looked at, as far as that page and the calendar tell.
//
// QUIRK: P11: of a period whose name says no date only its place is known; the
// current one and the one before it are at the top.
func (s periodState) due(p pipermail.Period, row int, now time.Time) due {
	switch {
	case !s.Complete, s.Print != fingerprint(p), row == 0:
		return dueNow
	case p.End.IsZero() && row == 1:
		return dueNow
	case p.End.IsZero(), s.Looked.After(p.End.Add(settleTime)):
		return dueLate
	case p.Size == "", now.Sub(p.End) > patience: // without a size, the contents page says nothing
		return dueNow
	}
	return dueSoon
}

func fingerprint(p pipermail.Period) string { return p.Label + "|" + p.Size }

// state reads and writes the crawl state of one list.
type state struct {
	archive *archive.Archive
	list    string
}

func (s state) get(ctx context.Context, key string, v any) error {
	raw, ok, err := s.archive.State(ctx, s.list, key)
	if err != nil || !ok {
		return err
	}
	if err := json.Unmarshal(raw, v); err != nil {
		return fmt.Errorf("read crawl state %q of %s: %w", key, s.list, err)
	}
	return nil
}

func (s state) set(ctx context.Context, key string, v any) error {
	raw, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.archive.SetState(ctx, s.list, key, raw)
}

func (s state) period(ctx context.Context, name string) (periodState, error) {
	var p periodState
	err := s.get(ctx, periodPrefix+name, &p)
	return p, err
}

// Period says how the last look at a period of a list came out.
type Period struct {
	Name     string
	Complete bool // every listed message is held, be it from its page or a text file
	Lacking  int  // listed messages that its text file lacks, where no page was to be fetched: see ViaText
}

// Periods returns the periods of a list that were looked at, by name.
func Periods(ctx context.Context, a *archive.Archive, list string) ([]Period, error) {
	var all []Period
	for n, err := range a.States(ctx, list, periodPrefix) {
		if err != nil {
			return nil, err
		}
		var p periodState
		if err := json.Unmarshal(n.Value, &p); err != nil {
			return nil, fmt.Errorf("read crawl state %q of %s: %w", n.Key, list, err)
		}
		all = append(all, Period{strings.TrimPrefix(n.Key, periodPrefix), p.Complete, p.Lacking})
	}
	return all, nil
}

func (s state) setPeriod(ctx context.Context, name string, p periodState) error {
	return s.set(ctx, periodPrefix+name, p)
}
