package pipermail

import "iter"

// TextMessage is one message of a period's text file, its header fields as
// the file has them: unfolded, undecoded.
type TextMessage struct {
	Offset     int    // of its separator in the text
	End        int    // where the next one begins
	Number     int    // its place in the file, from 0
	Separator  []byte // the "From " line
	Date       []byte
	From       []byte
	Subject    []byte
	MessageID  []byte
	InReplyTo  []byte
	References []byte
	Body       []byte // what follows the empty line below the header
	Problems   []string
}

// TextMessages splits the text of a period's text file. Every byte belongs to
// one of the messages; what stands before the first separator is a message
// without a Separator and with a problem.
func TextMessages(text []byte) iter.Seq[TextMessage] {
	return func(yield func(TextMessage) bool) {}
}
