package alert

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

// pieces cuts a text at its marks, and makes it harmless.
func pieces(t Text) []piece {
	var out []piece
	add := func(text string, mark bool) {
		if text = harmless(text); text != "" {
			out = append(out, piece{text, mark})
		}
	}
	at := 0
	for _, m := range t.Marks {
		if m[0] < at || m[1] > len(t.Text) || m[0] > m[1] {
			continue
		}
		add(t.Text[at:m[0]], false)
		add(t.Text[m[0]:m[1]], true)
		at = m[1]
	}
	add(t.Text[at:], false)
	return out
}

// harmless is a part of a line, with the spaces at its ends.
func harmless(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' {
			return ' '
		}
		return r
	}, neutral.Text(s))
}

// about says who wrote a message, where and when.
func about(m Message) string {
	who := neutral.OneLine(m.FromName)
	if who == "" {
		who = neutral.OneLine(m.FromAddress)
	}
	parts := []string{}
	for _, part := range []string{who, neutral.OneLine(m.List), day(m.Date)} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}

func day(t time.Time) string {
	if t.IsZero() {
		return "without a date"
	}
	return t.Format("2 January 2006 15:04 -0700")
}

func firstness(a Alert) string {
	switch {
	case a.First:
		return "first mention"
	case a.Mentions > 1:
		return fmt.Sprintf("not the first: %d messages match", a.Mentions)
	}
	return ""
}

// snippetText is a snippet on one line, with signs around what is marked.
func snippetText(texts []Text, open, end string, safe func(string) string) string {
	var b strings.Builder
	for i, t := range texts {
		if i > 0 || t.Before {
			b.WriteString("… ")
		}
		for _, p := range pieces(t) {
			text := safe(p.Text)
			if p.Mark {
				text = open + text + end
			} else if lead, tail := strings.HasPrefix(p.Text, " "), strings.HasSuffix(p.Text, " "); lead || tail {
				text = spaced(text, lead, tail)
			}
			b.WriteString(text)
		}
		b.WriteByte(' ')
	}
	return strings.TrimSpace(b.String())
}

// spaced puts back the spaces that a line loses at its ends.
func spaced(text string, lead, tail bool) string {
	if lead {
		text = " " + text
	}
	if tail && text != " " {
		text += " "
	}
	return text
}

// link is where to read a message: on the site of this archive, if it has one.
func (m Message) link() string { return cmp.Or(webURL(m.Page), webURL(m.URL)) }

// webURL is a link that people may follow, or nothing.
func webURL(link string) string {
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || neutral.OneLine(link) != link {
		return ""
	}
	return u.String()
}
