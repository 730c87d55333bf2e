package pipermail

import (
	"bytes"
	"html"
	"regexp"
)

// isLossy reports whether letters of a text were replaced by question marks.
// Mailman writes its text files in the charset of the list's language, and
// "?" for each letter that it lacks: most of all on English lists, whose
// charset is ASCII. The pages have those letters.
//
// The sign is a question mark where none belongs: a letter follows, or it
// stands behind a full stop. Those in URLs and code are no sign, nor are those
// in the lines of a scrubbed part, which are no text.
func isLossy(body []byte) bool {
	if bytes.IndexByte(body, 0x1b) >= 0 { // the marks of ISO-2022 may be anything
		return false
	}
	for at := 0; ; at++ {
		i := bytes.IndexByte(body[at:], '?')
		if i < 0 {
			return false
		}
		if at += i; misplaced(body, at) && !bytes.ContainsAny(wordAt(body, at), "/=&\\") && !inNotice(body, at) {
			return true
		}
	}
}

// inNotice reports whether offset at is in a line by which a scrubbed part is
// described.
func inNotice(body []byte, at int) bool {
	line := body[bytes.LastIndexByte(body[:at], '\n')+1:]
	return bytes.HasPrefix(line, []byte("Desc: ")) || bytes.HasPrefix(line, []byte("Name: "))
}

// misplaced reports whether the question mark at offset at ends nothing.
func misplaced(body []byte, at int) bool {
	near := func(i int) byte {
		if i < 0 || i >= len(body) {
			return '\n'
		}
		return body[i]
	}
	before, after, next := near(at-1), near(at+1), near(at+2)
	switch {
	case asciiLetter(after):
		// "<?xml", "(?P<name>", and a question whose end lacks a space: "idea?See".
		return before != '(' && before != '<' && !(lower(before) && !lower(after) && lower(next))
	case after == ' ':
		return before == '.' && asciiLetter(next) || (before == ' ' || before == '?') && next == '?' || before == ' ' && lower(next) && isASCII(body) // a dash
	case after == ':': // "?????:"
		return before == '?' || asciiLetter(before) && near(at-2) == '?'
	case digit(after):
		return digit(before) || before == ' '
	}
	return false
}

func lower(c byte) bool { return c >= 'a' && c <= 'z' }
func digit(c byte) bool { return c >= '0' && c <= '9' }

func asciiLetter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' }

// maxWord bounds how far the ends of a word are looked for.
const maxWord = 200

// wordAt is what stands between two spaces round offset at.
func wordAt(b []byte, at int) []byte {
	start, end := at, at
	for start > 0 && at-start < maxWord && b[start-1] > ' ' {
		start--
	}
	for end < len(b) && end-at < maxWord && b[end] > ' ' {
		end++
	}
	return b[start:end]
}

var entity = regexp.MustCompile(`&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,30});`)

// hasEntities reports whether a text has character references. Newer versions
// of Mailman leave them as they are where they make a page, so that the page
// shows the characters; older ones do not. Only the page tells.
func hasEntities(body []byte) bool {
	for at := 0; ; {
		i := bytes.IndexByte(body[at:], '&')
		if i < 0 {
			return false
		}
		at += i
		if m := entity.FindIndex(body[at:min(at+40, len(body))]); m != nil && m[0] == 0 {
			e := string(body[at : at+m[1]])
			if html.UnescapeString(e) != e {
				return true
			}
		}
		at++
	}
}
