package archive

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"time"
)

// The kinds of problems that Verify finds.
const (
	ProblemFile    = "damaged-file"    // SQLite's own check
	ProblemBody    = "damaged-body"    // a fetched body cannot be read: fetch it again
	ProblemMessage = "damaged-message" // a message's record cannot be read: `bxcrawl reparse`
	ProblemOrphan  = "no-source"       // a message without a source, or a source without a message
	ProblemThread  = "bad-thread"      // a message whose thread does not fit its parent
)

// Verify checks everything that is stored against itself and yields what does
// not fit: each lost body and message by name. It takes about as long as
// reading the whole file, and never changes anything. An error ends it; a
// damaged part does not.
func (a *Archive) Verify(ctx context.Context) iter.Seq2[Problem, error] {
	return func(yield func(Problem, error) bool) {
		v := &verifying{a: a, ctx: ctx, yield: yield}
		for _, step := range []func() error{v.file, v.bodies, v.records, v.orphans, v.threads} {
			err := step()
			if err == nil {
				err = ctx.Err()
			}
			switch {
			case v.stopped:
				return
			case errors.Is(explain(err), ErrCorrupt):
				v.report(Problem{Kind: ProblemFile, Detail: err.Error()})
			case err != nil:
				yield(Problem{}, fmt.Errorf("verify: %w", explain(err)))
				return
			}
		}
	}
}

type verifying struct {
	a       *Archive
	ctx     context.Context
	yield   func(Problem, error) bool
	stopped bool
}

func (v *verifying) report(p Problem) {
	if !v.stopped && !v.yield(p, nil) {
		v.stopped = true
	}
}

// file runs SQLite's check of its pages, indexes and constraints.
func (v *verifying) file() error {
	for text, err := range stream(v.ctx, v.a.read, scanString, `PRAGMA integrity_check(100)`) {
		if err != nil || v.stopped {
			return err
		}
		if text != "ok" {
			v.report(Problem{Kind: ProblemFile, Detail: text})
		}
	}
	return nil
}

func scanString(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) }

// each walks a table by its row numbers, one row at a time, so that a damaged
// page costs the rows on it and not those behind.
func (v *verifying) each(table, column string, check func(id int64) error) error {
	var last int64
	q := fmt.Sprintf(`SELECT coalesce(max(%s), 0) FROM %s`, column, table)
	if err := v.a.read.queryRow(q).Scan(&last); err != nil {
		return err
	}
	for id := int64(1); id <= last && !v.stopped; id++ {
		if err := v.ctx.Err(); err != nil {
			return err
		}
		if err := check(id); err != nil && !errors.Is(err, sql.ErrNoRows) {
			return err
		}
	}
	return nil
}

// bodies unpacks every body and compares its SHA-256.
func (v *verifying) bodies() error {
	return v.each("blob", "id", func(id int64) error {
		var sum, data []byte
		var size, dict int64
		err := v.a.read.queryRow(`SELECT sha256, size, dict, data FROM blob WHERE id = ?`, id).Scan(&sum, &size, &dict, &data)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		var body []byte
		if err == nil {
			body, err = v.a.unpackData(dict, data, int(size))
		}
		if got := sha256.Sum256(body); err == nil && (string(got[:]) != string(sum) || int64(len(body)) != size) {
			err = errors.New("its SHA-256 is another")
		}
		if err == nil {
			return nil
		}
		return v.lostBody(id, err)
	})
}

// lostBody names the pages whose body it is.
func (v *verifying) lostBody(id int64, cause error) error {
	scan := func(r *sql.Rows) (Problem, error) {
		var l listRow
		var fetched int64
		p := Problem{Kind: ProblemBody}
		err := r.Scan(&l.name, &l.url, &p.Group, &p.URL, &fetched)
		p.List, p.URL = l.name, l.absolute(p.URL)
		p.Detail = fmt.Sprintf("fetched %s: %v", time.Unix(0, fetched).UTC().Format(time.DateTime), cause)
		return p, err
	}
	// Without the blob table: the damage may be there.
	pages, err := scanAll(v.ctx, v.a.read, scan, `SELECT l.name, l.url, g.name, p.url, r.fetched FROM raw r JOIN page p ON p.id = r.page
		JOIN grp g ON g.id = p.grp JOIN list l ON l.id = p.list WHERE r.blob = ? ORDER BY r.seq`, id)
	for _, p := range pages {
		v.report(p)
	}
	return err
}

// records reads every message's words.
func (v *verifying) records() error {
	v.a.frames.clear() // what is kept in memory says nothing about the file
	return v.each("message", "n", func(n int64) error {
		s, err := v.a.messageAt(n)
		var damaged *DamagedError
		if !errors.As(err, &damaged) {
			return err
		}
		v.report(Problem{List: s.m.List, URL: s.m.URL, Kind: ProblemMessage, Detail: err.Error()})
		return nil
	})
}

// orphans looks for messages and sources that do not know each other.
func (v *verifying) orphans() error {
	const q = `SELECT l.name, 'message ' || m.n || ' has no source' FROM message m JOIN list l ON l.id = m.list
			WHERE m.gone IS NULL AND NOT EXISTS (SELECT 1 FROM source s WHERE s.id = m.src AND coalesce(s.msg, s.base) = m.id)
		UNION ALL SELECT l.name, 'source ' || s.id || ' has no message' FROM source s JOIN grp g ON g.id = s.grp JOIN list l ON l.id = g.list
			WHERE NOT EXISTS (SELECT 1 FROM message m WHERE m.id = coalesce(s.msg, s.base) AND (m.gone IS NULL OR m.barred))`
	return v.query(ProblemOrphan, q)
}

// threads compares each message's thread with its parent's; roots of circles
// aside, these are the same.
func (v *verifying) threads() error {
	const q = `SELECT l.name, 'message ' || m.n || ' is in another thread than its parent' FROM message m JOIN list l ON l.id = m.list
			LEFT JOIN message p ON p.id = m.parent AND p.gone IS NULL
			WHERE m.gone IS NULL AND m.thread IS NOT CASE WHEN m.parent IS NULL THEN m.id WHEN p.id IS NULL THEN m.parent ELSE p.thread END`
	return v.query(ProblemThread, q)
}

func (v *verifying) query(kind, q string) error {
	scan := func(r *sql.Rows) (Problem, error) {
		p := Problem{Kind: kind}
		return p, r.Scan(&p.List, &p.Detail)
	}
	for p, err := range stream(v.ctx, v.a.read, scan, q) {
		if err != nil || v.stopped {
			return err
		}
		v.report(p)
	}
	return nil
}
