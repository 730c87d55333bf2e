package clean

import (
	"regexp"
	"strings"
)

var (
	namedMark = regexp.MustCompile(`^\s{0,3}(\p{Lu}[\p{L}\d_.-]{1,20}>)(?:\s|$)`)
	notesDate = regexp.MustCompile(`^\s{0,3}\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4},?\s.{0,4}\d{1,2}:\d{2}`)
)

const (
	maxAngles = 100 // lines of a quote between "<<" and ">>"
	notesHead = 10  // lines of the headers of Lotus Notes
)

// markNamed makes lines with a person's name before the ">" quotes, as some
// mail programs of Emacs write them. A prompt looks alike, so that the first
// such line of a name must be introduced.
func markNamed(lines []string, kinds []lineKind) {
	var names map[string]bool
	for i, l := range lines {
		if kinds[i].kind != Own || strings.IndexByte(l[:min(len(l), 28)], '>') < 2 {
			continue
		}
		m := namedMark.FindStringSubmatch(l)
		if m == nil {
			continue
		}
		if !names[m[1]] {
			if !introducedAt(lines, i) {
				continue
			}
			if names == nil {
				names = map[string]bool{}
			}
			names[m[1]] = true
			for j := lineAbove(lines, i); j < i; j++ { // ">>>>> Ann writes:" is no quote of a quote
				kinds[j] = lineKind{Quote, 1}
			}
		}
		kinds[i] = lineKind{Quote, 1}
	}
}

// markAngles makes an introduced text between "<<" and ">>" a quote: AOL's
// mailers write it so.
func markAngles(lines []string, kinds []lineKind) {
	for i := 0; i < len(lines); i++ {
		if kinds[i].kind != Own || !strings.HasPrefix(lines[i], "<<") || !introducedAt(lines, i) {
			continue
		}
		for end := i; end < min(len(lines), i+maxAngles); end++ {
			if strings.HasSuffix(strings.TrimRight(lines[end], spaces), ">>") {
				for ; i <= end; i++ {
					kinds[i] = lineKind{Quote, 1}
				}
				break
			}
		}
	}
}

// markNotes quotes all that stands below the headers of Lotus Notes, which
// have lines of their own for names and values.
func markNotes(lines []string, kinds []lineKind) {
	for i, l := range lines {
		if i == 0 || kinds[i].kind != Own || strings.TrimSpace(l) != "To" || !notesBelow(lines[i+1:]) {
			continue
		}
		top := i
		for top > 0 && strings.TrimSpace(lines[top-1]) == "" {
			top--
		}
		if top == 0 || !notesDate.MatchString(lines[top-1]) {
			continue
		}
		for top > 0 && strings.TrimSpace(lines[top-1]) != "" && i-top < notesHead {
			top--
		}
		quoteBelow(kinds[top:])
		return
	}
}

// notesBelow reports whether the names of the other headers follow soon.
func notesBelow(lines []string) bool {
	copied := false
	for _, l := range lines[:min(len(lines), notesHead)] {
		switch strings.TrimSpace(l) {
		case "cc":
			copied = true
		case "Subject":
			return copied
		}
	}
	return false
}
