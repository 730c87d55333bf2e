package archive

import (
	"context"
	"database/sql"
	"fmt"
)

// upgrade brings an archive of format 1, which packed each record alone, to
// this format: all in one transaction, and without parsing. A record that
// cannot be read any more has its period parsed again.
func (a *Archive) upgrade(ctx context.Context) error {
	a.log.Info("bringing the archive to a newer format", "from", 1, "to", formatVersion)
	return a.writable(ctx, func(t *tx) error {
		err := t.script(`DROP INDEX source_grp; DROP INDEX source_base; DROP INDEX source_page; ALTER TABLE source RENAME TO source1;` + sourceSchema)
		if err == nil {
			err = (&upgrading{a: a, t: t}).sources()
		}
		if err == nil {
			err = t.script(fmt.Sprintf(`DROP TABLE source1; DELETE FROM dict WHERE kind = 'record'; PRAGMA user_version = %d`, formatVersion))
		}
		return err
	})
}

// upgrading fills one frame after the other.
type upgrading struct {
	a       *Archive
	t       *tx
	grp     int64
	records []byte
	spots   map[int64]spot // of the sources in records, by their row
}

func (u *upgrading) sources() error {
	rows, err := u.t.query(`SELECT id, grp, dict, data FROM source1 ORDER BY grp, id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id, grp, dict int64
		var data sql.RawBytes
		if err := rows.Scan(&id, &grp, &dict, &data); err != nil {
			return err
		}
		if grp != u.grp || len(u.records) >= frameSize {
			if err := u.flush(); err != nil {
				return err
			}
			u.grp = grp
		}
		if err := u.add(id, dict, data); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return u.flush()
}

func (u *upgrading) add(id, dict int64, data []byte) error {
	record, err := u.a.unpackData(dict, data, 4*len(data))
	if err != nil {
		if err := u.move(id, spot{}); err != nil {
			return err
		}
		return u.t.exec(`UPDATE grp SET version = '' WHERE id = ?`, u.grp)
	}
	if u.spots == nil {
		u.spots = make(map[int64]spot)
	}
	u.spots[id] = spot{at: int64(len(u.records)), size: int64(len(record))}
	u.records = append(u.records, record...)
	return nil
}

func (u *upgrading) flush() error {
	if len(u.spots) == 0 {
		return nil
	}
	f, err := u.a.framing.pack(u.records)
	if err != nil {
		return err
	}
	id, err := insertFrame(u.t, f)
	for row, at := range u.spots {
		if err == nil {
			at.frame = id
			err = u.move(row, at)
		}
	}
	u.records = u.records[:0]
	clear(u.spots)
	return err
}

// move makes the new row of a source.
func (u *upgrading) move(id int64, to spot) error {
	return u.t.exec(`INSERT INTO source (id, grp, page, base, msg, content, kin, date, listed, digest, frame, at, size)
		SELECT id, grp, page, base, msg, content, kin, date, listed, digest, ?, ?, ? FROM source1 WHERE id = ?`, to.frame, to.at, to.size, id)
}
