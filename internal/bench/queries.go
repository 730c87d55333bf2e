package main

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"time"

	_ "modernc.org/sqlite" // the peer: FTS5

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// mix is the fixed set of queries: ours, and the same for FTS5.
var mix = [][2]string{
	{"server", "server"}, {"password reset", "password AND reset"}, {"the", "the"}, {"connection timeout error", "connection AND timeout AND error"},
	{`"does not work"`, `"does not work"`}, {"python OR java", "python OR java"}, {"session -windows", "session NOT windows"},
	{"subject:release", "subject : release"}, {"xmlrpc", "xmlrpc"}, {"translation update", "translation AND update"},
	{"nosuchwordanywhere", "nosuchwordanywhere"}, {"template rendering form", "template AND rendering AND form"},
	{`"thank you"`, `"thank you"`}, {"install debian package", "install AND debian AND package"}, {"memory leak", "memory AND leak"},
	{"hola gracias", "hola AND gracias"}, {"patch", "patch"}, {"(http OR https) proxy", "(http OR https) AND proxy"},
	{"login fails after upgrade", "login AND fails AND after AND upgrade"}, {"is", "is"},
}

const rounds = 10

func (b *bench) queries() error {
	ours, err := b.ourQueries()
	if err != nil {
		return err
	}
	cold, err := b.coldQueries()
	if err != nil {
		return err
	}
	build, size, fts, err := b.fts5()
	if err != nil {
		return err
	}
	fmt.Println("| top 10 with snippets, 20 queries × 10 | p50 | p95 | max |\n|---|---|---|---|")
	row := func(name string, d []time.Duration) {
		slices.Sort(d)
		fmt.Printf("| %s | %s | %s | %s |\n", name, ms(d[len(d)/2]), ms(d[len(d)*95/100]), ms(d[len(d)-1]))
	}
	row("bxsearch, in-process", ours)
	row("SQLite FTS5 (porter), in-process", fts)
	row("`bxsearch` as a new process", cold)
	fmt.Printf("\nFTS5 alone, without fetching and parsing: built in %.1f s, %s with the text.\n", build.Seconds(), mb(size))
	return nil
}

func ms(d time.Duration) string { return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000) }

func (b *bench) ourQueries() ([]time.Duration, error) {
	s, err := search.Open(b.data, nil)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	var out []time.Duration
	for round := range rounds + 1 {
		for _, q := range mix {
			start := time.Now()
			if _, err := s.Search(b.ctx, search.Query{Text: q[0], Limit: 10}); err != nil {
				return nil, fmt.Errorf("query %q: %w", q[0], err)
			}
			if round > 0 { // the first warms up
				out = append(out, time.Since(start))
			}
		}
	}
	return out, nil
}

func (b *bench) coldQueries() ([]time.Duration, error) {
	var out []time.Duration
	for range 3 {
		for _, q := range mix {
			u, err := b.command("bxsearch", "--limit", "10", "--", q[0])
			if err != nil {
				return nil, err
			}
			out = append(out, u.wall)
		}
	}
	return out, nil
}

// fts5 indexes the same messages with SQLite's full-text search and asks it
// the same.
func (b *bench) fts5() (build time.Duration, size int64, out []time.Duration, err error) {
	file := filepath.Join(filepath.Dir(b.data), "fts5.db")
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return 0, 0, nil, err
	}
	defer db.Close()
	if build, err = b.fillFTS5(db); err != nil {
		return 0, 0, nil, fmt.Errorf("FTS5: %w", err)
	}
	for round := range rounds + 1 {
		for _, q := range mix {
			start := time.Now()
			if err := askFTS5(db, q[1]); err != nil {
				return 0, 0, nil, fmt.Errorf("FTS5: query %q: %w", q[1], err)
			}
			if round > 0 {
				out = append(out, time.Since(start))
			}
		}
	}
	return build, sizeOf(file), out, nil
}

func (b *bench) fillFTS5(db *sql.DB) (time.Duration, error) {
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return 0, err
	}
	defer a.Close()
	if _, err := db.Exec(`PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; CREATE VIRTUAL TABLE m USING fts5(id UNINDEXED, subject, body, tokenize='porter unicode61')`); err != nil {
		return 0, err
	}
	tx, err := db.Begin()
	if err != nil {
		return 0, err
	}
	insert, err := tx.Prepare(`INSERT INTO m VALUES (?, ?, ?)`)
	if err != nil {
		return 0, err
	}
	var took time.Duration
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return 0, err
		}
		start := time.Now()
		if _, err := insert.Exec(string(m.ID), m.Subject, m.Body); err != nil {
			return 0, err
		}
		took += time.Since(start)
	}
	start := time.Now()
	err = tx.Commit()
	return took + time.Since(start), err
}

func askFTS5(db *sql.DB, q string) error {
	rows, err := db.Query(`SELECT id, subject, snippet(m, 2, '*', '*', '…', 32) FROM m WHERE m MATCH ? ORDER BY bm25(m) LIMIT 10`, q)
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
