package clean

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxTail     = 4000 // bytes of a paragraph that may be a service's
	minTail     = 16   // the shortest of those that are searched for words
	maxService  = 6    // lines of what a service writes
	maxContact  = 10   // lines of a signature below a drawn line
	maxAdvert   = 4    // lines of an advertisement
	contactLine = 72   // letters of one of its lines
	maxMobile   = 80   // bytes of a telephone's line
	longestHead = 40   // bytes of a heading of notes on confidentiality
	contactText = 9    // words of a line of a signature
	drawnLeast  = 10   // characters of a drawn line
)

// markTails finds what stands below a person's words without a "-- " line:
// the line of a telephone, what mail services and virus scanners add, notes on
// confidentiality, and a signature below a drawn line. Those stand at the end
// of a mail, or of what is written above a quote.
func markTails(lines []string, kinds []lineKind) {
	last := true
	for end := len(kinds); end > 0; {
		start := end
		for start > 0 && kinds[start-1].kind == Own {
			start--
		}
		if start == end {
			end--
			continue
		}
		if last || start == 0 || quoteDepth(lines[end]) == 0 { // an introduced quote stands below a whole reply
			markTail(lines[start:end], kinds[start:end])
		}
		end, last = start, false
	}
}

// markTail finds the tail of a person's words.
func markTail(lines []string, kinds []lineKind) {
	for top := tailTop(lines, false); top >= 0; top = tailTop(lines[:top], true) {
		setKind(kinds[top:], Signature)
	}
}

// tailTop tells where the last paragraph begins that is not the sender's own
// words; it is -1 if that is. more means that one was found below.
func tailTop(lines []string, more bool) int {
	end := len(lines)
	for end > 0 && isBlankOrDrawn(lines[end-1]) {
		end--
	}
	top := end
	for top > 0 && strings.TrimSpace(lines[top-1]) != "" && !isDrawn(lines[top-1]) {
		top--
	}
	if top == end {
		return -1
	}
	rule := ruleAbove(lines[:top])
	paragraph := lines[top:end]
	text := folded(paragraph)
	last := end == len(trimBlank(lines)) // no line is drawn below
	switch {
	case text == "":
		return -1
	case isService(text, len(paragraph), rule >= 0), isConfidential(text), rule >= 0 && isContact(lines[:rule+1], paragraph):
		if rule >= 0 {
			return rule
		}
		return top
	case more && len(paragraph) == 1 && len(text) <= longestHead && containsAny(text, noticeHeads):
		return top
	}
	if i := mobileLine(paragraph); i >= 0 {
		return top + i
	}
	if rule = lastUnderscores(lines[:end]); rule >= 0 && last && drawnLines(lines[:rule+1]) <= 2 {
		if below := lines[rule+1 : end]; isAdvert(below) || isContact(lines[:rule+1], below) {
			return rule
		}
	}
	return -1
}

// lastUnderscores finds a line of underscores not far above the end; it is -1
// if there is none.
func lastUnderscores(lines []string) int {
	for i := len(lines) - 1; i >= max(0, len(lines)-2*maxContact); i-- {
		if isDrawn(lines[i]) {
			if strings.Trim(lines[i], "_"+spaces) == "" {
				return i
			}
			break
		}
	}
	return -1
}

// ruleAbove finds the drawn line that lines end in; it is -1 if they do not.
func ruleAbove(lines []string) int {
	i := len(trimBlank(lines)) - 1
	if i >= 0 && isDrawn(lines[i]) {
		return i
	}
	return -1
}

// folded is a paragraph as one line in lower case; it is empty for one that is
// too long to be a service's.
func folded(lines []string) string {
	n := 0
	for _, l := range lines {
		n += len(l)
	}
	if n > maxTail {
		return ""
	}
	return strings.ToLower(strings.Join(strings.Fields(strings.Join(lines, " ")), " "))
}

// isDrawn reports whether a line is drawn with characters.
func isDrawn(l string) bool {
	t := strings.TrimSpace(l)
	return len(t) >= drawnLeast && strings.Trim(t, "-_=~*") == ""
}

func isBlankOrDrawn(l string) bool { return strings.TrimSpace(l) == "" || isDrawn(l) }

// isService reports whether a paragraph is what a mail service or a virus
// scanner adds; ruled says that a line is drawn above.
func isService(text string, lines int, ruled bool) bool {
	return len(text) >= minTail && lines <= maxService && (containsAny(text, scanned) && containsAny(text, scanners) || ruled && containsAny(text, services))
}

// isConfidential reports whether a paragraph says that the mail is for nobody
// but its recipient, as companies have it said below each.
func isConfidential(text string) bool {
	if len(text) < 3*minTail || !containsAny(text, mails) || !containsAny(text, thisMail) {
		return false
	}
	n := 0
	for _, words := range [][]string{secretWords, recipientWords, errorWords} {
		if containsAny(text, words) {
			n++
		}
	}
	return n >= 2
}

// mobileLine finds the line that a telephone adds: the last of a paragraph, or
// the last but one where it wraps. Within a paragraph it begins with a capital;
// prose that goes on over a line does not.
func mobileLine(lines []string) int {
	for i := len(lines) - 1; i >= max(0, len(lines)-2); i-- {
		if len(lines[i]) > maxMobile {
			continue
		}
		t := strings.TrimLeft(lines[i], spaces+"-_*<[")
		if first, _ := utf8.DecodeRuneInString(t); i > 0 && unicode.IsLower(first) {
			continue
		}
		l := strings.ToLower(t)
		for _, head := range mobileHeads {
			if strings.HasPrefix(l, head) {
				return i
			}
		}
	}
	return -1
}

// isContact reports whether what stands below a drawn line is a signature: a
// few short lines that are neither sentences nor code. above ends in the drawn
// line, and has few others: a newsletter has many.
func isContact(above, lines []string) bool {
	n, ruled := countText(lines), strings.HasPrefix(strings.TrimSpace(above[len(above)-1]), "__")
	if n == 0 || n > maxContact || isHeadingLine(above) || n == 1 && (!ruled || len(strings.Fields(strings.Join(lines, " "))) > 4) {
		return false
	}
	for _, l := range lines {
		t := strings.TrimSpace(l)
		if t == "" {
			continue
		}
		if utf8.RuneCountInString(t) > contactLine || len(strings.Fields(t)) > contactText || strings.IndexByte("?!:;,{}", t[len(t)-1]) >= 0 || t[len(t)-1] == '.' && strings.Count(t, " ") > 3 || strings.IndexByte("<|+", t[0]) >= 0 {
			return false
		}
	}
	return drawnLines(above) <= 2
}

// isAdvert reports whether what stands below a line of underscores is a few
// lines with an address to look at.
func isAdvert(lines []string) bool {
	text := folded(lines)
	return countText(lines) <= maxAdvert && strings.Contains(text, "://") && !strings.ContainsAny(text, "{};")
}

func drawnLines(lines []string) int {
	n := 0
	for _, l := range lines {
		if isDrawn(l) {
			n++
		}
	}
	return n
}

// isHeadingLine reports whether the last line is drawn under a heading of its
// length.
func isHeadingLine(lines []string) bool {
	if len(lines) < 2 {
		return false
	}
	heading := utf8.RuneCountInString(strings.TrimSpace(lines[len(lines)-2]))
	drawn := len(strings.TrimSpace(lines[len(lines)-1]))
	return heading > 0 && heading >= drawn-3 && heading <= drawn+3
}

func containsAny(s string, words []string) bool {
	for _, w := range words {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}
