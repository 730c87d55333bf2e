package archive

import (
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// messageRow is a message as stored, without its words.
type messageRow struct {
	n, src, pages, date, subject, digest int64
	id                                   key
	gone, barred                         bool
}

// changed counts a change of a message that was there before this process: one
// that it added itself is new, whatever more is found out about it.
func (s *storing) changed(n int64) {
	if n <= s.a.oldest {
		s.stats.Changed++
	}
}

// resolve brings the messages of one base in line with its sources.
func (s *storing) resolve(base key, on shelf) error {
	sources, old, err := s.held(base, on)
	if err != nil {
		return err
	}
	var now []identity
	if len(sources) > 0 {
		now = identify(base, sources)
		for _, d := range now {
			if err := s.upsert(base, d, old[d.id]); err != nil {
				return err
			}
			delete(old, d.id)
		}
	}
	s.named(base)
	for _, id := range slices.SortedFunc(maps.Keys(old), key.compare) {
		m := old[id]
		if !m.gone || m.barred {
			s.lose(m, now)
		}
		if m.gone {
			continue
		}
		s.stats.Deleted++
		if err := s.bury(m, vanished, false); err != nil {
			return err
		}
	}
	return nil
}

func (s *storing) messagesOf(base key) (map[key]*messageRow, error) {
	all, err := s.messagesBy(`WHERE id = ?1 OR base = ?1`, base[:])
	return all[base], err
}

const selectMessage = `SELECT n, id, coalesce(base, id), src, pages, date, coalesce(subject, 0), digest, gone IS NOT NULL, barred FROM message `

// messagesBy reads messages by base and ID.
func (s *storing) messagesBy(where string, arg any) (map[key]map[key]*messageRow, error) {
	rows, err := s.t.query(selectMessage+where, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := make(map[key]map[key]*messageRow)
	for rows.Next() {
		m := &messageRow{}
		var id, base []byte
		if err := rows.Scan(&m.n, &id, &base, &m.src, &m.pages, &m.date, &m.subject, &m.digest, &m.gone, &m.barred); err != nil {
			return nil, err
		}
		m.id = keyOf(id)
		if out[keyOf(base)] == nil {
			out[keyOf(base)] = make(map[key]*messageRow, 1)
		}
		out[keyOf(base)][m.id] = m
	}
	return out, rows.Err()
}

// bury makes a message a tombstone.
func (s *storing) bury(m *messageRow, reason string, barred bool) error {
	s.displaced(m.subject, m.date, m.id)
	s.forget(m.id)
	return s.t.exec(`UPDATE message SET gone = ?, barred = ?, seq = ?, parent = NULL, thread = NULL WHERE n = ?`,
		reason, oneIf(barred), s.nextSeq(), m.n)
}

// upsert writes a message if it is new, changed or back.
func (s *storing) upsert(base key, d identity, old *messageRow) error {
	for _, src := range d.sources {
		s.moved(src.url)
	}
	if err := s.nameSources(base, d); err != nil {
		return err
	}
	digest, pages := d.digest(), int64(len(d.sources))
	if old != nil && (old.barred || !old.gone && old.digest == digest) {
		if old.src == d.best.id && old.pages == pages {
			return nil
		}
		return s.t.exec(`UPDATE message SET src = ?, pages = ? WHERE n = ?`, d.best.id, pages, old.n)
	}
	ties, err := s.tiesOfSource(d.best.id)
	if err != nil {
		return err
	}
	subject := any(nil)
	if ties.subject != 0 {
		subject = ties.subject
	}
	var n int64
	if old == nil {
		s.stats.New++
		var dup any
		if d.id != base {
			dup = base[:]
		}
		n, err = s.t.insert(`INSERT INTO message (id, list, base, src, pages, date, seq, subject, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			d.id[:], s.l.id, dup, d.best.id, pages, d.best.date, s.nextSeq(), subject, digest)
		s.arrived[n] = &s.stats.New
	} else {
		s.changed(old.n)
		if old.gone {
			s.arrived[old.n] = &s.stats.Changed
		}
		s.displaced(old.subject, old.date, d.id)
		n = old.n
		err = s.t.exec(`UPDATE message SET src = ?, pages = ?, date = ?, seq = ?, subject = ?, digest = ?, gone = NULL WHERE n = ?`,
			d.best.id, pages, d.best.date, s.nextSeq(), subject, digest, n)
	}
	if err != nil {
		return err
	}
	return s.placed(n, d.id, d.best.date, ties, old)
}

// nameSources notes the ID of sources whose message is not called as their base.
func (s *storing) nameSources(base key, d identity) error {
	var want key
	var msg any
	if d.id != base {
		want, msg = d.id, d.id[:]
	}
	for _, src := range d.sources {
		if src.msg == want {
			continue
		}
		if err := s.t.exec(`UPDATE source SET msg = ? WHERE id = ?`, msg, src.id); err != nil {
			return err
		}
	}
	return nil
}

// tiesOfSource returns the ties of a source, parsed just now or before.
func (s *storing) tiesOfSource(id int64) (*ties, error) {
	if known := s.fresh[id]; known != nil {
		return known, nil
	}
	var at spot
	if err := s.t.queryRow(`SELECT frame, at, size FROM source WHERE id = ?`, id).Scan(&at.frame, &at.at, &at.size); err != nil {
		return nil, err
	}
	records, err := s.t.frame(s.a, at.frame)
	if err != nil && !errors.Is(err, errFrame) {
		return nil, err
	}
	m, err := at.message(records, err)
	if err != nil {
		return nil, &DamagedError{What: "source", Name: fmt.Sprint(id), Err: err}
	}
	return tiesOf(s.l, m), nil
}

// messageByID returns a live message and its base.
func (s *storing) messageByID(id key) (*messageRow, key, error) {
	var b []byte
	err := s.t.queryRow(`SELECT coalesce(base, id) FROM message WHERE id = ? AND gone IS NULL`, id[:]).Scan(&b)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, key{}, ErrNotFound
	} else if err != nil {
		return nil, key{}, err
	}
	all, err := s.messagesOf(keyOf(b))
	return all[id], keyOf(b), err
}

func listOfMessage(t *tx, id key) (listRow, error) {
	var l listRow
	err := t.queryRow(`SELECT l.id, l.name, l.url FROM message m JOIN list l ON l.id = m.list WHERE m.id = ?`, id[:]).
		Scan(&l.id, &l.name, &l.url)
	if errors.Is(err, sql.ErrNoRows) {
		return l, ErrNotFound
	}
	return l, err
}
