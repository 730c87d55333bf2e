package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/blevesearch/bleve/v2/document"
	"github.com/blevesearch/bleve/v2/index/scorch"
	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/archive"
)

// Update writes a new generation with what changed, and makes it the live one.
func (e *bleveEngine) Update(ctx context.Context, src Source) (Stats, error) {
	return e.write(ctx, src, false)
}

// Rebuild writes a new generation from nothing, whatever the old one is.
func (e *bleveEngine) Rebuild(ctx context.Context, src Source) (Stats, error) {
	return e.write(ctx, src, true)
}

func (e *bleveEngine) write(ctx context.Context, src Source, anew bool) (Stats, error) {
	lock, err := writerLock(e.dir)
	if err != nil {
		return Stats{}, err
	}
	defer lock.Close()
	live, err := e.live(anew)
	if err != nil {
		return Stats{}, err
	}
	if _, err := clean(e.dir, live.name); err != nil {
		return Stats{}, fmt.Errorf("index: clean %s: %w", e.dir, err)
	}
	target, err := src.Position(ctx)
	if err != nil {
		return Stats{}, err
	}
	if live.fits(target) && live.manifest.Position == target {
		return Stats{Generation: live.name}, nil
	}
	stats, err := e.next(ctx, src, live, target)
	if err != nil {
		return Stats{}, fmt.Errorf("index: update %s: %w", e.dir, err)
	}
	return stats, nil
}

// liveIndex is the generation that an update starts from.
type liveIndex struct {
	name     string // empty where there is none
	dir      string
	manifest *manifest // nil where there is none to go on from
}

// fits tells whether the index is of this archive. If not, or if the archive
// went back to an older copy of itself, all has to be indexed again.
func (l *liveIndex) fits(p archive.Position) bool {
	m := l.manifest
	return m != nil && m.Position.Archive == p.Archive && m.Position.Seq <= p.Seq
}

func (e *bleveEngine) live(anew bool) (*liveIndex, error) {
	name, err := readCurrent(e.dir)
	if anew && err != nil {
		return &liveIndex{}, nil
	}
	if err != nil || name == "" {
		return &liveIndex{}, wrap(e.dir, err)
	}
	l := &liveIndex{name: name, dir: filepath.Join(e.dir, name)}
	if anew {
		return l, nil
	}
	m, err := readManifest(l.dir)
	if err == nil {
		err = m.check(l.dir)
	}
	if errors.Is(err, errOlder) {
		e.log.Info("the index is of an older format and is built anew")
		return l, nil
	}
	l.manifest = m
	return l, wrap(l.dir, err)
}

// next writes the next generation and swaps it in.
func (e *bleveEngine) next(ctx context.Context, src Source, live *liveIndex, target archive.Position) (Stats, error) {
	n, err := clean(e.dir, live.name)
	if err != nil {
		return Stats{}, err
	}
	name := fmt.Sprintf("%06d", n)
	dir := filepath.Join(e.dir, name)
	stats, err := e.build(ctx, src, live, dir, target)
	if err != nil {
		return Stats{}, errors.Join(err, os.RemoveAll(dir))
	}
	if err := writeCurrent(e.dir, name); err != nil {
		return Stats{}, err
	}
	stats.Generation = name
	if _, err := clean(e.dir, name); err != nil {
		e.log.Warn("removing old index generations", "error", err)
	}
	return stats, nil
}

// build writes a generation into dir.
func (e *bleveEngine) build(ctx context.Context, src Source, live *liveIndex, dir string, target archive.Position) (Stats, error) {
	store := filepath.Join(dir, storeName)
	if err := os.MkdirAll(store, 0o777); err != nil {
		return Stats{}, err
	}
	if err := writeFile(filepath.Join(dir, lockName), nil); err != nil {
		return Stats{}, err
	}
	if live.fits(target) {
		if err := linkStore(live.manifest, filepath.Join(live.dir, storeName), store); err != nil {
			return Stats{}, err
		}
	}
	w, err := openWriter(store, target.Archive, e.batch)
	if err != nil {
		return Stats{}, err
	}
	if err := w.feed(ctx, src, target); err != nil {
		return Stats{}, errors.Join(err, w.close())
	}
	if err := w.close(); err != nil {
		return Stats{}, err
	}
	m, err := describe(store)
	if err != nil {
		return Stats{}, err
	}
	return w.stats, m.write(dir)
}

// describe lists what a closed store consists of. Segments that bleve no
// longer needs are left out, so the next generation does not take them over.
func describe(store string) (*manifest, error) {
	s, err := openSnapshot(store)
	if err != nil {
		return nil, err
	}
	defer s.close()
	m := &manifest{Format: FormatVersion, Position: s.state.Position, Docs: s.docs}
	for _, name := range append(s.files(), boltName) {
		info, err := os.Stat(filepath.Join(store, name))
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, manifestFile{Name: name, Size: info.Size()})
	}
	return m, nil
}

// files returns the names of the segments that the snapshot reads.
func (s *snapshot) files() []string {
	var out []string
	for _, seg := range s.reader.(*scorch.IndexSnapshot).Segments() {
		if p, ok := seg.Segment().(interface{ Path() string }); ok {
			out = append(out, filepath.Base(p.Path()))
		}
	}
	return out
}

// writer adds changes to a store.
type writer struct {
	store bleveindex.Index
	queue *bleveindex.AnalysisQueue
	state state
	size  int
	batch *bleveindex.Batch
	docs  int
	bytes int
	texts []*textField // of the batch
	stats Stats
}

// maxBatchBytes closes a batch of large messages early.
const maxBatchBytes = 8 << 20

func openWriter(dir, uuid string, batch int) (*writer, error) {
	queue := bleveindex.NewAnalysisQueue(runtime.GOMAXPROCS(0))
	store, err := scorch.NewScorch(scorch.Name, storeConfig(dir, false), queue)
	if err == nil {
		err = store.Open()
	}
	if err != nil {
		queue.Close()
		return nil, err
	}
	w := &writer{store: store, queue: queue, size: batch, batch: bleveindex.NewBatch()}
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

// feed indexes all changes behind the store's position; at their end, it is at
// the target at least.
func (w *writer) feed(ctx context.Context, src Source, target archive.Position) error {
	for change, err := range src.Changes(ctx, w.state.Position.Seq) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		w.apply(change)
		if w.docs >= w.size || w.bytes >= maxBatchBytes {
			if err := w.flush(); err != nil {
				return err
			}
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.state.Position.Seq = max(w.state.Position.Seq, target.Seq)
	return w.flush() // with the lengths of the last batch: see addLengths
}

func (w *writer) apply(c archive.Change) {
	if c.Deleted || c.Message == nil {
		w.batch.Delete(string(c.ID))
		w.stats.Deleted++
	} else {
		doc := newDocument(c.Message)
		w.batch.Update(doc)
		w.bytes += doc.Size()
		w.keepTexts(doc)
		w.stats.Indexed++
	}
	w.docs++
	w.state.Position.Seq = c.Seq
}

// flush writes the batch and, in the same stroke, the position it brings the
// index to.
func (w *writer) flush() error {
	raw, err := json.Marshal(w.state)
	if err != nil {
		return err
	}
	w.batch.SetInternal([]byte(stateKey), raw)
	if err := w.store.Batch(w.batch); err != nil {
		return err
	}
	w.addLengths()
	w.batch, w.docs, w.bytes, w.texts = bleveindex.NewBatch(), 0, 0, nil
	return nil
}

// keepTexts remembers the fields of a document whose length is known once
// bleve has analysed it.
func (w *writer) keepTexts(d *document.Document) {
	for _, f := range d.Fields {
		if t, ok := f.(*textField); ok {
			w.texts = append(w.texts, t)
		}
	}
}

// addLengths counts the batch just written. The counts become durable with the
// next batch, so they lag by one: feed ends with an empty batch for that.
func (w *writer) addLengths() {
	for _, t := range w.texts {
		l := w.state.Lengths[t.name]
		l.Words += uint64(t.words)
		l.Docs++
		w.state.Lengths[t.name] = l
	}
}
