package crawler

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// Attachments fetches the parts that the list server took out of the messages
// of a list, as Config.Attachments says, and files each under the period of the
// message that names it. It goes by the messages that the archive has read out
// of the pages: Archive.Derive comes before it, and again after it so that what
// was fetched becomes the messages'. One that is gone is a record and no
// failure; it is asked for again after three months, that of a young mail sooner.
func (c *Crawler) Attachments(ctx context.Context, list string) (AttachmentStats, error) {
	cfg := c.cfg
	cfg.MaxBody, cfg.MaxText = cfg.MaxAttachment, cfg.MaxAttachment
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	f := newFetcher(ctx, cfg, c.gates)
	w := &walk{cfg: cfg, archive: cfg.Archive, fetch: f, stop: stop, tally: newTally(f, cfg.Progress)}
	p := &parts{walk: w, stats: AttachmentStats{List: list}}
	err := p.all(ctx, list)
	p.stats.Requests, p.stats.Retries = int(f.requests.Load()), int(f.retries.Load())
	return p.stats, err
}

// parts is one pass over the attachments of a list.
type parts struct {
	*walk
	stats   AttachmentStats // guarded by the tally's lock while workers run
	note    partsNote
	barren  int  // attachments gone one after the other, and none ever had
	partial bool // some failed in a way that may pass
	due     int  // of those, how many are not held
	late    lateParts
}

func (p *parts) all(ctx context.Context, list string) error {
	if err := p.find(ctx, list); err != nil || p.list.Mailbox() {
		return err
	}
	if p.cfg.Attachments == AttachmentsNone {
		return p.rest(ctx)
	}
	began, err := p.begin(ctx)
	if err != nil {
		return err
	}
	todo, err := p.choose(ctx)
	if err != nil {
		return err
	}
	if len(todo) > 0 {
		if err := p.fetchAll(ctx, todo); err != nil {
			return err
		}
	}
	return p.finish(ctx, began)
}

// find looks the list up and learns where it is today.
func (p *parts) find(ctx context.Context, list string) error {
	lists, err := p.archive.Lists(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(lists, func(l archive.ListInfo) bool { return l.Name == list })
	if i < 0 {
		return fmt.Errorf("attachments of %s: no such list: %w", list, archive.ErrNotFound)
	}
	p.list, p.state = lists[i], state{archive: p.archive, list: list}
	if p.list.Mailbox() { // imported: no server is known
		return nil
	}
	p.fetch.scope.base = p.list.URL
	last, ok, err := p.archive.LastFetch(ctx, p.list.URL)
	if ok && last.Err == "" {
		p.fetch.scope.base = folderOf(finalURL(last.FinalURL, p.list.URL))
	}
	return err
}

// fetchAll fetches what was chosen, in an order that has nothing to do with
// their age: so it shows soon whether the server has any.
func (p *parts) fetchAll(ctx context.Context, todo []part) (err error) {
	if p.robots = p.fetch.gates.of(hostOf(p.list.URL)).rules(); p.robots == nil {
		if p.robots, err = p.fetch.robots(ctx, p.list.URL); err != nil {
			return err
		}
	}
	for i := range todo {
		h := fnv.New64a()
		h.Write([]byte(todo[i].url))
		todo[i].order = h.Sum64()
	}
	slices.SortFunc(todo, func(a, b part) int { return cmp.Compare(a.order, b.order) })
	p.tally.at.List, p.tally.at.Known = p.list.Name, len(todo)
	var g errgroup.Group
	g.SetLimit(workersPerSlot * p.cfg.Parallel)
	for i, t := range todo {
		if ctx.Err() != nil {
			break
		}
		if p.givenUp(len(todo) - i) {
			break
		}
		g.Go(func() error {
			err := p.one(ctx, t)
			if err != nil {
				p.stop(err)
			}
			return err
		})
	}
	err = g.Wait()
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// maxBarren is how many attachments may be gone, and none had, before the rest
// is not asked for: some archives moved without them.
const maxBarren = 50

// givenUp reports whether the server has no attachments at all.
func (p *parts) givenUp(rest int) bool {
	p.tally.mu.Lock()
	defer p.tally.mu.Unlock()
	if p.barren < maxBarren || p.note.Had {
		return false
	}
	p.stats.Left += rest
	p.note.Barren = p.now()
	p.stats.Warnings = append(p.stats.Warnings, fmt.Sprintf(
		"the server has none of the %d attachments that it was asked for; the other %d are left alone for %d days", p.barren, rest, int(recheck.Hours()/24)))
	return true
}

// one fetches an attachment.
func (p *parts) one(ctx context.Context, t part) error {
	got, err := p.obtain(ctx, target{archive.RawAttachment, t.group, t.url}, t.old, checkAttachment)
	fe, failed := errors.AsType[*FetchError](err)
	if err != nil && !failed {
		return err
	}
	stop := p.count(t, got, fe)
	p.tally.attachment()
	return stop
}

// checkAttachment refuses a page that stands before the attachment, and one that
// is cut where that can be told: of those that Mailman has escaped (P6), which
// are nearly all in HTML.
func checkAttachment(p page) error {
	if found := pipermail.Wall(pipermail.Page{URL: p.url, ContentType: p.contentType, Body: p.body}); found != "" {
		return permanent("it is no attachment: found %s", found)
	}
	if escaped := bytes.TrimSpace(p.body); bytes.HasPrefix(escaped, []byte("<tt>")) && !bytes.HasSuffix(escaped, []byte("</tt>")) {
		return errCut
	}
	return nil
}

// count notes what came of one attachment; the error says when to stop.
func (p *parts) count(t part, got page, fe *FetchError) error {
	p.tally.mu.Lock()
	s := &p.stats
	stop := false
	switch {
	case fe == nil:
		s.Bytes += int64(len(got.body))
		if t.old != nil && got.sameAs(t.old) {
			s.Unchanged++
		} else {
			s.Fetched++
		}
		p.note.Had = true
	case fe.gone():
		s.Gone++
		p.barren++
		p.late.add(latePart{URL: t.url, Group: t.group, Sent: t.sent, Asked: p.now()})
	case strings.Contains(fe.reason(), tooBigSign):
		s.TooBig++
	case errors.Is(fe, errDisallowed):
		s.Refused++
	default:
		s.FailedTotal++
		if len(s.Failed) < maxFailures {
			s.Failed = append(s.Failed, Failure{URL: fe.URL, Status: fe.Status, Reason: fe.reason()})
		}
		p.partial, stop = true, true
		if t.old == nil {
			p.due++
		}
	}
	p.tally.mu.Unlock()
	if stop {
		return p.streak.add(fe)
	}
	p.streak.end()
	return nil
}
