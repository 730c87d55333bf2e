package web

import (
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

// piece is a stretch of text that is shown in one way.
type piece struct {
	Text string
	Href string // where it leads; empty for plain text
	Mark bool   // a word that was looked for
}

// The kinds of paragraphs.
const (
	flowing = "p"     // lines that were broken to fit a width: they flow again
	kept    = "lines" // lines that mean something, such as addresses and lists
	aligned = "pre"   // what only stands right when all letters have one width
)

// paragraph is a stretch of text between empty lines.
type paragraph struct {
	Kind   string
	Depth  int // of the quote that it is in, at most maxDepth
	Pieces []piece
}

// maxDepth is how many levels of quotes are told apart.
const maxDepth = 4

// paragraphs cuts a text at its empty lines.
func paragraphs(text string, depth int) []paragraph {
	var out []paragraph
	var lines []string
	flush := func() {
		if len(lines) > 0 {
			out = append(out, paragraphOf(lines, depth))
		}
		lines = nil
	}
	for line := range strings.Lines(neutral.Text(text)) {
		line = strings.TrimRight(unquote(line, depth), " \t\n\u00a0")
		if line == "" {
			flush()
			continue
		}
		lines = append(lines, line)
	}
	flush()
	return out
}

// unquote takes the signs of a quote off a line; its introduction has none.
func unquote(line string, depth int) string {
	for range depth {
		rest, ok := strings.CutPrefix(strings.TrimLeft(line, " "), ">")
		if !ok {
			break
		}
		line = strings.TrimPrefix(rest, " ")
	}
	return line
}

func paragraphOf(lines []string, depth int) paragraph {
	p := paragraph{Kind: kindOf(lines), Depth: min(depth, maxDepth)}
	sep := "\n"
	if p.Kind == flowing {
		sep = " "
	}
	p.Pieces = linked(strings.Join(lines, sep))
	return p
}

// The width of prose that somebody's mail program broke.
const (
	narrowest = 45
	widest    = 120
)

// kindOf tells prose from what has to keep its lines. Lines were broken to fit a
// width if the first word of each would not have fitted on the line above it.
func kindOf(lines []string) string {
	width, prose := 0, true
	for i, line := range lines {
		if isAligned(line) {
			return aligned
		}
		width = max(width, utf8.RuneCountInString(line))
		if i > 0 && isItem(line) {
			prose = false
		}
	}
	if len(lines) == 1 {
		return flowing
	}
	if !prose || width < narrowest || width > widest {
		return kept
	}
	for i, line := range lines[:len(lines)-1] {
		word, _, _ := strings.Cut(lines[i+1], " ")
		if utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) <= width {
			return kept
		}
	}
	return flowing
}

// isAligned reports a line that is part of a table, a drawing or a program: it is
// indented, or has gaps inside.
func isAligned(line string) bool {
	return strings.HasPrefix(line, "  ") || strings.Contains(line, "\t") || strings.Contains(strings.TrimLeft(line, " "), "   ")
}

// isItem reports a line that begins an item of a list.
func isItem(line string) bool {
	for _, mark := range []string{"- ", "* ", "• ", "+ ", "– "} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	digits := strings.TrimLeft(line, "0123456789")
	return len(digits) < len(line) && (strings.HasPrefix(digits, ". ") || strings.HasPrefix(digits, ") "))
}

// linked makes links of the web addresses in a text.
func linked(text string) []piece {
	var out []piece
	from := 0
	for at := 0; ; {
		i := strings.Index(text[at:], "://")
		if i < 0 {
			break
		}
		at += i
		start := at - len("https")
		if start < from || text[start:at] != "https" {
			start = at - len("http")
		}
		if start < from || !strings.HasPrefix(text[start:], "http") {
			at += len("://")
			continue
		}
		end := endOfURL(text, at+len("://"))
		if href := webURL(text[start:end]); href != "" {
			if start > from {
				out = append(out, piece{Text: text[from:start]})
			}
			out = append(out, piece{Text: text[start:end], Href: href})
			from = end
		}
		at = max(end, at+len("://"))
	}
	if from < len(text) {
		out = append(out, piece{Text: text[from:]})
	}
	return out
}

// endOfURL is where an address ends that has begun before: at what no address has,
// and before the signs that end a sentence.
func endOfURL(text string, at int) int {
	end := len(text)
	if i := strings.IndexAny(text[at:], " \t\n\u00a0<>\"“”‘’«»|{}^`\\"); i >= 0 {
		end = at + i
	}
	if end-at > maxURL {
		return end // no link, whatever it ends with
	}
	for end > at {
		c := text[end-1]
		open := c == ')' && strings.Count(text[at:end], "(") >= strings.Count(text[at:end], ")")
		if open || !strings.ContainsRune(".,;:!?')]*_", rune(c)) {
			break
		}
		end--
	}
	return end
}
