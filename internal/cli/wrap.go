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

// textWidth is the number of columns of a line without escapes.
func textWidth(s string) int {
	n := 0
	for _, r := range s {
		n += runeWidth(r)
	}
	return n
}

// cut shortens a line to at most cols columns, with an ellipsis where
// something went.
func cut(s string, cols int) string {
	if textWidth(s) <= cols {
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

// span is a stretch of text drawn in one style; the empty style is plain.
type span struct {
	text  string
	style style
}

// wrapSpans breaks running text into lines of at most cols columns, at white
// space where it can, and keeps each stretch's style. A word longer than a
// line is broken.
func wrapSpans(spans []span, cols int) [][]span {
	var w wrapper
	w.cols = max(cols, 1)
	for _, s := range spans {
		for _, r := range s.text {
			w.add(r, s.style)
		}
	}
	w.endWord()
	w.endLine()
	return w.lines
}

// wrapText is wrapSpans for text in one style.
func wrapText(s string, cols int) []string {
	var out []string
	for _, line := range wrapSpans([]span{{text: s}}, cols) {
		out = append(out, plainText(line))
	}
	return out
}

func plainText(line []span) string {
	var b strings.Builder
	for _, s := range line {
		b.WriteString(s.text)
	}
	return b.String()
}

// wrapper collects a word rune by rune, then puts it on the line or starts the
// next one.
type wrapper struct {
	cols      int
	lines     [][]span
	line      []span
	lineWidth int
	word      []span
	wordWidth int
	wordRunes int
	space     *style // the white space owed before the word
}

func (w *wrapper) add(r rune, st style) {
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
		for _, r := range s.text {
			w.line = appendRune(w.line, r, s.style)
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

func appendRune(spans []span, r rune, st style) []span {
	if n := len(spans); n > 0 && spans[n-1].style == st {
		spans[n-1].text += string(r)
		return spans
	}
	return append(spans, span{string(r), st})
}
