package pipermail

import (
	"bytes"
	"regexp"
)

// fit tells how much a line that begins with "From " is like a separator.
type fit int

const (
	unlike fit = iota // prose
	almost            // a date and something like a header, yet no separator
	fits
)

// Bounds of what may be a separator and the header below it.
const (
	maxSeparator  = 1000
	maxHeader     = 64 << 10
	maxHeaderLine = 1000 // lines
)

var (
	// ctimeTail ends a separator of Pipermail 0.09: "Tue Oct 14 00:29:20 2008",
	// the day space-padded, perhaps a zone before the year (P3).
	ctimeTail = regexp.MustCompile(`(?:^|\s)\p{L}{2,4}\.?\s+\p{L}{3,5}\.?\s+\d{1,2}\s+\d{1,2}:\d{2}(?::\d{2})?(?:\s+(?:[A-Za-z]{1,5}|[+-]\d{4}))?\s+\d{2,4}\s*$`)
	// mailTail ends one of Pipermail 0.05: the Date line as written.
	mailTail = regexp.MustCompile(`(?:^|\s)(?:\p{L}{2,9}\.?,?\s+)?\d{1,2}[ -]\p{L}{3,9}\.?[ -]\d{2,4},?\s+\d{1,2}[:.]\d{2}.{0,60}$`)
)

// readHeader reads the separator at offset at and the header below it, and
// tells where the body begins.
//
// QUIRK P3: prose lines begin with "From " too, and people paste mails. A
// separator has a date that can be read, and below it stand nothing but
// Pipermail's own six fields, From or Date first, up to an empty line.
func readHeader(text []byte, at int) (m TextMessage, body int, f fit) {
	first, pos := cutLine(text, at)
	when := separatorDate(first)
	if when == nil && len(first) > maxSeparator {
		return m, 0, unlike
	}
	m.Offset, m.Separator = at, first
	h := headerReader{m: &m}
	for n := 0; n < maxHeaderLine && pos < len(text) && pos-at < maxHeader; n++ {
		l, next := cutLine(text, pos)
		if len(l) == 0 { // one of spaces is a folded subject's end
			pos = next
			break
		}
		if !h.line(l) {
			break
		}
		pos = next
	}
	h.flush()
	return m, pos, h.judge(when, blankBefore(text, at))
}

// separatorDate is the part of a "From " line that is its date; nil without.
func separatorDate(l []byte) []byte {
	if len(l) > maxSeparator || bytes.IndexByte(l, ':') < 0 && bytes.IndexByte(l, '.') < 0 {
		return nil
	}
	rest := l[len("From"):]
	if date := plainTail(rest); date != nil {
		return date
	}
	for _, tail := range []*regexp.Regexp{ctimeTail, mailTail} {
		if i := tail.FindIndex(rest); i != nil {
			date := bytes.TrimSpace(rest[i[0]:])
			if d, ok := parseDateText(string(date)); ok && d.month > 0 {
				return date
			}
		}
	}
	return nil
}

// plainTail is the date of nearly all separators, which ctimeTail would find too:
// "Tue Oct 14 00:29:20 2008".
func plainTail(b []byte) []byte {
	const length = len("Tue Oct 14 00:29:20 2008")
	if len(b) <= length || b[len(b)-length-1] != ' ' {
		return nil
	}
	date := b[len(b)-length:]
	if date[3] != ' ' || date[7] != ' ' || date[10] != ' ' || date[19] != ' ' || date[20] == ' ' {
		return nil
	}
	if d, ok := plainDate(line(string(date))); !ok || d.month == 0 {
		return nil
	}
	return date
}

// cutLine returns the line at offset at, without its end, and where the next
// one begins.
func cutLine(text []byte, at int) (line []byte, next int) {
	end := bytes.IndexByte(text[at:], '\n')
	if end < 0 {
		return bytes.TrimSuffix(text[at:], []byte("\r")), len(text)
	}
	return bytes.TrimSuffix(text[at:at+end], []byte("\r")), at + end + 1
}

// blankBefore reports whether an empty line stands above offset at, or nothing.
func blankBefore(text []byte, at int) bool {
	above := bytes.TrimSuffix(bytes.TrimSuffix(text[:at], []byte("\n")), []byte("\r"))
	i := bytes.LastIndexByte(above, '\n')
	return len(bytes.TrimSpace(above[i+1:])) == 0
}
