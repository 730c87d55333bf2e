package index

import (
	"errors"
	"fmt"
)

// The errors that callers branch on.
var (
	// ErrNotFound says that nothing was indexed yet.
	ErrNotFound = errors.New("index: there is no index yet: run `bxcrawl reindex`")
	// ErrNewerFormat says that a newer version of the program made the index.
	ErrNewerFormat = errors.New("index: made by a newer version of this program: install that, or run `bxcrawl reindex` to go back")
	// ErrLocked says that another process updates the index.
	ErrLocked = errors.New("index: another process is updating it: wait until that is done")
)

// errHeld says that a lock is held by somebody else.
var errHeld = errors.New("held")

// DamagedError says that the index on disk cannot be used as it is. The
// archive is not concerned: Rebuild makes the index again.
type DamagedError struct {
	Dir string // of the generation
	Err error
}

func (e *DamagedError) Error() string {
	if errors.Is(e.Err, errOlder) {
		return fmt.Sprintf("index: %s was %v: run `bxcrawl reindex`, or wait for the next crawl", e.Dir, errOlder)
	}
	return fmt.Sprintf("index: %s is damaged (%v): run `bxcrawl reindex`", e.Dir, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }
