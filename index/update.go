package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/blevesearch/bleve/v2/index/scorch"

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
	m, err := describe(store, live.manifest)
	if err != nil {
		return Stats{}, err
	}
	return w.stats, m.write(dir)
}

// describe lists what a closed store consists of. Segments that bleve no
// longer needs are left out, so the next generation does not take them over.
func describe(store string, before *manifest) (*manifest, error) {
	s, err := openSnapshot(store)
	if err != nil {
		return nil, err
	}
	defer s.close()
	m := &manifest{Format: FormatVersion, Position: s.state.Position, Docs: s.docs}
	for _, name := range append(s.files(), boltName) {
		f, err := describeFile(store, name, before)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, f)
	}
	return m, nil
}

// describeFile reads a file's size and checksum. A segment taken over from the
// generation before keeps the checksum that it had there, so damage done since
// shows.
func describeFile(store, name string, before *manifest) (manifestFile, error) {
	path := filepath.Join(store, name)
	info, err := os.Stat(path)
	if err != nil {
		return manifestFile{}, err
	}
	if before != nil && name != boltName {
		for _, f := range before.Files {
			if f.Name == name {
				return f, nil
			}
		}
	}
	sum, err := checksum(path)
	return manifestFile{Name: name, Size: info.Size(), CRC32: sum}, err
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
