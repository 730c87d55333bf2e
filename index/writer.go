package index

import (
	"context"
	"hash/fnv"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
)

// writer adds changes to a store that is not live yet. Its workers collect
// messages in memory side by side; a full one writes what it has as a segment.
// All changes of a message go to the same worker, so that the last one counts.
type writer struct {
	workers []*builder
	batch   int // messages of a worker; 0 means as many as memory allows
	stats   Stats

	mu    sync.Mutex // held while the store changes
	store *store
	fresh int   // documents added since the last generation
	state state // of what was fed; Lengths of what is in the store
}

// maxWorkerBytes is how much memory a worker fills: about half as much text.
const maxWorkerBytes = 20 << 20

// maxWorkers bounds the memory where there are many cores.
const maxWorkers = 4

// openWriter goes on from a store's state, or from nothing.
func openWriter(dir, uuid string, batch int) (*writer, error) {
	st, s, err := openStore(dir)
	if err != nil {
		return nil, err
	}
	if s.Lengths == nil {
		s = state{Format: FormatVersion, Position: archive.Position{Archive: uuid}, Lengths: map[Field]lengthOf{}}
	}
	w := &writer{batch: batch, store: st, state: s}
	for range min(runtime.GOMAXPROCS(0), maxWorkers) {
		w.workers = append(w.workers, newBuilder())
	}
	return w, nil
}

func (w *writer) close() error { return w.store.close() }

// feed takes all changes behind the writer's position. At their end, it is at
// the target at least.
func (w *writer) feed(ctx context.Context, src Source, target archive.Position) error {
	group, gctx := errgroup.WithContext(ctx)
	queues := make([]chan archive.Change, len(w.workers))
	for i := range w.workers {
		queues[i] = make(chan archive.Change, 8)
		group.Go(func() error { return w.work(gctx, w.workers[i], queues[i]) })
	}
	seq, err := w.read(gctx, src, queues)
	for _, q := range queues {
		close(q)
	}
	if werr := group.Wait(); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	w.state.Position.Seq = max(seq, target.Seq)
	return nil
}

// read gives the changes to the workers and returns the number of the last.
func (w *writer) read(ctx context.Context, src Source, queues []chan archive.Change) (uint64, error) {
	seq := w.state.Position.Seq
	for change, err := range src.Changes(ctx, seq) {
		if err != nil {
			return seq, err
		}
		select {
		case queues[share(change.ID, len(queues))] <- change:
		case <-ctx.Done():
			return seq, ctx.Err()
		}
		seq = change.Seq
		if change.Deleted || change.Message == nil {
			w.stats.Deleted++
		} else {
			w.stats.Indexed++
		}
	}
	return seq, nil
}

// share tells which worker has a message.
func share(id archive.ID, workers int) int {
	h := fnv.New32a()
	h.Write([]byte(id))
	return int(h.Sum32() % uint32(workers))
}

func (w *writer) work(ctx context.Context, b *builder, queue <-chan archive.Change) error {
	for change := range queue {
		b.add(change)
		if b.size() < maxWorkerBytes && (w.batch == 0 || len(b.ids) < w.batch) {
			continue
		}
		if err := w.flush(ctx, b); err != nil {
			return err
		}
	}
	return nil
}

// flush writes what a worker has.
func (w *writer) flush(ctx context.Context, b *builder) error {
	if err := ctx.Err(); err != nil || b.empty() {
		return err
	}
	w.mu.Lock()
	name := w.store.next()
	w.mu.Unlock()
	if len(b.ids) > 0 {
		if err := writeSegment(filepath.Join(w.store.dir, name), b); err != nil {
			return err
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if err := w.store.add(name, b); err != nil {
		return err
	}
	for f, l := range b.lengths {
		have := w.state.Lengths[f]
		w.state.Lengths[f] = lengthOf{Words: have.Words + l.Words, Docs: have.Docs + l.Docs}
	}
	w.fresh += len(b.ids)
	b.reset()
	return w.store.merge(ctx)
}

// finish makes the store what its readers will see.
func (w *writer) finish(ctx context.Context) error {
	group, gctx := errgroup.WithContext(ctx)
	for _, b := range w.workers {
		group.Go(func() error { return w.flush(gctx, b) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	// Most of it is new, so merging it all costs less than writing it did. One
	// segment is a sixth smaller than ten, and a search starts sooner in it.
	if 2*w.fresh > w.store.live() {
		for i := range w.workers { // their memory is for the merge
			w.workers[i] = newBuilder()
		}
		if err := w.store.mergeAll(ctx); err != nil {
			return err
		}
	}
	w.fresh = 0
	return w.store.writeRoot(w.state)
}

// move goes on in the store of the next generation, which shares the files of
// the one before.
func (w *writer) move(dir string) error {
	for _, s := range w.store.segments {
		for _, name := range []string{s.name, columnsPath(s.name)} {
			if err := linkFile(filepath.Join(w.store.dir, name), filepath.Join(dir, name)); err != nil {
				return err
			}
		}
	}
	w.store.dir = dir
	return nil
}

// linkFile shares a file that never changes, or copies it where files cannot
// be shared.
func linkFile(from, to string) error {
	if os.Link(from, to) == nil {
		return nil
	}
	return copyFile(from, to)
}
