package mail

import (
	"errors"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// nextPart is how Mailman's scrubber divides the text parts of a mail: so that
// what is read of the mail is what is read of its page.
const nextPart = "\n-------------- next part --------------\n"

// charset is the declared charset of the mail's first text, in which its head
// may be written too.
func (t *tree) charset() string {
	for i := range t.leaves {
		if l := &t.leaves[i]; l.owner == 0 && l.charset != "" {
			return l.charset
		}
	}
	return ""
}

// decode turns a leaf's bytes into text (P15).
func (l *leaf) decode() string {
	s, _ := pipermail.Decode(l.body, []string{l.charset})
	return strings.ReplaceAll(s, "\u00a0", " ")
}

// readParts makes the content of the parts that are text to be read, and
// attachments of the others.
func (m *Mail) readParts(t *tree) {
	var texts []string
	page := -1 // the HTML that is the text of a mail without another
	for i := range t.leaves {
		switch l := &t.leaves[i]; {
		case l.owner != 0:
		case l.inline():
			texts = append(texts, l.decode())
		case page < 0 && l.html && !l.attached:
			page = i
		}
	}
	m.Content = clean.Split(strings.Join(texts, nextPart), m.Subject)
	// Of a mail in HTML only, servers make one with a footer as a text beside it.
	if page >= 0 && strings.TrimSpace(m.Content.Body) == "" && len(m.Content.Parts) == 0 {
		m.Content = clean.Split(clean.HTMLText(t.leaves[page].decode()), m.Subject)
	} else {
		page = -1
	}
	for _, p := range m.Content.Parts {
		m.Attachments = append(m.Attachments, archive.Attachment{Kind: p.Kind, Name: p.Name, Type: p.Type, Size: p.Size,
			URL: absolute(p.URL), Text: p.Text, Fetched: p.Text != ""})
	}
	for i := range t.leaves {
		if l := &t.leaves[i]; l.owner == 0 && !l.inline() && i != page {
			m.attach(t, l)
		}
	}
}

// attach adds a part with what can be read of it.
func (m *Mail) attach(t *tree, l *leaf) {
	a := archive.Attachment{Kind: "binary", Name: l.name, Type: l.typ, Size: int64(len(l.body)), Fetched: true}
	switch {
	case l.mail > 0:
		a.Kind, a.Text = "message", t.mailText(l)
		a.Name = text(l.head.get("subject"), nil)
	case l.html || strings.HasPrefix(l.typ, "text/") || strings.HasPrefix(l.typ, "message/"):
		notice := ""
		if l.html {
			notice = "html"
		}
		decode := func(b []byte, declared []string) string {
			s, _ := pipermail.Decode(b, append([]string{l.charset}, declared...))
			return s
		}
		var err error
		a.Kind, a.Text, err = clean.ReadAttachment(clean.Attached{Body: l.body, ContentType: l.typ, Notice: notice, Decode: decode})
		if errors.Is(err, clean.ErrLong) {
			m.problem("long-part: of a part of type " + shorten(l.typ) + " only the beginning is read")
		}
	}
	a.Fetched = a.Text != ""
	m.Attachments = append(m.Attachments, a)
}

// mailText is what a person reads of an attached mail: who wrote when about
// what, and the words. The rest of its head is nobody's business.
func (t *tree) mailText(l *leaf) string {
	var b strings.Builder
	for _, name := range []string{"From", "Date", "Subject"} {
		if v := text(l.head.get(strings.ToLower(name)), nil); v != "" {
			b.WriteString(name + ": " + v + "\n")
		}
	}
	plain := slices.ContainsFunc(t.leaves, func(o leaf) bool { return o.owner == l.mail && o.inline() })
	for i := range t.leaves {
		switch o := &t.leaves[i]; {
		case o.owner != l.mail:
		case o.inline():
			b.WriteString("\n" + o.decode())
		case o.html && !plain:
			b.WriteString("\n" + clean.HTMLText(o.decode()))
		}
	}
	return strings.TrimSpace(b.String())
}

// absolute keeps URLs that name a place; scrubbed parts may be named relative
// to a server that a mail does not tell.
func absolute(u string) string {
	if strings.Contains(u, "://") {
		return u
	}
	return ""
}
