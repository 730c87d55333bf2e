package mcp

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/api"
	"github.com/bxsearch/bxsearch/internal/web/link"
)

// The bounds of a request and of an answer, in bytes of JSON.
const (
	maxRequest = 64 << 10
	maxAnswer  = 20_000
	overhead   = 3_000 // of an answer beside what it lists
	maxShort   = 200   // characters of a subject, a name or an address
)

// freshness is in every answer.
type freshness struct {
	LastCrawl string `json:"last_crawl" jsonschema:"when the lists were crawled last; empty for never"`
	Messages  int    `json:"messages" jsonschema:"messages held"`
	Index     string `json:"index" jsonschema:"current: all of them can be found; behind: the newest cannot yet"`
}

func (s *Server) freshness(ctx context.Context) (freshness, error) {
	st, err := s.cfg.Status.Status(ctx)
	return freshness{stamp(st.LastCrawl), st.Messages, st.Index}, err
}

// stamp writes a time; none where it is not known.
func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339)
}

// about is what the archive knows of a message.
type about struct {
	ID     archive.ID `json:"id" jsonschema:"cite it; get_message takes it"`
	Thread archive.ID `json:"thread" jsonschema:"get_thread takes it"`
	List   string     `json:"list"`
	Date   string     `json:"date" jsonschema:"as the sender's clock had it; empty if unknown"`
	URL    string     `json:"url,omitempty" jsonschema:"the permalink: cite it"`
	Page   string     `json:"page,omitempty" jsonschema:"the same message here"`
}

func (s *Server) about(m *archive.Message) about {
	a := about{ID: m.ID, Thread: m.Thread, List: short(m.List), Date: stamp(m.Date), URL: short(m.URL)}
	if s.cfg.Links.Origin() != "" {
		a.Page = s.cfg.Links.Absolute(s.cfg.Links.Message(m.ID, link.HTML))
	}
	return a
}

// short is a text of strangers on one line, of bounded length.
func short(s string) string {
	s = neutral.OneLine(s)
	if r := []rune(s); len(r) > maxShort {
		return string(r[:maxShort-1]) + "…"
	}
	return s
}

// size is what a value takes in an answer.
func size(v any) int {
	text, err := json.Marshal(v)
	if err != nil {
		return maxAnswer
	}
	return len(text)
}

// piece is as much of a text from an offset on as fits into so many bytes of JSON, and
// where the rest begins; 0 where there is none. It ends at a line's end if there is one
// in its last third.
func piece(text string, from, room int) (string, int) {
	rest := text[from:]
	n := min(len(rest), room)
	for n > 0 && (size(rest[:n]) > room+2 || n < len(rest) && !utf8.RuneStart(rest[n])) {
		n -= max(1, min(n/16, size(rest[:n])-room))
	}
	if n == len(rest) {
		return rest, 0
	}
	if line := strings.LastIndexByte(rest[:n], '\n'); line > n*2/3 {
		n = line + 1
	}
	return rest[:n], from + n
}

// said is a problem in words.
func said(p *api.Problem) string {
	parts := []string{p.Title + ": " + p.Detail}
	if p.Character > 0 {
		parts = append(parts, "At character "+strconv.Itoa(p.Character)+" of the query.")
	}
	if p.Proposal != "" {
		parts = append(parts, "Maybe meant: "+p.Proposal)
	}
	for _, id := range p.IDs[:min(len(p.IDs), 20)] {
		parts = append(parts, "ID: "+string(id))
	}
	return neutral.OneLine(strings.Join(append(parts, p.Hint), " "))
}
