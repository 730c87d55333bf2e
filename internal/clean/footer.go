package clean

import (
	"regexp"
	"slices"
	"strings"
)

var (
	footerSign  = regexp.MustCompile(`(?i)\b(?:mailing[ -]?list|mailinglist|mailman|listinfo|unsubscribe|subscription options|lista de correo|liste de diffusion|lista de distribuci|se desabonner|lista di distribuzione|levelez.lista|list archives?:|archived at|post to:|list help)\b|/listinfo[/.]|mailman/options|рассылк|メーリングリスト`)
	sponsorSign = regexp.MustCompile(`(?i)\b(?:sponsor(?:s|ed)?|supporters?|brought to you by|hosted by|powered by|provided by)\b`)
)

// maxFooter bounds the lines of a list's footer, its sponsor's included.
const maxFooter = 24

// dropFooters takes the list's own footers out of a part's lines: a line of
// underscores, then text that speaks of a mailing list (M3), then the
// sponsor's. What a person wrote below a footer stays.
func dropFooters(lines []string) []string {
	if !slices.ContainsFunc(lines, isUnderscores) {
		return lines
	}
	out := make([]string, 0, len(lines))
	for i := 0; i < len(lines); {
		if isUnderscores(lines[i]) {
			if n := footerLength(lines[i+1:]); n > 0 {
				out = trimBlank(out)
				i += n + 1
				continue
			}
		}
		out = append(out, lines[i])
		i++
	}
	return out
}

// isUnderscores reports whether a line is twenty underscores or more.
func isUnderscores(l string) bool {
	const least = "____________________"
	return strings.HasPrefix(l, least) && strings.TrimRight(strings.TrimLeft(l, "_"), spaces) == ""
}

// footerLength tells how many of the lines below the underscores are the
// list's; 0 if they are not a footer at all.
func footerLength(lines []string) int {
	end, paragraph, sponsored := 0, 0, false
	for start := 0; start < len(lines); {
		start = skipBlank(lines, start)
		stop := start
		for stop < len(lines) && strings.TrimSpace(lines[stop]) != "" && !isUnderscores(lines[stop]) {
			stop++
		}
		if stop == start {
			break
		}
		if n := standardFooter(lines[start:stop]); n > 0 {
			return start + n
		}
		text := strings.Join(lines[start:stop], "\n")
		listed := footerSign.MatchString(text) || paragraph > 0 && isListAddress(lines[start:stop], lines[stop:])
		switch {
		case stop-start > maxFooter || looksWritten(lines[start:stop]):
			return end
		case paragraph == 0 && !listed:
			return 0
		case listed || sponsorSign.MatchString(text):
			sponsored = sponsored || sponsorSign.MatchString(text)
		case !sponsored || stop > maxFooter:
			return end
		}
		end, start = stop, stop
		paragraph++
	}
	return end
}

// isListAddress reports whether a paragraph is nothing but an address, above
// one of the list: some mailers put an empty line below each line.
func isListAddress(paragraph, below []string) bool {
	if len(paragraph) != 1 || Address(paragraph[0]) == "" {
		return false
	}
	i := skipBlank(below, 0)
	return i < len(below) && footerSign.MatchString(below[i])
}

// standardFooter tells where Mailman's own footer ends, its last line being
// the link to the list's page, in a paragraph that goes on with something that
// is not a list's: what a person wrote straight below. Else it is 0.
func standardFooter(lines []string) int {
	for i, l := range lines {
		if u := lineURL(l); u == "" || !strings.Contains(u, "/listinfo/") {
			continue
		}
		rest := strings.Join(lines[i+1:], "\n")
		if rest == "" || strings.Contains(rest, "://") || footerSign.MatchString(rest) || sponsorSign.MatchString(rest) || looksWritten(lines[:i+1]) {
			return 0
		}
		return i + 1
	}
	return 0
}

// looksWritten reports whether a paragraph is a person's: a quote, or the
// line that introduces one.
func looksWritten(lines []string) bool {
	for _, l := range lines {
		if quoteDepth(l) > 0 || endsInColon(l) && introVerb.MatchString(l) {
			return true
		}
	}
	return false
}

func skipBlank(lines []string, i int) int {
	for i < len(lines) && strings.TrimSpace(lines[i]) == "" {
		i++
	}
	return i
}

// trimBlank cuts empty lines off the end.
func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
