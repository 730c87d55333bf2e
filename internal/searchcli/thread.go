package searchcli

import (
	"context"
	"fmt"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// deepest is the number of levels that a thread is drawn with at most; deeper
// messages stand at the deepest one. A level takes three columns, and beside
// them there has to be room for who wrote, and for an ID.
const (
	deepest  = 16
	besideIt = 12 + 10 + 2 + 16
)

// showThread draws the conversation that a message belongs to.
func (o *searchOptions) showThread(ctx context.Context, e *cli.Env, s *search.Searcher) error {
	t, err := s.Thread(ctx, o.tree)
	if err != nil {
		return noSuchMessage(o.tree, err)
	}
	if o.format != formatText {
		messages := make([]*archive.Message, len(t.Messages))
		for i, entry := range t.Messages {
			messages[i] = entry.Message
		}
		return o.writeMessages(ctx, e, s, messages)
	}
	return e.Page(func(s cli.Screen) error {
		writeThread(s, t)
		return nil
	})
}

// writeThread draws one line a message:
//
//	Subject of the first
//	3 messages, 2021-03-05 to 2021-03-07, thread 4k2…
//
//	● 2021-03-05  Ann                       7m3k2c6u5dqhzj4x
//	├─ 2021-03-06  Bob                      c5t2r7e4q6b3x5zu
//	│  └─ 2021-03-06  Ann  Another subject  o4h3n6w2k7j5v3ya
//	└─ 2021-03-07  Eve                      u2f6y3g5l4p7s6ib
func writeThread(s cli.Screen, t *archive.Thread) {
	if len(t.Messages) == 0 {
		return
	}
	first := t.Messages[0].Message
	for _, line := range cli.WrapText(neutral.Text(first.Subject), s.Prose()) {
		fmt.Fprintln(s.W, s.Paint(cli.Bold, line))
	}
	fmt.Fprintf(s.W, "%s · %s · thread %s\n\n", cli.Counted(len(t.Messages), "message"), dates(t), t.ID)
	branches := branches(t.Messages, min(max((s.Prose()-besideIt)/3, 2), deepest))
	subject := first.BaseSubject
	for i, entry := range t.Messages {
		fmt.Fprintln(s.W, threadLine(s, branches[i], entry.Message, subject))
	}
}

// dates is the time that a thread took, by the senders' clocks.
func dates(t *archive.Thread) string {
	lo, hi := t.Messages[0].Message.Date, t.Messages[0].Message.Date
	for _, e := range t.Messages {
		if d := e.Message.Date; d.Before(lo) {
			lo = d
		} else if d.After(hi) {
			hi = d
		}
	}
	if cli.Day(lo) == cli.Day(hi) {
		return cli.Day(lo)
	}
	return cli.Day(lo) + " to " + cli.Day(hi)
}

// threadLine says who wrote when, on the thread's subject or on another one,
// and where to find it.
func threadLine(s cli.Screen, branch string, m *archive.Message, subject string) string {
	where := string(m.ID)
	text := cli.Day(m.Date) + "  " + sender(m)
	if m.BaseSubject != subject {
		text += "  " + neutral.OneLine(m.Subject)
	}
	room := s.Prose() - cli.TextWidth(branch) - cli.TextWidth(where) - 2
	text = cli.Cut(text, max(room, 12))
	gap := strings.Repeat(" ", max(room-cli.TextWidth(text), 0)+2)
	return s.Paint(cli.Dim, branch) + text + gap + s.Paint(cli.Dim, where)
}

// branches draws the lines of the tree left of each message. It goes from the
// last message up, remembering at which levels a later sibling waits.
func branches(entries []archive.ThreadEntry, deepest int) []string {
	out := make([]string, len(entries))
	waits := make([]bool, deepest+2)
	for i := len(entries) - 1; i >= 0; i-- {
		depth := min(entries[i].Depth, deepest)
		out[i] = branch(waits, depth)
		waits[depth] = true
		clear(waits[depth+1:])
	}
	return out
}

func branch(waits []bool, depth int) string {
	if depth == 0 {
		return "● "
	}
	var b strings.Builder
	for level := 1; level < depth; level++ {
		if waits[level] {
			b.WriteString("│  ")
		} else {
			b.WriteString("   ")
		}
	}
	if waits[depth] {
		return b.String() + "├─ "
	}
	return b.String() + "└─ "
}
