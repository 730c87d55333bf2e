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

var (
	prompt     = regexp.MustCompile(`^(?:>>>|\.\.\.)(?: |$)`)
	original   = regexp.MustCompile(`(?i)^\s{0,3}-{2,}\s*(?:original[ -](?:message|nachricht|meddelelse|bericht)|ursprüngliche (?:nachricht|mail)|message d'origine|message original|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht|oprindelig meddelelse|ursprungligt meddelande|alkuperäinen viesti|eredeti üzenet|oryginalna wiadomość|původní zpráva|исходное сообщение|original)\s*-{2,}\s*$`)
	forwarded  = regexp.MustCompile(`(?i)^\s{0,3}(?:-{2,}\s*(?:forwarded (?:message|mail)|forwarded by .*|weitergeleitete nachricht|mensaje reenviado|missatge reenviat|message transféré|messaggio inoltrato|mensagem encaminhada|doorgestuurd bericht|továbbított üzenet|пересылаемое сообщение)(?:\s*-{2,})?|begin forwarded message:)\s*$`)
	headerLine = regexp.MustCompile(`(?i)^\s{0,3}\*?(?:from|sent|date|to|cc|subject|von|gesendet|datum|an|betreff|de|enviado(?: el)?|fecha|para|asunto|envoyé|objet|à|da|inviato|data|a|oggetto|assunto|отправлено|от|тема|кому)\s?:\*?\s`)
)

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
	markIntros(lines, kinds)
	markBelow(lines, kinds)
	markSignatures(lines, kinds)
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

// markBelow quotes all that stands below "-----Original Message-----" or a
// block of mail headers. Below a forwarding mark it does so only when the
// sender wrote something worth reading above; else the forwarded text is what
// the mail is for.
func markBelow(lines []string, kinds []lineKind) {
	letters := 0
	for i, l := range lines {
		rule := isRule(l)
		forward := rule && forwarded.MatchString(l)
		if forward || rule && original.MatchString(l) || headerBlock(lines, i) {
			if forward && letters < ownEnough {
				return
			}
			for j := i; j < len(lines); j++ {
				if kinds[j].kind == Quote {
					kinds[j].depth++
				} else {
					kinds[j] = lineKind{Quote, 1}
				}
			}
			return
		}
		if kinds[i].kind == Own {
			letters += len(strings.TrimSpace(l))
		}
	}
}

// isRule reports whether a line may part a mail from one below it: dashes and
// words, or a forwarding mark.
func isRule(l string) bool {
	t := strings.TrimLeft(l, spaces)
	return strings.HasPrefix(t, "--") && strings.Trim(t, "-"+spaces) != "" || len(t) > 5 && strings.HasSuffix(t, ":") && strings.EqualFold(t[:5], "begin")
}

// headerBlock reports whether a mail's headers begin at line i, as Outlook
// puts them above what it quotes: three or more in a row, below own text.
func headerBlock(lines []string, i int) bool {
	if i == 0 || !maybeHeader(lines[i]) || strings.TrimSpace(lines[i-1]) != "" && !isUnderscores(lines[i-1]) {
		return false
	}
	n := 0
	for j := i; j < len(lines) && j < i+6 && maybeHeader(lines[j]) && headerLine.MatchString(lines[j]); j++ {
		n++
	}
	return n >= 3
}

// maybeHeader is false for nearly all lines that headerLine does not match:
// its longest name has 20 bytes, and white space stands behind the colon.
func maybeHeader(l string) bool {
	i := strings.IndexByte(l[:min(len(l), 32)], ':')
	if i < 0 {
		return false
	}
	after := strings.TrimPrefix(l[i+1:], "*")
	return after != "" && strings.IndexByte(spaces, after[0]) >= 0
}

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
