package archive

import (
	"context"
	"errors"
	"runtime"
	"time"
)

// errClosed is what a write after Close gets.
var errClosed = errors.New("the archive is closed")

// maxShared bounds how many writes share one commit.
const maxShared = 256

// maxYields is how often a batch lets others run before it is closed.
const maxYields = 4

// Where writes come side by side, a batch waits for more of them: a commit
// takes as much of the processor as six pages do.
const (
	enough  = 12                   // a batch of so many waits for no more
	nextOne = 3 * time.Millisecond // how long it waits for the next one
	atMost  = 20 * time.Millisecond
)

// op is one write on its way to the committer.
type op struct {
	fn   func(t *tx) error
	done chan error
}

// do has fn run in a transaction and waits until that is on disk. Writes that
// arrive while a commit is under way share the next one; a lone write does not
// wait for company. When ctx ends first, fn may still be run.
func (w *writer) do(ctx context.Context, fn func(t *tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	o := &op{fn: fn, done: make(chan error, 1)}
	select {
	case w.ops <- o:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.quit:
		return errClosed
	}
	select {
	case err := <-o.done:
		return err
	case <-w.ended:
		select {
		case err := <-o.done:
			return err
		default:
			return errClosed
		}
	}
}

// run is the committer: it alone touches the writing connection.
func (w *writer) run() {
	defer close(w.ended)
	shared := false
	for {
		select {
		case o := <-w.ops:
			batch := w.gather(o)
			if shared = shared || len(batch) > 1; shared {
				batch = w.linger(batch)
				shared = len(batch) > 1
			}
			w.commit(batch)
		case <-w.quit:
			return
		}
	}
}

// gather takes what is waiting already, and what those have to write who can
// run at this moment: each commit has its price.
func (w *writer) gather(first *op) []*op {
	batch := []*op{first}
	for yields := 0; len(batch) < maxShared; {
		select {
		case o := <-w.ops:
			batch = append(batch, o)
			continue
		default:
		}
		if yields++; yields > maxYields {
			return batch
		}
		runtime.Gosched()
	}
	return batch
}

// linger waits for more writes as long as they follow each other closely.
func (w *writer) linger(batch []*op) []*op {
	end := time.NewTimer(atMost)
	defer end.Stop()
	next := time.NewTimer(nextOne)
	defer next.Stop()
	for len(batch) < enough {
		select {
		case o := <-w.ops:
			batch = append(batch, o)
			next.Reset(nextOne)
		case <-next.C:
			return batch
		case <-end.C:
			return batch
		case <-w.quit:
			return batch
		}
	}
	return batch
}

// commit runs a batch in one transaction. When that fails, each write gets a
// transaction of its own, so that one's error is not another's.
func (w *writer) commit(batch []*op) {
	err := w.transact(func(t *tx) error {
		for _, o := range batch {
			if err := o.fn(t); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil && len(batch) > 1 {
		for _, o := range batch {
			o.done <- w.transact(o.fn)
		}
		return
	}
	for _, o := range batch {
		o.done <- err
	}
}

// transact runs fn between BEGIN and COMMIT.
func (w *writer) transact(fn func(t *tx) error) error {
	t := &tx{w: w}
	if err := t.exec(`BEGIN IMMEDIATE`); err != nil {
		return explain(err)
	}
	err := fn(t)
	if err == nil {
		err = t.markStale()
	}
	if err == nil {
		if err = t.exec(`COMMIT`); err == nil {
			return nil
		}
	}
	// Some errors have rolled back already; then there is nothing to undo.
	_ = t.exec(`ROLLBACK`)
	return explain(err)
}
