package pipermail

import "crypto/sha256"

// OlderCopy stands in the URL of a text file's older copy, which is kept since
// the file has lost messages: the time when it was fetched follows. It counts
// for less than the file itself.
const OlderCopy = "#copy-"

// textKey tells the messages of text files apart without their index.
type textKey struct {
	id    string
	words [sha256.Size]byte
}

func newTextKey(m TextMessage) textKey {
	if id := messageID(m.MessageID); id != "" {
		return textKey{id: id}
	}
	return textKey{string(m.Date) + string(m.From) + string(m.Subject), wordsDigest(m.Body)}
}

// LostMessages counts the messages of a text file that a newer copy of it does
// not have. Both are unpacked.
func LostMessages(before, now []byte) int {
	have := map[textKey]bool{}
	for m := range TextMessages(now) {
		have[newTextKey(m)] = true
	}
	lost := 0
	for m := range TextMessages(before) {
		if m.Separator != nil && !have[newTextKey(m)] {
			lost++
		}
	}
	return lost
}
