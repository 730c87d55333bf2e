package archive

import (
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

// SourceOf returns the fetch that a message's words were read from: the newest
// of its page, or else of its period's text file; false if neither is known, as of
// a mail out of a mailbox.
func (a *Archive) SourceOf(ctx context.Context, id ID) (Raw, bool, error) {
	k, ok := parseID(id)
	if !ok {
		return Raw{}, false, fmt.Errorf("source of %q: no such ID: %w", id, ErrNotFound)
	}
	if err := ctx.Err(); err != nil {
		return Raw{}, false, err
	}
	k, err := today(a.read, k)
	if err != nil {
		return Raw{}, false, fmt.Errorf("source of %s: %w", id, explain(err))
	}
	r, err := scanRaw(a.read.queryRow(rawColumns+`WHERE r.seq = (
		SELECT coalesce(sp.held, (SELECT max(held) FROM page WHERE grp = s.grp AND kind = ?))
		FROM message m JOIN source s ON s.id = m.src LEFT JOIN page sp ON sp.id = s.page WHERE m.id = ? AND m.gone IS NULL)`, RawText, k[:]))
	if errors.Is(err, sql.ErrNoRows) {
		return Raw{}, false, nil
	} else if err != nil {
		return Raw{}, false, fmt.Errorf("source of %s: %w", id, explain(err))
	}
	return r, true, nil
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
	if body := a.recent.take(string(sum)); body != nil {
		return body, nil
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
