package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
)

// undated is the date of a message without one: the zero time's.
const undated = -62135596800

// AddList makes a list known, or updates its title and its URL's scheme, and
// returns it as it is held. A list is known by its URL, http and https being
// the same; when another host has a list of the same name, the second is
// called "name@host". Without a URL, a list is known by its name; it takes the
// URL of the first list of that name that comes with one.
func (a *Archive) AddList(ctx context.Context, info ListInfo) (ListInfo, error) {
	switch {
	case info.URL == "" && info.Name == "":
		return ListInfo{}, errors.New("add list: it has neither a URL nor a name")
	case info.URL != "" && !strings.HasSuffix(info.URL, "/"):
		info.URL += "/"
	}
	if info.Name == "" {
		info.Name = lastSegment(info.URL)
	}
	var held ListInfo
	err := a.writable(ctx, func(t *tx) error {
		row, err := findList(t, info)
		if errors.Is(err, sql.ErrNoRows) {
			row, err = insertList(t, info)
		} else if err == nil {
			err = updateList(t, row, info)
		}
		if err != nil {
			return err
		}
		held, err = loadList(t, row)
		return err
	})
	if err != nil {
		return ListInfo{}, fmt.Errorf("add list %s: %w", strings.TrimSpace(info.Name+" "+info.URL), err)
	}
	a.lists.Clear()
	return held, nil
}

func lastSegment(u string) string {
	parts := strings.Split(strings.TrimRight(u, "/"), "/")
	return parts[len(parts)-1]
}

// listByURL finds a list by its URL under either scheme.
func listByURL(q querier, u string) (int64, error) {
	var id int64
	err := q.queryRow(`SELECT id FROM list WHERE url IN (?, ?)`, u, otherScheme(u)).Scan(&id)
	return id, err
}

func otherScheme(u string) string {
	if rest, ok := strings.CutPrefix(u, "http://"); ok {
		return "https://" + rest
	}
	if rest, ok := strings.CutPrefix(u, "https://"); ok {
		return "http://" + rest
	}
	return u
}

func insertList(t *tx, info ListInfo) (int64, error) {
	if info.URL == "" {
		info.URL = noURL + info.Name
	}
	host := "elsewhere"
	if u, err := url.Parse(info.URL); err == nil && u.Host != "" {
		host = u.Host
	}
	name := info.Name
	for i := 2; ; i++ {
		var id int64
		err := t.queryRow(`SELECT id FROM list WHERE name = ?`, name).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			break
		} else if err != nil {
			return 0, err
		}
		if name = info.Name + "@" + host; i > 2 {
			name = fmt.Sprintf("%s-%d", name, i-1)
		}
	}
	return t.insert(`INSERT INTO list (name, url, title) VALUES (?, ?, ?)`, name, info.URL, info.Title)
}

func updateList(t *tx, id int64, info ListInfo) error {
	if info.URL == "" {
		return t.exec(`UPDATE list SET title = ? WHERE id = ? AND title = ''`, info.Title, id)
	}
	return t.exec(`UPDATE list SET url = ?2, title = CASE ?3 WHEN '' THEN title ELSE ?3 END WHERE id = ?1
		AND (url <> ?2 OR ?3 NOT IN ('', title))`, id, info.URL, info.Title)
}

// MarkChecked records the end of a complete crawl of a list.
func (a *Archive) MarkChecked(ctx context.Context, list string, at time.Time) error {
	return a.writable(ctx, func(t *tx) error {
		return t.exec(`UPDATE list SET checked = ? WHERE name = ?`, at.UnixNano(), list)
	})
}

// Lists returns all lists, by name.
func (a *Archive) Lists(ctx context.Context) ([]ListInfo, error) {
	ids, err := scanAll(ctx, a.read, func(r *sql.Rows) (id int64, err error) {
		return id, r.Scan(&id)
	}, `SELECT id FROM list ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("lists: %w", err)
	}
	lists := make([]ListInfo, len(ids))
	for i, id := range ids {
		if lists[i], err = loadList(a.read, id); err != nil {
			return nil, fmt.Errorf("lists: %w", explain(err))
		}
	}
	return lists, nil
}

// loadList reads one list with its counts.
func loadList(q querier, id int64) (ListInfo, error) {
	var info ListInfo
	var first, last sql.NullInt64
	var checked int64
	err := q.queryRow(`SELECT name, url, title, checked,
		(SELECT count(*) FROM message WHERE list = ?1 AND gone IS NULL),
		(SELECT min(date) FROM message WHERE list = ?1 AND gone IS NULL AND date > ?2),
		(SELECT max(date) FROM message WHERE list = ?1 AND gone IS NULL AND date > ?2)
		FROM list WHERE id = ?1`, id, undated).Scan(&info.Name, &info.URL, &info.Title, &checked, &info.Messages, &first, &last)
	if first.Valid {
		info.First, info.Last = time.Unix(first.Int64, 0).UTC(), time.Unix(last.Int64, 0).UTC()
	}
	if strings.HasPrefix(info.URL, noURL) {
		info.URL = ""
	}
	if checked != 0 {
		info.Checked = time.Unix(0, checked).UTC()
	}
	return info, err
}

// listRow is what storing needs to know of a list.
type listRow struct {
	id        int64
	name, url string
}

func listByName(q querier, name string) (listRow, error) {
	l := listRow{}
	err := q.queryRow(`SELECT id, name, url FROM list WHERE name = ?`, name).Scan(&l.id, &l.name, &l.url)
	if errors.Is(err, sql.ErrNoRows) {
		return l, fmt.Errorf("list %q: %w", name, ErrNotFound)
	}
	return l, explain(err)
}

// knownList is listByName for those who ask often.
func (a *Archive) knownList(name string) (listRow, error) {
	if l, ok := a.lists.Load(name); ok {
		return l.(listRow), nil
	}
	l, err := listByName(a.read, name)
	if err == nil {
		a.lists.Store(name, l)
	}
	return l, err
}

// relative is a URL as the page table has it: inside the list from "./" on,
// whatever the scheme.
func (l listRow) relative(u string) string {
	for _, base := range []string{l.url, otherScheme(l.url)} {
		if rest, ok := strings.CutPrefix(u, base); ok {
			return "./" + rest
		}
	}
	return u
}

// absolute reverses relative.
func (l listRow) absolute(u string) string {
	if rest, ok := strings.CutPrefix(u, "./"); ok {
		return l.url + rest
	}
	return u
}

// scanAll reads all rows of a query that has few.
func scanAll[T any](ctx context.Context, q querier, scan func(*sql.Rows) (T, error), sql string, args ...any) ([]T, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rows, err := q.query(sql, args...)
	if err != nil {
		return nil, explain(err)
	}
	defer rows.Close()
	var out []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, explain(err)
		}
		out = append(out, v)
	}
	return out, explain(rows.Err())
}
