package archive

import (
	"database/sql"
	"errors"
	"maps"
	"slices"
)

// vanished is why a message goes by itself.
const vanished = "no page holds it any more"

// parsedGroup is what the parser made of one group.
type parsedGroup struct {
	group    groupRow
	sources  []source
	problems []Problem
	evidence string
	version  string
	verdict  string
	err      error
}

// storing is one change of the messages, inside one transaction: sources come
// and go, messages follow, then threads.
type storing struct {
	t     *tx
	a     *Archive
	l     listRow
	stats DeriveStats
	seq   int64            // the last number given
	start int64            // the last number given before
	bases map[key]bool     // whose sources changed
	fresh map[int64]*fresh // by source
	threading
}

func (a *Archive) newStoring(t *tx, l listRow) (*storing, error) {
	s := &storing{t: t, a: a, l: l, bases: make(map[key]bool), fresh: make(map[int64]*fresh)}
	err := t.queryRow(`SELECT coalesce(max(seq), 0) FROM message`).Scan(&s.seq)
	s.start = s.seq
	s.threading = newThreading(s)
	return s, err
}

func (s *storing) nextSeq() int64 {
	s.seq++
	return s.seq
}

// storeGroup replaces what is held of a group by what was parsed.
func (s *storing) storeGroup(g *parsedGroup) error {
	if err := s.replaceSources(g); err != nil {
		return err
	}
	on, err := s.fill(g)
	if err != nil {
		return err
	}
	for _, base := range slices.SortedFunc(maps.Keys(s.bases), key.compare) {
		if err := s.resolve(base, on); err != nil {
			return err
		}
	}
	if err := s.thread(); err != nil {
		return err
	}
	s.stats.Groups, s.stats.Messages, s.stats.Problems = 1, len(g.sources), len(g.problems)
	return s.closeGroup(g)
}

// replaceSources leaves alone what is as before, so that a group with one new
// page costs one message.
func (s *storing) replaceSources(g *parsedGroup) error {
	old, err := s.storedSources(`WHERE s.grp = ?`, g.group.id)
	if err != nil {
		return err
	}
	have := make(map[sourceKey]source, len(old))
	for _, o := range old {
		have[o.sourceKey] = o
	}
	kept := make(map[sourceKey]bool, len(g.sources))
	var pages map[string]int64
	if len(g.sources) >= bulkLeast {
		if pages, err = s.groupPages(g.group.id); err != nil {
			return err
		}
	}
	for i := range g.sources {
		n := &g.sources[i]
		if n.page = pages[n.url]; n.page == 0 {
			if n.page, err = s.pageID(g.group, n.url); err != nil {
				return err
			}
		}
		if kept[n.sourceKey] {
			continue // the same page listed twice
		}
		kept[n.sourceKey] = true
		if o, ok := have[n.sourceKey]; ok {
			n.id = o.id
		} else if err := s.insertSource(g.group.id, n); err != nil {
			return err
		}
		s.fresh[n.id] = n.fresh
	}
	for _, o := range old {
		if kept[o.sourceKey] {
			continue
		}
		s.bases[o.base] = true
		s.moved(o.url)
		if err := s.t.exec(`DELETE FROM source WHERE id = ?`, o.id); err != nil {
			return err
		}
	}
	return nil
}

// storedSources reads sources without their words.
func (s *storing) storedSources(where string, arg any) ([]source, error) {
	rows, err := s.t.query(`SELECT s.id, g.name, p.url, s.page, s.base, s.msg, s.content, s.kin, s.date, s.listed, s.digest
		FROM source s JOIN grp g ON g.id = s.grp LEFT JOIN page p ON p.id = s.page `+where, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []source
	for rows.Next() {
		var o source
		var url sql.NullString
		var page sql.NullInt64
		var base, msg []byte
		if err := rows.Scan(&o.id, &o.group, &url, &page, &base, &msg, &o.content, &o.kin, &o.date, &o.listed, &o.digest); err != nil {
			return nil, err
		}
		o.url, o.page, o.base, o.msg = url.String, page.Int64, keyOf(base), keyOf(msg)
		out = append(out, o)
	}
	return out, rows.Err()
}

// pageID finds or makes the row of a URL that a message calls its own.
func (s *storing) pageID(g groupRow, url string) (int64, error) {
	if url == "" {
		return 0, nil
	}
	var id int64
	err := s.t.queryRow(`SELECT id FROM page WHERE url = ? AND list = ?`, url, s.l.id).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return s.t.insert(`INSERT INTO page (list, grp, kind, url) VALUES (?, ?, ?, ?)`, s.l.id, g.id, string(RawMessage), url)
	}
	return id, err
}

func (s *storing) insertSource(grp int64, n *source) (err error) {
	s.bases[n.base] = true
	var page any
	if n.page != 0 {
		page = n.page
	}
	n.id, err = s.t.insert(`INSERT INTO source (grp, page, base, content, kin, date, listed, digest, dict, data)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, grp, page, n.base[:], n.content, n.kin, n.date, oneIf(n.listed), n.digest,
		n.fresh.dict, n.fresh.data)
	return err
}

func (s *storing) closeGroup(g *parsedGroup) error {
	if err := s.t.exec(`DELETE FROM problem WHERE grp = ?`, g.group.id); err != nil {
		return err
	}
	for i, p := range g.problems {
		if err := s.t.exec(`INSERT INTO problem VALUES (?, ?, ?, ?, ?)`, g.group.id, i, p.URL, p.Kind, p.Detail); err != nil {
			return err
		}
	}
	// What arrived while the group was being parsed keeps it stale.
	return s.t.exec(`UPDATE grp SET version = ?, verdict = ?, evidence = ?, stale = CASE stale WHEN ? THEN 0 ELSE stale END
		WHERE id = ?`, g.version, g.verdict, g.evidence, g.group.stale, g.group.id)
}
