package opensearch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// BulkConfig is where and how a Bulk writes.
type BulkConfig struct {
	Index string // or alias; of every item
	// MaxBytes is how large a request may get; 0 means 4 MiB. An item alone may
	// be larger: it then goes by itself.
	MaxBytes int
	// Workers is how many requests are on their way at once; 0 means 2. No more
	// than Workers+1 requests are held in memory.
	Workers int
	// RequireAlias lets OpenSearch refuse an Index that is not an alias, in
	// place of making an index of that name.
	RequireAlias bool
	// Refused is told of an item that OpenSearch will never take, one at a time;
	// nil lets such an item end the Bulk.
	Refused func(id string, err error)
}

// Item is one document to write, or to delete.
type Item struct {
	ID string
	// Version is what makes writing twice harmless: an item that is older than
	// what is there changes nothing.
	Version uint64
	Doc     []byte // its JSON on one line; nil deletes
}

// Bulk writes many documents, in no order. Add them and then call Flush: only
// what a Flush without an error came after is written for sure. A Bulk is used
// by one goroutine, and its requests go out by others.
//
// A node that is gone or pushes back makes Add wait, up to
// Config.BulkPatience. Of a request that was taken in part, the rest is sent
// again; an item that OpenSearch will never take ends the Bulk with its error,
// unless there is somebody to be told.
type Bulk struct {
	c     *Client
	cfg   BulkConfig
	batch *batch
	free  chan *batch // Workers+1 of them go round, one of which is being filled
	wait  sync.WaitGroup

	mu    sync.Mutex // guards what follows
	stats BulkStats
	err   error
	stop  context.CancelCauseFunc
	ctx   context.Context
}

// BulkStats counts what was written.
type BulkStats struct {
	Written int           // documents
	Deleted int           // items without a document
	Stale   int           // of either, that were older than what is there
	Again   int           // of either, that had to be sent again
	Bytes   int64         // of requests, those sent again included
	Waited  time.Duration // together, for answers
}

// Bulk begins to write. The context is that of the requests.
func (c *Client) Bulk(ctx context.Context, cfg BulkConfig) *Bulk {
	if cfg.MaxBytes == 0 {
		cfg.MaxBytes = 4 << 20
	}
	if cfg.Workers == 0 {
		cfg.Workers = 2
	}
	b := &Bulk{c: c, cfg: cfg, free: make(chan *batch, cfg.Workers+1)}
	b.ctx, b.stop = context.WithCancelCause(ctx)
	for range cfg.Workers + 1 {
		b.free <- &batch{}
	}
	b.batch = <-b.free
	return b
}

// Add takes in an item, whose bytes are free to be used again afterwards. An
// error is that of any item or request before.
func (b *Bulk) Add(item Item) error {
	if len(b.batch.items) > 0 && len(b.batch.body)+len(item.Doc) > b.cfg.MaxBytes {
		if err := b.send(); err != nil {
			return err
		}
	}
	b.batch.add(item)
	return nil
}

// Flush sends what was added and waits until all of it is written, on every
// copy of its shard that is in service. It does not make it visible: _refresh does.
func (b *Bulk) Flush() (BulkStats, error) {
	err := b.send()
	b.wait.Wait()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		err = b.err
	}
	return b.stats, err
}

// Close gives up what was added and not flushed.
func (b *Bulk) Close() {
	b.stop(errClosed)
	b.wait.Wait()
}

var errClosed = errors.New("opensearch: the bulk writer is closed")

// send gives the batch to a goroutine of its own, and takes up the next one that
// is free.
func (b *Bulk) send() error {
	if err := b.failed(); err != nil {
		return err
	}
	if len(b.batch.items) == 0 {
		return nil
	}
	full := b.batch
	b.batch = <-b.free // the goroutines give theirs back whatever happens
	b.wait.Go(func() {
		if err := b.write(full); err != nil {
			b.fail(err)
		}
		full.clear(b.cfg.MaxBytes)
		b.free <- full
	})
	return nil
}

func (b *Bulk) failed() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil && b.ctx.Err() != nil {
		return fmt.Errorf("opensearch: bulk: %w", context.Cause(b.ctx))
	}
	return b.err
}

// fail keeps the first error and calls off the other requests.
func (b *Bulk) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
		b.stop(err)
	}
}

// write sends a batch until each of its items is written.
func (b *Bulk) write(left *batch) error {
	began, path := time.Now(), "/"+url.PathEscape(b.cfg.Index)+"/_bulk"
	query := url.Values{"filter_path": {answerPath}}
	if b.cfg.RequireAlias {
		query.Set("require_alias", strconv.FormatBool(true))
	}
	patience := b.c.cfg.BulkPatience
	for n := 0; ; n++ {
		sent := time.Now()
		answer, err := b.c.try(b.ctx, call{http.MethodPost, path, query, left.body}, limits{b.c.cfg.BulkTimeout, patience})
		b.count(func(s *BulkStats) { s.Bytes += int64(len(left.body)); s.Waited += time.Since(sent) })
		if err != nil {
			return err
		}
		before := len(left.items)
		busy, err := left.settle(answer, b.count, b.refused())
		if err != nil || len(left.items) == 0 {
			return err
		}
		if len(left.items) < before {
			began, n = time.Now(), 0 // it goes on, if slowly
		}
		wait := pause(n, busy)
		if time.Since(began)+wait > patience {
			return fmt.Errorf("%w (tried for %s)", busy, time.Since(began).Round(time.Second))
		}
		b.c.cfg.Log.Debug("opensearch: items are sent again", "items", len(left.items), "in", wait, "error", busy)
		if err := sleep(b.ctx, wait); err != nil {
			return fmt.Errorf("opensearch: bulk: %w", err)
		}
	}
}

// refused tells of an item that will never be taken; nil if nobody wants to know.
func (b *Bulk) refused() func(id string, err error) {
	if b.cfg.Refused == nil {
		return nil
	}
	return func(id string, err error) {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.cfg.Refused(id, err)
	}
}

func (b *Bulk) count(add func(*BulkStats)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	add(&b.stats)
}
