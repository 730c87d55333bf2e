package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// noURL begins what stands in the place of the URL of a list that is known by
// imported mail alone. It is no URL's prefix, so no page is inside of it.
const noURL = "mailbox:"

// findList returns the row of a list: by its URL, or without one by its name.
// A list that had no URL so far, and has now, is that list.
func findList(t *tx, info ListInfo) (int64, error) {
	var id int64
	if info.URL == "" {
		err := t.queryRow(`SELECT id FROM list WHERE name = ?`, info.Name).Scan(&id)
		return id, err
	}
	id, err := listByURL(t, info.URL)
	if !errors.Is(err, sql.ErrNoRows) {
		return id, err
	}
	err = t.queryRow(`SELECT id FROM list WHERE name = ? AND substr(url, 1, ?) = ?`, info.Name, len(noURL), noURL).Scan(&id)
	if err != nil {
		return 0, err
	}
	return id, settle(t, id, info.URL)
}

// settle gives a list the URL that it did not have. Pages that its mails name
// are inside of it from now on, so all of it is read again.
func settle(t *tx, id int64, url string) error {
	if err := t.exec(`UPDATE list SET url = ? WHERE id = ?`, url, id); err != nil {
		return err
	}
	for _, prefix := range []string{url, otherScheme(url)} {
		err := t.exec(`UPDATE OR IGNORE page SET url = './' || substr(url, ?) WHERE list = ? AND substr(url, 1, ?) = ?`,
			len([]rune(prefix))+1, id, len([]rune(prefix)), prefix)
		if err != nil {
			return err
		}
	}
	return t.exec(`UPDATE grp SET stale = coalesce((SELECT max(seq) FROM raw), 0) WHERE list = ? AND name <> ''`, id)
}

// HeldIn is Held for the URL of a mail, or of a page, of one list: what two
// lists received is two records under one URL.
func (a *Archive) HeldIn(ctx context.Context, list, url string) (Raw, bool, error) {
	if err := ctx.Err(); err != nil {
		return Raw{}, false, err
	}
	l, err := a.knownList(list)
	if err != nil {
		return Raw{}, false, fmt.Errorf("look up %s: %w", url, err)
	}
	r, err := scanRaw(a.read.queryRow(rawColumns+`WHERE r.seq = (SELECT held FROM page WHERE url = ? AND list = ?)`, l.relative(url), l.id))
	if errors.Is(err, sql.ErrNoRows) {
		return Raw{}, false, nil
	} else if err != nil {
		return Raw{}, false, fmt.Errorf("look up %s: %w", url, explain(err))
	}
	return r, true, nil
}

// Mailbox reports whether the list is known by imported mail alone, so that
// there is nothing to crawl.
func (l ListInfo) Mailbox() bool { return strings.TrimSpace(l.URL) == "" }
