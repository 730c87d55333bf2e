package cli

import (
	"errors"
	"fmt"
	"github.com/bxsearch/bxsearch/internal/neutral"
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

// UsageError is a mistake in the command line.
type UsageError struct{ Err error }

// Error implements error.
func (e *UsageError) Error() string { return e.Err.Error() }

// Unwrap returns what it is about.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a UsageError of a text.
func Usagef(format string, args ...any) error {
	return &UsageError{fmt.Errorf(format, args...)}
}

// PartialError says that the work was done but for some of it.
type PartialError struct{ What string }

// Error implements error.
func (e *PartialError) Error() string { return e.What }

// ReportedError is an error that the user was told about already.
type ReportedError struct{ Err error }

// Error implements error.
func (e *ReportedError) Error() string { return e.Err.Error() }

// Unwrap returns what it is about.
func (e *ReportedError) Unwrap() error { return e.Err }

// ExitCode is where errors become exit codes.
func ExitCode(err error) int {
	var (
		usage   *UsageError
		syntax  *search.SyntaxError
		cursor  *search.CursorError
		partial *PartialError
	)
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, errInterrupted):
		return ExitInterrupted
	case errors.As(err, &usage), errors.As(err, &syntax), errors.As(err, &cursor), errors.Is(err, search.ErrSort), errors.Is(err, search.ErrGroup), errors.Is(err, index.ErrTooComplex):
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
		return program + ": " + neutral.Text(syntax.Msg) + "\n" +
			pointAt(syntax.Query, syntax.Pos, e.Screen(e.Stderr).Width-2) + neutral.Text(syntax.Hint)
	}
	return program + ": " + neutral.Text(err.Error())
}

// pointAt shows a line with a caret under one of its bytes. Of a line longer
// than cols it shows the part around the caret.
func pointAt(line string, pos, cols int) string {
	flat := strings.NewReplacer("\n", " ", "\t", " ").Replace
	before, behind := neutral.Text(flat(line[:pos])), neutral.Text(flat(line[pos:]))
	for TextWidth(before) > cols*2/3 {
		_, n := utf8.DecodeRuneInString(before)
		before = before[n:]
	}
	behind = Cut(behind, cols-TextWidth(before))
	return "  " + before + behind + "\n  " + strings.Repeat(" ", TextWidth(before)) + "^\n"
}
