package alert

import (
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	_ "modernc.org/sqlite" // the driver

	"github.com/bxsearch/bxsearch/archive"
)

// The format's numbers; see docs/format.md.
const (
	fileName      = "watch.db"
	lockName      = "watch.lock"
	workName      = "watch.tmp"
	formatVersion = 2          // as many as there are steps
	applicationID = 0x62787761 // "bxwa"
)

// steps are what makes each version of the format of the one before.
var steps = [formatVersion]string{schema1, schema2}

const schema1 = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE watch (
	id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, query TEXT NOT NULL, list TEXT NOT NULL, made INTEGER NOT NULL,
	seq INTEGER NOT NULL, ran INTEGER NOT NULL, muted INTEGER NOT NULL DEFAULT 0, found INTEGER NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT '') STRICT;
CREATE TABLE receiver (
	id INTEGER PRIMARY KEY, address TEXT NOT NULL UNIQUE, gone TEXT NOT NULL DEFAULT '', failures INTEGER NOT NULL DEFAULT 0,
	trouble TEXT NOT NULL DEFAULT '', sent INTEGER NOT NULL DEFAULT 0, due INTEGER NOT NULL DEFAULT 0, dropped INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE subscription (
	watch INTEGER NOT NULL REFERENCES watch ON DELETE CASCADE, receiver INTEGER NOT NULL REFERENCES receiver ON DELETE CASCADE,
	PRIMARY KEY (watch, receiver)) STRICT, WITHOUT ROWID;
CREATE TABLE seen (
	watch INTEGER NOT NULL REFERENCES watch ON DELETE CASCADE, message TEXT NOT NULL, date INTEGER NOT NULL,
	PRIMARY KEY (watch, message)) STRICT, WITHOUT ROWID;
CREATE TABLE alert (
	id INTEGER PRIMARY KEY AUTOINCREMENT, watch INTEGER NOT NULL REFERENCES watch ON DELETE CASCADE, message TEXT NOT NULL,
	at INTEGER NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX alert_watch ON alert (watch, id);
CREATE INDEX alert_message ON alert (message);
CREATE TABLE parcel (
	id INTEGER PRIMARY KEY AUTOINCREMENT, receiver INTEGER NOT NULL REFERENCES receiver ON DELETE CASCADE,
	key TEXT NOT NULL, at INTEGER NOT NULL) STRICT;
CREATE TABLE waiting (
	receiver INTEGER NOT NULL REFERENCES receiver ON DELETE CASCADE, alert INTEGER NOT NULL REFERENCES alert ON DELETE CASCADE,
	parcel INTEGER REFERENCES parcel ON DELETE CASCADE, PRIMARY KEY (receiver, alert)) STRICT, WITHOUT ROWID;
CREATE INDEX waiting_parcel ON waiting (parcel);
CREATE INDEX waiting_alert ON waiting (alert);
`

// Parcels that were refused, tries, copies, and what was counted.
const schema2 = `
ALTER TABLE parcel ADD COLUMN refused TEXT NOT NULL DEFAULT '';
ALTER TABLE receiver ADD COLUMN tried INTEGER NOT NULL DEFAULT 0;
CREATE TABLE copy (
	alert INTEGER NOT NULL REFERENCES alert ON DELETE CASCADE, message TEXT NOT NULL,
	PRIMARY KEY (alert, message)) STRICT, WITHOUT ROWID;
CREATE INDEX copy_message ON copy (message);
CREATE TABLE tally (
	kind TEXT NOT NULL, outcome TEXT NOT NULL, n INTEGER NOT NULL,
	PRIMARY KEY (kind, outcome)) STRICT, WITHOUT ROWID;
`

// errOlder says that the file is to be brought up to date by who may write it.
var errOlder = errors.New("the watches are of an older format; `bxcrawl watch run` brings them up to date")

// ErrNone says that there are no watches.
var ErrNone = errors.New("there are no watches here; `bxcrawl watch add` makes one")

// openFile opens the file, and makes it where that is wanted. It is not in WAL
// mode: writes are few and short, and so a reader needs no right to write.
func openFile(dir string, opts *Options) (*sql.DB, error) {
	path := filepath.Join(dir, fileName)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if !opts.Create {
			return nil, ErrNone
		}
		// Addresses of receivers may be secrets.
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o640)
		if err != nil {
			return nil, fmt.Errorf("make the file of watches: %w", err)
		}
		f.Close()
	}
	params := url.Values{"mode": {"ro"}, "_pragma": {"busy_timeout(20000)"}}
	if opts.Write {
		params = url.Values{"mode": {"rw"}, "_txlock": {"immediate"}, "_pragma": {"busy_timeout(20000)", "foreign_keys(1)", "synchronous(2)"}}
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	if err := prepare(db, opts.Write); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", path, err), db.Close())
	}
	return db, nil
}

// prepare makes the tables of a new file, and brings an old one up to date.
func prepare(db *sql.DB, write bool) error {
	var version int
	if err := db.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil {
		return err
	}
	switch {
	case version > formatVersion:
		return archive.ErrNewerFormat
	case version == formatVersion:
		return nil
	case !write && version == 0:
		return ErrNone
	case !write:
		return errOlder
	}
	t, err := db.Begin()
	if err != nil {
		return err
	}
	defer t.Rollback() // after Commit it does nothing
	// Another process may have been quicker.
	if err := t.QueryRow(`PRAGMA user_version`).Scan(&version); err != nil || version == formatVersion {
		return err
	}
	todo := strings.Join(steps[version:], "")
	if _, err := t.Exec(fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d; %s", applicationID, formatVersion, todo)); err != nil {
		return err
	}
	return t.Commit()
}
