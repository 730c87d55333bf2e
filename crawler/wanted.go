package crawler

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// recheck is after how long all attachments are looked at again, and those
// that were gone asked for again.
const recheck = 90 * 24 * time.Hour

// partsKey is where the crawl state keeps a partsNote.
const partsKey = "attachments"

// partsNote is what must be remembered of a list's attachments.
type partsNote struct {
	Mode   AttachmentMode `json:"mode"`
	Max    int64          `json:"max"`
	Seq    uint64         `json:"seq"`             // messages up to here were looked at
	Whole  time.Time      `json:"whole"`           // when all messages were last looked at
	Had    bool           `json:"had,omitempty"`   // the server has given one
	Barren time.Time      `json:"barren,omitzero"` // when it turned out to have none
	Open   bool           `json:"open,omitempty"`  // a pass has begun and not come to its end
	Due    int            `json:"due,omitempty"`   // what the last pass wanted and could not have, for a reason that may pass
	Late   []latePart     `json:"late,omitempty"`  // gone, but of mails so young that they may come yet
}

// AttachmentsDue says whether a list lacks attachments that it should have. What
// the server does not have or does not give, what robots.txt refuses and what
// is too big is settled, and not counted.
type AttachmentsDue struct {
	Mode  AttachmentMode // of the last pass; empty if there was none
	Count int            // wanted by that mode and not had: asked for again by the next pass
	Open  bool           // a pass is under way, or was interrupted: more may be wanted
}

// DueAttachments tells what the last Attachments of a list left to be done.
func DueAttachments(ctx context.Context, a *archive.Archive, list string) (AttachmentsDue, error) {
	var n partsNote
	err := state{archive: a, list: list}.get(ctx, partsKey, &n)
	return AttachmentsDue{Mode: n.Mode, Count: n.Due, Open: n.Open}, err
}

// part is an attachment to fetch.
type part struct {
	url, group string
	old        *held // to ask only for what has changed
	sent       time.Time
	order      uint64
}

// begin recalls the last pass. The first one, and one in another mode, looks at
// all messages; so does every one that comes three months after that.
func (p *parts) begin(ctx context.Context) (uint64, error) {
	if err := p.state.get(ctx, partsKey, &p.note); err != nil {
		return 0, err
	}
	now := p.now()
	if n := &p.note; p.cfg.Full || n.Mode != p.cfg.Attachments || n.Max != p.cfg.MaxAttachment || now.Sub(n.Whole) >= recheck {
		n.Mode, n.Max, n.Seq, n.Whole, n.Late = p.cfg.Attachments, p.cfg.MaxAttachment, 0, now, nil
	}
	if p.cfg.Full || now.Sub(p.note.Barren) >= recheck {
		p.note.Barren = time.Time{}
	}
	at, err := p.archive.Position(ctx)
	if err == nil && at.Seq != p.note.Seq {
		p.note.Open = true
		err = p.state.set(ctx, partsKey, p.note)
	}
	return at.Seq, err
}

// rest remembers that no attachment is wanted any more.
func (p *parts) rest(ctx context.Context) error {
	if err := p.state.get(ctx, partsKey, &p.note); err != nil || p.note.Mode == "" || p.note.Mode == AttachmentsNone {
		return err
	}
	p.note.Mode, p.note.Open, p.note.Due, p.note.Late = AttachmentsNone, false, 0, nil
	return p.state.set(ctx, partsKey, p.note)
}

// finish remembers the pass. One that left something behind is done again.
func (p *parts) finish(ctx context.Context, seq uint64) error {
	if !p.partial {
		p.note.Seq = seq
	}
	p.note.Open, p.note.Due, p.note.Late = false, p.due, p.late.parts
	return p.state.set(ctx, partsKey, p.note)
}

// choose lists what to fetch.
func (p *parts) choose(ctx context.Context) ([]part, error) {
	var todo []part
	seen := map[string]bool{}
	look := func(m *archive.Message) error {
		p.stats.Looked++
		p.stats.Named += named(m)
		for _, a := range pipermail.WantedParts(m, p.cfg.Attachments == AttachmentsAll) {
			url := p.canonical(a.URL)
			if seen[url] {
				continue
			}
			seen[url] = true
			t, ok, err := p.want(ctx, m, a)
			if err != nil {
				return err
			}
			if ok {
				todo = append(todo, t)
			}
		}
		return nil
	}
	if err := p.eachMessage(ctx, look); err != nil {
		return nil, err
	}
	return p.chooseLate(todo, seen), nil
}

// chooseLate adds those that were not there yet, unless the server turned out
// to have none at all.
func (p *parts) chooseLate(todo []part, seen map[string]bool) []part {
	if !p.note.Barren.IsZero() {
		return todo
	}
	for _, l := range p.note.Late {
		switch {
		case seen[l.URL]:
		case p.now().Sub(l.Asked) < l.patience():
			p.late.add(l)
		default:
			todo = append(todo, part{url: l.URL, group: l.Group, sent: l.Sent})
		}
	}
	return todo
}

func named(m *archive.Message) int {
	n := 0
	for _, a := range m.Attachments {
		if a.URL != "" {
			n++
		}
	}
	return n
}

// eachMessage visits the messages of the list that have changed since the last
// pass. A damaged one is left out: verify tells of it.
func (p *parts) eachMessage(ctx context.Context, look func(*archive.Message) error) error {
	if p.note.Seq == 0 {
		for m, err := range p.archive.Messages(ctx, archive.Filter{List: p.list.Name}) {
			if m == nil && ctx.Err() == nil {
				p.cfg.Logger.Warn("message skipped", "err", err)
				continue
			}
			if err != nil {
				return err
			}
			if err := look(m); err != nil {
				return err
			}
		}
		return ctx.Err()
	}
	for c, err := range p.archive.Changes(ctx, p.note.Seq) {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			p.cfg.Logger.Warn("message skipped", "err", err)
			continue
		case c.Message == nil || c.Message.List != p.list.Name:
			continue
		}
		if err := look(c.Message); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// want decides about one attachment by what is known of its URL.
func (p *parts) want(ctx context.Context, m *archive.Message, a archive.Attachment) (part, bool, error) {
	place, at := pipermail.Locate(p.list.URL, a.URL), pipermail.Locate(p.list.URL, m.URL)
	if place.Kind != archive.RawAttachment || !place.OK || at.Group == "" {
		p.stats.Elsewhere++
		return part{}, false, nil
	}
	p.stats.Wanted++
	t := part{url: p.canonical(a.URL), group: at.Group, sent: m.Date}
	last, ok, err := p.archive.LastFetch(ctx, t.url)
	if err != nil {
		return t, false, err
	}
	if ok {
		if again := p.again(t, last); !again {
			return t, false, nil
		}
		t.old, err = p.holding(ctx, t.url)
	} else if !p.note.Barren.IsZero() {
		p.stats.Left++
		return t, false, nil
	}
	return t, true, err
}

// again reports whether an attachment that was asked for before is asked for
// again.
func (p *parts) again(t part, last archive.Raw) bool {
	late := latePart{URL: t.url, Group: t.group, Sent: t.sent, Asked: last.Fetched}
	old := p.now().Sub(last.Fetched) >= late.patience()
	fe := &FetchError{Status: last.Status}
	switch {
	case last.Err == "":
		p.stats.Held++
		p.note.Had = true
		return p.cfg.Full
	case strings.Contains(last.Err, tooBig(p.cfg.MaxAttachment).Error()):
		p.stats.TooBig++
		return false
	case fe.gone() && !old && !p.cfg.Full:
		p.late.add(late)
		p.stats.Left++
		return false
	}
	return true
}

func (p page) sameAs(old *held) bool { return bytes.Equal(p.body, old.body) }
