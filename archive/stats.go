package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
)

// Stats counts what an archive holds.
type Stats struct {
	Bytes int64       `json:"bytes"` // of the file
	Lists []ListStats `json:"lists"`
}

// ListStats counts what is held of one list.
type ListStats struct {
	List     ListInfo    `json:"list"`
	Raws     int         `json:"raws"`     // requests on record
	Bodies   int64       `json:"bodies"`   // bytes fetched, each distinct body of a page once
	Pages    int         `json:"pages"`    // URLs of which a body is held, attachments apart
	Deleted  int         `json:"deleted"`  // messages
	Problems int         `json:"problems"` // of the last parse
	Failures map[int]int `json:"failures"` // URLs whose last answer was no success, by status, attachments apart; 0 is no answer
	Stale    int         `json:"stale"`    // groups with pages not yet parsed

	Attachments AttachmentStats `json:"attachments"`
	Evidence    Evidence        `json:"-"` // of all groups; its meaning is the parser's
}

// AttachmentStats counts what is known of the scrubbed parts of a list's
// messages that were asked for.
type AttachmentStats struct {
	Held   int            `json:"held"`
	Gone   int            `json:"gone"`   // the server does not have them, or does not give them
	Failed map[string]int `json:"failed"` // by the reason why nothing is held
}

// Stats counts what the archive holds. It reads every record of a request, so
// it takes about a second for a million.
func (a *Archive) Stats(ctx context.Context) (Stats, error) {
	var s Stats
	lists, err := a.Lists(ctx)
	if err != nil {
		return s, err
	}
	err = a.read.queryRow(`SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&s.Bytes)
	if err != nil {
		return s, fmt.Errorf("stats: %w", explain(err))
	}
	for _, info := range lists {
		l := ListStats{List: info, Failures: make(map[int]int)}
		if err := a.countList(ctx, &l); err != nil {
			return s, fmt.Errorf("stats of %s: %w", info.Name, explain(err))
		}
		s.Lists = append(s.Lists, l)
	}
	return s, nil
}

func (a *Archive) countList(ctx context.Context, l *ListStats) error {
	row, err := listByName(a.read, l.List.Name)
	if err != nil {
		return err
	}
	err = a.read.queryRow(`SELECT
		(SELECT count(*) FROM raw JOIN page p ON p.id = raw.page WHERE p.list = ?1),
		(SELECT coalesce(sum(b.size), 0) FROM (SELECT DISTINCT raw.page, raw.blob FROM raw JOIN page p ON p.id = raw.page
			WHERE p.list = ?1) r JOIN blob b ON b.id = r.blob),
		(SELECT count(held) FROM page WHERE list = ?1 AND kind <> 'attachment'),
		(SELECT count(*) FROM message WHERE list = ?1 AND gone IS NOT NULL),
		(SELECT count(*) FROM problem JOIN grp ON grp.id = problem.grp WHERE grp.list = ?1),
		(SELECT count(*) FROM grp WHERE list = ?1 AND stale AND name <> '')`, row.id).
		Scan(&l.Raws, &l.Bodies, &l.Pages, &l.Deleted, &l.Problems, &l.Stale)
	if err != nil {
		return err
	}
	_, err = scanAll(ctx, a.read, func(r *sql.Rows) (struct{}, error) {
		var status, n int
		err := r.Scan(&status, &n)
		l.Failures[status] = n
		return struct{}{}, err
	}, `SELECT r.status, count(*) FROM page p JOIN raw r ON r.seq = p.last
		WHERE p.list = ? AND p.kind <> 'attachment' AND (r.status NOT BETWEEN 200 AND 399 OR r.err IS NOT NULL) GROUP BY r.status`, row.id)
	if err != nil {
		return err
	}
	if l.Evidence, err = a.evidenceOf(ctx, row.id); err != nil {
		return err
	}
	return a.countAttachments(ctx, row.id, &l.Attachments)
}

func (a *Archive) countAttachments(ctx context.Context, list int64, s *AttachmentStats) error {
	s.Failed = map[string]int{}
	_, err := scanAll(ctx, a.read, func(r *sql.Rows) (struct{}, error) {
		var held bool
		var status, n int
		var reason string
		err := r.Scan(&held, &status, &reason, &n)
		switch {
		case held:
			s.Held += n
		case status == 403 || status == 404 || status == 410:
			s.Gone += n
		default:
			s.Failed[reason] += n
		}
		return struct{}{}, err
	}, `SELECT p.held IS NOT NULL, r.status, coalesce(r.err, ''), count(*) FROM page p JOIN raw r ON r.seq = p.last
		WHERE p.list = ? AND p.kind = 'attachment' GROUP BY 1, 2, 3`, list)
	return err
}

// evidenceOf adds up the evidence of a list's groups.
func (a *Archive) evidenceOf(ctx context.Context, list int64) (Evidence, error) {
	texts, err := scanAll(ctx, a.read, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT evidence FROM grp WHERE list = ? AND evidence IS NOT NULL AND evidence <> ''`, list)
	total := Evidence{}
	for _, text := range texts {
		var e Evidence
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, fmt.Errorf("evidence: %w", err)
		}
		total.add(e)
	}
	return total, err
}

// Problems returns what could not be read in the last parse, by list, period
// and page; of all lists if list is empty.
func (a *Archive) Problems(ctx context.Context, list string) iter.Seq2[Problem, error] {
	scan := func(r *sql.Rows) (Problem, error) {
		var p Problem
		var l listRow
		err := r.Scan(&l.name, &l.url, &p.Group, &p.URL, &p.Kind, &p.Detail)
		p.List, p.URL = l.name, l.absolute(p.URL)
		return p, err
	}
	return stream(ctx, a.read, scan, `SELECT l.name, l.url, g.name, p.url, p.kind, p.detail FROM problem p
		JOIN grp g ON g.id = p.grp JOIN list l ON l.id = g.list WHERE ?1 IN ('', l.name) ORDER BY l.name, g.name, p.n`, list)
}
