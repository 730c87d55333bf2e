package archive

import (
	"context"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"sync"

	_ "modernc.org/sqlite" // the driver
)

// querier is what a reading pool and a transaction have in common.
type querier interface {
	query(q string, args ...any) (*sql.Rows, error)
	queryRow(q string, args ...any) *sql.Row
}

// dsn names the file for the driver. The path is escaped: it may hold "?" and "#".
func dsn(path string, params url.Values) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + params.Encode()
}

// pool is the reading side: connections that never lock and never wait.
type pool struct {
	db    *sql.DB
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// openPool opens the file for reading. Where the folder cannot be written
// SQLite cannot make its shared memory; a cleanly closed archive needs none,
// and is then opened as a file that nobody changes.
func openPool(path string) (*pool, error) {
	params := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(10000)", "query_only(1)"}}
	p, err := tryPool(path, params)
	if err == nil {
		return p, nil
	}
	if info, statErr := os.Stat(path + "-wal"); statErr == nil && info.Size() > 0 {
		return nil, fmt.Errorf("the last writer did not end cleanly, and its folder cannot be written: open the archive once where it can (%w)", explain(err))
	}
	params.Set("immutable", "1")
	p, second := tryPool(path, params)
	if second != nil {
		return nil, explain(err)
	}
	return p, nil
}

func tryPool(path string, params url.Values) (*pool, error) {
	db, err := sql.Open("sqlite", dsn(path, params))
	if err != nil {
		return nil, err
	}
	db.SetMaxIdleConns(8)
	var n int
	if err := db.QueryRow(`SELECT count(*) FROM sqlite_schema`).Scan(&n); err != nil {
		db.Close()
		return nil, err
	}
	return &pool{db: db, stmts: make(map[string]*sql.Stmt)}, nil
}

// stmt prepares q once. A query that cannot be prepared is left to db, which
// reports why.
func (p *pool) stmt(q string) *sql.Stmt {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := p.stmts[q]
	if s == nil {
		var err error
		if s, err = p.db.Prepare(q); err != nil {
			return nil
		}
		p.stmts[q] = s
	}
	return s
}

func (p *pool) query(q string, args ...any) (*sql.Rows, error) {
	if s := p.stmt(q); s != nil {
		return s.Query(args...)
	}
	return p.db.Query(q, args...)
}

func (p *pool) queryRow(q string, args ...any) *sql.Row {
	if s := p.stmt(q); s != nil {
		return s.QueryRow(args...)
	}
	return p.db.QueryRow(q, args...)
}

// snapshot runs fn on one state of the archive, whatever is written meanwhile.
// queries are some that fn asks. Prepared beforehand they are so on the
// connection that fn gets; else another one would be opened for it.
func (p *pool) snapshot(ctx context.Context, fn func(q querier) error, queries ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, q := range queries {
		p.stmt(q)
	}
	// The driver pays for a context, and a rollback must not race with fn.
	t, err := p.db.Begin()
	if err != nil {
		return err
	}
	defer t.Rollback() // nothing was written
	return fn(&snapshot{p: p, t: t, stmts: make(map[string]*sql.Stmt, 2)})
}

// snapshot is one connection of the pool, in a transaction.
type snapshot struct {
	p     *pool
	t     *sql.Tx
	stmts map[string]*sql.Stmt // of this connection
}

func (s *snapshot) stmt(q string) *sql.Stmt {
	own := s.stmts[q]
	if own == nil {
		if shared := s.p.stmt(q); shared != nil {
			own = s.t.Stmt(shared)
			s.stmts[q] = own
		}
	}
	return own
}

func (s *snapshot) query(q string, args ...any) (*sql.Rows, error) {
	if own := s.stmt(q); own != nil {
		return own.Query(args...)
	}
	return s.t.Query(q, args...)
}

func (s *snapshot) queryRow(q string, args ...any) *sql.Row {
	if own := s.stmt(q); own != nil {
		return own.QueryRow(args...)
	}
	return s.t.QueryRow(q, args...)
}

func (p *pool) close() error { return p.db.Close() }
