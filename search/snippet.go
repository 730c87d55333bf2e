package search

import (
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// Snippet shows why a message was found: one stretch of its text, or two,
// around words of the query. Where nothing in the text matched, it is the
// beginning of the sender's words.
type Snippet struct {
	// Source tells whose words these are: index.FieldBody for the sender's
	// own, index.FieldAttachment, or index.FieldQuoted.
	Source    index.Field
	Fragments []Fragment
}

// String returns the fragments without marks, with "…" where text is left out.
func (s Snippet) String() string {
	var b strings.Builder
	for i, f := range s.Fragments {
		if i > 0 {
			b.WriteByte(' ')
		}
		if f.Before {
			b.WriteString("… ")
		}
		b.WriteString(f.Text)
		if f.After && i == len(s.Fragments)-1 {
			b.WriteString(" …")
		}
	}
	return b.String()
}

// Fragment is a stretch of text on one line, with the places to highlight.
type Fragment struct {
	Text   string
	Marks  [][2]int // byte offsets in Text, [start, end), in order, apart from each other
	Before bool     // text is left out before it
	After  bool     // and after it
}

const (
	defaultSnippet = 240     // characters
	maxSnippet     = 4000    // characters
	maxShown       = 1 << 18 // bytes of a text that are looked at for a snippet
)

// mark returns a whole text with the terms marked.
func mark(text string, terms []term, f index.Field) Fragment {
	text = oneLine(text)
	return cutOut(text, matches(text, terms, f), 0, len(text))
}

// snippet chooses what to show of a message: the text with the most words of
// the query; the sender's own words before attachments before quotes.
func snippet(m *archive.Message, terms []term, length int) Snippet {
	var best Snippet
	most, all := 0, 0
	for _, t := range terms {
		if t.appliesTo(index.FieldBody) || t.appliesTo(index.FieldAttachment) || t.appliesTo(index.FieldQuoted) {
			all++
		}
	}
	for s := range sources(m) {
		found := look(s, terms, length)
		n := len(seen(found))
		if n > most || best.Fragments == nil {
			most, best = n, Snippet{s.field, fragments(s.text, found, length)}
		}
		if n == all {
			break
		}
	}
	return best
}

// How much of a text is looked at first, and how much behind what a snippet shows
// is known to be the same in all of it: longer than any phrase.
const (
	firstLook = 4 << 10 // bytes
	lookAhead = 1 << 10 // bytes
)

// look finds the terms in a text, as far as a snippet shows them. No stretch is
// better than the first that has them all, so what is behind that is not looked
// at.
func look(s source, terms []term, length int) []match {
	all := 0
	for _, t := range terms {
		if t.appliesTo(s.field) {
			all++
		}
	}
	wide := width(s.text, length)
	for n := firstLook; n < len(s.text)/2; n *= 8 {
		part := s.text[:endBefore(s.text, 0, n)]
		found := matches(part, terms, s.field)
		if best := densest(found, wide, nil); best.terms == all && best.end+wide+lookAhead <= len(part) {
			return found
		}
	}
	return matches(s.text, terms, s.field)
}

// oneLine joins texts and makes every stretch of white space one space.
func oneLine(texts ...string) string {
	var b strings.Builder
	for _, t := range texts {
		for word := range strings.FieldsSeq(t) {
			if b.Len() > maxShown {
				return b.String()
			}
			if b.Len() > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(word)
		}
	}
	return b.String()
}

// fragments cuts one stretch of about length characters out of the text, or
// two of half that where those show more words of the query.
func fragments(text string, found []match, length int) []Fragment {
	if len(found) == 0 {
		return []Fragment{cutOut(text, nil, 0, endBefore(text, 0, width(text, length)))}
	}
	whole := densest(found, width(text, length), nil)
	one := whole.widen(text, width(text, length))
	if whole.terms == len(seen(found)) {
		return []Fragment{cutOut(text, found, one.start, one.end)}
	}
	half := width(text, length/2)
	a := densest(found, half, nil)
	b := densest(found, half, seen(found[a.first:a.last]))
	if b.start < a.start {
		a, b = b, a
	}
	left, right := a.widen(text, half), b.widen(text, half)
	if a.terms+b.terms <= whole.terms || left.end >= b.start || right.start <= a.end {
		return []Fragment{cutOut(text, found, one.start, one.end)}
	}
	right.start = max(right.start, left.end)
	return []Fragment{cutOut(text, found, left.start, left.end), cutOut(text, found, right.start, right.end)}
}

// width turns characters into bytes of this text.
func width(text string, chars int) int {
	return chars * len(text) / max(1, utf8.RuneCountInString(text))
}
