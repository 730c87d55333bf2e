package archive

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"fmt"
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
	l, err := a.knownList(r.List)
	if err != nil {
		return r, err
	}
	b := blob{size: len(body)}
	r.Size, r.SHA256 = int64(len(body)), ""
	if body != nil {
		sum := sha256.Sum256(body)
		b.sum, r.SHA256 = sum[:], hex.EncodeToString(sum[:])
		p, err := a.packer(l.id)
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
	if err == nil && body != nil {
		a.recent.add(string(b.sum), body)
	}
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
	t.stale(pg.grp, seq)
	return seq, nil
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
	var grp int64
	var id, in, blob sql.NullInt64
	var ctype sql.NullString
	rel := l.relative(r.URL)
	err := t.queryRow(`SELECT (SELECT coalesce(max(id), 0) FROM grp WHERE list = ?1 AND name = ?2), p.id, p.grp, r.blob, r.ctype
		FROM (SELECT 1) LEFT JOIN page p ON p.url = ?3 AND p.list = ?1 LEFT JOIN raw r ON r.seq = p.held`,
		l.id, r.Group, rel).Scan(&grp, &id, &in, &blob, &ctype)
	if err == nil && grp == 0 {
		grp, err = t.insert(`INSERT INTO grp (list, name) VALUES (?, ?)`, l.id, r.Group)
	}
	if err != nil {
		return pg, err
	}
	if pg.id, pg.grp = id.Int64, in.Int64; !id.Valid {
		pg.id, err = t.insert(`INSERT INTO page (list, grp, kind, url) VALUES (?, ?, ?, ?)`, l.id, grp, string(r.Kind), rel)
		pg.grp = grp
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

// null stores nothing for an empty string.
func null(s string) any {
	if s == "" {
		return nil
	}
	return s
}
