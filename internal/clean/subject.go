package clean

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	replyMark   = regexp.MustCompile(`(?i)^(?:re|aw|antw|antwort|sv|vs|rv|rif|ris|odp|ynt|atb|ad|vá|bls|ref|отв|ответ|на|回复|答复|回覆|返信)\s*(?:\[\d+\]|\(\d+\)|\^\d+|\*\d+)?\s*[:：]\s*`)
	forwardMark = regexp.MustCompile(`(?i)^(?:fw|fwd|wg|tr|enc|i|doorst|videresendt|vb|пересл|转发)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*`)
	listTag     = regexp.MustCompile(`^\[[^\[\]]{1,60}\]\s*`)
	wasNote     = regexp.MustCompile(`(?i)\s*[\[(]\s*(?:was|war|war:|était|fue|era)\s*[:;]?\s.*[\])]\s*$`)
	fwdTail     = regexp.MustCompile(`(?i)\s*\(fwd\)\s*$`)
)

// maybeMark is false for nearly all subjects without a marker: it is a word
// with a colon behind it, or a number and a colon.
func maybeMark(s string) bool {
	n := 0
	for n < len(s) && s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' {
		n++
	}
	if strings.HasPrefix(s[n:], " ") && n > 0 {
		n++
	}
	return n < len(s) && (s[n] >= utf8.RuneSelf || n > 0 && strings.IndexByte(":([*^", s[n]) >= 0)
}

// BaseSubject reduces a subject to what a conversation has in common (in the
// manner of RFC 5256, section 2.1, and in more languages): reply and forward
// markers and list tags off, folded. reply reports whether there was a reply
// marker.
func BaseSubject(s string) (base string, reply bool) {
	s = strings.Join(strings.Fields(s), " ")
	for {
		before := s
		if maybeMark(s) {
			if m := replyMark.FindString(s); m != "" {
				s, reply = s[len(m):], true
			}
			s = s[len(forwardMark.FindString(s)):]
		}
		if strings.HasPrefix(s, "[") {
			if m := listTag.FindString(s); m != "" && len(m) < len(s) {
				s = s[len(m):]
			}
		}
		if s == before {
			break
		}
	}
	if strings.HasSuffix(s, "]") || strings.HasSuffix(s, ")") {
		s = fwdTail.ReplaceAllString(wasNote.ReplaceAllString(s, ""), "")
	}
	return strings.ToLower(strings.TrimSpace(s)), reply
}
