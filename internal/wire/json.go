// Package wire writes messages and hits as programs get them, from the commands and
// from the web: JSON and CSV.
package wire

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
)

// WriteJSON writes v as one line of JSON. Characters that a terminal might obey
// are escaped: the value stays what it was, and a look at the file is safe.
func WriteJSON(w io.Writer, v any) error {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	_, err := io.WriteString(w, neutral.JSON(buf.String()))
	return err
}

// Message is the message with empty lists where it has none: programs get
// [] and never null.
func Message(m *archive.Message) *archive.Message {
	c := *m
	if c.URLs == nil {
		c.URLs = []string{}
	}
	if c.References == nil {
		c.References = []string{}
	}
	if c.Attachments == nil {
		c.Attachments = []archive.Attachment{}
	}
	return &c
}
