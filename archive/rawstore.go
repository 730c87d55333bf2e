package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"
)

// PutRaw records one request and the body of its answer, nil when there was
// none. It is on disk when PutRaw returns; what is returned has Seq, SHA256
// and Size filled in. The list must be known.
func (a *Archive) PutRaw(ctx context.Context, r Raw, body []byte) (Raw, error) {
	held, err := a.putRaw(ctx, r, body)
	if err != nil {
		return Raw{}, fmt.Errorf("store %s: %w", r.URL, err)
	}
	return held, nil
}

func (a *Archive) putRaw(ctx context.Context, r Raw, body []byte) (Raw, error) {
	if a.write == nil {
		return r, fmt.Errorf("%w: it was opened for reading", ErrReadOnly)
	}
	if len(body) > maxBody {
		return r, fmt.Errorf("a body of %d bytes is over the bound of %d", len(body), maxBody)
	}
	l, err := listByName(a.read, r.List)
	if err != nil {
		return r, err
	}
	b := blob{size: len(body)}
	r.Size, r.SHA256 = int64(len(body)), ""
	if body != nil {
		sum := sha256.Sum256(body)
		b.sum, r.SHA256 = sum[:], hex.EncodeToString(sum[:])
		p, err := a.packer(l.id, packPages)
		if err != nil {
			return r, err
		}
		if b.data, b.dict, err = p.pack(ctx, a, body, r.Kind == RawMessage); err != nil {
			return r, err
		}
	}
	err = a.writable(ctx, func(t *tx) error {
		seq, err := insertRaw(t, l, r, b)
		r.Seq = uint64(seq)
		return err
	})
	return r, err
}

// blob is a body on its way into the archive; sum is nil without one.
type blob struct {
	sum, data []byte
	size      int
	dict      int64
}

func insertRaw(t *tx, l listRow, r Raw, b blob) (int64, error) {
	var blobID any
	if b.sum != nil {
		id, err := insertBlob(t, b)
		if err != nil {
			return 0, err
		}
		blobID = id
	}
	pg, err := pageOf(t, l, r)
	if err != nil {
		return 0, err
	}
	seq, err := t.insert(`INSERT INTO raw (page, fetched, status, blob, etag, modified, ctype, final, err)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`, pg.id, r.Fetched.UnixNano(), r.Status, blobID,
		null(r.ETag), null(r.LastModified), null(r.ContentType), null(r.FinalURL), null(r.Err))
	if err != nil {
		return 0, err
	}
	if b.sum == nil {
		return seq, t.exec(`UPDATE page SET last = ? WHERE id = ?`, seq, pg.id)
	}
	if err := t.exec(`UPDATE page SET last = ?1, held = ?1 WHERE id = ?2`, seq, pg.id); err != nil {
		return 0, err
	}
	if pg.blob == blobID && pg.ctype == r.ContentType && !pg.moved {
		return seq, nil // fetched again, and the same as before: nothing to parse
	}
	return seq, t.exec(`UPDATE grp SET stale = ? WHERE id = ?`, seq, pg.grp)
}

// insertBlob stores a body unless it is held.
func insertBlob(t *tx, b blob) (int64, error) {
	key := int64(binary.BigEndian.Uint64(b.sum))
	rows, err := t.query(`SELECT id, sha256 FROM blob WHERE key = ?`, key)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	for rows.Next() {
		var id int64
		var sum []byte
		if err := rows.Scan(&id, &sum); err != nil {
			return 0, err
		}
		if bytes.Equal(sum, b.sum) {
			return id, nil
		}
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	rows.Close()
	return t.insert(`INSERT INTO blob (key, sha256, size, dict, data) VALUES (?, ?, ?, ?, ?)`,
		key, b.sum, b.size, b.dict, b.data)
}

// pageRow is a URL's row, with what was held of it before.
type pageRow struct {
	id, grp int64
	blob    any // int64, or nil
	ctype   string
	moved   bool // it belongs to another group than before
}

// pageOf finds or makes the row of a raw's URL. A URL that is now said to be
// of another group moves there, and the group that it left is parsed again.
func pageOf(t *tx, l listRow, r Raw) (pageRow, error) {
	pg := pageRow{}
	grp, err := groupOf(t, l.id, r.Group)
	if err != nil {
		return pg, err
	}
	var blob sql.NullInt64
	var ctype sql.NullString
	rel := l.relative(r.URL)
	err = t.queryRow(`SELECT p.id, p.grp, r.blob, r.ctype FROM page p LEFT JOIN raw r ON r.seq = p.held
		WHERE p.url = ? AND p.list = ?`, rel, l.id).Scan(&pg.id, &pg.grp, &blob, &ctype)
	if errors.Is(err, sql.ErrNoRows) {
		pg.id, err = t.insert(`INSERT INTO page (list, grp, kind, url) VALUES (?, ?, ?, ?)`, l.id, grp, string(r.Kind), rel)
		pg.grp = grp
		return pg, err
	} else if err != nil {
		return pg, err
	}
	if pg.ctype = ctype.String; blob.Valid {
		pg.blob = blob.Int64
	}
	if pg.grp == grp {
		return pg, nil
	}
	pg.moved = true
	if err := t.exec(`UPDATE grp SET stale = (SELECT max(seq) FROM raw) WHERE id IN (?, ?)`, pg.grp, grp); err != nil {
		return pg, err
	}
	pg.grp = grp
	return pg, t.exec(`UPDATE page SET grp = ?, kind = ? WHERE id = ?`, grp, string(r.Kind), pg.id)
}

func groupOf(t *tx, list int64, name string) (int64, error) {
	var id int64
	err := t.queryRow(`SELECT id FROM grp WHERE list = ? AND name = ?`, list, name).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return t.insert(`INSERT INTO grp (list, name) VALUES (?, ?)`, list, name)
	}
	return id, err
}

// null stores nothing for an empty string.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// rawColumns is what scanRaw reads.
const rawColumns = `SELECT r.seq, l.name, l.url, g.name, p.kind, p.url, r.fetched, r.status, r.etag, r.modified, r.ctype,
	r.final, r.err, b.sha256, b.size FROM raw r JOIN page p ON p.id = r.page JOIN grp g ON g.id = p.grp
	JOIN list l ON l.id = p.list LEFT JOIN blob b ON b.id = r.blob `

type scanner interface{ Scan(dest ...any) error }

func scanRaw(s scanner) (Raw, error) {
	var r Raw
	var l listRow
	var seq, fetched int64
	var etag, modified, ctype, final, failure sql.NullString
	var sum []byte
	var size sql.NullInt64
	err := s.Scan(&seq, &l.name, &l.url, &r.Group, &r.Kind, &r.URL, &fetched, &r.Status, &etag, &modified, &ctype,
		&final, &failure, &sum, &size)
	r.Seq, r.List, r.URL = uint64(seq), l.name, l.absolute(r.URL)
	r.Fetched = time.Unix(0, fetched).UTC()
	r.ETag, r.LastModified, r.ContentType = etag.String, modified.String, ctype.String
	r.FinalURL, r.Err, r.SHA256, r.Size = final.String, failure.String, hex.EncodeToString(sum), size.Int64
	return r, err
}

// LastFetch returns the newest record of a URL, whatever came of it, and false
// if there is none.
func (a *Archive) LastFetch(ctx context.Context, url string) (Raw, bool, error) {
	return a.rawBy(ctx, url, rawColumns+`WHERE r.seq = (SELECT max(last) FROM page WHERE url = ?1 OR (url = ?2 AND list = ?3))`)
}

// Held returns the newest record of a URL that has a body.
func (a *Archive) Held(ctx context.Context, url string) (Raw, bool, error) {
	return a.rawBy(ctx, url, rawColumns+`WHERE r.seq = (SELECT max(held) FROM page WHERE url = ?1 OR (url = ?2 AND list = ?3))`)
}

func (a *Archive) rawBy(ctx context.Context, url, q string) (Raw, bool, error) {
	if err := ctx.Err(); err != nil {
		return Raw{}, false, err
	}
	l, err := listOfURL(a.read, url)
	if err != nil {
		return Raw{}, false, fmt.Errorf("look up %s: %w", url, err)
	}
	r, err := scanRaw(a.read.queryRow(q, url, l.relative(url), l.id))
	if errors.Is(err, sql.ErrNoRows) {
		return Raw{}, false, nil
	} else if err != nil {
		return Raw{}, false, fmt.Errorf("look up %s: %w", url, explain(err))
	}
	return r, true, nil
}

// listOfURL returns the list whose folder a URL is in: the deepest one; none
// has the ID 0.
func listOfURL(q querier, u string) (listRow, error) {
	var l listRow
	for end := len(u); end > 0; end = strings.LastIndexByte(u[:end], '/') {
		prefix := u[:min(end+1, len(u))]
		if !strings.HasSuffix(prefix, "/") {
			continue
		}
		err := q.queryRow(`SELECT id, name, url FROM list WHERE url IN (?, ?)`, prefix, otherScheme(prefix)).Scan(&l.id, &l.name, &l.url)
		if !errors.Is(err, sql.ErrNoRows) {
			return l, explain(err)
		}
	}
	return l, nil
}

// HeldURLs returns the URLs of a group of which a body is held.
func (a *Archive) HeldURLs(ctx context.Context, list, group string) (map[string]bool, error) {
	return a.groupURLs(ctx, list, group, `p.held IS NOT NULL`)
}

// Missing returns the URLs of a group that the server last said it does not
// have, or does not give: 403, 404 and 410.
func (a *Archive) Missing(ctx context.Context, list, group string) (map[string]bool, error) {
	return a.groupURLs(ctx, list, group, `(SELECT status FROM raw WHERE seq = p.last) IN (403, 404, 410)`)
}

func (a *Archive) groupURLs(ctx context.Context, list, group, where string) (map[string]bool, error) {
	l, err := listByName(a.read, list)
	if err != nil {
		return nil, err
	}
	urls, err := scanAll(ctx, a.read, func(r *sql.Rows) (u string, err error) { return u, r.Scan(&u) },
		`SELECT p.url FROM grp g JOIN page p ON p.grp = g.id WHERE g.list = ? AND g.name = ? AND `+where, l.id, group)
	if err != nil {
		return nil, fmt.Errorf("pages of %s %s: %w", list, group, err)
	}
	set := make(map[string]bool, len(urls))
	for _, u := range urls {
		set[l.absolute(u)] = true
	}
	return set, nil
}

// Body returns the bytes that were fetched, checked against their SHA-256.
func (a *Archive) Body(ctx context.Context, r Raw) ([]byte, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	sum, err := hex.DecodeString(r.SHA256)
	if err != nil || len(sum) != sha256.Size {
		return nil, fmt.Errorf("body of %s: %w", r.URL, ErrNotFound)
	}
	var size, dict int64
	var data []byte
	err = a.read.queryRow(`SELECT size, dict, data FROM blob WHERE key = ? AND sha256 = ?`,
		int64(binary.BigEndian.Uint64(sum)), sum).Scan(&size, &dict, &data)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("body of %s: %w", r.URL, ErrNotFound)
	} else if err != nil {
		return nil, fmt.Errorf("body of %s: %w", r.URL, explain(err))
	}
	body, err := a.unpackData(dict, data, int(size))
	if err == nil && sha256.Sum256(body) != [sha256.Size]byte(sum) {
		err = errors.New("its SHA-256 is another")
	}
	if err != nil {
		return nil, &DamagedError{What: "the body of", Name: r.URL, Err: err}
	}
	return body, nil
}

// Raws returns all records of a list in the order of recording; of all lists
// if list is empty.
func (a *Archive) Raws(ctx context.Context, list string) iter.Seq2[Raw, error] {
	q, args := rawColumns+`ORDER BY r.seq`, []any(nil)
	if list != "" {
		q, args = rawColumns+`WHERE l.name = ? ORDER BY r.seq`, []any{list}
	}
	return stream(ctx, a.read, func(r *sql.Rows) (Raw, error) { return scanRaw(r) }, q, args...)
}

// stream turns a query into an iterator. It reads one state of the archive,
// whatever is written meanwhile.
func stream[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), sql string, args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := q.query(sql, args...)
		if err != nil {
			yield(zero, explain(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := scan(rows)
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(zero, explain(err))
				return
			}
			if !yield(v, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, explain(err))
		}
	}
}
