package clean

import (
	"bufio"
	"html"
	"io"
	"mime"
	"net/textproto"
	"regexp"
	"strings"
)

var (
	mailField = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,60}:(?:[ \t]|$)`)
	tellsMail = regexp.MustCompile(`(?im)^(?:From|Subject|Date|Message-ID|Received|Return-Path|MIME-Version):`)
)

// shownFields are the lines of an attached message's head that are for people.
var shownFields = [...]string{"From", "To", "Date", "Subject"}

// unescapeMail undoes the escaping in which Mailman stores attached messages.
func unescapeMail(s string) string {
	if strings.Contains(s, "&lt;") && !strings.Contains(s, "<") {
		return html.UnescapeString(s)
	}
	return s
}

// isMail reports whether a text is a mail with its head: field lines down to
// an empty one, two of them at least a mail's own.
func isMail(s string) bool {
	head, _ := cutHead(s)
	fields := 0
	for i, l := range strings.Split(head, "\n") {
		switch {
		case mailField.MatchString(l):
			fields++
		case fields > 0 && (strings.HasPrefix(l, " ") || strings.HasPrefix(l, "\t")):
		case i == 0 && strings.HasPrefix(l, "From "):
		default:
			return false
		}
	}
	return fields >= 2 && len(tellsMail.FindAllString(head, 3)) >= 2
}

// maxHead bounds the head of an attached message.
const maxHead = 64 << 10

// cutHead divides a mail at its first empty line.
func cutHead(s string) (head, body string) {
	s = strings.TrimLeft(strings.ReplaceAll(s, "\r\n", "\n"), "\n")
	head, body, ok := strings.Cut(s, "\n\n")
	if !ok {
		head = strings.TrimRight(s, "\n")
	}
	if len(head) > maxHead {
		return "", s
	}
	return head, body
}

// mailText is what a person reads of an attached message.
func mailText(source string, a Attached) string {
	head, body := cutHead(source)
	if strings.HasPrefix(head, "From ") {
		_, head, _ = strings.Cut(head, "\n")
	}
	// What cannot be read of a head leaves the fields before it.
	h, _ := textproto.NewReader(bufio.NewReader(strings.NewReader(head + "\n\n"))).ReadMIMEHeader()
	words := mime.WordDecoder{CharsetReader: a.charsetReader}
	var b strings.Builder
	for _, name := range shownFields {
		v := h.Get(name)
		if d, err := words.DecodeHeader(v); err == nil {
			v = d
		}
		if v = strings.Join(strings.Fields(v), " "); v != "" {
			b.WriteString(name + ": " + v + "\n")
		}
	}
	b.WriteString("\n" + mailBody(h, body))
	return b.String()
}

// mailBody decodes the body of an attached message.
func mailBody(h textproto.MIMEHeader, body string) string {
	typ, params, _ := mime.ParseMediaType(headerOr(h, "Content-Type", "text/plain"))
	if strings.HasPrefix(typ, "multipart/") && params["boundary"] != "" {
		texts, parts := readMIME(body, params["boundary"])
		for _, p := range parts {
			if p.Text != "" {
				texts = append(texts, p.Text)
			}
		}
		if len(texts) > 0 {
			return strings.Join(texts, "\n\n")
		}
		return body
	}
	body = decodeTransfer(body, h.Get("Content-Transfer-Encoding"), params["charset"])
	if typ == "text/html" || LooksHTML(body) {
		return HTMLText(body)
	}
	return body
}

func (a Attached) charsetReader(charset string, r io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(r)
	if err != nil || a.Decode == nil {
		return strings.NewReader(strings.ToValidUTF8(string(b), "\ufffd")), err
	}
	return strings.NewReader(a.Decode(b, []string{charset})), nil
}
