package clean

import (
	"regexp"
	"strings"
)

var (
	introVerb   = regexp.MustCompile(`(?i)(?:(?:^|\s)(?:wrote|writes|said|says|schrieb|schreibt|(?:hat )?geschrieben|escribi[oó]|escribe|dijo|a [ée]crit|ha scritto|scrisse|escreveu|schreef|skrev|napisa[lł](?:\(?a\)?)?|napsala?|[íi]rta|kirjoitti|va escriure|scris|yazd[ıi]|пишет|писал[аи]?|написал[аи]?|wrote in message .{1,80})|さんは書きました|のメール)\s*:\s*$`)
	verbFirst   = regexp.MustCompile(`(?i)\s(?:schrieb|schreibt|schreef|skrev|escribi[oó]|escreveu|scrisse|napsala?|пишет|писал[аи]?|написал[аи]?)\s.{1,80}:\s*$`)
	introShape  = regexp.MustCompile(`(?:\d{4}|@|\sat\s).{0,80}:\s*$`)
	introStart  = regexp.MustCompile(`(?i)^\s{0,3}(?:(?:on|am|le|el|il|em|op|at|den|dne|dnia|w|na|в|vom|quoting|citando|zitat|selon)[\s,]|--- |\d{1,4}[-/.])`)
	datedSender = regexp.MustCompile(`^\d{4}/\d{1,2}/\d{1,2} [^<]{0,80}<[^<>]{3,80}>\s*$`) // QUIRK M3: Gmail's, in some languages
)

func introducedAt(lines []string, i int) bool {
	j := i - 1
	for j >= 0 && j >= i-2 && strings.TrimSpace(lines[j]) == "" {
		j--
	}
	return j >= 0 && isIntro(lines[j])
}

// isIntro reports whether a line above a quote introduces it: it says that
// somebody wrote, or gives a date or an address.
func isIntro(l string) bool {
	if !endsInColon(l) {
		return strings.HasSuffix(strings.TrimRight(l, spaces), ">") && datedSender.MatchString(l)
	}
	return wrote(l) || introVerb.MatchString(l) || introShape.MatchString(l) || introStart.MatchString(l) && verbFirst.MatchString(l)
}

// endsInColon is what nearly all introductions have in common.
func endsInColon(l string) bool {
	return strings.HasSuffix(strings.TrimRight(l, spaces), ":")
}

// wrote reports whether a line that ends in a colon says "wrote" before it:
// the commonest introduction of those that introVerb knows.
func wrote(l string) bool {
	t := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(l, spaces), ":"), spaces)
	before, ok := strings.CutSuffix(t, "wrote")
	return ok && (before == "" || strings.IndexByte(spaces, before[len(before)-1]) >= 0)
}

// markIntros makes "On …, somebody wrote:" above a quote a part of it, also
// where it goes over two or three lines.
func markIntros(lines []string, kinds []lineKind) {
	for i := range lines {
		if kinds[i].kind != Quote || i > 0 && kinds[i-1].kind == Quote {
			continue
		}
		j := i - 1
		for j >= 0 && j >= i-3 && isElision(lines[j]) {
			j--
		}
		if j < 0 || kinds[j].kind == Quote || !isIntro(lines[j]) {
			continue
		}
		top, depth := introTop(lines, kinds, j), 1 // deeper marks are of those whom its author quotes
		if top > 0 && kinds[top-1].kind == Quote {
			depth = kinds[i].depth // what a mailer wrapped of a quoted one
		}
		for k := top; k < i; k++ {
			kinds[k] = lineKind{Quote, depth}
		}
	}
}

// isElision reports whether a line is empty, or says that something was left
// out.
func isElision(l string) bool {
	t := strings.TrimSpace(l)
	return t == "" || len(t) <= 16 && elision.MatchString(t)
}

// introTop finds the first line of the introduction that ends at line j.
func introTop(lines []string, kinds []lineKind, j int) int {
	for k := j; k >= 0 && k >= j-2; k-- {
		if strings.TrimSpace(lines[k]) == "" || kinds[k].kind == Quote {
			break
		}
		if introStart.MatchString(lines[k]) && len(strings.Join(lines[k:j+1], " ")) <= 300 {
			return k
		}
	}
	return j
}
