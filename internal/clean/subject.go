package clean

import (
	"regexp"
	"strings"
)

var (
	replyMark   = regexp.MustCompile(`(?i)^(?:re|aw|antw|antwort|sv|vs|rv|rif|ris|odp|ynt|atb|ad|vá|bls|ref|отв|ответ|на|回复|答复|回覆|返信)\s*(?:\[\d+\]|\(\d+\)|\^\d+|\*\d+)?\s*[:：]\s*`)
	forwardMark = regexp.MustCompile(`(?i)^(?:fw|fwd|wg|tr|enc|i|doorst|videresendt|vb|пересл|转发)\s*(?:\[\d+\]|\(\d+\))?\s*[:：]\s*`)
	listTag     = regexp.MustCompile(`^\[[^\[\]]{1,60}\]\s*`)
	wasNote     = regexp.MustCompile(`(?i)\s*[\[(]\s*(?:was|war|war:|était|fue|era)\s*[:;]?\s.*[\])]\s*$`)
	fwdTail     = regexp.MustCompile(`(?i)\s*\(fwd\)\s*$`)
)

// BaseSubject reduces a subject to what a conversation has in common (in the
// manner of RFC 5256, section 2.1, and in more languages): reply and forward
// markers and list tags off, folded. reply reports whether there was a reply
// marker.
func BaseSubject(s string) (base string, reply bool) {
	s = strings.Join(strings.Fields(s), " ")
	for {
		before := s
		if m := replyMark.FindString(s); m != "" {
			s, reply = s[len(m):], true
		}
		s = s[len(forwardMark.FindString(s)):]
		if m := listTag.FindString(s); m != "" && len(m) < len(s) {
			s = s[len(m):]
		}
		if s == before {
			break
		}
	}
	s = fwdTail.ReplaceAllString(wasNote.ReplaceAllString(s, ""), "")
	return strings.ToLower(strings.TrimSpace(s)), reply
}
