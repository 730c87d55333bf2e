package index

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bxsearch/bxsearch/archive"
)

// Begin starts a session on the live generation.
func (e *bleveEngine) Begin(ctx context.Context, src Source) (Session, error) {
	return e.begin(ctx, src, false)
}

// Update writes a new generation with what changed, and makes it the live one.
func (e *bleveEngine) Update(ctx context.Context, src Source) (Stats, error) {
	return e.once(ctx, src, false)
}

// Rebuild writes a new generation from nothing, whatever the old one is.
func (e *bleveEngine) Rebuild(ctx context.Context, src Source) (Stats, error) {
	return e.once(ctx, src, true)
}

func (e *bleveEngine) once(ctx context.Context, src Source, anew bool) (Stats, error) {
	s, err := e.begin(ctx, src, anew)
	if err != nil {
		return Stats{}, err
	}
	return feedOnce(ctx, s)
}

func (e *bleveEngine) begin(ctx context.Context, src Source, anew bool) (*session, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	lock, err := writerLock(e.dir)
	if err != nil {
		return nil, err
	}
	live, err := e.live(anew)
	if err == nil {
		if _, cerr := clean(e.dir, live.name); cerr != nil {
			err = fmt.Errorf("index: clean %s: %w", e.dir, cerr)
		}
	}
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &session{engine: e, src: src, lock: lock, live: live}, nil
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

// files returns the names of the segments that the snapshot reads, and of their
// columns.
func (s *snapshot) files() []string {
	var out []string
	for _, seg := range s.segments() {
		if p, err := fileOf(seg.Segment()); err == nil {
			name := filepath.Base(p.Path())
			out = append(out, name, columnsPath(name))
		}
	}
	return out
}
