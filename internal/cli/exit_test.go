package cli

import (
	"errors"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// exitCases are the errors that scripts can tell apart.
func exitCases() map[int][]error {
	return map[int][]error{
		ExitDone:        {nil},
		ExitFailed:      {errors.New("boom"), archive.ErrNotFound, index.ErrNotFound, archive.ErrCorrupt, archive.ErrNewerFormat, archive.ErrReadOnly, archive.ErrDiskFull},
		ExitUsage:       {usagef("bad flag"), &search.SyntaxError{}, &search.CursorError{}, search.ErrSort, index.ErrTooComplex},
		ExitPartial:     {&partialError{"1 page missing"}},
		ExitNoArchive:   {archive.ErrNoArchive},
		ExitLocked:      {&archive.LockedError{}, archive.ErrLocked, index.ErrLocked},
		ExitInterrupted: {errInterrupted},
	}
}
