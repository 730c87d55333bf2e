// Package mbox writes messages as a mailbox, for mail programs and for an import,
// which makes the same messages of it: what has no place in a mail's head is in
// X-Bxsearch fields, listed in docs/format.md. Package mail reads them.
package mbox

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// HiddenAddress stands where the archive hides the sender's address: a mail must
// have one, and .invalid (RFC 2606) tells that it is none.
const HiddenAddress = "hidden@address.invalid"

// Limits of RFC 5322, in bytes without the line end.
const (
	softLine = 78
	hardLine = 998
)

// fromLine is what mboxrd quotes: "From " behind any number of ">".
var fromLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^>*From `) })

// Write writes one message as mboxrd has it: a "From " line, the mail with
// such lines in it quoted, an empty line. listURL is where the list's archive
// is; it may be empty.
func Write(w io.Writer, m *archive.Message, listURL string) error {
	parts := textParts(m)
	var b bytes.Buffer
	fmt.Fprintf(&b, "From %s %s\n", envelope(m), m.Date.UTC().Format(time.ANSIC))
	if err := writeHead(&b, m, listURL); err != nil {
		return err
	}
	boundary := ""
	if len(parts) > 1 {
		boundary = boundaryFor(string(m.ID), parts)
		field(&b, "Content-Type", `multipart/mixed; boundary="`+boundary+`"`)
		b.WriteByte('\n')
	}
	for _, p := range parts {
		if boundary != "" {
			b.WriteString("--" + boundary + "\n")
		}
		p.write(&b)
	}
	if boundary != "" {
		b.WriteString("--" + boundary + "--\n")
	}
	b.WriteByte('\n')
	head, rest, _ := bytes.Cut(b.Bytes(), []byte("\n"))
	_, err := w.Write(slices.Concat(head, []byte("\n"), fromLine().ReplaceAll(rest, []byte(">$0"))))
	return err
}

func envelope(m *archive.Message) string {
	if m.FromAddress == "" || strings.ContainsFunc(m.FromAddress, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return HiddenAddress
	}
	return m.FromAddress
}

// writeHead writes the header fields: those of RFC 5322 and 5064, then what
// only this archive knows.
func writeHead(b *bytes.Buffer, m *archive.Message, listURL string) error {
	address := m.FromAddress
	if address == "" {
		address = HiddenAddress
	}
	field(b, "From", phrase(m.FromName)+" <"+structured(address)+">")
	if !m.Date.IsZero() {
		field(b, "Date", m.Date.Format(time.RFC1123Z))
	}
	field(b, "Subject", freeText(m.Subject))
	field(b, "Message-ID", ids(m.MessageID))
	field(b, "In-Reply-To", ids(m.InReplyTo))
	field(b, "References", ids(m.References...))
	field(b, "List-Id", "<"+structured(m.List)+">")
	if listURL != "" {
		field(b, "List-Archive", "<"+structured(listURL)+">")
	}
	for _, u := range permalinkFirst(m) {
		field(b, "Archived-At", "<"+structured(u)+">")
	}
	field(b, "MIME-Version", "1.0")
	field(b, "X-Bxsearch-Id", string(m.ID))
	if m.MessageID == "" {
		field(b, "X-Bxsearch-Base", string(m.Base))
	}
	field(b, "X-Bxsearch-Thread", string(m.Thread))
	field(b, "X-Bxsearch-Parent", structured(m.IndexParent))
	field(b, "X-Bxsearch-Source", structured(m.SourceURL))
	for _, a := range m.Attachments {
		text, err := json.Marshal(a)
		if err != nil {
			return fmt.Errorf("attachment of message %s: %w", m.ID, err)
		}
		field(b, "X-Bxsearch-Attachment", freeText(string(text)))
	}
	return nil
}

// permalinkFirst lists the pages of a message, the one to go to first.
func permalinkFirst(m *archive.Message) []string {
	var urls []string
	if m.URL != "" {
		urls = append(urls, m.URL)
	}
	for _, u := range m.URLs {
		if u != m.URL {
			urls = append(urls, u)
		}
	}
	return urls
}

// field writes one header field, folded at spaces; an empty one is left out.
func field(b *bytes.Buffer, name, value string) {
	value = strings.TrimSpace(value)
	if value == "" {
		return
	}
	line := name + ":"
	for word := range strings.SplitSeq(value, " ") {
		if len(line)+1+len(word) > softLine && line != name+":" && word != "" {
			b.WriteString(line + "\n")
			line = ""
		}
		line += " " + word
	}
	b.WriteString(line + "\n")
}

// structured makes text fit for a place where no encoding is allowed: nothing
// in it may end the line, or start a field of its own.
func structured(s string) string {
	return strings.Map(func(r rune) rune {
		if r <= ' ' || r == 0x7f {
			return -1
		}
		return r
	}, s)
}

func ids(list ...string) string {
	var out []string
	for _, id := range list {
		if id = structured(id); id != "" {
			out = append(out, "<"+id+">")
		}
	}
	return strings.Join(out, " ")
}

var (
	// atoms may stand before an address as they are, asciiText anywhere in
	// free text.
	atoms = sync.OnceValue(func() *regexp.Regexp {
		return regexp.MustCompile(`^[A-Za-z0-9!#$%&'*+/^_{|}~-]+( [A-Za-z0-9!#$%&'*+/^_{|}~-]+)*$`)
	})
	asciiText = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[!-~]{1,900}( [!-~]{1,900})*$`) })
)

// phrase writes the name before an address: as it is, quoted, or encoded.
func phrase(s string) string {
	switch {
	case strings.Contains(s, "=?") || !asciiText().MatchString(s):
		return encoded(s)
	case atoms().MatchString(s):
		return s
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// freeText writes a subject: as it is where that is safe, else encoded.
func freeText(s string) string {
	if strings.Contains(s, "=?") || !asciiText().MatchString(s) {
		return encoded(s)
	}
	return s
}

// encoded writes text as encoded words of RFC 2047, each of whole characters.
func encoded(s string) string {
	const room = 45 // bytes in an encoded word, which is to stay below 75
	var words []string
	s = strings.ToValidUTF8(s, "\ufffd")
	for len(s) > 0 {
		n := min(room, len(s))
		for n < len(s) && !utf8.RuneStart(s[n]) {
			n--
		}
		words = append(words, "=?utf-8?B?"+base64.StdEncoding.EncodeToString([]byte(s[:n]))+"?=")
		s = s[n:]
	}
	return strings.Join(words, " ")
}
