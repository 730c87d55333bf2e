package clean

import (
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/textproto"
	"regexp"
	"strings"

	"golang.org/x/text/encoding/htmlindex"
)

// mimeStart is how a multipart mail begins that an archive took as it was:
// perhaps a line for readers without MIME, the boundary, a part's headers.
var mimeStart = regexp.MustCompile(`^(?:\s*\n)*(?:[^\n-][^\n]{0,200}\n(?:[^\n-][^\n]{0,200}\n)?(?:\s*\n)*)?--([^\s]{6,70})[ \t]*\n(?i:Content-[A-Za-z-]+:)`)

// maxParts bounds the parts of a mail that are read.
const maxParts = 200

// unwrapMIME reads a text that is the source of a multipart mail, as
// Pipermail 0.05 shows it: the readable text, and the other parts as parts.
// ok is false for any other text.
func unwrapMIME(text string) (body string, parts []Part, ok bool) {
	if !maybeMIME(text) {
		return "", nil, false
	}
	m := mimeStart.FindStringSubmatch(text)
	if m == nil || !isPreamble(text[:strings.Index(text, "--"+m[1])]) {
		return "", nil, false
	}
	out, parts := readMIME(text, m[1])
	if len(out)+len(parts) == 0 {
		return "", nil, false
	}
	return strings.Join(out, "\n\n"), parts, true
}

// isPreamble reports whether what stands above the first boundary is the line
// for readers without MIME, in any language, or nothing.
func isPreamble(s string) bool {
	s = strings.ToLower(strings.TrimSpace(s))
	return s == "" || strings.Contains(s, "mime") || strings.Contains(s, "multi")
}

// readMIME takes the source of a multipart apart: its readable texts, and the
// other parts.
func readMIME(text, boundary string) (out []string, parts []Part) {
	type open struct{ source, boundary string }
	todo := []open{{text, boundary}}
	for n := 0; len(todo) > 0 && n < maxParts; {
		cur := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		r := multipart.NewReader(strings.NewReader(cur.source), cur.boundary)
		var nested []open
		plain := false
		for ; n < maxParts; n++ {
			p, err := r.NextRawPart()
			if err != nil {
				break
			}
			data, _ := io.ReadAll(p) // a cut-off part is read as far as it goes
			typ, params, _ := mime.ParseMediaType(headerOr(p.Header, "Content-Type", "text/plain"))
			content := decodeTransfer(string(data), p.Header.Get("Content-Transfer-Encoding"), params["charset"])
			switch {
			case strings.HasPrefix(typ, "multipart/") && params["boundary"] != "":
				nested = append(nested, open{content, params["boundary"]})
			case typ == "text/plain" && p.FileName() == "":
				out, plain = append(out, content), true
			case typ == "text/html" && !plain:
				out = append(out, HTMLText(content))
			default:
				parts = append(parts, mimePart(typ, p.FileName(), content, len(data)))
			}
		}
		for i := len(nested) - 1; i >= 0; i-- {
			todo = append(todo, nested[i])
		}
	}
	return out, parts
}

// maybeMIME is false for nearly all texts that mimeStart does not match: the
// first line that begins with "-" is the boundary, and a header is below.
func maybeMIME(text string) bool {
	if !strings.HasPrefix(text, "-") {
		i := strings.Index(text, "\n-")
		if i < 0 {
			return false
		}
		text = text[i+1:]
	}
	boundary, below, _ := strings.Cut(text, "\n")
	const header = "content-"
	return strings.HasPrefix(boundary, "--") && len(below) > len(header) && strings.EqualFold(below[:len(header)], header)
}

// mimePart is a part that stands in the mail itself: what can be read of it is
// at hand.
func mimePart(typ, name, content string, size int) Part {
	p := Part{Kind: kindOfType(typ, "binary"), Name: name, Type: typ, Size: int64(size)}
	switch p.Kind {
	case "html":
		p.Text = HTMLText(content)
	case "text", "message":
		p.Text = content
	}
	return p
}

func headerOr(h textproto.MIMEHeader, key, otherwise string) string {
	if v := h.Get(key); v != "" {
		return v
	}
	return otherwise
}

// decodeTransfer undoes a part's transfer encoding. What is not encoded has
// been decoded with the page already.
func decodeTransfer(s, encoding, charset string) string {
	var b []byte
	var err error
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		b, err = io.ReadAll(quotedprintable.NewReader(strings.NewReader(s)))
	case "base64":
		b, err = base64.StdEncoding.DecodeString(strings.Join(strings.Fields(s), ""))
	default:
		return s
	}
	if err != nil && len(b) == 0 {
		return s
	}
	if enc, err := htmlindex.Get(charset); err == nil && charset != "" && !strings.EqualFold(charset, "utf-8") {
		if d, err := enc.NewDecoder().Bytes(b); err == nil {
			return string(d)
		}
	}
	return ValidText(string(b))
}
