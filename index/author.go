package index

import (
	"strings"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
)

// FieldAuthor is the sender as a whole: the name, or the address of who gives
// none. FieldFrom has the words of both.
const FieldAuthor Field = "author"

// maxShown bounds the values of columns.
const maxShown = 512 // bytes

// shown makes one line of a value.
func shown(value string) string {
	value = strings.ToValidUTF8(value, "\ufffd")
	return strings.TrimSpace(cutTo(strings.Join(strings.Fields(value), " "), maxShown))
}

// author is who wrote a message, as written; empty if that is nowhere.
func author(m *archive.Message) string {
	for _, name := range []string{m.FromName, m.FromAddress} {
		if name = shown(name); authorTerm(name) != "" {
			return name
		}
	}
	return ""
}

// authorTerm is the form in which the values of FieldAuthor are compared: by their letters and
// digits and by the signs of addresses. So quotation marks, commas and accents
// make no other author.
func authorTerm(name string) string {
	words := strings.FieldsFunc(cutTo(name, maxShown), func(r rune) bool {
		return !inWord(r) && !accent(r) && !invisible(r) && !strings.ContainsRune("@._-+", r)
	})
	kept := words[:0]
	for _, w := range words {
		if w = foldRun(w); strings.ContainsFunc(w, isLetterOrDigit) {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, " ")
}

func isLetterOrDigit(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// kinds are those of a message's attachments, sorted, each once.
func kinds(m *archive.Message) []string {
	var out []string
	for _, kind := range attachmentKinds {
		for _, a := range m.Attachments {
			if a.Kind == kind {
				out = append(out, kind)
				break
			}
		}
	}
	return out
}

// attachmentKinds are what FieldHas knows of attachments beside HasAttachment.
var attachmentKinds = [...]string{"binary", "html", "message", "text"}
