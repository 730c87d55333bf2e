// Package status says how the archive that is served is doing: what it holds, when
// it was crawled last, and how much of it can be found. Pages, API, MCP and the
// health checks all say the same, since they ask the same Keeper.
//
// A Keeper also makes the validators of answers, so that who asks again for what
// has not changed gets a 304: see Keeper.Unchanged.
package status

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// Status is the state of an archive. Its names in JSON are a promise.
type Status struct {
	Healthy   bool               `json:"healthy"`    // searches get answers
	Reason    string             `json:"reason"`     // why it is not healthy; empty if it is
	Messages  int                `json:"messages"`   // held
	LastCrawl time.Time          `json:"last_crawl"` // the end of the last complete crawl of any list; zero if there was none
	Archive   string             `json:"archive"`    // its UUID
	Sequence  uint64             `json:"sequence"`   // of the latest change of a message
	Index     string             `json:"index"`      // current, behind, none, or why it cannot be used
	IndexLag  uint64             `json:"index_lag"`  // changes of messages that the index has not seen
	Lists     []archive.ListInfo `json:"lists"`
}

// Config says whose status to keep.
type Config struct {
	Searcher *search.Searcher
	Version  string           // of the program: another one may answer otherwise
	Now      func() time.Time // nil means time.Now
}

// Keeper knows the status of one archive. All methods may be called at the same
// time.
type Keeper struct {
	cfg Config

	counting sync.Mutex
	known    Status // its counts
	counted  time.Time

	mu      sync.Mutex
	last    search.Freshness
	crawled time.Time
	changed time.Time // when either did
}

// New returns the keeper of an archive's status.
func New(cfg Config) *Keeper {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Keeper{cfg: cfg}
}

// maxAge bounds how old counts may be. A crawl that finds nothing new changes
// nothing but when the list was checked, and counting takes its time.
const maxAge = 10 * time.Second

// Status returns the status, its counts at most ten seconds old.
func (k *Keeper) Status(ctx context.Context) (Status, error) {
	fresh, s, err := k.look(ctx)
	if err != nil {
		return Status{}, err
	}
	s.Lists = slices.Clone(s.Lists)
	s.Archive, s.Sequence, s.Index, s.IndexLag = fresh.Archive.Archive, fresh.Archive.Seq, fresh.State, fresh.Lag
	if s.Healthy = fresh.Usable(); !s.Healthy {
		s.Reason = "nothing can be found: " + s.Index
	}
	return s, nil
}

// look asks how far the archive has got and what it holds, and notes when that
// changes.
func (k *Keeper) look(ctx context.Context) (search.Freshness, Status, error) {
	fresh, err := k.cfg.Searcher.Freshness(ctx)
	if err != nil {
		return fresh, Status{}, fmt.Errorf("status: %w", err)
	}
	s, err := k.counts(ctx)
	if err != nil {
		return fresh, s, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if fresh != k.last || !s.LastCrawl.Equal(k.crawled) {
		// The next second, lest two changes within one get the same date.
		k.changed, k.last, k.crawled = k.cfg.Now().Truncate(time.Second).Add(time.Second), fresh, s.LastCrawl
	}
	return fresh, s, nil
}

// counts adds up the lists, now and then.
func (k *Keeper) counts(ctx context.Context) (Status, error) {
	k.counting.Lock()
	defer k.counting.Unlock()
	now := k.cfg.Now()
	if !k.counted.IsZero() && now.Sub(k.counted) < maxAge {
		return k.known, nil
	}
	lists, err := k.cfg.Searcher.Lists(ctx)
	if err != nil {
		return Status{}, fmt.Errorf("status: %w", err)
	}
	s := Status{Lists: append([]archive.ListInfo{}, lists...)}
	for _, l := range lists {
		s.Messages += l.Messages
		if l.Checked.After(s.LastCrawl) {
			s.LastCrawl = l.Checked
		}
	}
	k.known, k.counted = s, now
	return s, nil
}
