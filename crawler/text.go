package crawler

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// fewPages is how many pages are fetched rather than a packed text file that
// is made at night and lacks them as likely as not (P1).
const fewPages = 2

// byText takes out of todo the pages that the period's text file can stand in
// for. It asks for the file unless the copies held will do.
func (w *walk) byText(ctx context.Context, o *openPeriod, l *listing, todo []pageJob) ([]pageJob, error) {
	owed := o.state.textOwed()
	if w.cfg.Via == ViaPages || len(todo) == 0 && !owed {
		return todo, nil
	}
	urls := w.textURLs(o.period)
	left, holes, err := w.byHeldText(ctx, l, todo, urls)
	before := len(left)
	for i, url := range urls {
		if err != nil || !owed && (len(left) == 0 || i > 0 && len(left) <= fewPages && w.cfg.Via == ViaAuto) {
			break
		}
		var text []byte
		if text, err = w.text(ctx, o, url); text != nil {
			left, holes, err = w.lacking(l, text, left)
			break
		}
	}
	if err != nil {
		return nil, err
	}
	o.fresh += before - len(left)
	w.tally.count(func(s *Stats) {
		s.Joined += before - len(left)
		s.Fallback += len(left)
	})
	if w.cfg.Via == ViaText {
		w.tellHoles(o, urls, holes)
		left = nil
	}
	return left, nil
}

// tellHoles counts a text file as failed that lacks messages which its index
// lists, as one that was cut does, or of which there is none. No pages are fetched
// for them, so the list is not complete.
func (w *walk) tellHoles(o *openPeriod, urls []string, holes int) {
	o.state.Lacking = holes
	if holes == 0 || o.failed > 0 { // what failed is the reason, and told
		return
	}
	o.failed++
	at, reason := o.period.IndexURL, "there is no text file of %s"
	if len(urls) > 0 {
		at, reason = urls[len(urls)-1], "it lacks messages of %s"
	}
	w.tally.fail(&FetchError{URL: at, Status: http.StatusOK,
		Err: fmt.Errorf(reason+": %d that the index lists are not held; --via auto fetches their pages", o.period.Name, holes)})
}

// textURLs lists where the period's text may be, the freshest first.
//
// QUIRK: P1: the packed file is made at night; a plain one stays beside it,
// though the contents page does not link it.
func (w *walk) textURLs(p pipermail.Period) []string {
	if p.TextURL == "" {
		return nil
	}
	linked := w.canonical(p.TextURL)
	plain, packed := strings.CutSuffix(linked, ".gz")
	if packed && (p.End.IsZero() || w.now().Before(p.End.Add(settleTime))) {
		return []string{plain, linked}
	}
	return []string{linked}
}

// byHeldText leaves out of todo what the newest copy held has. holes are as for
// lacking.
func (w *walk) byHeldText(ctx context.Context, l *listing, todo []pageJob, urls []string) (left []pageJob, holes int, err error) {
	var best *held
	for _, url := range urls {
		h, err := w.holding(ctx, url)
		if err != nil {
			return nil, 0, err
		}
		if h != nil && (best == nil || h.raw.Fetched.After(best.raw.Fetched)) {
			best = h
		}
	}
	if best == nil {
		return todo, len(todo), nil
	}
	text, err := pipermail.Unpack(best.body, w.cfg.MaxText)
	if err != nil {
		return todo, len(todo), nil // a damaged copy that was imported: the file is asked for
	}
	return w.lacking(l, text, todo)
}

// text asks for a text file. nil without an error means that the site has
// none, or that this run knows its answer already. A failure that a process
// met which was killed since has to be met again: nobody has counted it.
func (w *walk) text(ctx context.Context, o *openPeriod, url string) ([]byte, error) {
	last, ok, err := w.archive.LastFetch(ctx, url)
	if err != nil || ok && w.inThisRun(last) && last.Err == "" && last.Status < http.StatusBadRequest {
		return nil, err
	}
	old, err := w.holding(ctx, url)
	if err != nil {
		return nil, err
	}
	var text []byte
	p, err := w.obtain(ctx, target{archive.RawText, o.period.Name, url}, old, func(p page) (err error) {
		if text, err = checkText(p, w.cfg.MaxText); err != nil || old == nil {
			return err
		}
		return w.keepLost(ctx, old, text)
	})
	if fe, ok := errors.AsType[*FetchError](err); ok {
		return nil, w.textFailed(o, fe, url == w.canonical(o.period.TextURL))
	}
	if err == nil && text == nil { // not modified
		text, err = pipermail.Unpack(p.body, w.cfg.MaxText)
	}
	w.streak.end()
	o.state.TextTries = 0
	return text, err
}

// keepLost looks for messages that a text file had and has no more. Its older
// copy then stays beside it, under a name of its own, so that they are still
// read. It comes before the new file is recorded: see compare.
//
// QUIRK: P10: a month may shrink when an archive is rebuilt. That is told, and
// nothing is deleted.
func (w *walk) keepLost(ctx context.Context, old *held, text []byte) error {
	was, err := pipermail.Unpack(old.body, w.cfg.MaxText)
	if err != nil {
		return nil // an older copy that says nothing
	}
	lost := pipermail.LostMessages(was, text)
	if lost == 0 {
		return nil
	}
	w.tally.warn(fmt.Sprintf("%s lost %d messages that it had on %s; they are kept", old.raw.URL, lost, old.raw.Fetched.Format(time.DateOnly)))
	copied := old.raw
	copied.URL = fmt.Sprintf("%s%s%s", old.raw.URL, pipermail.OlderCopy, old.raw.Fetched.UTC().Format("20060102T150405Z"))
	_, err = w.archive.PutRaw(ctx, copied, old.body)
	return err
}

// textFailed warns about a text file that cannot be had. Pages take its place. One
// that no page links, and that is not there, is not missed.
func (w *walk) textFailed(o *openPeriod, fe *FetchError, linked bool) error {
	if w.cfg.Via == ViaText && (linked || !fe.gone()) {
		o.failed++
		w.tally.fail(fe)
	} else if !fe.gone() {
		if fe.retryable() {
			o.state.TextTries++
		}
		w.tally.warn(fmt.Sprintf("pages are fetched instead of the text file %s: %s", fe.URL, fe.reason()))
	}
	if fe.gone() || errors.Is(fe, errDisallowed) {
		return nil
	}
	return w.streak.add(fe)
}

// lacking keeps the jobs whose message the text does not hold beyond doubt. holes
// says of how many it has none that could be it: those are nowhere, while the
// words of the others are held, be it without their page's URL.
func (w *walk) lacking(l *listing, text []byte, jobs []pageJob) (left []pageJob, holes int, err error) {
	index := &pipermail.PeriodIndex{Order: orders[0], Declared: len(l.rows), Form: l.form, Rows: l.rows}
	needs, err := pipermail.Needs(index, text)
	reasons := make(map[string]string, len(needs))
	for _, n := range needs {
		reasons[w.canonical(n.URL)] = n.Reason
	}
	for _, j := range jobs {
		reason, needed := reasons[j.url]
		if !needed {
			continue
		}
		left = append(left, j)
		if reason == pipermail.ReasonNoText {
			holes++
		}
	}
	return left, holes, err
}
