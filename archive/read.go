package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
)

// messageColumns is what scanMessage reads.
const messageColumns = `SELECT m.id, m.base, m.pages, m.seq, m.gone, m.parent, m.thread, l.name, l.url, p.url, s.frame, s.at, s.size
	FROM message m JOIN list l ON l.id = m.list LEFT JOIN source s ON s.id = m.src LEFT JOIN page p ON p.id = s.page `

const messageByID = messageColumns + `WHERE m.id = ?`

// message reads the record at a spot out of its frame, unless that could not
// be had.
func (s spot) message(records []byte, err error) (*Message, error) {
	if err != nil {
		return nil, err
	}
	record, err := s.cut(records)
	if err != nil {
		return nil, err
	}
	return readRecord(record)
}

// stored is a message as read, with what Changes needs beside it.
type stored struct {
	m    *Message
	seq  uint64
	gone sql.NullString
}

// scanMessage reads one row, and the rest from q, which has to be the state of
// the archive that the row is of. Its error is a *DamagedError when only this
// message cannot be read.
func (a *Archive) scanMessage(q querier, r scanner) (stored, error) {
	var out stored
	var l listRow
	var id, base, parent, thread []byte
	var seq, pages int64
	var url sql.NullString
	var frame, at, size sql.NullInt64
	if err := r.Scan(&id, &base, &pages, &seq, &out.gone, &parent, &thread, &l.name, &l.url, &url, &frame, &at, &size); err != nil {
		return out, err
	}
	out.seq = uint64(seq)
	out.m = &Message{ID: keyOf(id).id(), List: l.name}
	if out.gone.Valid {
		return out, nil
	}
	records, err := a.frame(q, frame.Int64)
	if err != nil && !errors.Is(err, errFrame) {
		return out, err
	}
	m, err := spot{frame.Int64, at.Int64, size.Int64}.message(records, err)
	if err != nil {
		return out, &DamagedError{What: "message", Name: string(out.m.ID), Err: err}
	}
	m.ID, m.List, m.Thread = out.m.ID, l.name, keyOf(thread).id()
	if parent != nil {
		m.Parent = keyOf(parent).id()
	}
	if m.Base = m.ID; base != nil {
		m.Base = keyOf(base).id()
	}
	m.URL, m.URLs = l.absolute(url.String), []string{}
	if m.URL != "" {
		m.URLs = append(m.URLs, m.URL)
	}
	if m.References == nil {
		m.References = []string{}
	}
	if m.Attachments == nil {
		m.Attachments = []Attachment{}
	}
	for i := range m.Attachments {
		m.Attachments[i].URL = l.absolute(m.Attachments[i].URL)
	}
	out.m = m
	if pages > 1 {
		m.URLs, err = pagesOf(q, l, id, base)
	}
	return out, err
}

// pagesOf returns all URLs of a message that has several sources.
func pagesOf(q querier, l listRow, id, base []byte) ([]string, error) {
	if base == nil {
		base = id
	}
	return scanAll(context.Background(), q, func(r *sql.Rows) (string, error) {
		var u string
		err := r.Scan(&u)
		return l.absolute(u), err
	}, `SELECT DISTINCT p.url FROM source s JOIN page p ON p.id = s.page WHERE s.base = ? AND coalesce(s.msg, s.base) = ? ORDER BY p.url`,
		base, id)
}

// Message returns one message, by the ID that it has or once had; ErrNotFound
// if it is not held, or was deleted.
func (a *Archive) Message(ctx context.Context, id ID) (*Message, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	k, ok := parseID(id)
	if !ok {
		return nil, fmt.Errorf("message %q: no such ID: %w", id, ErrNotFound)
	}
	var s stored
	err := a.read.snapshot(ctx, func(q querier) (err error) {
		if s, err = a.scanMessage(q, q.queryRow(messageByID, k[:])); err != nil || !s.gone.Valid {
			return err
		}
		if k, err = today(q, k); err == nil {
			s, err = a.scanMessage(q, q.queryRow(messageByID, k[:]))
		}
		return err
	}, messageByID, frameByID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, fmt.Errorf("message %s: %w", id, ErrNotFound)
	case err != nil:
		return nil, explain(err)
	case s.gone.Valid:
		return nil, fmt.Errorf("message %s: deleted: %s: %w", id, s.gone.String, ErrNotFound)
	}
	return s.m, nil
}

// Find returns the messages that ref names: by the ID that one has or once had,
// by the URL of a page, or by Message-ID with or without angle brackets. Several lists may hold the same
// Message-ID. The result is empty if there is none.
func (a *Archive) Find(ctx context.Context, ref string) ([]ID, error) {
	ref = strings.TrimSpace(ref)
	lists, err := scanAll(ctx, a.read, func(r *sql.Rows) (l listRow, err error) {
		return l, r.Scan(&l.id, &l.name, &l.url)
	}, `SELECT id, name, url FROM list ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("find %q: %w", ref, err)
	}
	var out []ID
	collect := func(q string, args ...any) error {
		ids, err := scanAll(ctx, a.read, func(r *sql.Rows) (ID, error) {
			var id []byte
			err := r.Scan(&id)
			return keyOf(id).id(), err
		}, q, args...)
		out = append(out, ids...)
		return err
	}
	if k, ok := parseID(ID(ref)); ok {
		if k, err = today(a.read, k); err != nil {
			return nil, fmt.Errorf("find %q: %w", ref, explain(err))
		}
		err = collect(`SELECT id FROM message WHERE id = ? AND gone IS NULL`, k[:])
	}
	mid := strings.TrimSuffix(strings.TrimPrefix(ref, "<"), ">")
	for _, l := range lists {
		if err == nil && len(out) == 0 {
			base := midKey(l.name, mid)
			err = collect(`SELECT id FROM message WHERE (id = ?1 OR base = ?1) AND gone IS NULL ORDER BY date, id`, base[:])
		}
	}
	if err == nil && len(out) == 0 {
		page, _, _ := strings.Cut(ref, "#")
		l, lerr := listOfURL(a.read, page)
		if err = lerr; err == nil {
			err = collect(`SELECT DISTINCT m.id FROM page p JOIN source s ON s.page = p.id JOIN message m ON m.id = coalesce(s.msg, s.base)
				WHERE p.url = ? AND p.list = ? AND m.gone IS NULL ORDER BY m.date, m.id`, l.relative(page), l.id)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("find %q: %w", ref, err)
	}
	return out, nil
}
