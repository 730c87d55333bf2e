package cli

import (
	"github.com/bxsearch/bxsearch/internal/neutral"
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

// Screen is one output stream as a person sees it.
type Screen struct {
	W      io.Writer
	TTY    bool
	Colour bool
	Width  int // columns
}

// Screen finds out what kind of thing w is. NO_COLOR and TERM=dumb switch
// colours off, COLUMNS overrides the width.
func (e *Env) Screen(w io.Writer) Screen {
	s := Screen{W: w, Width: plainWidth}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		s.TTY = true
		s.Colour = e.Getenv("NO_COLOR") == "" && e.Getenv("TERM") != "dumb"
		if cols, _, err := term.GetSize(int(f.Fd())); err == nil && cols > 0 {
			s.Width = cols
		}
	}
	if cols, err := strconv.Atoi(e.Getenv("COLUMNS")); err == nil && cols > 0 {
		s.Width = cols
	}
	s.Width = max(s.Width, 20)
	return s
}

// Dumb reports a terminal that cannot move its cursor.
func (e *Env) Dumb() bool { return e.Getenv("TERM") == "dumb" }

// Style is a way to draw text: the parameters of an SGR sequence.
type Style string

// The styles. Each keeps its meaning everywhere; none carries meaning alone.
const (
	Bold   Style = "1"
	Dim    Style = "2"
	Mark   Style = "1;33" // a match
	Green  Style = "32"
	Red    Style = "31"
	Accent Style = "36"
)

// Paint draws text in a style on a screen with colours.
func (s Screen) Paint(st Style, text string) string {
	if !s.Colour || text == "" {
		return text
	}
	return "\x1b[" + string(st) + "m" + text + "\x1b[0m"
}

// Prose is the width to wrap running text to.
func (s Screen) Prose() int { return min(s.Width, proseWidth) }

// Table draws rows under a head, columns as wide as their widest cell, two
// spaces apart. Columns named in right are flushed right. The last column is
// never padded.
func Table(rows [][]string, right ...int) string {
	widths := columnWidths(rows)
	var b strings.Builder
	for _, row := range rows {
		var line strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-TextWidth(cell))
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
			widths[i] = max(widths[i], TextWidth(cell))
		}
	}
	return widths
}

// Harmless keeps what is written to a terminal from doing anything there. Files
// and pipes get every byte.
func (e *Env) Harmless(w io.Writer) io.Writer {
	if e.Screen(e.Stdout).TTY {
		return neutral.Writer{W: w}
	}
	return w
}
