package cli

import (
	"fmt"
	"strings"
)

// Say writes a line about the work to stderr.
func (e *Env) Say(format string, args ...any) {
	fmt.Fprintln(e.Stderr, e.Screen(e.Stderr).Fold(fmt.Sprintf(format, args...)))
}

// Fold wraps lines that are too long for a terminal. Files and pipes get them
// whole: programs look for them.
func (s Screen) Fold(text string) string {
	if !s.TTY {
		return text
	}
	return foldLines(text, s.Width)
}

// foldLines breaks lines at spaces. Words stay whole, however long, so that
// addresses and cursors can be copied; the rest of a line is indented as its
// beginning is.
func foldLines(text string, cols int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if TextWidth(line) <= cols {
			out = append(out, line)
			continue
		}
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		row := ""
		for word := range strings.FieldsSeq(line) {
			switch {
			case row == "":
				row = lead + word
			case TextWidth(row)+1+TextWidth(word) > cols:
				out = append(out, row)
				row = lead + word
			default:
				row += " " + word
			}
		}
		out = append(out, row)
	}
	return strings.Join(out, "\n")
}
