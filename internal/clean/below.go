package clean

import (
	"regexp"
	"slices"
	"strings"
)

var (
	original    = regexp.MustCompile(`(?i)^\s{0,3}-{2,}\s*(?:original[ -](?:message|nachricht|meddelelse|meddelande|bericht)|originele? bericht|ursprüngliche (?:nachricht|mail)|message d'origine|message original|mensaje original|missatge original|messaggio originale|mensagem original|mesaj original|orijinal (?:mesaj|ileti)|oorspronkelijk bericht|oprindelig meddelelse|opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|eredeti üzenet|(?:oryginalna|pierwotna) wiadomość|původní zpráva|pôvodná správa|исходное сообщение|оригинално (?:писмо|съобщение)|αρχικό μήνυμα|原始邮件|原始郵件|原邮件|원본 메시지|original)\s*-{2,}\s*$`)
	forwarded   = regexp.MustCompile(`(?i)^\s{0,3}(?:-{2,}\s*(?:forwarded (?:message|mail)(?: from .{1,80}?)?|forwarded by .*|weitergeleitete nachricht|mensaje reenviado|missatge reenviat|message transféré|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|videresendt (?:meddelelse|melding|besked)|vidarebefordrat (?:meddelande|brev)|(?:edelleen lähetetty|välitetty) viesti|(?:wiadomość przekazana|przekazana wiadomość|treść przekazanej wiadomości)|přeposlaná zpráva|továbbított üzenet|(?:пересылаемое|пересланное|перенаправленное) сообщение|препратено писмо|转发的?邮件|轉寄郵件)(?:\s*-{2,})?|begin forwarded message:)\s*$`)
	dashedWords = regexp.MustCompile(`^\s{0,3}-{4,}\s*["<(\p{L}].{2,80}?[^-]-{4,}\s*$`)
)

// markBelow quotes all that stands below "-----Original Message-----" or a
// block of mail headers. Below a forwarding mark it does so only when the
// sender wrote something worth reading above; else the forwarded text is what
// the mail is for.
func markBelow(lines []string, kinds []lineKind) {
	letters := 0
	for i, l := range lines {
		rule := isRule(l)
		forward := rule && forwarded.MatchString(l)
		if forward || rule && (original.MatchString(l) || partsMails(lines, i)) || headerBlock(lines, i) {
			if forward && letters < ownEnough || letters == 0 && rule && !original.MatchString(l) {
				return
			}
			quoteBelow(kinds[aboveQuoted(lines, kinds, i):])
			return
		}
		if letters > 0 && kinds[i].kind == Own {
			if top := introducesRest(lines, kinds, i); top >= 0 {
				quoteBelow(kinds[top:])
				return
			}
		}
		if kinds[i].kind == Own {
			letters += len(strings.TrimSpace(l))
		}
	}
}

// quoteBelow makes all lines the words of others.
func quoteBelow(kinds []lineKind) {
	for j := range kinds {
		if kinds[j].kind == Quote {
			kinds[j].depth++
		} else {
			kinds[j] = lineKind{Quote, 1}
		}
	}
}

// aboveQuoted finds the line of underscores, or the introduction, that a
// mailer puts above the mail that it quotes, if there is one above line i.
func aboveQuoted(lines []string, kinds []lineKind, i int) int {
	j := i
	for j > 0 && strings.TrimSpace(lines[j-1]) == "" {
		j--
	}
	switch {
	case j > 0 && isUnderscores(lines[j-1]):
		return j - 1
	case j > 0 && kinds[j-1].kind == Own && saysWrote(lines[j-1]):
		return introTop(lines, kinds, j-1)
	}
	return i
}

// isRule reports whether a line may part a mail from one below it: dashes and
// words, or a forwarding mark.
func isRule(l string) bool {
	t := strings.TrimLeft(l, spaces)
	return strings.HasPrefix(t, "--") && strings.Trim(t, "-"+spaces) != "" || len(t) > 5 && strings.HasSuffix(t, ":") && strings.EqualFold(t[:5], "begin")
}

// partsMails reports whether words in dashes, in any language, stand above the
// headers of a mail.
func partsMails(lines []string, i int) bool {
	if !dashedWords.MatchString(lines[i]) {
		return false
	}
	below := skipBlank(lines, i+1)
	return below <= i+2 && countHeaders(lines[below:]) >= 2
}

// headerBlock reports whether a mail's headers begin at line i, as Outlook
// puts them above what it quotes: three or more in a row, below own text. They
// do not begin with the subject: those of a mail that is shown may.
//
// QUIRK M3: Hotmail puts no empty line above them, but words that end. Four
// are asked for there, the subject among them.
func headerBlock(lines []string, i int) bool {
	if i == 0 || !maybeHeader(lines[i]) || i+2 >= len(lines) || !maybeHeader(lines[i+1]) && !maybeHeader(lines[i+2]) {
		return false
	}
	blank := isBlankOrLine(lines[i-1])
	if !blank && (i+3 >= len(lines) || !maybeHeader(lines[i+1]) || !maybeHeader(lines[i+2]) || !maybeHeader(lines[i+3])) {
		return false
	}
	n := countHeaders(lines[i:])
	if n < 3 || isSubject(lines[i]) {
		return false
	}
	return blank || n > 3 && letters(lines[i-1]) != "" && !endsInColon(lines[i-1]) && slices.ContainsFunc(lines[i:min(len(lines), i+6)], isSubject)
}

// isBlankOrLine reports whether a line has nothing but a drawn line, if that.
func isBlankOrLine(l string) bool { return strings.Trim(l, "-_"+spaces) == "" }

// countHeaders counts the headers of a mail from the first line on. One line
// between two may be the rest of the first.
func countHeaders(lines []string) int {
	n, rest := 0, false
	for i := 0; i < len(lines) && n < 6; i++ {
		switch {
		case maybeHeader(lines[i]) && isHeader(lines[i]):
			n, rest = n+1, false
		case n == 0 || rest || strings.TrimSpace(lines[i]) == "" || maybeHeader(lines[i]):
			return n
		default:
			rest = true
		}
	}
	return n
}
