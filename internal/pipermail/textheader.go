package pipermail

import (
	"bytes"
	"strings"
)

// headerReader gathers the header fields below a separator.
type headerReader struct {
	m       *TextMessage
	value   *[]byte // of the field that may go on
	copied  bool    // value is a copy already
	names   []string
	strange int // lines that are no field of Pipermail's
}

// line takes one line of the header; false ends the header above it.
func (h *headerReader) line(l []byte) bool {
	if (l[0] == ' ' || l[0] == '\t') && h.value != nil {
		h.fold(l)
		return true
	}
	name, value := headerField(l)
	field := h.field(name)
	if field == nil || *field != nil {
		h.strange++
		return false
	}
	h.flush()
	*field, h.value, h.copied = value[:len(value):len(value)], field, false
	h.names = append(h.names, name)
	return true
}

// fold appends a continuation line.
func (h *headerReader) fold(l []byte) {
	if !h.copied {
		*h.value, h.copied = bytes.Clone(*h.value), true
	}
	*h.value = append(append(*h.value, ' '), bytes.TrimSpace(l)...)
}

func (h *headerReader) flush() {
	if h.value != nil {
		*h.value = bytes.TrimSpace(*h.value)
	}
	h.value = nil
}

// field is where a field's value belongs; nil for those that Pipermail never
// writes.
func (h *headerReader) field(name string) *[]byte {
	switch name {
	case "from":
		return &h.m.From
	case "date":
		return &h.m.Date
	case "subject":
		return &h.m.Subject
	case "message-id":
		return &h.m.MessageID
	case "in-reply-to":
		return &h.m.InReplyTo
	case "references":
		return &h.m.References
	}
	return nil
}

// headerField divides "Name: value"; the name is in lower case, empty if the
// line is none.
func headerField(l []byte) (name string, value []byte) {
	i := bytes.IndexByte(l, ':')
	if i <= 0 || i > 40 || bytes.ContainsAny(l[:i], " \t") {
		return "", nil
	}
	return strings.ToLower(string(l[:i])), bytes.TrimLeft(l[i+1:], " \t")
}

// judge decides whether a separator and its header are one. when is the
// separator's date; blank says that an empty line stands above.
func (h *headerReader) judge(when []byte, blank bool) fit {
	m := h.m
	first := ""
	if len(h.names) > 0 {
		first = h.names[0]
	}
	rest := bytes.TrimSpace(m.Separator[len("From"):])
	switch {
	case first == "":
		return unlike
	case len(m.Date) > 8 && bytes.HasSuffix(rest, m.Date) && first == "date":
		return fits // Pipermail 0.05 repeats the Date line as it is, readable or not
	case when == nil:
		return unlike
	case h.strange == 0 && (blank || len(h.names) >= 3):
		return fits
	case first == "from" && m.Date != nil && m.Subject != nil && h.sender(rest):
		return fits // Pipermail 0.09 repeats the address
	}
	return almost
}

// sender reports whether the separator names the same sender as the From
// field.
func (h *headerReader) sender(separator []byte) bool {
	address, _, _ := bytes.Cut(h.m.From, []byte(" ("))
	address = bytes.TrimSpace(address)
	return len(address) > 0 && bytes.HasPrefix(separator, address)
}
