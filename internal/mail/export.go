package mail

import (
	"bytes"
	"encoding/json"
	"mime"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/mbox"
)

// Our own export is a mailbox as any other; what has no place in a mail is in
// X-Bxsearch fields (docs/format.md lists them). Such a mail was cleaned before
// and is taken word for word, so that an import of it gives the same messages.

// export is what only an export of ours says of a message.
type export struct {
	list   string // the name that the list had
	base   string // archive.Message.Base, of one without a Message-ID
	parent string // archive.Message.IndexParent
}

func isExport(h head) bool { return h.get("x-bxsearch-id") != "" }

// readExport reads a mail of an export.
func (m *Mail) readExport(e *envelope) {
	h := e.head
	m.export = &export{list: inBrackets(h.get("list-id")), base: h.get("x-bxsearch-base"), parent: h.get("x-bxsearch-parent")}
	m.Problems = nil
	if date, err := time.Parse(time.RFC1123Z, m.DateRaw); err == nil {
		m.Date, m.DateOrigin = date, archive.DateHeader
	} else {
		m.Date, m.DateOrigin = time.Time{}, ""
	}
	m.Subject = verbatim(h.get("subject"))
	m.FromName, m.FromAddress = exportedFrom(h.get("from"))
	for _, v := range h.all("x-bxsearch-attachment") {
		var a archive.Attachment
		if err := json.Unmarshal([]byte(verbatim(v)), &a); err != nil {
			m.problem("bad-export: a line that describes an attachment cannot be read")
			continue
		}
		m.Attachments = append(m.Attachments, a)
	}
	m.readExportedParts(e)
	m.Content.Source = h.get("x-bxsearch-source")
	m.Content.Blocks = clean.Classify(m.Content.Body)
}

// readExportedParts takes the body, and the texts of attachments below it.
func (m *Mail) readExportedParts(e *envelope) {
	body := bytes.ReplaceAll(e.body, []byte("\r\n"), []byte("\n"))
	_, params := looseType(e.head.get("content-type"))
	if params["boundary"] == "" {
		m.Content.Body = strings.TrimSuffix(m.exportedText(e.head, body), "\n")
		return
	}
	parts, _ := cutParts(body, params["boundary"])
	if len(parts) == 0 {
		m.problem("bad-mime: the mail says that it has parts, but there are none")
		m.Content.Body = string(body)
	}
	for i, p := range parts {
		h, text, _ := readHead(p)
		if i == 0 {
			m.Content.Body = m.exportedText(h, text)
			continue
		}
		if n, err := strconv.Atoi(h.get("x-bxsearch-part")); err == nil && n >= 0 && n < len(m.Attachments) {
			m.Attachments[n].Text = m.exportedText(h, text)
		} else {
			m.problem("bad-export: a part belongs to no attachment")
		}
	}
}

// exportedText undoes a part's transfer encoding; its charset is UTF-8.
func (m *Mail) exportedText(h head, body []byte) string {
	out, err := decodeBody(contentHead(h), body)
	if err != nil {
		m.problem("bad-mime: a part cannot be decoded to its end: " + err.Error())
	}
	return strings.ToValidUTF8(string(out), "\ufffd")
}

// verbatim undoes encoded words, once: what looks like one afterwards is what
// somebody wrote.
func verbatim(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if d, err := new(mime.WordDecoder).DecodeHeader(s); err == nil {
		return d
	}
	return s
}

// exportedFrom reads a From field as an export writes it.
func exportedFrom(s string) (name, address string) {
	i := strings.LastIndexByte(s, '<')
	if i < 0 {
		return "", s
	}
	name, address = strings.TrimSpace(strings.ToValidUTF8(s[:i], "\ufffd")), strings.TrimSuffix(s[i+1:], ">")
	if strings.HasPrefix(name, `"`) {
		name = unquote(name)
	} else {
		name = verbatim(name)
	}
	if address == mbox.HiddenAddress {
		address = ""
	}
	return name, address
}

var bracketed = regexp.MustCompile(`<\s*([^<>]*?)\s*>`)

// inBrackets is what stands in angle brackets, or all if nothing does.
func inBrackets(s string) string {
	if all := bracketed.FindAllStringSubmatch(s, -1); len(all) > 0 {
		return all[len(all)-1][1]
	}
	return strings.TrimSpace(s)
}
