package index

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"
	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
)

// writer adds changes to the store of a generation that is not live yet. Its
// batches are written side by side and in no order; the last one, with the
// state that all of them bring about, is written when the others are done.
type writer struct {
	store  bleveindex.Index
	queue  *bleveindex.AnalysisQueue
	places *placeTable
	limit  int // messages in a batch
	stats  Stats

	mu    sync.Mutex
	state state
}

// maxBatchBytes closes a batch of large messages early.
const maxBatchBytes = 4 << 20

// sideBySide is how many batches are written at once: while one waits for the
// disk, another is analysed.
const sideBySide = 2

func openWriter(dir, uuid string, limit int) (*writer, error) {
	queue := bleveindex.NewAnalysisQueue(runtime.GOMAXPROCS(0))
	store, err := scorch.NewScorch(scorch.Name, storeConfig(dir, false), queue)
	if err == nil {
		err = store.Open()
	}
	if err != nil {
		queue.Close()
		return nil, err
	}
	w := &writer{store: store, queue: queue, places: newPlaceTable(), limit: limit}
	if err := w.readState(uuid); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

// readState goes on from the store's state, or from nothing.
func (w *writer) readState(uuid string) error {
	w.state = state{Format: FormatVersion, Position: archive.Position{Archive: uuid}, Lengths: map[Field]lengthOf{}}
	r, err := w.store.Reader()
	if err != nil {
		return err
	}
	defer r.Close()
	raw, err := r.GetInternal([]byte(stateKey))
	if err != nil || len(raw) == 0 {
		return err
	}
	return json.Unmarshal(raw, &w.state)
}

func (w *writer) close() error {
	err := w.store.Close()
	w.queue.Close()
	return err
}

// feed indexes all changes behind the store's position. At their end, it is at
// the target at least.
func (w *writer) feed(ctx context.Context, src Source, target archive.Position) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(sideBySide)
	seq, err := w.read(ctx, src, func(b *batch) { group.Go(func() error { return w.write(b) }) })
	if werr := group.Wait(); werr != nil {
		return werr
	}
	if err != nil {
		return err
	}
	w.state.Position.Seq = max(seq, target.Seq)
	return w.writeState()
}

// read makes batches of the changes and returns the number of the last one.
func (w *writer) read(ctx context.Context, src Source, write func(*batch)) (uint64, error) {
	seq := w.state.Position.Seq
	b := newBatch()
	for change, err := range src.Changes(ctx, seq) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return seq, err
		}
		w.add(b, change)
		seq = change.Seq
		if b.size >= w.limit || b.bytes >= maxBatchBytes {
			write(b)
			b = newBatch()
		}
	}
	write(b)
	return seq, nil
}

// batch is a number of changes that are written at once.
type batch struct {
	ops   *bleveindex.Batch
	size  int
	bytes int
	texts []*textField
}

func newBatch() *batch { return &batch{ops: bleveindex.NewBatch()} }

func (w *writer) add(b *batch, c archive.Change) {
	b.size++
	if c.Deleted || c.Message == nil {
		b.ops.Delete(string(c.ID))
		w.stats.Deleted++
		return
	}
	doc := newDocument(c.Message, w.places)
	b.ops.Update(doc)
	b.bytes += doc.Size()
	b.keepTexts(doc)
	w.stats.Indexed++
}

// keepTexts remembers the fields of a document whose length is known once
// bleve has analysed it.
func (b *batch) keepTexts(d *document.Document) {
	for _, f := range d.Fields {
		if t, ok := f.(*textField); ok {
			b.texts = append(b.texts, t)
		}
	}
}

// write writes a batch and counts the lengths of its fields.
func (w *writer) write(b *batch) error {
	if b.size == 0 {
		return nil
	}
	if err := w.store.Batch(b.ops); err != nil {
		return err
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, t := range b.texts {
		if t.words > 0 {
			l := w.state.Lengths[t.name]
			w.state.Lengths[t.name] = lengthOf{Words: l.Words + uint64(t.words), Docs: l.Docs + 1}
		}
	}
	return nil
}

// writeState makes the state durable, and with it all batches before.
func (w *writer) writeState() error {
	raw, err := json.Marshal(w.state)
	if err != nil {
		return err
	}
	ops := bleveindex.NewBatch()
	ops.SetInternal([]byte(stateKey), raw)
	return w.store.Batch(ops)
}
