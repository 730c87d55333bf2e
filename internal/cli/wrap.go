package cli

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// runeWidth is the number of columns that a terminal gives to r.
func runeWidth(r rune) int {
	if r < 0x300 {
		return 1
	}
	if unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	}
	return 1
}

// TextWidth is the number of columns of a line without escapes.
func TextWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// Cut shortens a line to at most cols columns, with an ellipsis where
// something went.
func Cut(s string, cols int) string {
	if TextWidth(s) <= cols {
		return s
	}
	n := 0
	for i, r := range s {
		if n += runeWidth(r); n > cols-1 {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// Span is a stretch of text drawn in one style; the empty style is plain.
type Span struct {
	Text  string
	Style Style
}

// WrapSpans breaks running text into lines of at most cols columns, at white
// space where it can, and keeps each stretch's style. A word longer than a
// line is broken.
func WrapSpans(spans []Span, cols int) [][]Span {
	var w wrapper
	w.cols = max(cols, 1)
	for _, s := range spans {
		for _, r := range s.Text {
			w.add(r, s.Style)
		}
	}
	w.endWord()
	w.endLine()
	return w.lines
}

// WrapText is wrapSpans for text in one style.
func WrapText(s string, cols int) []string {
	var out []string
	for _, line := range WrapSpans([]Span{{Text: s}}, cols) {
		out = append(out, plainText(line))
	}
	return out
}

func plainText(line []Span) string {
	var b strings.Builder
	for _, s := range line {
		b.WriteString(s.Text)
	}
	return b.String()
}

// wrapper collects a word rune by rune, then puts it on the line or starts the
// next one.
type wrapper struct {
	cols      int
	lines     [][]Span
	line      []Span
	lineWidth int
	word      []Span
	wordWidth int
	wordRunes int
	space     *Style // the white space owed before the word
}

func (w *wrapper) add(r rune, st Style) {
	if unicode.IsSpace(r) {
		w.endWord()
		w.space = &st
		return
	}
	n := runeWidth(r)
	// The count bounds a word of a million combining marks, which take no room.
	if w.wordWidth+n > w.cols || w.wordRunes > 8*w.cols {
		w.endWord()
		w.endLine()
	}
	w.word = appendRune(w.word, r, st)
	w.wordWidth += n
	w.wordRunes++
}

func (w *wrapper) endWord() {
	if len(w.word) == 0 {
		return
	}
	if w.space != nil && w.lineWidth > 0 {
		if w.lineWidth+1+w.wordWidth > w.cols {
			w.endLine()
		} else {
			w.line = appendRune(w.line, ' ', *w.space)
			w.lineWidth++
		}
	}
	for _, s := range w.word {
		for _, r := range s.Text {
			w.line = appendRune(w.line, r, s.Style)
		}
	}
	w.lineWidth += w.wordWidth
	w.word, w.wordWidth, w.wordRunes, w.space = nil, 0, 0, nil
}

func (w *wrapper) endLine() {
	if len(w.line) > 0 {
		w.lines = append(w.lines, w.line)
	}
	w.line, w.lineWidth = nil, 0
}

func appendRune(spans []Span, r rune, st Style) []Span {
	if n := len(spans); n > 0 && spans[n-1].Style == st {
		spans[n-1].Text += string(r)
		return spans
	}
	return append(spans, Span{string(r), st})
}

// Spans draws a line.
func (s Screen) Spans(line []Span) string {
	var b strings.Builder
	for _, sp := range line {
		if sp.Style == "" {
			b.WriteString(sp.Text)
		} else {
			b.WriteString(s.Paint(sp.Style, sp.Text))
		}
	}
	return b.String()
}
