// Package crawler walks a Pipermail archive politely into an archive: one
// request a second, as robots.txt allows, and on a second run only what can
// have changed.
//
//	c, err := crawler.New(crawler.Config{Archive: a})
//	stats, err := c.Crawl(ctx, "https://lists.example.org/pipermail/announce/")
//
// A crawl asks for the list's contents page, for the thread index of each
// period, and for the message pages that it lists. Every answer and every
// failure is recorded as it came; reading messages out of them is the
// archive's business. When it has read them, Attachments fetches what the list
// server took out of the mails. A crawl that was interrupted, even by kill -9, goes on
// when it is started again, and asks for nothing twice.
package crawler

import "context"

// Crawler crawls lists. Lists of one host may be crawled one after the other
// or at once: the pause between requests holds for the host.
type Crawler struct {
	cfg   Config
	gates *gates
}

// New makes a crawler. The error says which field of cfg cannot be.
func New(cfg Config) (*Crawler, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	cfg = cfg.withDefaults()
	return &Crawler{cfg: cfg, gates: newGates(cfg)}, nil
}

func newGates(cfg Config) *gates {
	return &gates{hosts: map[string]*gate{}, make: func(host string) *gate { return newGate(cfg, host) }}
}

// With returns a crawler with another configuration that shares c's distance
// to each host: for lists of one host that want to be crawled in different
// ways. The Delay and Parallel of the first request to a host hold for it.
func (c *Crawler) With(cfg Config) (*Crawler, error) {
	other, err := New(cfg)
	if err != nil {
		return nil, err
	}
	other.gates = c.gates
	return other, nil
}

// Crawl brings the list at listURL up to date. Pages that could not be had are
// in Stats.Failed and leave the error nil; an error means that the crawl
// stopped: a *pipermail.NotPipermailError or *FetchError about the contents
// page, a refusal by robots.txt, a *ComeBackError, the context's error, or one
// of the archive. Stats counts what was done until then.
func (c *Crawler) Crawl(ctx context.Context, listURL string) (Stats, error) {
	folder, err := listFolder(listURL)
	if err != nil {
		return Stats{}, err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f := newFetcher(ctx, c.cfg, c.gates)
	w := &walk{cfg: c.cfg, archive: c.cfg.Archive, fetch: f, stop: stop, tally: newTally(f, c.cfg.Progress)}
	err = w.all(ctx, folder)
	return w.tally.final(), err
}
