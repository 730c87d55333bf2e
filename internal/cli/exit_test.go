package cli

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// exitCases are the errors that scripts can tell apart.
func exitCases() map[int][]error {
	return map[int][]error{
		ExitDone:        {nil},
		ExitFailed:      {errors.New("boom"), archive.ErrNotFound, index.ErrNotFound, archive.ErrCorrupt, archive.ErrNewerFormat, archive.ErrReadOnly, archive.ErrDiskFull},
		ExitUsage:       {Usagef("bad flag"), &search.SyntaxError{}, &search.CursorError{}, search.ErrSort, search.ErrGroup, index.ErrTooComplex},
		ExitPartial:     {&PartialError{"1 page missing"}},
		ExitNoArchive:   {archive.ErrNoArchive},
		ExitLocked:      {&archive.LockedError{}, archive.ErrLocked, index.ErrLocked},
		ExitInterrupted: {errInterrupted},
	}
}

func TestPointAtShowsThePlace(t *testing.T) {
	long := strings.Repeat("word ", 60) + `"open`
	tests := []struct {
		name, line string
		pos        int
		want       string
	}{
		{"beginning", "(a", 0, "  (a\n  ^\n"},
		{"behind wide characters", "日本 (a", 7, "  日本 (a\n       ^\n"},
		{"end", "a AND", 5, "  a AND\n       ^\n"},
		{"line ends do not tear it", "a\nb (", 4, "  a b (\n      ^\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := pointAt(tt.line, tt.pos, 58); got != tt.want {
				t.Errorf("pointAt(%q, %d):\n%swant:\n%s", tt.line, tt.pos, got, tt.want)
			}
		})
	}
	for line := range strings.Lines(pointAt(long, strings.Index(long, `"`), 58)) {
		if TextWidth(strings.TrimRight(line, "\n")) > 60 {
			t.Errorf("too long for 60 columns: %q", line)
		}
	}
}

func TestExitCodes(t *testing.T) {
	for want, errs := range exitCases() {
		for _, err := range errs {
			if got := ExitCode(err); got != want {
				t.Errorf("exit code of %v is %d, want %d", err, got, want)
			}
			if err == nil {
				continue
			}
			if got := ExitCode(fmt.Errorf("open: %w", err)); got != want {
				t.Errorf("exit code of a wrapped %v is %d, want %d", err, got, want)
			}
		}
	}
}
