package mcp

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

type readInput struct {
	Ref   string `json:"ref" jsonschema:"an ID, a Message-ID or the URL of a page"`
	After string `json:"after,omitempty" jsonschema:"next of the answer before"`
}

// check bounds what is asked for.
func (in readInput) check() error {
	const most = 2048
	switch {
	case in.Ref == "":
		return &link.ParamError{Name: "ref", Msg: "it names no message", Hint: "give an ID, a Message-ID or a URL"}
	case len(in.Ref) > most:
		return &link.ParamError{Name: "ref", Msg: "it is too long", Hint: "give an ID, a Message-ID or a URL"}
	}
	return nil
}

type messageOutput struct {
	about
	MessageID string    `json:"message_id,omitempty"`
	Untrusted letter    `json:"untrusted"`
	Next      string    `json:"next,omitempty" jsonschema:"there is more text: give it as after"`
	Freshness freshness `json:"freshness"`
}

// letter is a mail as a stranger wrote it.
type letter struct {
	From        string   `json:"from"`
	Subject     string   `json:"subject"`
	Article     string   `json:"article,omitempty" jsonschema:"URL of the article that the mail reports"`
	Attachments []string `json:"attachments,omitempty" jsonschema:"names of the first five; their text is behind the mail's"`
	Text        string   `json:"text" jsonschema:"lines that begin with > are quoted from others"`
}

// message returns a message, or a further part of it.
func (s *Server) message(ctx context.Context, in readInput) (out messageOutput, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	m, err := s.cfg.Searcher.Message(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	text := textOf(m)
	from, err := offset(in.After, text)
	if err != nil {
		return out, err
	}
	out = messageOutput{about: s.about(m), MessageID: short(m.MessageID), Untrusted: letter{From: short(m.FromName), Subject: short(m.Subject), Article: short(m.SourceURL)}}
	for _, a := range m.Attachments[:min(len(m.Attachments), 5)] {
		out.Untrusted.Attachments = append(out.Untrusted.Attachments, short(a.Name))
	}
	if out.Freshness, err = s.freshness(ctx); err != nil {
		return out, err
	}
	var next int
	if out.Untrusted.Text, next = piece(text, from, maxAnswer-size(out)-200); next > 0 {
		out.Next = strconv.Itoa(next)
	}
	return out, nil
}

// textOf is all text of a message: its own, and that of its attachments.
func textOf(m *archive.Message) string {
	var b strings.Builder
	b.WriteString(m.Body)
	for _, a := range m.Attachments {
		if a.Text != "" {
			b.WriteString("\n\n[attachment " + short(a.Name) + "]\n" + a.Text)
		}
	}
	return neutral.Text(b.String())
}

// offset reads where in a text the answer before ended.
func offset(after, text string) (int, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(after)
	if err != nil || n < 0 || n >= len(text) || !utf8.RuneStart(text[n]) {
		return 0, &search.CursorError{Msg: "it is no place in this message", Hint: "begin again, without after"}
	}
	return n, nil
}

type threadOutput struct {
	ID        archive.ID `json:"id"`
	Total     int        `json:"total" jsonschema:"messages in the thread"`
	Messages  []inThread `json:"messages" jsonschema:"in reading order"`
	Next      string     `json:"next,omitempty" jsonschema:"there are more: give it as after"`
	Freshness freshness  `json:"freshness"`
}

type inThread struct {
	about
	Parent    archive.ID `json:"parent,omitempty" jsonschema:"the message that it answers"`
	Depth     int        `json:"depth"`
	More      bool       `json:"more,omitempty" jsonschema:"the text goes on: get_message has it whole"`
	Untrusted letter     `json:"untrusted"`
}

// maxOpening is how much of a message's own words a thread shows, in bytes.
const maxOpening = 2000

// thread returns a conversation, as much of it as fits.
func (s *Server) thread(ctx context.Context, in readInput) (out threadOutput, err error) {
	if err := in.check(); err != nil {
		return out, err
	}
	t, err := s.cfg.Searcher.Outline(ctx, in.Ref)
	if err != nil {
		return out, err
	}
	rest := t.Places
	if in.After != "" {
		i := slices.IndexFunc(rest, func(p archive.Place) bool { return p.ID == archive.ID(in.After) })
		if i < 0 {
			return out, &search.CursorError{Msg: "the message where the answer before ended is not in this thread any more", Hint: "begin again, without after"}
		}
		rest = rest[i+1:]
	}
	out = threadOutput{ID: t.ID, Total: len(t.Places), Messages: []inThread{}}
	room := maxAnswer - overhead
	for _, p := range rest {
		m, err := s.cfg.Searcher.Message(ctx, string(p.ID))
		if errors.Is(err, archive.ErrNotFound) {
			continue // deleted a moment ago
		} else if err != nil {
			return out, err
		}
		one := s.inThread(archive.ThreadEntry{Message: m, Parent: p.Parent, Depth: p.Depth})
		if room -= size(one); room < 0 && len(out.Messages) > 0 {
			out.Next = string(out.Messages[len(out.Messages)-1].ID)
			break
		}
		out.Messages = append(out.Messages, one)
	}
	out.Freshness, err = s.freshness(ctx)
	return out, err
}

// inThread is a message with the beginning of its own words.
func (s *Server) inThread(e archive.ThreadEntry) inThread {
	m := e.Message
	own := strings.Join(m.Text(archive.BlockOwn), "")
	if len(own) > 2*maxOpening {
		own = own[:2*maxOpening] // before it is looked at letter by letter
	}
	text, next := piece(strings.TrimSpace(neutral.Text(own)), 0, maxOpening)
	return inThread{
		about: s.about(m), Parent: e.Parent, Depth: e.Depth, More: next > 0 || len(own) < len(strings.TrimSpace(m.Body)),
		Untrusted: letter{From: short(m.FromName), Subject: short(m.Subject), Article: short(m.SourceURL), Text: text},
	}
}

type statusInput struct{}

type statusOutput struct {
	Healthy   bool       `json:"healthy" jsonschema:"searches get answers"`
	Reason    string     `json:"reason,omitempty"`
	Lists     []listInfo `json:"lists"`
	More      int        `json:"more,omitempty" jsonschema:"further lists"`
	Freshness freshness  `json:"freshness"`
}

type listInfo struct {
	Name      string `json:"name" jsonschema:"list:NAME in a query"`
	Title     string `json:"title,omitempty"`
	Messages  int    `json:"messages"`
	First     string `json:"first,omitempty"`
	Last      string `json:"last,omitempty"`
	LastCrawl string `json:"last_crawl,omitempty"`
}

// status says what is held.
func (s *Server) status(ctx context.Context, _ statusInput) (statusOutput, error) {
	st, err := s.cfg.Status.Status(ctx)
	if err != nil {
		return statusOutput{}, err
	}
	out := statusOutput{Healthy: st.Healthy, Reason: short(st.Reason), Lists: []listInfo{}, Freshness: freshness{stamp(st.LastCrawl), st.Messages, st.Index}}
	room := maxAnswer - overhead
	for i, l := range st.Lists {
		one := listInfo{short(l.Name), short(l.Title), l.Messages, stamp(l.First), stamp(l.Last), stamp(l.Checked)}
		if room -= size(one); room < 0 {
			out.More = len(st.Lists) - i
			break
		}
		out.Lists = append(out.Lists, one)
	}
	return out, nil
}
