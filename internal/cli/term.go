package cli

import (
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/term"
)

const (
	plainWidth = 80  // columns when the output is no terminal
	proseWidth = 100 // columns beyond which lines of prose get hard to read
)

// screen is one output stream as a person sees it.
type screen struct {
	w      io.Writer
	tty    bool
	colour bool
	width  int // columns
}

// screen finds out what kind of thing w is. NO_COLOR and TERM=dumb switch
// colours off, COLUMNS overrides the width.
func (e *Env) screen(w io.Writer) screen {
	s := screen{w: w, width: plainWidth}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.tty = true
		s.colour = e.getenv("NO_COLOR") == "" && e.getenv("TERM") != "dumb"
		if cols, _, err := term.GetSize(int(f.Fd())); err == nil && cols > 0 {
			s.width = cols
		}
	}
	if cols, err := strconv.Atoi(e.getenv("COLUMNS")); err == nil && cols > 0 {
		s.width = cols
	}
	s.width = max(s.width, 20)
	return s
}

// dumb reports a terminal that cannot move its cursor.
func (e *Env) dumb() bool { return e.getenv("TERM") == "dumb" }

// style is a way to draw text: the parameters of an SGR sequence.
type style string

// The styles. Each keeps its meaning everywhere; none carries meaning alone.
const (
	bold   style = "1"
	dim    style = "2"
	mark   style = "1;33" // a match
	green  style = "32"
	red    style = "31"
	accent style = "36"
)

// paint draws text in a style on a screen with colours.
func (s screen) paint(st style, text string) string {
	if !s.colour || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// prose is the width to wrap running text to.
func (s screen) prose() int { return min(s.width, proseWidth) }

// table draws rows under a head, columns as wide as their widest cell, two
// spaces apart. Columns named in right are flushed right. The last column is
// never padded.
func table(rows [][]string, right ...int) string {
	widths := columnWidths(rows)
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-textWidth(cell))
			if slices.Contains(right, i) {
				line.WriteString(pad + cell)
			} else {
				line.WriteString(cell + pad)
			}
			line.WriteString("  ")
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	return b.String()
}

func columnWidths(rows [][]string) []int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], textWidth(cell))
		}
	}
	return widths
}
