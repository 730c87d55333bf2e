package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"time"

	_ "modernc.org/sqlite" // the peer: FTS5

	"github.com/bxsearch/bxsearch/archive"
)

// fts5 indexes the same messages with SQLite's full-text search and asks it
// the same.
func (b *bench) fts5(mix []question) (build time.Duration, size int64, out timings, err error) {
	file := filepath.Join(filepath.Dir(b.data), "fts5.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return 0, 0, nil, err
	}
	defer db.Close()
	if build, err = b.fillFTS5(db); err != nil {
		return 0, 0, nil, fmt.Errorf("FTS5: %w", err)
	}
	out = timings{}
	for _, q := range mix {
		if q.fts5 == "" {
			continue
		}
		start := time.Now()
		if err := askFTS5(db, q); err != nil {
			return 0, 0, nil, fmt.Errorf("FTS5: query %q: %w", q.fts5, err)
		}
		out.add(q.kind, time.Since(start))
	}
	return build, sizeOf(file), out, nil
}

func (b *bench) fillFTS5(db *sql.DB) (time.Duration, error) {
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return 0, err
	}
	defer a.Close()
	if _, err := db.Exec(`PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE VIRTUAL TABLE m USING fts5(id UNINDEXED, date UNINDEXED, subject, body, tokenize='porter unicode61')`); err != nil {
		return 0, err
	}
	tx, err := db.Begin()
	if err != nil {
		return 0, err
	}
	insert, err := tx.Prepare(`INSERT INTO m VALUES (?, ?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	var took time.Duration
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return 0, err
		}
		start := time.Now()
		if _, err := insert.Exec(string(m.ID), m.Date.UTC().Format(time.DateOnly), m.Subject, m.Body); err != nil {
			return 0, err
		}
		took += time.Since(start)
	}
	start := time.Now()
	err = tx.Commit()
	return took + time.Since(start), err
}

func askFTS5(db *sql.DB, q question) error {
	order := "bm25(m)"
	if q.newest {
		order = "date DESC"
	}
	rows, err := db.Query(`SELECT id, subject, snippet(m, 3, '*', '*', '…', 32) FROM m WHERE m MATCH ? AND (? = '' OR date BETWEEN ? AND ?) ORDER BY `+order+` LIMIT 10`,
		q.fts5, q.from, q.from, q.to)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, subject, snippet string
		if err := rows.Scan(&id, &subject, &snippet); err != nil {
			return err
		}
	}
	return rows.Err()
}
