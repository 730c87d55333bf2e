package web

import (
	"context"
	"strings"

	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// hitView is a hit.
type hitView struct {
	*archive.Message
	Rank    int
	Subject []piece
	Snippet []piece
	Source  string // "attachment", "quoted"; empty for the sender's own words
	Thread  int
	Folded  []*archive.Message
	More    int // that stand behind it and are not named
	Group   search.Group
}

// foldedNamed is how many messages behind others a page names, and foldedShown how
// many a hit does: each is read from the archive.
const (
	foldedNamed = 12
	foldedShown = 3
)

func (s *Site) hitView(ctx context.Context, q search.Query, h *search.Hit, named int) (hitView, int) {
	v := hitView{Message: h.Message, Rank: h.Rank, Subject: marked(h.Subject, false), Thread: h.ThreadSize, Group: q.Group}
	for i, f := range h.Snippet.Fragments {
		if i > 0 {
			v.Snippet = append(v.Snippet, piece{Text: " "})
		}
		v.Snippet = append(v.Snippet, marked(f, i == len(h.Snippet.Fragments)-1)...)
	}
	switch h.Snippet.Source {
	case "attachment", "quoted":
		v.Source = string(h.Snippet.Source)
	}
	if q.Group == search.GroupThread {
		v.More = len(h.Folded)
		return v, 0
	}
	n := min(len(h.Folded), foldedShown, max(named, 0))
	for _, id := range h.Folded[:n] {
		if m, err := s.cfg.Searcher.Message(ctx, string(id)); err == nil {
			v.Folded = append(v.Folded, m)
		}
	}
	v.More = len(h.Folded) - len(v.Folded)
	return v, n
}

// marked cuts a fragment at its marks.
func marked(f search.Fragment, last bool) []piece {
	var out []piece
	add := func(text string, mark bool) {
		if text = strings.ReplaceAll(neutral.Text(text), "\n", " "); text != "" {
			out = append(out, piece{Text: text, Mark: mark})
		}
	}
	if f.Before {
		add("… ", false)
	}
	at := 0
	for _, m := range f.Marks {
		add(f.Text[at:m[0]], false)
		add(f.Text[m[0]:m[1]], true)
		at = m[1]
	}
	add(f.Text[at:], false)
	if f.After && last {
		add(" …", false)
	}
	return out
}
