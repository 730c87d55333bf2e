package crawlcli

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
)

// What runs leave in the archive, among the notes that belong to no list:
//
//	run             runRecord
//	attempt/<URL>   attempt
const (
	runNote     = "run"
	attemptNote = "attempt/"
)

// runRecord is the last run over all lists that came to its end.
type runRecord struct {
	Begun time.Time `json:"begun"`
	Ended time.Time `json:"ended"`
}

// attempt is the last crawl of one list, whatever came of it. Its names are a
// promise of `bxcrawl status --json`.
type attempt struct {
	URL       string    `json:"url"`
	List      string    `json:"list"` // empty if the site never told
	Begun     time.Time `json:"begun"`
	Ended     time.Time `json:"ended"`
	Error     string    `json:"error"` // why it stopped; empty if it came to its end
	Requests  int       `json:"requests"`
	Retries   int       `json:"retries"`
	Bytes     int64     `json:"bytes"`
	Fetched   int       `json:"fetched"`
	Unchanged int       `json:"unchanged"`
	Failed    int       `json:"failed"`
	Warnings  []string  `json:"warnings"`
}

// maxWarnings bounds what is kept of an attempt's warnings.
const maxWarnings = 20

func newAttempt(j job, s crawler.Stats, parts crawler.AttachmentStats, err error, began, ended time.Time) attempt {
	a := attempt{
		URL: j.url, List: s.List, Begun: began.UTC(), Ended: ended.UTC(),
		Requests: s.Requests + parts.Requests, Retries: s.Retries + parts.Retries, Bytes: s.Bytes + parts.Bytes,
		Fetched: s.Fetched + parts.Fetched, Unchanged: s.Unchanged + parts.Unchanged, Failed: s.FailedTotal + parts.FailedTotal,
		Warnings: append(append([]string{}, s.Warnings...), parts.Warnings...),
	}
	a.Warnings = a.Warnings[:min(len(a.Warnings), maxWarnings)]
	if err != nil {
		a.Error = err.Error()
	}
	return a
}

// attempts returns the last crawl of each URL.
func attempts(ctx context.Context, a *archive.Archive) ([]attempt, error) {
	var all []attempt
	for n, err := range a.States(ctx, "", attemptNote) {
		if err != nil {
			return nil, err
		}
		var at attempt
		if err := json.Unmarshal(n.Value, &at); err != nil {
			return nil, fmt.Errorf("note %s: %w", n.Key, err)
		}
		all = append(all, at)
	}
	return all, nil
}

// forgetTries takes back the attempts at URLs that never answered as a list and
// were not among the jobs of a run over all lists: slips of the pen.
func forgetTries(ctx context.Context, a *archive.Archive, jobs []job) error {
	tried, err := attempts(ctx, a)
	if err != nil {
		return err
	}
	for _, t := range tried {
		if t.List == "" && !slices.ContainsFunc(jobs, func(j job) bool { return j.url == t.URL }) {
			if err := a.SetState(ctx, "", attemptNote+t.URL, nil); err != nil {
				return err
			}
		}
	}
	return nil
}

// putNote leaves a note that belongs to no list.
func putNote(ctx context.Context, a *archive.Archive, key string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return a.SetState(ctx, "", key, text)
}

// lastRun reads when the last run over all lists was; zero if none was.
func lastRun(ctx context.Context, a *archive.Archive) (runRecord, error) {
	var r runRecord
	text, ok, err := a.State(ctx, "", runNote)
	if err != nil || !ok {
		return r, err
	}
	if err := json.Unmarshal(text, &r); err != nil {
		return r, fmt.Errorf("note %s: %w", runNote, err)
	}
	return r, nil
}
