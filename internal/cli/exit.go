package cli

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// The exit codes. Scripts rely on them.
const (
	ExitDone        = 0
	ExitFailed      = 1
	ExitUsage       = 2
	ExitPartial     = 3 // done, but for what was named
	ExitNoArchive   = 4
	ExitLocked      = 5
	ExitInterrupted = 130
)

// errInterrupted takes the place of whatever error a signal caused.
var errInterrupted = errors.New("interrupted")

// usageError is a mistake in the command line.
type usageError struct{ err error }

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Errorf(format, args...)}
}

// partialError says that the work was done but for some of it.
type partialError struct{ what string }

func (e *partialError) Error() string { return e.what }

// reportedError is an error that the user was told about already.
type reportedError struct{ err error }

func (e *reportedError) Error() string { return e.err.Error() }
func (e *reportedError) Unwrap() error { return e.err }

// exitCode is where errors become exit codes.
func exitCode(err error) int {
	var (
		usage   *usageError
		syntax  *search.SyntaxError
		cursor  *search.CursorError
		partial *partialError
	)
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, errInterrupted):
		return ExitInterrupted
	case errors.As(err, &usage), errors.As(err, &syntax), errors.As(err, &cursor), errors.Is(err, search.ErrSort), errors.Is(err, index.ErrTooComplex):
		return ExitUsage
	case errors.As(err, &partial):
		return ExitPartial
	case errors.Is(err, archive.ErrNoArchive):
		return ExitNoArchive
	case errors.Is(err, archive.ErrLocked), errors.Is(err, index.ErrLocked):
		return ExitLocked
	default:
		return ExitFailed
	}
}

// explain writes an error for a person. A query's mistake is shown in its
// place.
func (e *Env) explain(program string, err error) string {
	if syntax, ok := errors.AsType[*search.SyntaxError](err); ok {
		return program + ": " + neutral(syntax.Msg) + "\n" +
			pointAt(syntax.Query, syntax.Pos, e.screen(e.Stderr).width-2) + neutral(syntax.Hint)
	}
	return program + ": " + neutral(err.Error())
}

// pointAt shows a line with a caret under one of its bytes. Of a line longer
// than cols it shows the part around the caret.
func pointAt(line string, pos, cols int) string {
	flat := strings.NewReplacer("\n", " ", "\t", " ").Replace
	before, behind := neutral(flat(line[:pos])), neutral(flat(line[pos:]))
	for textWidth(before) > cols*2/3 {
		_, n := utf8.DecodeRuneInString(before)
		before = before[n:]
	}
	behind = cut(behind, cols-textWidth(before))
	return "  " + before + behind + "\n  " + strings.Repeat(" ", textWidth(before)) + "^\n"
}
