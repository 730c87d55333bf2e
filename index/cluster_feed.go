package index

import (
	"context"
	"fmt"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// Bounds of feeding. What is on its way takes three times bulkBytes.
const (
	bulkBytes   = 6 << 20 // of one request
	bulkWorkers = 2       // requests on their way at once
	partChanges = 20_000  // see clusterEngine.part
)

// feed writes all changes behind the session's position, a part at a time.
func (s *clusterSession) feed(ctx context.Context, target uint64) error {
	bulk := s.engine.calls.Bulk(ctx, opensearch.BulkConfig{Index: s.into.Name, MaxBytes: bulkBytes, Workers: bulkWorkers})
	defer bulk.Close()
	for {
		seq, more, err := s.part(ctx, bulk)
		if err != nil {
			return err
		}
		if _, err := bulk.Flush(); err != nil {
			return err
		}
		if s.seq = seq; !more {
			s.seq = max(seq, target)
			return nil
		}
		// What a live index says of itself, searches can see.
		if !s.into.Live {
			if err := s.save(ctx); err != nil {
				return err
			}
			s.engine.log.Debug("indexed", "index", s.into.Name, "seen", s.seq, "of", target)
		}
	}
}

// part gives some changes to workers, who give their documents to the bulk
// writer. It returns the number of the last, and whether there may be more.
func (s *clusterSession) part(ctx context.Context, bulk *opensearch.Bulk) (seq uint64, more bool, err error) {
	group, gctx := errgroup.WithContext(ctx)
	queue := make(chan archive.Change, 8)
	var adding sync.Mutex
	for range min(runtime.GOMAXPROCS(0), maxWorkers) {
		group.Go(func() error { return write(queue, bulk, &adding) })
	}
	seq, more, err = s.read(gctx, queue)
	close(queue)
	if werr := group.Wait(); werr != nil {
		return seq, more, werr
	}
	return seq, more, err
}

// read queues some changes.
func (s *clusterSession) read(ctx context.Context, queue chan<- archive.Change) (seq uint64, more bool, err error) {
	seq = s.seq
	n := 0
	for change, err := range s.src.Changes(ctx, seq) {
		if err == nil && change.Message != nil {
			err = s.note(change.Message.List)
		}
		if err != nil {
			return seq, false, err
		}
		select {
		case queue <- change:
		case <-ctx.Done():
			return seq, false, ctx.Err()
		}
		seq = change.Seq
		s.count(change)
		if n++; n == s.engine.part {
			return seq, true, nil
		}
	}
	return seq, false, nil
}

func (s *clusterSession) count(c archive.Change) {
	if c.Deleted || c.Message == nil {
		s.stats.Deleted++
	} else {
		s.stats.Indexed++
	}
}

// write makes documents of changes.
func write(queue <-chan archive.Change, bulk *opensearch.Bulk, adding *sync.Mutex) error {
	w := newClusterWriter()
	var doc []byte
	for c := range queue {
		item := opensearch.Item{ID: string(c.ID), Version: c.Seq}
		if !c.Deleted && c.Message != nil {
			var err error
			if doc, err = w.append(doc[:0], c.Message, c.Seq); err != nil {
				return err
			}
			item.Doc = doc
		}
		adding.Lock()
		err := bulk.Add(item)
		adding.Unlock()
		if err != nil {
			return fmt.Errorf("message %s: %w", c.ID, err)
		}
		if cap(doc) > maxDocKept {
			doc = nil
		}
	}
	return nil
}

// maxDocKept bounds the memory that is kept for the next document.
const maxDocKept = 1 << 20
