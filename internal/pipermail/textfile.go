package pipermail

import (
	"bytes"
	"iter"
)

// TextMessage is one message of a period's text file (P2). Its fields are
// bytes of the file, undecoded; slices of it where that can be.
type TextMessage struct {
	Offset     int    // of the separator in the text
	End        int    // where the next message begins
	Number     int    // its place in the file, from 0
	Separator  []byte // the "From " line; nil for what stands before the first one
	Date       []byte // this and the other fields: unfolded, without space around
	From       []byte
	Subject    []byte
	MessageID  []byte
	InReplyTo  []byte
	References []byte
	Body       []byte // what follows the empty line below the header
	// Suspect says that the message may not end where the next one begins: a
	// line in it looks much like a separator, but not enough.
	Suspect bool
}

// TextMessages splits the text of a period's text file. Every byte belongs to
// one of the messages, in order; what stands before the first separator is one
// without a Separator.
func TextMessages(text []byte) iter.Seq[TextMessage] {
	return func(yield func(TextMessage) bool) {
		var m TextMessage
		body, number := 0, 0
		for at := nextFrom(text, 0); at >= 0; at = nextFrom(text, at+1) {
			next, nextBody, fit := readHeader(text, at)
			if fit != fits {
				m.Suspect = m.Suspect || fit == almost
				continue
			}
			if at > 0 {
				if m.close(text, body, at, number); !yield(m) {
					return
				}
				number++
			}
			m, body = next, nextBody
		}
		if len(text) > 0 {
			m.close(text, body, len(text), number)
			yield(m)
		}
	}
}

func (m *TextMessage) close(text []byte, body, end, number int) {
	m.Body, m.End, m.Number = text[body:end:end], end, number
}

// nextFrom finds the next line at or behind at that begins with "From ".
func nextFrom(text []byte, at int) int {
	if at == 0 && bytes.HasPrefix(text, []byte("From ")) {
		return 0
	}
	start := max(at-1, 0)
	if i := bytes.Index(text[start:], []byte("\nFrom ")); i >= 0 {
		return start + i + 1
	}
	return -1
}
