package crawlcli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// gap is a page that is listed and not held, or something on which the index
// pages and the text file do not agree.
type gap struct{ url, reason string }

// listed counts the pages that the held index pages of one list name.
type listed struct {
	archive *archive.Archive
	list    archive.ListInfo

	listed, held int
	gaps         []gap
	differences  []gap
}

// checkListed compares what the index pages of a list name with what is held,
// out of the archive alone.
func checkListed(ctx context.Context, a *archive.Archive, l archive.ListInfo) (*listed, error) {
	c := &listed{archive: a, list: l}
	if l.Mailbox() {
		return c, nil // nothing lists its mails
	}
	page, ok, err := c.page(ctx, l.URL)
	if err != nil {
		return c, err
	}
	if !ok {
		return c, c.miss(ctx, l.URL)
	}
	contents, err := pipermail.ParseListIndex(page)
	if err != nil {
		c.gaps = append(c.gaps, gap{l.URL, err.Error()})
		return c, nil
	}
	for _, p := range contents.Periods {
		if err := c.period(ctx, p); err != nil {
			return c, fmt.Errorf("%s: %w", p.Name, err)
		}
	}
	return c, nil
}

// page returns a page as it is held. A damaged one is as good as none.
func (c *listed) page(ctx context.Context, url string) (pipermail.Page, bool, error) {
	raw, ok, err := c.archive.Held(ctx, url)
	if err != nil || !ok {
		return pipermail.Page{}, false, err
	}
	body, err := c.archive.Body(ctx, raw)
	if errors.Is(err, archive.ErrCorrupt) {
		return pipermail.Page{}, false, nil
	}
	return pipermail.Page{URL: raw.URL, ContentType: raw.ContentType, Body: body}, err == nil, err
}

// period looks for every message that any index page of the period lists: its
// page, or the text file's copy of it under that page's URL.
func (c *listed) period(ctx context.Context, p pipermail.Period) error {
	index, err := c.index(ctx, p)
	if err != nil {
		return err
	}
	if index == nil {
		return c.miss(ctx, p.IndexURL)
	}
	have, err := c.archive.HeldURLs(ctx, c.list.Name, p.Name)
	if err != nil {
		return err
	}
	read, err := c.archive.MessageURLs(ctx, c.list.Name, p.Name)
	if err != nil {
		return err
	}
	unsure, err := c.compareText(ctx, p, index)
	if err != nil {
		return err
	}
	for _, r := range index.Rows {
		c.listed++
		ok := have[r.URL] || read[r.URL]
		if !ok && unsure[r.URL] {
			// Its words are held, under the text file's address, and that is told as a
			// difference; unless the page was wanted and could not be had.
			_, asked, err := c.archive.LastFetch(ctx, r.URL)
			if err != nil {
				return err
			}
			ok = !asked
		}
		if ok {
			c.held++
		} else if err := c.miss(ctx, r.URL); err != nil {
			return err
		}
	}
	return nil
}

// index returns what the index pages of a period list together; nil if none of
// them is held and can be read.
func (c *listed) index(ctx context.Context, p pipermail.Period) (*pipermail.PeriodIndex, error) {
	var all *pipermail.PeriodIndex
	seen := map[string]bool{}
	folder := p.IndexURL[:strings.LastIndexByte(p.IndexURL, '/')+1]
	for _, order := range []string{"thread", "date", "subject", "author"} {
		page, ok, err := c.page(ctx, folder+order+".html")
		if err != nil {
			return nil, err
		}
		if !ok {
			continue
		}
		pi, err := pipermail.ParsePeriodIndex(page)
		if err != nil {
			continue
		}
		if all == nil {
			all = &pipermail.PeriodIndex{Order: pi.Order, Declared: pi.Declared, Form: pi.Form}
		}
		for _, r := range pi.Rows {
			if !seen[r.URL] {
				seen[r.URL] = true
				all.Rows = append(all.Rows, r)
			}
		}
	}
	return all, nil
}

// textReasons says in words why a row has no message of the text file.
var textReasons = map[string]string{
	pipermail.ReasonNoText:    "the text file has no message with its subject and author",
	pipermail.ReasonAmbiguous: "several messages of the text file may be it",
}

// compareText names what only one of index and text file has, and returns the
// pages that several messages of the text file may be.
func (c *listed) compareText(ctx context.Context, p pipermail.Period, index *pipermail.PeriodIndex) (unsure map[string]bool, err error) {
	if p.TextURL == "" {
		return nil, nil
	}
	plain := strings.TrimSuffix(p.TextURL, ".gz")
	var messages []pipermail.TextMessage
	for _, url := range []string{plain, plain + ".gz"} {
		file, ok, err := c.page(ctx, url)
		if err != nil {
			return nil, err
		}
		text, err := pipermail.Unpack(file.Body, 0)
		if !ok || err != nil {
			continue // what is held of it is no better than nothing
		}
		all := slices.Collect(pipermail.TextMessages(text))
		if len(all) > len(messages) {
			messages = all
		}
	}
	if len(messages) == 0 {
		return nil, nil
	}
	unsure = map[string]bool{}
	joined := pipermail.Join(index, messages)
	for _, r := range joined.Rows {
		unsure[index.Rows[r.Index].URL] = r.Reason == pipermail.ReasonAmbiguous
		c.differences = append(c.differences, gap{index.Rows[r.Index].URL, "listed, but " + cmp.Or(textReasons[r.Reason], r.Reason)})
	}
	for _, m := range joined.Texts {
		if m.Reason == pipermail.ReasonNoRow {
			c.differences = append(c.differences, gap{fmt.Sprintf("%s#%d", p.TextURL, messages[m.Index].Number+1), "in the text file, but on no index page"})
		}
	}
	return unsure, nil
}

// miss records that a page is not held, with the reason from the last attempt
// to have it.
func (c *listed) miss(ctx context.Context, url string) error {
	raw, asked, err := c.archive.LastFetch(ctx, url)
	if err != nil {
		return err
	}
	reason := "not asked for yet"
	switch {
	case asked && raw.Err != "":
		reason = raw.Err
	case asked && raw.Status == http.StatusOK:
		reason = "what is held of it is damaged"
	case asked:
		reason = fmt.Sprintf("the server answered %d %s", raw.Status, http.StatusText(raw.Status))
	}
	c.gaps = append(c.gaps, gap{url, reason})
	return nil
}
