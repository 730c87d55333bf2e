package clean

import (
	"regexp"
	"strings"
)

// Kind says whose words a block is.
type Kind int

// The kinds of blocks.
const (
	Own Kind = iota
	Quote
	Signature
)

// Block is the bytes [Start, End) of a body.
type Block struct {
	Kind       Kind
	Depth      int // quotes: 1 for the innermost author quoted directly, 2 for a quote of a quote
	Start, End int
}

var prompt = regexp.MustCompile(`^(?:>>>|\.\.\.)(?: |$)`)

const (
	maxSignature = 20  // lines; longer ones are text below a rule
	ownEnough    = 200 // letters above a forwarded mail that make it a comment on it
)

// quoteDepth counts the quote marks in front of a line: "> > text", "AB> text",
// below three spaces at most.
func quoteDepth(l string) int {
	i := skipSpaces(l, 0, 3)
	caps := i
	for i < len(l) && l[i] >= 'A' && l[i] <= 'Z' {
		i++
	}
	initials := l[caps:i]
	if i >= len(l) || l[i] != '>' || len(initials) == 1 || len(initials) > 3 || initials == "SQL" || strings.HasPrefix(l, ">From ") {
		return 0
	}
	for depth := 1; ; depth++ {
		if i = skipSpaces(l, i+1, 2); i >= len(l) || l[i] != '>' && l[i] != '|' {
			return depth
		}
	}
}

// skipSpaces goes on from offset i over most spaces.
func skipSpaces(l string, i, most int) int {
	for end := min(len(l), i+most); i < end && strings.IndexByte(spaces, l[i]) >= 0; {
		i++
	}
	return i
}

// lineKind is what one line of a part was found to be.
type lineKind struct {
	kind  Kind
	depth int
}

// classify finds whose words each line of a part is.
func classify(lines []string) []lineKind {
	kinds := make([]lineKind, len(lines))
	for i, l := range lines {
		if d := quoteDepth(l); d > 0 {
			kinds[i] = lineKind{Quote, d}
		}
	}
	unquotePrompts(lines, kinds)
	unquoteCode(lines, kinds)
	markBars(lines, kinds)
	markWrapped(lines, kinds)
	markNamed(lines, kinds)
	markAngles(lines, kinds)
	markIntros(lines, kinds)
	markNotes(lines, kinds)
	markBelow(lines, kinds)
	markSignatures(lines, kinds)
	markTails(lines, kinds)
	fillBlank(lines, kinds)
	return kinds
}

// unquotePrompts gives a Python session back to its author: a run of lines
// that all start with ">>> " or "... " and that nobody introduced.
func unquotePrompts(lines []string, kinds []lineKind) {
	for i := 0; i < len(lines); {
		if kinds[i].kind != Quote {
			i++
			continue
		}
		end, all := i, true
		for end < len(lines) && kinds[end].kind == Quote {
			all = all && prompt.MatchString(lines[end])
			end++
		}
		for j := i; all && !introducedAt(lines, i) && j < end; j++ {
			kinds[j] = lineKind{}
		}
		i = end
	}
}

// spaces are those of \s in a regular expression.
const spaces = "\t\n\f\r "

func countText(lines []string) int {
	n := 0
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			n++
		}
	}
	return n
}

// fillBlank lets empty lines between two lines of one block belong to it, and
// others to what stands above.
func fillBlank(lines []string, kinds []lineKind) {
	for i := 1; i < len(lines); i++ {
		if strings.TrimSpace(lines[i]) == "" {
			kinds[i] = kinds[i-1]
		}
	}
}
