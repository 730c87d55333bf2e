package clean

import (
	"regexp"
	"slices"
	"strings"
)

var (
	inlineIntro = regexp.MustCompile(`(?i)^\s{0,3}(?:.{0,80}<[^<>\s]+(?: \S{1,6} |@)[^<>\s]+>|[^<>\s@]+@[\w-]+\.[\w.-]+)\s?(?:` + verbs + `)\s?:\s+\S`)
	mailerIntro = regexp.MustCompile(`(?:<[^<>\s]+(?: \S{1,6} |@)[^<>\s]+>|[\w.-]@[\w-]+\.\w|\d{1,2}:\d{2})`)
	prose       = regexp.MustCompile(`(?i)\s(?:said|says|dijo)\s*:\s*$`)
)

// introducesRest tells where an introduction begins that ends at line i and
// that introduces all that stands below, without marks; it is -1 if none does.
//
// QUIRK M3: telephones and some web mailers quote so, when HTML becomes text.
func introducesRest(lines []string, kinds []lineKind, i int) int {
	switch l := lines[i]; {
	case introInline(l) && !quotes(kinds[i+1:min(len(kinds), i+3)]): // marks below are the quote's: the line is wrapped
		return i
	case !endsInColon(l) || !slices.ContainsFunc(lines[max(0, i-2):i+1], hasMark) || !saysWrote(l) && !(strings.HasSuffix(strings.TrimRight(l, spaces), ">:") && dayStart.MatchString(l)) || prose.MatchString(l) || answers(lines, kinds, i+1) || countText(lines[i+1:]) == 0:
		return -1
	}
	top := introTop(lines, kinds, i)
	if !mailerIntro.MatchString(strings.Join(lines[top:i+1], " ")) || !wordsAbove(lines[:top], kinds) {
		return -1
	}
	return top
}

// hasMark is false for nearly all lines that mailerIntro does not match.
func hasMark(l string) bool { return strings.ContainsAny(l, "<@") || strings.Count(l, ":") > 1 }

// introInline reports whether a line introduces a quote and begins it.
func introInline(l string) bool {
	return strings.Contains(l, ": ") && strings.ContainsAny(l, ">@") && inlineIntro.MatchString(l)
}

func quotes(kinds []lineKind) bool {
	return slices.ContainsFunc(kinds, func(k lineKind) bool { return k.kind == Quote })
}

// answers reports whether somebody answers to marked quotes from line i on:
// those that are introduced are of the mail that is quoted.
func answers(lines []string, kinds []lineKind, i int) bool {
	for ; i < len(lines); i++ {
		if kinds[i].kind == Quote && kinds[i-1].kind != Quote && quoteDepth(lines[i]) > 0 {
			return true
		}
	}
	return false
}

// wordsAbove reports whether the sender said something above an introduction:
// below a greeting alone the answer is still to come.
func wordsAbove(lines []string, kinds []lineKind) bool {
	letters, last := 0, ""
	for i, l := range lines {
		if t := strings.TrimSpace(l); t != "" && kinds[i].kind == Own {
			letters += len(t)
			last = t
		}
	}
	return letters >= ownEnough || letters > 0 && !strings.HasSuffix(last, ",") && !strings.HasSuffix(last, ":")
}

// bars are marks of quotes that are more often something else.
const bars = "|:}"

// markBars finds quotes with other marks than ">": the first of them stands
// below an introduction.
func markBars(lines []string, kinds []lineKind) {
	for i := 1; i < len(lines); i++ {
		if barDepth(lines[i], bars) == 0 || !saysWroteAbove(lines, i) {
			continue
		}
		for mark := lines[i][:1]; i < len(lines); i++ {
			if d := barDepth(lines[i], mark); d > 0 && kinds[i].kind == Own {
				kinds[i] = lineKind{Quote, d}
			}
		}
	}
}

// barDepth counts the marks in front of a line, each with a space behind it.
// The frame of a table is none.
func barDepth(l, marks string) int {
	if l == "" || strings.IndexByte(marks, l[0]) < 0 || len(l) > 2 && strings.HasSuffix(strings.TrimRight(l, spaces), "|") {
		return 0
	}
	n := 0
	for len(l) > 0 && strings.IndexByte(marks, l[0]) >= 0 && (len(l) == 1 || l[1] == ' ') {
		n++
		l = strings.TrimPrefix(l[1:], " ")
	}
	return n
}

// saysWroteAbove reports whether the introduction above line i has its verb.
func saysWroteAbove(lines []string, i int) bool {
	j := lineAbove(lines, i)
	return j >= 0 && saysWrote(lines[j])
}
