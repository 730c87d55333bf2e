// Package archive keeps what was fetched for ever, and the messages read out
// of it.
//
// An archive is a directory with one SQLite file, archive.db, described in
// docs/format.md. [Open] opens it, for reading or as its only writer.
// [Archive.PutRaw] records fetches; [Archive.Derive] turns them into messages,
// threads and sequence numbers with a [Parser]; it may be run again at any
// time and does only what is left to do. Consumers follow [Archive.Changes]
// from a position of their own. All methods may be called concurrently.
package archive

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options say how to open an archive. The zero value opens it for reading.
type Options struct {
	Write  bool             // be the one writer; ErrLocked if there is another
	Create bool             // with Write: make the archive if there is none
	Holder string           // what other would-be writers are told, such as the command line
	Logger *slog.Logger     // nil discards
	Now    func() time.Time // nil means time.Now
}

// Archive is one data directory's archive.
type Archive struct {
	dir     string
	log     *slog.Logger
	now     func() time.Time
	uuid    string
	lock    *dirLock // nil for readers
	read    *pool
	write   *writer  // nil for readers
	lists   sync.Map // name to listRow, for PutRaw; only this process changes lists
	recent  recent
	packs   packers
	unpack  unpackers
	framing framePacker
	frames  shelved
	derive  sync.Mutex // one Derive at a time
	oldest  int64      // the last message row that was there at the start: what is younger is new, not changed
}

// fileName is the archive's file in its directory.
const fileName = "archive.db"

// Open opens the archive in the directory dir. It returns ErrNoArchive (which
// is an ErrNotFound) where there is none, a *LockedError when another process
// writes it, ErrNewerFormat for one made by a newer program, ErrReadOnly when
// it cannot be written, ErrOlderFormat for one that has to be opened once for
// writing, and ErrCorrupt when the file is damaged so that
// nothing can be read.
func Open(dir string, opts *Options) (*Archive, error) {
	var o Options
	if opts != nil {
		o = *opts
	}
	a := &Archive{dir: dir, log: o.Logger, now: o.Now}
	if a.log == nil {
		a.log = slog.New(slog.DiscardHandler)
	}
	if a.now == nil {
		a.now = time.Now
	}
	if err := a.open(o); err != nil {
		a.Close()
		return nil, fmt.Errorf("open archive %s: %w", dir, err)
	}
	return a, nil
}

func (a *Archive) open(o Options) error {
	path := filepath.Join(a.dir, fileName)
	if o.Write {
		if err := a.openWriter(path, o); err != nil {
			return err
		}
	}
	if err := checkFile(path); err != nil {
		return err
	}
	var err error
	if a.read, err = openPool(path); err != nil {
		return err
	}
	version, err := checkVersion(a.read)
	switch {
	case err != nil:
		return err
	case version < formatVersion && a.write == nil:
		return fmt.Errorf("format %d, this program reads format %d: %w", version, formatVersion, ErrOlderFormat)
	case version < formatVersion:
		if err := a.upgrade(context.Background()); err != nil {
			return fmt.Errorf("bring it from format %d to %d: %w", version, formatVersion, err)
		}
	}
	if a.uuid, err = readUUID(a.read); err != nil || a.write == nil {
		return err
	}
	return a.read.queryRow(`SELECT coalesce(max(n), 0) FROM message`).Scan(&a.oldest)
}

// openWriter takes the lock and opens, or makes, the file for writing.
func (a *Archive) openWriter(path string, o Options) error {
	if o.Create {
		if err := os.MkdirAll(a.dir, 0o777); err != nil {
			return readOnly(err)
		}
	} else if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return ErrNoArchive
	}
	var err error
	if a.lock, err = takeLock(a.dir, o.Holder, a.now()); err != nil {
		return err
	}
	if err := checkFile(path); err != nil && !(o.Create && errors.Is(err, ErrNoArchive)) {
		return err
	}
	if a.write, err = openWriter(path, a.now()); err != nil {
		return err
	}
	return nil
}

// Close ends all work and releases the lock. What was written is in
// archive.db alone afterwards, unless another process is reading.
func (a *Archive) Close() error {
	var errs []error
	if a.read != nil {
		errs = append(errs, a.read.close())
	}
	if a.write != nil {
		errs = append(errs, a.write.close())
	}
	a.packs.close()
	a.unpack.close()
	if a.lock != nil {
		errs = append(errs, a.lock.release())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close archive %s: %w", a.dir, err)
	}
	return nil
}

// Dir returns the archive's directory.
func (a *Archive) Dir() string { return a.dir }

// writable runs fn in a transaction of the writer, together with what others
// write at the same time. It returns when the transaction is on disk. When
// another write fails, fn is run a second time, in a transaction of its own.
func (a *Archive) writable(ctx context.Context, fn func(t *tx) error) error {
	if a.write == nil {
		return fmt.Errorf("%w: it was opened for reading", ErrReadOnly)
	}
	return a.write.do(ctx, fn)
}
