package clean

import (
	"regexp"
	"strings"
)

// verbs say that somebody wrote, in the languages that mailers speak. Letters
// may have been lost to question marks.
const verbs = `wrote|writes|said|says|wrote in message .{1,80}` +
	`|schrieb|schreibt|geschrieben|geschreven|schreef|schrijft|geskryf` +
	`|escribi[oó]|escribía|escribe|ha escrito|dijo|escribiu|escreveu|escreve|escrit|escriure|escriu` +
	`|[ée]crit|écrivait|scritto|scrisse|scrive(?:va)?|scris|skribis` +
	`|skrev|skriver|skrifaði|kirjoitti|kirjutas|[íi]rta|yazd[ıi]|yazmış|idatzi (?:du|zuen)|menulis|viết` +
	`|napisa[lło](?:\(?-?a\)?)?|pisze|pisał(?:\(?a\)?)?|napsal(?:\(?a\)?)?|píše|napísal(?:\(?a\)?)?|piše|rašė|rakstīja` +
	`|пишет|писал[аи]?|написал[аи]?|пише|писа[вл]а?|написа(?:в|ла|о)?|έγραψε|έγραφε|כתבה?|كتبت?|نوشت|\?{3,}`

// introVerbs is a verb behind a name, or alone where the name stands above.
const introVerbs = `(?:(?:^|[\s>)])(?:` + verbs + `)|さんは書きました|さんのメッセージ|のメール|写道|寫道|写到|님이 작성|เขียน(?:ว่า)?)`

const introColon = `[\s\x{a0}\x{202f}]*[:：]\s*$`

var (
	introVerb  = regexp.MustCompile(`(?i)` + introVerbs + introColon)
	bareVerb   = regexp.MustCompile(`(?i)^\s{0,3}(?:(?:a|ha|va|hat|heeft)\s)?(?:` + verbs + `)` + introColon)
	verbFirst  = regexp.MustCompile(`(?i)\s(?:schrieb|schreibt|schreef|skrev|escribi[oó]|escreveu|scrisse|napsala?|пишет|писал[аи]?|написал[аи]?)\s.{1,80}:\s*$`)
	verbOpens  = regexp.MustCompile(`(?i)^\s{0,3}(?:escribía|escribió|scrive|scriveva|schrieb|schreef|skrev|écrivait|quoting|zitat von|citando(?: a)?|citerar|citat (?:af|från|fra|de)|sitat|cytowanie|cituji|lainaus|idézet|mensaje citado por|цитирую|цитирование)\s.{1,80}:\s*$`)
	introShape = regexp.MustCompile(`(?:\d{4}|@|\sat\s[\w-]+\.\w|<[^<>\s]+ \S{1,6} [^<>\s]+>|\b\d{1,2}[/-]\d{1,2}[/-]\d{2}\b|\b\d{1,2}\.\d{1,2}\.\d{2}[\s,]).{0,80}:\s*$|[\s\[(]\d{1,2}:\d{2}(?::\d{2})?[\])]?\s*:\s*$`)
	introStart = regexp.MustCompile(`(?i)^\s{0,3}(?:(?:on|am|al|le|el|il|em|op|at|den|dne|dnia|w|na|в|vom|quoting|citando|zitat|selon)[\s,]|--- |\d{1,4}[-/.])`)
	// dayStart opens an introduction that names the day of the week and the
	// day of the month first.
	dayStart = regexp.MustCompile(`^\s{0,3}\p{L}{2,4}[.,]*\s\d{1,2}[\s.].*(?:\d{4}|\d:\d{2})`)
	// QUIRK M3: some mailers end "On …, Ann wrote" without a colon, and Gmail
	// leaves the verb out in some languages.
	noColon     = regexp.MustCompile(`(?i)^\s{0,3}(?:on|am|le|el|il|em|op|den)\s.{0,60}\d.{0,120}` + introVerbs + `[\s.,;…-]*$`)
	datedSender = regexp.MustCompile(`^\d{4}[-/年] ?\d{1,2}[-/月] ?\d{1,2}日? ?[^<]{0,80}<[^<>]{3,80}>\s*$`)
)

// lineAbove finds the line above line i, up to two empty ones between; it is
// -1 if there is none.
func lineAbove(lines []string, i int) int {
	j := i - 1
	for j >= 0 && j >= i-2 && strings.TrimSpace(lines[j]) == "" {
		j--
	}
	return j
}

func introducedAt(lines []string, i int) bool {
	j := lineAbove(lines, i)
	return j >= 0 && isIntro(lines[j])
}

// isIntro reports whether a line above a quote introduces it: it says that
// somebody wrote, or gives a date or an address.
func isIntro(l string) bool {
	if !endsInColon(l) {
		return datedSender.MatchString(l) || noColon.MatchString(l)
	}
	return saysWrote(l) || introShape.MatchString(l) || verbOpens.MatchString(l) || introStart.MatchString(l) && verbFirst.MatchString(l)
}

// endsInColon is what nearly all introductions have in common.
func endsInColon(l string) bool {
	l = strings.TrimRight(l, spaces)
	return strings.HasSuffix(l, ":") || strings.HasSuffix(l, "：")
}

// saysWrote reports whether a line has the verb of an introduction at its end.
func saysWrote(l string) bool {
	if !endsInColon(l) {
		return noColon.MatchString(l)
	}
	return wrote(l) || introVerb.MatchString(lastWords(l))
}

// lastWords are the last few words of a line: all that an introduction's verb
// is looked for in, but for the ID of a message.
func lastWords(l string) string {
	if strings.Contains(l, " in message ") {
		return l
	}
	at := len(l)
	for n := 0; n < 5 && at >= 0; n++ {
		at = strings.LastIndexByte(l[:at], ' ')
	}
	return l[max(at, 0):]
}

// wrote reports whether a line that ends in a colon says "wrote" before it:
// the commonest introduction of those that introVerb knows.
func wrote(l string) bool {
	t := strings.TrimRight(strings.TrimSuffix(strings.TrimRight(l, spaces), ":"), spaces)
	before, ok := strings.CutSuffix(t, "wrote")
	return ok && (before == "" || strings.IndexByte(spaces, before[len(before)-1]) >= 0)
}

// markIntros makes "On …, somebody wrote:" above a quote a part of it, also
// where it goes over two or three lines, and where another introduction, of
// what the quote begins with, stands below it.
func markIntros(lines []string, kinds []lineKind) {
	for i := range lines {
		if kinds[i].kind == Quote && (i == 0 || kinds[i-1].kind != Quote) {
			markAbove(lines, kinds, i)
		}
	}
}

// maxIntros bounds the introductions that stand above each other.
const maxIntros = 3

// markAbove makes the introductions above the quote that begins at line i a
// part of it.
func markAbove(lines []string, kinds []lineKind, i int) {
	for n := range maxIntros {
		j := i - 1
		for j >= 0 && j >= i-3 && isElision(lines[j]) {
			j--
		}
		if j < 0 || kinds[j].kind == Quote || !isIntro(lines[j]) || n > 0 && !saysWrote(lines[j]) {
			return
		}
		top, depth := introTop(lines, kinds, j), 1 // deeper marks are of those whom its author quotes
		if top > 0 && kinds[top-1].kind == Quote {
			depth = kinds[i].depth // what a mailer wrapped of a quoted one
		}
		for k := top; k < i; k++ {
			kinds[k] = lineKind{Quote, depth}
		}
		i = top
	}
}

// isElision reports whether a line is empty, or says that something was left
// out.
func isElision(l string) bool {
	t := strings.TrimSpace(l)
	return t == "" || strings.IndexByte(".[(<{*-\xe2", t[0]) >= 0 && elision.MatchString(t)
}

// introTop finds the first line of the introduction that ends at line j.
func introTop(lines []string, kinds []lineKind, j int) int {
	for k := j; k >= 0 && k >= j-2; k-- {
		if strings.TrimSpace(lines[k]) == "" || kinds[k].kind == Quote {
			break
		}
		whole := strings.Join(lines[k:j+1], " ")
		if len(whole) <= 300 && (introStart.MatchString(lines[k]) || dayStart.MatchString(whole)) {
			return k
		}
	}
	// A verb or an address at the start cannot be all of it.
	if tail := bareVerb.MatchString(lines[j]) || strings.HasPrefix(lines[j], "<"); tail && j > 0 && len(lines[j-1]) <= 200 && kinds[j-1].kind != Quote && strings.TrimSpace(lines[j-1]) != "" {
		return j - 1
	}
	return j
}
