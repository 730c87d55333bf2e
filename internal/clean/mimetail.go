package clean

import (
	"regexp"
	"strings"
)

// mimeInside is where a further part of a multipart mail begins in its source:
// the boundary and the part's headers.
var mimeInside = regexp.MustCompile(`\n--([^\s]{12,70})[ \t]*\n((?i:Content-[A-Za-z-]+:)[^\n]*(?:\n[^\n]+)*)`)

// unwrapTail reads a text that begins within the source of a multipart mail:
// its readable text without a header, then the other parts. ok is false for
// any other text; a person may show the source of a mail, but hardly from its
// middle to its very end.
//
// QUIRK P3: a server that splits a mailbox at a line of prose that begins with
// "From " makes a message of the rest of a mail.
func unwrapTail(text string) (body string, parts []Part, ok bool) {
	if !strings.Contains(text, "\n--") || !strings.Contains(text, "\nContent-") && !strings.Contains(text, "\ncontent-") {
		return "", nil, false
	}
	m := mimeInside.FindStringSubmatchIndex(text)
	if m == nil {
		return "", nil, false
	}
	boundary := text[m[2]:m[3]]
	if strings.Contains(text[:m[0]], boundary) {
		return "", nil, false
	}
	if strings.TrimSpace(text[m[5]:]) == "" { // the next such line ended the mail
		return unquotePrintable(text[:m[0]]), nil, true
	}
	end := "\n--" + boundary + "--"
	last := strings.LastIndex(text, end)
	if last < 0 {
		return "", nil, false
	}
	epilogue := text[last+len(end):]
	out, parts := readMIME("--"+boundary+"\n\n"+text[:last+len(end)]+"\n", boundary)
	if len(out) == 0 {
		return "", nil, false
	}
	out[0] = unquotePrintable(out[0])
	if strings.TrimSpace(epilogue) != "" {
		out = append(out, epilogue)
	}
	return strings.Join(out, "\n\n"), parts, true
}
