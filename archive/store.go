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
	emitted  int           // by the parser
	sources  []source      // each once
	frames   []frame       // new ones, which sources name by -1, -2, …
	old      []*heldSource // what the archive had
	gone     []int64       // frames that no source is in any more
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
	seq   int64           // the last number given
	start int64           // the last number given before
	bases map[key]bool    // whose sources changed
	fresh map[int64]*ties // by source
	added []source        // that were not held before
	lost  []lostID
	// arrived are the messages that were not held before, by row, with where
	// they were counted.
	arrived map[int64]*int
	threading
}

func (a *Archive) newStoring(t *tx, l listRow) (*storing, error) {
	s := &storing{t: t, a: a, l: l, bases: make(map[key]bool), fresh: make(map[int64]*ties), arrived: make(map[int64]*int)}
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
	if err := s.renameLost(g); err != nil {
		return err
	}
	if err := s.thread(); err != nil {
		return err
	}
	s.stats.Groups, s.stats.Messages, s.stats.Problems = 1, g.emitted, len(g.problems)
	return s.closeGroup(g)
}

// replaceSources leaves alone what is as before, so that a group with one new
// page costs one message and the frame that it shares.
func (s *storing) replaceSources(g *parsedGroup) error {
	frames, err := s.insertFrames(g.frames)
	if err != nil {
		return err
	}
	var pages map[string]int64
	if len(g.sources) >= bulkLeast {
		if pages, err = s.groupPages(g.group.id); err != nil {
			return err
		}
	}
	for i := range g.sources {
		n := g.sources[i]
		moved := n.spot.frame < 0
		if moved {
			n.spot.frame = frames[-1-n.spot.frame]
		}
		switch {
		case n.id == 0:
			if n.id, err = s.insertSource(g.group, n, pages); err == nil {
				s.added = append(s.added, n)
			}
		case moved:
			err = s.t.exec(`UPDATE source SET frame = ?, at = ?, size = ? WHERE id = ?`, n.spot.frame, n.spot.at, n.spot.size, n.id)
		}
		if err != nil {
			return err
		}
		s.fresh[n.id] = n.ties
	}
	return s.removeOld(g)
}

func (s *storing) insertFrames(frames []frame) ([]int64, error) {
	ids := make([]int64, len(frames))
	for i, f := range frames {
		var err error
		if ids[i], err = insertFrame(s.t, f); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

func insertFrame(t *tx, f frame) (int64, error) {
	return t.insert(`INSERT INTO frame (size, data) VALUES (?, ?)`, f.size, f.data)
}

// removeOld removes the sources that were not found again, and the frames that
// nobody needs.
func (s *storing) removeOld(g *parsedGroup) error {
	for _, o := range g.old {
		if o.found {
			continue
		}
		s.bases[o.base] = true
		s.moved(o.url)
		if err := s.t.exec(`DELETE FROM source WHERE id = ?`, o.id); err != nil {
			return err
		}
	}
	for _, id := range g.gone {
		if err := s.t.exec(`DELETE FROM frame WHERE id = ?`, id); err != nil {
			return err
		}
	}
	return nil
}

// What scanSource reads: a source without its words.
const (
	sourceColumns = `s.id, g.name, p.url, s.base, s.msg, s.content, s.kin, s.date, s.listed, s.digest`
	sourceTables  = ` FROM source s JOIN grp g ON g.id = s.grp LEFT JOIN page p ON p.id = s.page`
)

func scanSource(r scanner, o *source, more ...any) error {
	var url sql.NullString
	var base, msg sql.RawBytes
	err := r.Scan(append([]any{&o.id, &o.group, &url, &base, &msg, &o.content, &o.kin, &o.date, &o.listed, &o.digest}, more...)...)
	o.url, o.base, o.msg = url.String, keyOf(base), keyOf(msg)
	return err
}

// storedSources reads sources without their words.
func (s *storing) storedSources(where string, arg any) ([]source, error) {
	rows, err := s.t.query(`SELECT `+sourceColumns+sourceTables+` `+where, arg)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []source
	for rows.Next() {
		var o source
		if err := scanSource(rows, &o); err != nil {
			return nil, err
		}
		out = append(out, o)
	}
	return out, rows.Err()
}

// pageID finds or makes the row of a URL that a message calls its own.
func (s *storing) pageID(g groupRow, url string) (int64, error) {
	if url == "" {
		return 0, nil
	}
	id, err := s.t.insert(`INSERT INTO page (list, grp, kind, url) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		s.l.id, g.id, string(RawMessage), url)
	if errors.Is(err, errNotInserted) {
		err = s.t.queryRow(`SELECT id FROM page WHERE url = ? AND list = ?`, url, s.l.id).Scan(&id)
	}
	return id, err
}

func (s *storing) insertSource(g groupRow, n source, pages map[string]int64) (int64, error) {
	s.bases[n.base] = true
	id := pages[n.url]
	if id == 0 {
		var err error
		if id, err = s.pageID(g, n.url); err != nil {
			return 0, err
		}
	}
	var page any
	if id != 0 {
		page = id
	}
	return s.t.insert(`INSERT INTO source (grp, page, base, content, kin, date, listed, digest, frame, at, size)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, g.id, page, n.base[:], n.content, n.kin, n.date, oneIf(n.listed), n.digest,
		n.spot.frame, n.spot.at, n.spot.size)
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
