package archive

import (
	"context"
	"database/sql"
	"errors"
	"net/url"
	"sync"
	"time"
)

// writer is the one writing connection. Transactions are run one at a time
// by its goroutine; see commit.go.
type writer struct {
	db    *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
	ops   chan *op
	quit  chan struct{}
	ended chan struct{}
	once  sync.Once
}

func openWriter(path string, now time.Time) (*writer, error) {
	params := url.Values{"_pragma": {"busy_timeout(10000)", "synchronous(full)", "foreign_keys(1)", "cache_size(-16384)", "wal_autocheckpoint(4000)"}}
	db, err := sql.Open("sqlite", dsn(path, params))
	if err != nil {
		return nil, err
	}
	w := &writer{db: db, stmts: make(map[string]*sql.Stmt), ops: make(chan *op, 256),
		quit: make(chan struct{}), ended: make(chan struct{})}
	if w.conn, err = db.Conn(context.Background()); err != nil {
		db.Close()
		return nil, explain(err)
	}
	// The page size comes first: it is fixed once the log is on.
	t := &tx{w: w}
	if err = t.script(`PRAGMA page_size = 8192`); err == nil {
		err = t.script(`PRAGMA journal_mode = wal`)
	}
	if err == nil {
		_, err = checkVersion(t)
	}
	if errors.Is(err, ErrNoArchive) {
		err = w.transact(func(t *tx) error { return create(t, now) })
	}
	go w.run()
	if err != nil {
		w.close()
		return nil, explain(err)
	}
	return w, nil
}

// close waits for what is being written and folds the log into the file.
func (w *writer) close() error {
	w.once.Do(func() { close(w.quit) })
	<-w.ended
	// Not being able to fold it, a reader being there or the disk full, loses nothing.
	w.conn.ExecContext(context.Background(), `PRAGMA wal_checkpoint(TRUNCATE)`)
	for _, s := range w.stmts {
		s.Close()
	}
	return errors.Join(w.conn.Close(), w.db.Close())
}

// tx is the writer's open transaction. It takes no context: half of a
// transaction is never worth keeping, and the driver pays for each context.
type tx struct {
	w     *writer
	parse map[int64]int64 // groups to be parsed again, and the newest raw of each

	// The frame looked at last. It may be one that this transaction has made,
	// which is nobody else's yet.
	lastFrame int64
	records   []byte
}

// frame returns an unpacked frame as the transaction sees it.
func (t *tx) frame(a *Archive, id int64) ([]byte, error) {
	if records := a.frames.get(id); records != nil {
		return records, nil
	}
	if t.records != nil && t.lastFrame == id {
		return t.records, nil
	}
	records, err := a.loadFrame(t, id)
	t.lastFrame, t.records = id, records
	return records, err
}

// stale notes that a group has a raw that is to be parsed.
func (t *tx) stale(grp, seq int64) {
	if t.parse == nil {
		t.parse = make(map[int64]int64)
	}
	t.parse[grp] = seq
}

// markStale writes what stale noted: once for a group, however many of its
// pages share the transaction.
func (t *tx) markStale() error {
	for grp, seq := range t.parse {
		if err := t.exec(`UPDATE grp SET stale = max(stale, ?) WHERE id = ?`, seq, grp); err != nil {
			return err
		}
	}
	return nil
}

func (t *tx) stmt(q string) (*sql.Stmt, error) {
	s := t.w.stmts[q]
	if s == nil {
		var err error
		if s, err = t.w.conn.PrepareContext(context.Background(), q); err != nil {
			return nil, err
		}
		t.w.stmts[q] = s
	}
	return s, nil
}

func (t *tx) exec(q string, args ...any) error {
	s, err := t.stmt(q)
	if err == nil {
		_, err = s.Exec(args...)
	}
	return err
}

// insert runs q and returns the new row's number.
func (t *tx) insert(q string, args ...any) (int64, error) {
	s, err := t.stmt(q)
	if err != nil {
		return 0, err
	}
	res, err := s.Exec(args...)
	if err != nil {
		return 0, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return 0, errors.Join(err, errNotInserted)
	}
	return res.LastInsertId()
}

// errNotInserted is what insert returns where ON CONFLICT DO NOTHING applies.
var errNotInserted = errors.New("not inserted")

func (t *tx) query(q string, args ...any) (*sql.Rows, error) {
	s, err := t.stmt(q)
	if err != nil {
		return nil, err
	}
	return s.Query(args...)
}

func (t *tx) queryRow(q string, args ...any) *sql.Row {
	s, err := t.stmt(q)
	if err != nil {
		return t.w.conn.QueryRowContext(context.Background(), q, args...)
	}
	return s.QueryRow(args...)
}

func (t *tx) script(q string) error {
	_, err := t.w.conn.ExecContext(context.Background(), q)
	return err
}
