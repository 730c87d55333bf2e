package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// errEmptied refuses a contents page that lists nothing any more (P19).
var errEmptied = permanent("the contents page lists no periods any more")

// contents returns what the contents page lists: as recorded in this run
// already, or as the site has it now.
func (w *walk) contents(ctx context.Context, folder string) (*pipermail.ListIndex, error) {
	if w.list.Name == "" {
		return w.firstContact(ctx, folder)
	}
	t := target{kind: archive.RawList, url: w.list.URL}
	old, err := w.holding(ctx, t.url)
	if err != nil {
		return nil, err
	}
	var was *pipermail.ListIndex
	if old != nil {
		if was, err = pipermail.ParseListIndex(w.heldPage(t, old)); err != nil {
			return nil, err
		}
	}
	last, ok, err := w.archive.LastFetch(ctx, t.url)
	if err != nil {
		return nil, err
	}
	if ok && was != nil && w.inThisRun(last) && last.Err == "" {
		w.fetch.scope.base = folderOf(finalURL(last.FinalURL, t.url))
		return was, nil
	}
	return w.freshContents(ctx, t, old, was)
}

// firstContact fetches the contents page of a list that the archive does not
// know, and makes it known. Where the site redirects to is where the list is.
func (w *walk) firstContact(ctx context.Context, folder string) (*pipermail.ListIndex, error) {
	var li *pipermail.ListIndex
	p, err := w.fetch.get(ctx, folder, validators{}, func(p page) (err error) {
		li, err = checkContents(p, finalURL(p.final, folder))
		return err
	})
	if err == nil && p.status == http.StatusNotModified {
		err = &FetchError{URL: folder, Status: p.status}
	}
	if err != nil {
		return nil, contentsError(err)
	}
	base := folderOf(finalURL(p.final, folder))
	l, err := w.archive.AddList(ctx, archive.ListInfo{Name: li.Name, URL: base, Title: li.Title})
	if err != nil {
		return nil, err
	}
	if err := w.adopt(ctx, l); err != nil {
		return nil, err
	}
	w.fetch.scope.base = base
	_, err = w.record(ctx, target{kind: archive.RawList, url: base}, p, nil)
	return li, err
}

// freshContents asks for the contents page of a known list.
//
// QUIRK: P19: one that has shrunk is a glitch of the server as a rule. Empty,
// it is refused, and the crawl goes by the copy held. With periods missing it
// is believed, but somebody should look: what was fetched of them stays.
func (w *walk) freshContents(ctx context.Context, t target, old *held, was *pipermail.ListIndex) (*pipermail.ListIndex, error) {
	var li *pipermail.ListIndex
	p, err := w.obtain(ctx, t, old, func(p page) (err error) {
		if li, err = checkContents(p, t.url); err != nil {
			return err
		}
		if was != nil && len(was.Periods) > 0 && len(li.Periods) == 0 {
			return errEmptied
		}
		return nil
	})
	switch {
	case errors.Is(err, errEmptied):
		w.tally.warn(fmt.Sprintf("the contents page %s lists no periods any more, before it listed %d; nothing was deleted", t.url, len(was.Periods)))
		w.fetch.scope.base = w.list.URL
		return was, nil
	case err != nil:
		return nil, contentsError(err)
	}
	if err := w.moveTo(ctx, folderOf(finalURL(p.final, t.url)), li); err != nil {
		return nil, err
	}
	if li == nil || was == nil {
		return firstOf(li, was), nil
	}
	if lost := lostPeriods(was, li); len(lost) > 0 {
		w.tally.warn(fmt.Sprintf("the contents page %s does not list any more: %s; what was fetched of them is kept", t.url, strings.Join(lost, ", ")))
	}
	return li, nil
}

// moveTo makes base the place where the list is today. With another scheme it
// is the list's URL from now on; another folder stays a detour.
func (w *walk) moveTo(ctx context.Context, base string, li *pipermail.ListIndex) error {
	w.fetch.scope.base = base
	if schemeless(base) != schemeless(w.list.URL) {
		return nil
	}
	info := archive.ListInfo{URL: base}
	if li != nil {
		info.Title = li.Title
	}
	var err error
	w.list, err = w.archive.AddList(ctx, info)
	return err
}

// contentsError leaves out who asked: what was found instead says it all.
func contentsError(err error) error {
	if npe, ok := errors.AsType[*pipermail.NotPipermailError](err); ok {
		return npe
	}
	return err
}

func lostPeriods(was, now *pipermail.ListIndex) []string {
	listed := map[string]bool{}
	for _, p := range now.Periods {
		listed[p.Name] = true
	}
	var lost []string
	for _, p := range was.Periods {
		if !listed[p.Name] {
			lost = append(lost, p.Name)
		}
	}
	return lost
}

func (w *walk) heldPage(t target, h *held) pipermail.Page {
	return pipermail.Page{URL: t.url, ContentType: h.raw.ContentType, Body: h.body}
}

func finalURL(final, asked string) string {
	if final != "" {
		return final
	}
	return asked
}

func firstOf(a, b *pipermail.ListIndex) *pipermail.ListIndex {
	if a != nil {
		return a
	}
	return b
}
