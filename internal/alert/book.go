package alert

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// Options say how to open the watches. The zero value opens them for reading.
type Options struct {
	Write  bool
	Create bool // with Write: make the file if there is none; else that is ErrNone
	// Links are those of the web site that shows the archive; without an origin
	// alerts have the permalinks of the list's own archive alone.
	Links link.Links
	// Late is how long a message may have been under way: one that is dated so
	// long before the last run is old news, such as of a list that is crawled for
	// the first time, and not told. 0 means DefaultLate.
	Late   time.Duration
	Logger *slog.Logger     // nil discards
	Now    func() time.Time // nil means time.Now
}

// DefaultLate is how late a message may come and still be news.
const DefaultLate = 30 * 24 * time.Hour

// Book holds the watches of one data directory, and what they found.
type Book struct {
	dir   string
	db    *sql.DB
	links link.Links
	late  time.Duration
	log   *slog.Logger
	now   func() time.Time
}

// From is where news comes from.
type From struct {
	Archive  *archive.Archive
	Searcher *search.Searcher // of the same archive
	Chooser  Chooser          // of the same archive; nil lets every watch be asked
}

// Open opens the watches of the data directory dir. Without any, and without
// Create, the error is ErrNone.
func Open(dir string, opts *Options) (*Book, error) {
	if opts == nil {
		opts = &Options{}
	}
	db, err := openFile(dir, opts)
	if err != nil {
		return nil, err
	}
	b := &Book{dir: dir, db: db, links: opts.Links, late: opts.Late, log: opts.Logger, now: opts.Now}
	if b.late <= 0 {
		b.late = DefaultLate
	}
	if b.log == nil {
		b.log = slog.New(slog.DiscardHandler)
	}
	if b.now == nil {
		b.now = time.Now
	}
	return b, nil
}

// Close ends the work with the file.
func (b *Book) Close() error { return b.db.Close() }

// ErrBusy says that another process runs the watches.
var ErrBusy = errors.New("another process is at work on the watches: what it leaves waiting, the next run takes")

// lock keeps other runs out until release is called. The system does that too
// when the process ends.
func (b *Book) lock() (release func() error, err error) {
	l := flock.New(filepath.Join(b.dir, lockName))
	switch ok, err := l.TryLock(); {
	case err != nil:
		return nil, fmt.Errorf("lock the watches: %w", err)
	case !ok:
		return nil, ErrBusy
	}
	return l.Unlock, nil
}

// write runs fn in one transaction.
func (b *Book) write(ctx context.Context, fn func(t *sql.Tx) error) error {
	t, err := b.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("watches: %w", err)
	}
	defer t.Rollback() // after Commit it does nothing
	if err := fn(t); err != nil {
		return fmt.Errorf("watches: %w", err)
	}
	if err := t.Commit(); err != nil {
		return fmt.Errorf("watches: %w", err)
	}
	return nil
}

// rows calls each with every row of a query.
func (b *Book) rows(ctx context.Context, query string, each func(scan func(...any) error) error, args ...any) error {
	rows, err := b.db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("watches: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := each(rows.Scan); err != nil {
			return fmt.Errorf("watches: %w", err)
		}
	}
	return rows.Err()
}

// stamp and moment turn times into what the file has, and back; 0 is none.
func stamp(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func moment(seconds int64) time.Time {
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}
