package cli

import (
	"fmt"
	"strings"
)

// say writes a line about the work to stderr.
func (e *Env) say(format string, args ...any) {
	fmt.Fprintln(e.Stderr, e.screen(e.Stderr).fold(fmt.Sprintf(format, args...)))
}

// fold wraps lines that are too long for a terminal. Files and pipes get them
// whole: programs look for them.
func (s screen) fold(text string) string {
	if !s.tty {
		return text
	}
	return foldLines(text, s.width)
}

// foldLines breaks lines at spaces. Words stay whole, however long, so that
// addresses and cursors can be copied; the rest of a line is indented as its
// beginning is.
func foldLines(text string, cols int) string {
	var out []string
	for line := range strings.SplitSeq(text, "\n") {
		if textWidth(line) <= cols {
			out = append(out, line)
			continue
		}
		lead := line[:len(line)-len(strings.TrimLeft(line, " "))]
		row := ""
		for word := range strings.FieldsSeq(line) {
			switch {
			case row == "":
				row = lead + word
			case textWidth(row)+1+textWidth(word) > cols:
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
