package index

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// clusterStored is a message as it stands in OpenSearch: all that the archive
// knows of it.
type clusterStored struct {
	List        string              `json:"list"`
	URL         string              `json:"url,omitempty"`
	URLs        []string            `json:"urls,omitempty"`
	MessageID   string              `json:"message_id,omitempty"`
	InReplyTo   string              `json:"in_reply_to,omitempty"`
	References  []string            `json:"references,omitempty"`
	Date        *int64              `json:"date,omitempty"`   // seconds since 1970
	Offset      int                 `json:"offset,omitempty"` // of the sender's clock, seconds east of UTC
	FromName    string              `json:"from_name,omitempty"`
	FromAddress string              `json:"from_address,omitempty"`
	Subject     string              `json:"subject,omitempty"`
	Body        string              `json:"body,omitempty"`
	Blocks      []archive.Block     `json:"blocks,omitempty"`
	SourceURL   string              `json:"source_url,omitempty"`
	Attachments []clusterAttachment `json:"attachments,omitempty"`
	Thread      archive.ID          `json:"thread,omitempty"`
	Parent      archive.ID          `json:"parent,omitempty"`
	Base        archive.ID          `json:"base,omitempty"`
	DateRaw     string              `json:"date_raw,omitempty"`
	DateOrigin  archive.DateOrigin  `json:"date_origin,omitempty"`
	IndexParent string              `json:"index_parent,omitempty"`
	BaseSubject string              `json:"base_subject,omitempty"`
	Reply       bool                `json:"reply,omitempty"`
}

// clusterAttachment is an archive.Attachment with its text.
type clusterAttachment struct {
	archive.Attachment
	Text string `json:"text,omitempty"`
}

// storedOf makes what OpenSearch keeps of a message.
func storedOf(m *archive.Message) *clusterStored {
	s := &clusterStored{
		List: m.List, URL: m.URL, URLs: m.URLs, MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
		FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject, Body: sameLength(m.Body), Blocks: m.Blocks,
		SourceURL: m.SourceURL, Thread: m.Thread, Parent: m.Parent, Base: m.Base, DateRaw: m.DateRaw, DateOrigin: m.DateOrigin,
		IndexParent: m.IndexParent, BaseSubject: m.BaseSubject, Reply: m.Reply,
	}
	if !m.Date.IsZero() {
		seconds := m.Date.Unix()
		s.Date = &seconds
		_, s.Offset = m.Date.Zone()
	}
	for _, a := range m.Attachments {
		s.Attachments = append(s.Attachments, clusterAttachment{a, a.Text})
	}
	return s
}

// sameLength makes valid UTF-8 of a body, byte for byte: blocks are offsets in
// it, and JSON would put three bytes in the place of one.
func sameLength(body string) string {
	if utf8.ValidString(body) {
		return body
	}
	var b strings.Builder
	for i, r := range body {
		if _, size := utf8.DecodeRuneInString(body[i:]); r == utf8.RuneError && size == 1 {
			b.WriteByte('?')
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// clusterStoredMessage reads a message that OpenSearch keeps.
func clusterStoredMessage(id archive.ID, raw json.RawMessage) (*archive.Message, error) {
	var s clusterStored
	if err := json.Unmarshal(raw, &s); err != nil {
		return nil, fmt.Errorf("index: message %s in OpenSearch: %w", id, err)
	}
	end := 0
	for _, k := range s.Blocks {
		if k.Start < end || k.End < k.Start || k.End > len(s.Body) {
			return nil, fmt.Errorf("index: message %s in OpenSearch: its blocks do not fit its body", id)
		}
		end = k.End
	}
	return s.message(id), nil
}

func (s *clusterStored) message(id archive.ID) *archive.Message {
	m := &archive.Message{
		ID: id, List: s.List, URL: s.URL, URLs: s.URLs, MessageID: s.MessageID, InReplyTo: s.InReplyTo, References: s.References,
		FromName: s.FromName, FromAddress: s.FromAddress, Subject: s.Subject, Body: s.Body, Blocks: s.Blocks,
		SourceURL: s.SourceURL, Thread: s.Thread, Parent: s.Parent, Base: s.Base, DateRaw: s.DateRaw, DateOrigin: s.DateOrigin,
		IndexParent: s.IndexParent, BaseSubject: s.BaseSubject, Reply: s.Reply,
	}
	if s.Date != nil {
		m.Date = time.Unix(*s.Date, 0).UTC()
		if s.Offset != 0 {
			m.Date = m.Date.In(time.FixedZone("", s.Offset))
		}
	}
	m.Attachments = make([]archive.Attachment, len(s.Attachments))
	for i, a := range s.Attachments {
		m.Attachments[i] = a.Attachment
		m.Attachments[i].Text = a.Text
	}
	// Where there is none of something, an archive has an empty list of it.
	if m.URLs == nil {
		m.URLs = []string{}
	}
	if m.References == nil {
		m.References = []string{}
	}
	return m
}

// copyText writes a key of a copyPrint in letters: its bytes may be control
// characters.
func copyText(key string) string { return base64.RawStdEncoding.EncodeToString([]byte(key)) }
