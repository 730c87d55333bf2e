package index

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// keptMessage is a message as a cluster keeps it, whole. Its names in JSON are
// those of archive.Message, and names for what that leaves out; docs/format.md
// lists them.
type keptMessage struct {
	*archive.Message
	// Date and Zone take the place of the message's date: strangers have dated
	// mails in the year 20,000, which RFC 3339 has no way to write.
	Date        *int64           `json:"date,omitempty"` // seconds since 1970
	Zone        int              `json:"zone,omitempty"` // seconds east of Greenwich
	Attachments []keptAttachment `json:"attachments,omitempty"`
	// The fields that exports leave out.
	Parent      archive.ID         `json:"parent,omitempty"`
	Base        archive.ID         `json:"base,omitempty"` // where it is not the ID
	DateRaw     string             `json:"date_raw,omitempty"`
	DateOrigin  archive.DateOrigin `json:"date_origin,omitempty"`
	Blocks      []archive.Block    `json:"blocks,omitempty"`
	IndexParent string             `json:"index_parent,omitempty"`
	BaseSubject string             `json:"base_subject,omitempty"`
	Reply       bool               `json:"reply,omitempty"`
}

// keptAttachment is an attachment with its text.
type keptAttachment struct {
	archive.Attachment
	Text string `json:"text,omitempty"`
}

// encodeMessage writes a message as JSON, all of it.
func encodeMessage(m *archive.Message) ([]byte, error) {
	copied := *m
	copied.Body = validBytes(m.Body)
	kept := keptMessage{
		Message: &copied, Parent: m.Parent, DateRaw: m.DateRaw, DateOrigin: m.DateOrigin, Blocks: m.Blocks,
		IndexParent: m.IndexParent, BaseSubject: m.BaseSubject, Reply: m.Reply,
	}
	if m.Base != m.ID {
		kept.Base = m.Base
	}
	if !m.Date.IsZero() {
		unix := m.Date.Unix()
		_, zone := m.Date.Zone()
		kept.Date, kept.Zone = &unix, zone
	}
	for _, a := range m.Attachments {
		kept.Attachments = append(kept.Attachments, keptAttachment{a, a.Text})
	}
	var b bytes.Buffer
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false) // a third of a mail of HTML would be escapes
	if err := out.Encode(kept); err != nil {
		return nil, fmt.Errorf("message %s: %w", m.ID, err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// decodeMessage reads what encodeMessage wrote.
func decodeMessage(raw []byte) (*archive.Message, error) {
	kept := keptMessage{Message: &archive.Message{}}
	if err := json.Unmarshal(raw, &kept); err != nil {
		return nil, fmt.Errorf("a message of the index cannot be read: %w", err)
	}
	m := kept.Message
	if m == nil || m.ID == "" {
		return nil, fmt.Errorf("a message of the index cannot be read: it has no ID")
	}
	m.Parent, m.DateRaw, m.DateOrigin, m.IndexParent = kept.Parent, kept.DateRaw, kept.DateOrigin, kept.IndexParent
	m.BaseSubject, m.Reply, m.Blocks = kept.BaseSubject, kept.Reply, kept.Blocks
	if m.Base = kept.Base; m.Base == "" {
		m.Base = m.ID
	}
	if kept.Date != nil {
		m.Date = time.Unix(*kept.Date, 0).UTC()
		if kept.Zone != 0 {
			m.Date = m.Date.In(time.FixedZone("", kept.Zone))
		}
	}
	m.Attachments = make([]archive.Attachment, len(kept.Attachments))
	for i, a := range kept.Attachments {
		m.Attachments[i] = a.Attachment
		m.Attachments[i].Text = a.Text
	}
	if m.URLs == nil {
		m.URLs = []string{}
	}
	if m.References == nil {
		m.References = []string{}
	}
	end := 0
	for _, b := range m.Blocks {
		if b.Start < end || b.End < b.Start || b.End > len(m.Body) {
			return nil, fmt.Errorf("message %s of the index cannot be read: its blocks do not fit its body", m.ID)
		}
		end = b.End
	}
	return m, nil
}

// validBytes writes "?" for each byte that is no part of a character, which JSON
// has no place for. Blocks count bytes, so none may come or go.
func validBytes(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	b := []byte(s)
	for i := 0; i < len(b); {
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 {
			b[i] = '?'
		}
		i += n
	}
	return string(b)
}
