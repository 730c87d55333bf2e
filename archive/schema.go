package archive

import (
	"bytes"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

// The format's numbers; see docs/format.md.
const (
	formatVersion = 2
	applicationID = 0x62786172 // "bxar"
)

// schema makes an empty archive. The column order puts what is read often
// before the long ones, which SQLite moves to overflow pages.
const schema = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE list (
	id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE COLLATE NOCASE, url TEXT NOT NULL UNIQUE,
	title TEXT NOT NULL, checked INTEGER NOT NULL DEFAULT 0, verdict TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE grp (
	id INTEGER PRIMARY KEY, list INTEGER NOT NULL REFERENCES list, name TEXT NOT NULL, stale INTEGER NOT NULL DEFAULT 0,
	version TEXT NOT NULL DEFAULT '', verdict TEXT NOT NULL DEFAULT '', evidence TEXT NOT NULL DEFAULT '{}',
	UNIQUE (list, name)) STRICT;
CREATE TABLE page (
	id INTEGER PRIMARY KEY, list INTEGER NOT NULL REFERENCES list, grp INTEGER NOT NULL REFERENCES grp,
	kind TEXT NOT NULL, url TEXT NOT NULL, last INTEGER, held INTEGER, UNIQUE (url, list)) STRICT;
CREATE INDEX page_grp ON page (grp);
CREATE TABLE dict (id INTEGER PRIMARY KEY, list INTEGER NOT NULL REFERENCES list, kind TEXT NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE blob (
	id INTEGER PRIMARY KEY, key INTEGER NOT NULL, sha256 BLOB NOT NULL, size INTEGER NOT NULL,
	dict INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE INDEX blob_key ON blob (key);
CREATE TABLE raw (
	seq INTEGER PRIMARY KEY, page INTEGER NOT NULL REFERENCES page, fetched INTEGER NOT NULL, status INTEGER NOT NULL,
	blob INTEGER REFERENCES blob, etag TEXT, modified TEXT, ctype TEXT, final TEXT, err TEXT) STRICT;
CREATE TABLE message (
	n INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, list INTEGER NOT NULL REFERENCES list, base BLOB, src INTEGER NOT NULL,
	pages INTEGER NOT NULL, date INTEGER NOT NULL, seq INTEGER NOT NULL UNIQUE, parent BLOB, thread BLOB, subject INTEGER,
	digest INTEGER NOT NULL, gone TEXT, barred INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE INDEX message_order ON message (list, date, id) WHERE gone IS NULL;
CREATE INDEX message_base ON message (base) WHERE base IS NOT NULL;
CREATE INDEX message_parent ON message (parent) WHERE parent IS NOT NULL;
CREATE INDEX message_thread ON message (thread) WHERE thread IS NOT NULL;
CREATE INDEX message_subject ON message (subject, date, id) WHERE subject IS NOT NULL AND gone IS NULL;
CREATE TABLE link (key INTEGER NOT NULL, message INTEGER NOT NULL, PRIMARY KEY (key, message)) STRICT, WITHOUT ROWID;
CREATE TABLE problem (
	grp INTEGER NOT NULL REFERENCES grp, n INTEGER NOT NULL, url TEXT NOT NULL, kind TEXT NOT NULL, detail TEXT NOT NULL,
	PRIMARY KEY (grp, n)) STRICT, WITHOUT ROWID;
CREATE TABLE state (list TEXT NOT NULL, key TEXT NOT NULL, value BLOB NOT NULL, PRIMARY KEY (list, key)) STRICT, WITHOUT ROWID;
`

// sourceSchema is the part of the schema that format 1 had otherwise.
const sourceSchema = `
CREATE TABLE frame (id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
CREATE TABLE source (
	id INTEGER PRIMARY KEY, grp INTEGER NOT NULL REFERENCES grp, page INTEGER REFERENCES page, base BLOB NOT NULL, msg BLOB,
	content INTEGER NOT NULL, kin INTEGER NOT NULL, date INTEGER NOT NULL, listed INTEGER NOT NULL, digest INTEGER NOT NULL,
	frame INTEGER NOT NULL, at INTEGER NOT NULL, size INTEGER NOT NULL) STRICT;
CREATE INDEX source_grp ON source (grp);
CREATE INDEX source_base ON source (base);
CREATE INDEX source_page ON source (page);
`

// checkFile tells a missing file, and one that is no database, apart from an
// archive before SQLite sees it.
func checkFile(path string) error {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return ErrNoArchive
	} else if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 16)
	n, err := io.ReadFull(f, head)
	if n == 0 {
		return ErrNoArchive // a crash between making the file and its first commit
	}
	if err != nil || !bytes.Equal(head, []byte("SQLite format 3\x00")) {
		return fmt.Errorf("%w at its beginning, so that nothing can be read: put a backup of %s in its place, or move it away and crawl again", ErrCorrupt, path)
	}
	return nil
}

// checkVersion returns the format of an archive, and refuses what this program
// does not understand.
func checkVersion(q querier) (version int, err error) {
	var app int
	if err := q.queryRow(`PRAGMA application_id`).Scan(&app); err != nil {
		return 0, explain(err)
	}
	if err := q.queryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return 0, explain(err)
	}
	switch {
	case app == 0 && version == 0:
		return 0, ErrNoArchive // a crash before the first commit
	case app != applicationID:
		return 0, fmt.Errorf("%w: %s is a database of another program", ErrCorrupt, fileName)
	case version > formatVersion:
		return 0, fmt.Errorf("format %d, this program knows format %d: %w", version, formatVersion, ErrNewerFormat)
	}
	return version, nil
}

// create makes the tables in a new file; in one transaction, so that the file
// is an archive or nothing.
func create(t *tx, now time.Time) error {
	var random [16]byte
	rand.Read(random[:])
	random[6], random[8] = random[6]&0x0f|0x40, random[8]&0x3f|0x80
	uuid := fmt.Sprintf("%x-%x-%x-%x-%x", random[:4], random[4:6], random[6:8], random[8:10], random[10:])
	script := schema + sourceSchema + fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;", applicationID, formatVersion)
	if err := t.script(script); err != nil {
		return err
	}
	const q = `INSERT INTO meta VALUES ('uuid', ?), ('created', ?)`
	return t.exec(q, uuid, now.UTC().Format(time.RFC3339))
}

func readUUID(q querier) (string, error) {
	var uuid string
	err := q.queryRow(`SELECT value FROM meta WHERE key = 'uuid'`).Scan(&uuid)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("%w: it has no identity", ErrCorrupt)
	}
	return uuid, explain(err)
}
