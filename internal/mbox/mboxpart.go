package mbox

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// textPart is a text of a message: its body, or what is held of an attachment.
type textPart struct {
	attachment int // its number; -1 for the body
	name       string
	text       string
}

func textParts(m *archive.Message) []textPart {
	parts := []textPart{{attachment: -1, text: m.Body}}
	for i, a := range m.Attachments {
		if a.Text != "" {
			parts = append(parts, textPart{i, a.Name, a.Text})
		}
	}
	return parts
}

// boundaryFor is a boundary that is in none of the parts.
func boundaryFor(id string, parts []textPart) string {
	for n := 0; ; n++ {
		boundary := fmt.Sprintf("=_bx_%s_%d", id, n)
		if !slices.ContainsFunc(parts, func(p textPart) bool { return strings.Contains(p.text, boundary) }) {
			return boundary
		}
	}
}

// write writes a part with its head. The line end behind the text is not a
// part of it.
func (p textPart) write(b *bytes.Buffer) {
	body, encoding := mailBody(p.text)
	field(b, "Content-Type", "text/plain; charset=utf-8")
	field(b, "Content-Transfer-Encoding", encoding)
	if p.attachment >= 0 {
		field(b, "Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(p)}))
		field(b, "X-Bxsearch-Part", strconv.Itoa(p.attachment))
	}
	b.WriteByte('\n')
	b.Write(body)
	b.WriteByte('\n')
}

// fileName is the name under which mail programs save a part's text.
func fileName(p textPart) string {
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`/\"`, r) {
			return '_'
		}
		return r
	}, strings.ToValidUTF8(p.name, "_"))
	if len(name) > 100 {
		name = strings.ToValidUTF8(name[:100], "")
	}
	if name == "" {
		name = fmt.Sprintf("attachment-%d", p.attachment+1)
	}
	return name + ".txt"
}

// mailBody returns the text as a mail may hold it: as it is where its lines
// allow, else as quoted-printable.
func mailBody(text string) (body []byte, encoding string) {
	if plainBody(text) {
		return []byte(text), "8bit"
	}
	var b bytes.Buffer
	w := quotedprintable.NewWriter(&b)
	w.Binary = strings.Contains(text, "\r")
	// Neither call can fail: the buffer takes everything.
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return bytes.ReplaceAll(b.Bytes(), []byte("\r\n"), []byte("\n")), "quoted-printable"
}

func plainBody(text string) bool {
	if strings.ContainsAny(text, "\x00\r") || !utf8.ValidString(text) {
		return false
	}
	for line := range strings.Lines(text) {
		if len(line) > hardLine {
			return false
		}
	}
	return true
}
