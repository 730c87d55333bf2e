package mail

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// Mail is what one mail says. Fields that are for mail programs and servers
// only, or for its sender's eyes, are not in it: Received, Bcc, X-…
type Mail struct {
	MessageID   string // without angle brackets; empty if it has none
	InReplyTo   string
	References  []string // oldest first
	Date        time.Time
	DateOrigin  archive.DateOrigin
	DateRaw     string // as written
	FromName    string
	FromAddress string
	Subject     string
	Content     clean.Mail // Parts are in Attachments
	Attachments []archive.Attachment
	Permalinks  []string // the pages that hold it, as its Archived-At fields say; the best first
	Fallback    string   // Date, From and Subject as written: identity without a Message-ID
	Problems    []string // a kind, a colon, a detail; see archive.Problem
	export      *export  // what an export of ours adds; nil for other mails
}

// Read takes a mail apart. raw may begin with the line that separates the
// mails of an mbox. ok is false for what is no mail; a mail that is broken
// somewhere is read as far as it goes.
func Read(raw []byte) (m Mail, ok bool) {
	e := open(raw)
	if !e.isMail() {
		return m, false
	}
	if e.broken {
		m.problem("bad-head: a line of the head is no field")
	}
	m.MessageID = pipermail.MessageID(e.head.get("message-id"))
	m.InReplyTo = inReplyTo(e.head.get("in-reply-to"))
	m.References = messageIDs(e.head.get("references"))
	m.readDate(&e)
	m.Permalinks = permalinks(e.head)
	m.Fallback = e.fallback()
	if isExport(e.head) {
		m.readExport(&e)
		return m, true
	}
	t := readTree(e.head, e.body)
	m.Problems = append(m.Problems, t.problems...)
	charsets := []string{t.charset()}
	m.FromName, m.FromAddress = readFrom(e.head.get("from"), charsets)
	m.Subject = text(e.head.get("subject"), charsets)
	m.readParts(t)
	return m, true
}

func (m *Mail) problem(p string) { m.Problems = append(m.Problems, p) }

// envelope is a mail with its head read.
type envelope struct {
	separator string // the "From " line above it; empty without
	head      head
	body      []byte
	broken    bool
}

var (
	fromSpace   = []byte("From ")
	quotedFrom  = []byte(">From ")
	lineQuoted  = []byte("\n>")
	maxFromLine = 1000
)

// open reads the head. In a mail of an mbox the quoting of lines that look
// like separators is undone: one ">", which is right for mboxo and mboxrd.
func open(raw []byte) envelope {
	var e envelope
	if bytes.HasPrefix(raw, fromSpace) {
		l, rest := cutLine(raw)
		e.separator, raw = string(l[:min(len(l), maxFromLine)]), unquoteFrom(rest)
	}
	for bytes.HasPrefix(raw, quotedFrom) || bytes.HasPrefix(raw, fromSpace) {
		_, raw = cutLine(raw) // sendmail wrote the line of the mailbox before into the mail
	}
	e.head, e.body, e.broken = readHead(raw)
	return e
}

func unquoteFrom(b []byte) []byte {
	if !bytes.Contains(b, quotedFrom) {
		return b
	}
	out := make([]byte, 0, len(b))
	for len(b) > 0 {
		if i := bytes.TrimLeft(b, ">"); len(i) < len(b) && bytes.HasPrefix(i, fromSpace) {
			b = b[1:]
		}
		next := bytes.IndexByte(b, '\n') + 1
		if next == 0 {
			next = len(b)
		} else if i := bytes.Index(b[next-1:], lineQuoted); i >= 0 {
			next += i // to the next line that begins with ">"
		} else {
			next = len(b)
		}
		out = append(out, b[:next]...)
		b = b[next:]
	}
	return out
}

// isMail reports whether there is a head that is a mail's.
func (e *envelope) isMail() bool {
	for _, name := range []string{"from", "date", "message-id", "subject", "received"} {
		if e.head.get(name) != "" {
			return true
		}
	}
	return false
}

func (e *envelope) fallback() string {
	field := func(name string) string { return strings.Join(strings.Fields(e.head.get(name)), " ") }
	return field("date") + "\n" + field("from") + "\n" + field("subject")
}

// farOff is how far ahead of its receipt a mail's date may be.
const farOff = 15 * 24 * time.Hour

// readDate takes the Date line, or the time of receipt where that cannot be
// (P12); never now.
func (m *Mail) readDate(e *envelope) {
	m.DateRaw = e.head.get("date")
	date, _, ok := pipermail.ReadDate(m.DateRaw)
	received, known := e.received()
	switch {
	case ok && !(known && (date.After(received.Add(farOff)) || date.Year() < 1980)):
		m.Date, m.DateOrigin = date, archive.DateHeader
		return
	case known:
		m.Date, m.DateOrigin = received, archive.DateReceived
	}
	if m.DateRaw != "" {
		m.problem(fmt.Sprintf("bad-date: the Date line %q is no date that can be", shorten(m.DateRaw)))
	}
}

// received is when the mail arrived: at the last server, or in the mailbox.
func (e *envelope) received() (time.Time, bool) {
	if hop := e.head.get("received"); hop != "" {
		if t, _, ok := pipermail.ReadDate(hop[strings.LastIndexByte(hop, ';')+1:]); ok {
			return t, true
		}
	}
	if i := separatorDate([]byte(e.separator)); i > 0 {
		t, _, ok := pipermail.ReadDate(e.separator[i:])
		return t, ok && t.Year() >= 1980
	}
	return time.Time{}, false
}

// permalinks are the pages that hold a mail, as an archive says (RFC 5064).
func permalinks(h head) []string {
	var out []string
	for _, v := range h.all("archived-at") {
		u := strings.Trim(strings.Join(strings.Fields(v), ""), "<>")
		if (strings.HasPrefix(u, "http://") || strings.HasPrefix(u, "https://")) && len(u) < 2000 && len(out) < 100 {
			out = append(out, u)
		}
	}
	return out
}
