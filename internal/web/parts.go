package web

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// A page stays under a megabyte. What that takes is measured in the bytes that a text
// becomes on the page, which may be many times its own.
const (
	partCost    = 400_000 // of the text of one message on its page
	excerptCost = 16_000  // of one message among others
	threadCost  = 500_000 // of all messages on a page of a thread
	chunkCost   = 300     // of what stands around a stretch
)

// stretch is a part of a message's text that is shown in one way.
type stretch struct {
	kind       archive.BlockKind
	depth      int
	attachment int // its number from 1; 0 is the body
	text       string
}

// stretchesOf returns the texts of a message in reading order, attachments last.
func stretchesOf(m *archive.Message, attachments bool) []stretch {
	var out []stretch
	blocks := m.Blocks
	if len(blocks) == 0 {
		blocks = []archive.Block{{Kind: archive.BlockOwn, End: len(m.Body)}}
	}
	for _, b := range blocks {
		if text := m.Body[b.Start:b.End]; strings.TrimSpace(text) != "" {
			out = append(out, stretch{kind: b.Kind, depth: b.Depth, text: text})
		}
	}
	for i, a := range m.Attachments {
		if attachments && strings.TrimSpace(a.Text) != "" {
			out = append(out, stretch{kind: archive.BlockOwn, attachment: i + 1, text: a.Text})
		}
	}
	return out
}

// divide cuts stretches into parts that cost no more than a page has room for. There
// is one at least.
func divide(all []stretch, room int) [][]stretch {
	parts := [][]stretch{nil}
	left := room
	for _, s := range all {
		for s.text != "" {
			n, cost := fitting(s.text, left-chunkCost)
			if n == 0 && len(parts[len(parts)-1]) > 0 {
				parts, left = append(parts, nil), room
				continue
			}
			now := s
			now.text, s.text = s.text[:n], s.text[n:]
			parts[len(parts)-1] = append(parts[len(parts)-1], now)
			left -= cost + chunkCost
		}
	}
	return parts
}

// fitting returns how much of a text costs no more than there is room for, and what
// it costs. It ends with a line, where there is one to end with.
func fitting(text string, room int) (n, cost int) {
	line, lineCost := 0, 0
	link := 1 // what a byte costs: in a link it is shown and pointed to
	for n < len(text) {
		r, size := utf8.DecodeRuneInString(text[n:])
		c := link * runeCost(r, size)
		switch {
		case r == ' ' || r == '\n':
			link = 1
		case r == ':' && strings.HasPrefix(text[n:], "://"):
			link, c = 4, c+120
		}
		if cost+c > room {
			break
		}
		n, cost = n+size, cost+c
		if r == '\n' {
			line, lineCost = n, cost
		}
	}
	if n < len(text) && line > n/2 {
		return line, lineCost
	}
	return n, cost
}

// runeCost is what a character costs in HTML: html/template escapes these signs, and a
// line may be a paragraph.
func runeCost(r rune, size int) int {
	switch {
	case strings.ContainsRune(`<>&"'+`+"\x00", r):
		return 5
	case r == '\n':
		return 40
	case r < ' ':
		return 3
	case r == utf8.RuneError:
		return 3
	}
	return size
}

// section is a run of stretches of one kind, as a page shows it.
type section struct {
	Kind       archive.BlockKind
	Attachment int
	Paragraphs []paragraph
	Lines      int    // of a quote
	Summary    string // the first line of a quote
	Open       bool   // so short that nobody wants it folded
}

// shortQuote is how many lines of a quote are shown without being asked for.
const shortQuote = 4

// sections joins stretches that follow each other and are of one kind.
func sections(part []stretch) []section {
	var out []section
	for _, st := range part {
		if n := len(out); n == 0 || out[n-1].Kind != st.kind || out[n-1].Attachment != st.attachment {
			out = append(out, section{Kind: st.kind, Attachment: st.attachment})
		}
		s := &out[len(out)-1]
		depth := 0
		if st.kind == archive.BlockQuote {
			depth = max(st.depth, 1)
		}
		s.Paragraphs = append(s.Paragraphs, paragraphs(st.text, depth)...)
		s.Lines += strings.Count(strings.TrimSpace(st.text), "\n") + 1
		if s.Summary == "" {
			s.Summary = firstLine(st.text, depth)
		}
	}
	for i := range out {
		out[i].Open = out[i].Lines <= shortQuote
	}
	return out
}

// firstLine is the first line of a quote that says something.
func firstLine(text string, depth int) string {
	for line := range strings.Lines(text) {
		if line = short(90, unquote(line, depth)); strings.ContainsFunc(line, unicode.IsLetter) {
			return line
		}
	}
	return "quoted text"
}
