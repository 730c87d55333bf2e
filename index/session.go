package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
)

// session is a Session of bleve's engine: a writer that stays open, and the
// generations that it publishes.
type session struct {
	engine *bleveEngine
	src    Source
	lock   *os.File
	live   *liveIndex
	writer *writer // nil until there is something to write
	dir    string  // of the generation being written; empty between two
}

// Feed indexes what changed.
func (s *session) Feed(ctx context.Context) error {
	target, err := s.src.Position(ctx)
	if err != nil {
		return err
	}
	if s.upToDate(target) {
		return nil
	}
	if err = s.open(target); err == nil {
		err = s.writer.feed(ctx, s.src, target)
	}
	if err != nil {
		return fmt.Errorf("index: update %s: %w", s.engine.dir, err)
	}
	return nil
}

// upToDate tells whether the archive has nothing new.
func (s *session) upToDate(target archive.Position) bool {
	if s.writer != nil {
		return s.writer.state.Position == target
	}
	return s.live.fits(target) && s.live.manifest.Position == target
}

// open makes room for the next generation, and the writer where there is none
// yet.
func (s *session) open(target archive.Position) error {
	if s.dir != "" {
		return nil
	}
	n, err := clean(s.engine.dir, s.live.name)
	if err != nil {
		return err
	}
	s.dir = filepath.Join(s.engine.dir, fmt.Sprintf("%06d", n))
	store := filepath.Join(s.dir, storeName)
	if err := os.MkdirAll(store, 0o777); err != nil {
		return err
	}
	if err := writeFile(filepath.Join(s.dir, lockName), nil); err != nil {
		return err
	}
	if s.writer != nil {
		return s.writer.move(store)
	}
	if s.live.fits(target) {
		if err := linkStore(s.live.manifest, filepath.Join(s.live.dir, storeName), store); err != nil {
			return err
		}
	} else {
		s.live.manifest = nil // another archive's, whose files may have the same names
	}
	s.writer, err = openWriter(store, target.Archive, s.engine.batch)
	return err
}

// Publish makes the generation that was written the live one.
func (s *session) Publish(ctx context.Context) (Stats, error) {
	if s.dir == "" {
		return Stats{Generation: s.live.name}, nil
	}
	stats, err := s.publish(ctx)
	if err != nil {
		return Stats{}, fmt.Errorf("index: update %s: %w", s.engine.dir, err)
	}
	return stats, nil
}

func (s *session) publish(ctx context.Context) (Stats, error) {
	if err := s.writer.finish(ctx); err != nil {
		return Stats{}, err
	}
	m, err := describe(filepath.Join(s.dir, storeName), s.live.manifest)
	if err != nil {
		return Stats{}, err
	}
	if err := m.write(s.dir); err != nil {
		return Stats{}, err
	}
	name := filepath.Base(s.dir)
	if err := writeCurrent(s.engine.dir, name); err != nil {
		return Stats{}, err
	}
	s.live = &liveIndex{name: name, dir: s.dir, manifest: m}
	s.dir = ""
	stats := s.writer.stats
	stats.Generation, s.writer.stats = name, Stats{}
	if _, err := clean(s.engine.dir, name); err != nil {
		s.engine.log.Warn("removing old index generations", "error", err)
	}
	return stats, nil
}

// Close drops the generation being written.
func (s *session) Close() error {
	var err error
	if s.writer != nil {
		err = s.writer.close()
	}
	if s.dir != "" {
		err = errors.Join(err, os.RemoveAll(s.dir))
	}
	return errors.Join(err, s.lock.Close())
}

// describe lists what a finished store consists of. It reads it as a search
// will: what cannot be read does not become live.
func describe(store string, before *manifest) (*manifest, error) {
	s, err := openSnapshot(store)
	if err != nil {
		return nil, err
	}
	defer s.close()
	m := &manifest{Format: FormatVersion, Position: s.state.Position, Docs: s.docs}
	files := append(s.files(), boltName)
	slices.Sort(files)
	for _, name := range files {
		f, err := describeFile(store, name, before)
		if err != nil {
			return nil, err
		}
		m.Files = append(m.Files, f)
	}
	return m, nil
}
