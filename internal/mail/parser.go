package mail

import (
	"context"
	"fmt"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// Version is the version of what is read of mails: it changes whenever the
// same mail may give another message.
const Version = "mail/2"

// Parser turns all that is held of a period into messages: pages and text
// files through pipermail.Parser, and mails.
type Parser struct{ pages pipermail.Parser }

var _ archive.Parser = Parser{}

// Version implements archive.Parser.
func (p Parser) Version() string { return p.pages.Version() + " " + Version }

// Verdict implements archive.Parser: mails need none.
func (p Parser) Verdict(total archive.Evidence) string { return p.pages.Verdict(total) }

// Parse implements archive.Parser.
func (p Parser) Parse(ctx context.Context, g archive.Group, total archive.Evidence, emit func(archive.Parsed) error, report func(archive.Problem)) (archive.Evidence, error) {
	var whole, cut, pages []archive.Raw
	for _, r := range g.Raws {
		switch {
		case r.Kind != archive.RawMail:
			pages = append(pages, r)
		case r.Err != "":
			cut = append(cut, r)
		default:
			whole = append(whole, r)
		}
	}
	g.Raws = pages
	evidence, err := p.pages.Parse(ctx, g, total, emit, report)
	if err != nil {
		return nil, err
	}
	// Of a mail that is held as a whole as well, what was cut off of a copy
	// tells nothing.
	held := map[string]bool{}
	for i, r := range append(whole, cut...) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		body, err := g.Body(r)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", r.URL, err)
		}
		if len(cut) > 0 && superseded(held, body, i < len(whole)) {
			continue
		}
		for _, m := range parse(g, r, body, report) {
			if err := emit(m); err != nil {
				return nil, err
			}
		}
	}
	return evidence, nil
}

// superseded notes a whole mail, and reports whether one that is cut off was
// noted.
func superseded(held map[string]bool, body []byte, whole bool) bool {
	e := open(body)
	key := e.head.get("message-id") + "\n" + e.fallback()
	if whole {
		held[key] = true
		return false
	}
	return held[key]
}

// parse reads one mail: a message at each page that it names as its own.
func parse(g archive.Group, r archive.Raw, body []byte, report func(archive.Problem)) []archive.Parsed {
	problem := func(kind, detail string) {
		report(archive.Problem{List: g.List.Name, Group: g.Name, URL: r.URL, Kind: kind, Detail: detail})
	}
	m, ok := Read(body)
	if r.Err != "" {
		problem("cut-off", r.Err)
	}
	if !ok {
		problem("no-mail", "it has no head that a mail has; it is kept as it is")
		return nil
	}
	for _, p := range m.Problems {
		kind, detail, _ := strings.Cut(p, ": ")
		problem(kind, detail)
	}
	out := m.parsed(g.List.Name)
	if len(m.Permalinks) == 0 {
		return []archive.Parsed{out}
	}
	all := make([]archive.Parsed, len(m.Permalinks))
	for i, u := range m.Permalinks {
		all[i] = out
		all[i].Message.URL = u
		// Of several pages an export names the current one first; of one there
		// is nothing to choose, and the index pages held may know better.
		all[i].Listed = m.export != nil && len(all) > 1 && i == 0
	}
	return all
}

// parsed makes the message that the archive keeps.
func (m *Mail) parsed(list string) archive.Parsed {
	base, reply := clean.BaseSubject(m.Subject)
	out := archive.Parsed{
		Message: archive.Message{
			List: list, MessageID: m.MessageID, InReplyTo: m.InReplyTo, References: m.References,
			Date: m.Date, DateOrigin: m.DateOrigin, DateRaw: m.DateRaw,
			FromName: m.FromName, FromAddress: m.FromAddress, Subject: m.Subject, BaseSubject: base, Reply: reply,
			Body: m.Content.Body, Blocks: pipermail.Blocks(m.Content), SourceURL: m.Content.Source, Attachments: m.Attachments,
		},
		Fallback: m.Fallback,
		Content:  pipermail.Digest(m.Content),
	}
	if m.export == nil {
		return out
	}
	out.Message.IndexParent = m.export.parent
	// An ID holds in the list that it was made for only.
	if strings.EqualFold(m.export.list, list) {
		out.Base = archive.ID(m.export.base)
	} else if m.export.base != "" {
		out.Fallback = m.export.base
	}
	return out
}
