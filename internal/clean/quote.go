package clean

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

var (
	diffRange = regexp.MustCompile(`^\d+(?:,\d+)?[acd]\d+(?:,\d+)?\s*$`)
	elision   = regexp.MustCompile(`(?i)^(?:\.\.+|…|[\[(<{*-]+\s*(?:\.\.+|…|(?:.{0,60}\s)?(?:snip|snipp|snap|cut|schnipp?|omissis|gekürzt|omitted|deleted)\w*\b.{0,60})\s*[\])>}*-]+)$`)
)

const (
	maxDiff   = 100 // lines of the old side of a difference
	wrapLeast = 55  // letters of a line that may have been too long for a mailer
	wrapWidth = 65  // letters that a mailer does not wrap
)

// unquoteCode gives the output of diff back to its author, whose new lines
// begin with ">", and what is left of a line of code that a mailer wrapped.
func unquoteCode(lines []string, kinds []lineKind) {
	for i := 0; i < len(lines); i++ {
		if kinds[i].kind != Quote {
			continue
		}
		if t := strings.TrimSpace(lines[i]); len(t) > 1 && len(t) <= 3 && strings.Trim(t, `>'";,)`) == "" && strings.Trim(t, ">") != "" {
			kinds[i] = lineKind{}
		}
		if i == 0 || kinds[i-1].kind == Quote || !belowDiff(lines, kinds, i) {
			continue
		}
		for ; i < len(lines) && kinds[i].kind == Quote; i++ {
			kinds[i] = lineKind{}
		}
	}
}

// belowDiff reports whether line i begins the new side of a difference.
func belowDiff(lines []string, kinds []lineKind, i int) bool {
	if diffRange.MatchString(lines[i-1]) {
		return true
	}
	if strings.TrimRight(lines[i-1], spaces) != "---" {
		return false
	}
	for j := i - 2; j >= max(0, i-maxDiff) && kinds[j].kind != Quote; j-- {
		if diffRange.MatchString(lines[j]) {
			return strings.HasPrefix(lines[j+1], "<")
		}
	}
	return false
}

// markWrapped makes what is left over of a quoted line part of the quote: a
// mailer wrapped it and put no mark in front of the rest.
func markWrapped(lines []string, kinds []lineKind) {
	for i := 1; i < len(lines); i++ {
		if kinds[i].kind != Own || kinds[i-1].kind != Quote || !isWrapped(lines[i-1], lines[i]) {
			continue
		}
		end := i + 1
		if end < len(lines) && kinds[end].kind == Own && strings.TrimSpace(lines[end]) != "" {
			end++
		}
		if end < len(lines) && kinds[end] == kinds[i-1] {
			for ; i < end; i++ {
				kinds[i] = kinds[i-1]
			}
		}
	}
}

// isWrapped reports whether a line goes on with the sentence of a line above
// it that had no room for one more word.
func isWrapped(above, l string) bool {
	first, _ := utf8.DecodeRuneInString(l)
	above = strings.TrimRight(above, spaces)
	if !unicode.IsLower(first) && first != '/' && first != '$' || utf8.RuneCountInString(above) < wrapLeast || strings.IndexByte(".?!:;", above[len(above)-1]) >= 0 {
		return false
	}
	word, _, _ := strings.Cut(l, " ")
	return utf8.RuneCountInString(above)+1+utf8.RuneCountInString(word) >= wrapWidth
}
