package archive

import (
	"errors"
	"fmt"
	"os"
	"syscall"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// The errors that callers branch on.
var (
	ErrNotFound    = errors.New("not found")
	ErrNoArchive   = fmt.Errorf("%w: there is no archive here; `bxcrawl URL` makes one", ErrNotFound)
	ErrLocked      = errors.New("locked by another writer")
	ErrCorrupt     = errors.New("the file is damaged")
	ErrNewerFormat = errors.New("made by a newer version of this program: install that one")
	ErrOlderFormat = errors.New("made by an older version of this program: `bxcrawl reparse` brings it up to date")
	ErrReadOnly    = errors.New("the archive cannot be written")
	ErrDiskFull    = errors.New("the disk is full: nothing is lost, make room and run the same command again")
)

// LockedError says who else writes the archive. It is an ErrLocked.
type LockedError struct {
	Dir    string
	Holder Holder
}

func (e *LockedError) Error() string {
	return fmt.Sprintf("%s is being written by %s: wait for it to end, or stop it", e.Dir, e.Holder)
}

// Is makes a LockedError an ErrLocked.
func (e *LockedError) Is(target error) bool { return target == ErrLocked }

// DamagedError names one record that cannot be read any more; the others can.
// It is an ErrCorrupt.
type DamagedError struct {
	What string // "message", "body", …
	Name string // its ID or URL
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("%s %s is damaged: %v", e.What, e.Name, e.Err)
}

// Is makes a DamagedError an ErrCorrupt.
func (e *DamagedError) Is(target error) bool { return target == ErrCorrupt }

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

// explain turns a database error into one that callers know and users can act on.
func explain(err error) error {
	var se *sqlite.Error
	if errors.Is(err, syscall.ENOSPC) {
		return fmt.Errorf("%w (%v)", ErrDiskFull, err)
	}
	if !errors.As(err, &se) {
		return err
	}
	switch se.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return fmt.Errorf("%w (%v)", ErrDiskFull, err)
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%w: `bxcrawl verify` lists what is lost, `bxcrawl export` saves the rest (%w)", ErrCorrupt, err)
	case sqlite3.SQLITE_READONLY:
		return readOnly(err)
	}
	return err
}

// readOnly says that a folder cannot be written, when that is the reason.
func readOnly(err error) error {
	var se *sqlite.Error
	if errors.Is(err, os.ErrPermission) || errors.Is(err, syscall.EROFS) || errors.As(err, &se) {
		return fmt.Errorf("%w: give its folder write permission, or choose another with --data (%w)", ErrReadOnly, err)
	}
	return err
}
