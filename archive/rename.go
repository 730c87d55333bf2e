package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// An ID is made of what is held of a message, so it changes when that grows in
// a way that matters: pages that tell no Message-ID are joined by a text file
// that does, or by pages that give evidence of what theirs mean. Kept, the
// first ID would make the outcome depend on the order of fetching. So the
// message goes under its new ID, and the tombstone of the old one says which.

// lostID is an ID that no message has any more.
type lostID struct {
	*messageRow
	now key // the ID that its message got under the same base; zero if it has to be looked for
}

// lose notes a message whose ID none of the base has now.
func (s *storing) lose(m *messageRow, now []identity) {
	lost := lostID{messageRow: m}
	for _, d := range now {
		for _, src := range d.sources {
			if src.msg == m.id {
				lost.now = d.id
			}
		}
	}
	s.lost = append(s.lost, lost)
}

// ownID is the ID of the source's message.
func (s source) ownID() key {
	if s.msg != (key{}) {
		return s.msg
	}
	return s.base
}

// renameLost finds out under which IDs the messages go now that were lost.
func (s *storing) renameLost(g *parsedGroup) error {
	if len(s.lost) == 0 {
		return nil
	}
	f := newSuccession(g, s.added)
	for _, lost := range s.lost {
		heir, err := s.heir(lost, f)
		if err == nil && heir != nil {
			err = s.rename(lost.messageRow, heir)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *storing) heir(lost lostID, f *succession) (*messageRow, error) {
	now := lost.now
	if now == (key{}) {
		src, ok := f.of(lost.id)
		if !ok {
			return nil, nil
		}
		stored, err := s.storedSources(`WHERE s.id = ?`, src)
		if err != nil || len(stored) == 0 {
			return nil, err
		}
		now = stored[0].ownID()
	}
	all, err := s.messagesBy(`WHERE id = ?`, now[:])
	for _, of := range all {
		return of[now], err
	}
	return nil, err
}

// rename makes the tombstone of an ID point to a message. What a person has
// deleted stays so under the new one.
func (s *storing) rename(old, heir *messageRow) error {
	if err := s.t.exec(`UPDATE message SET src = ? WHERE n = ?`, -heir.n, old.n); err != nil {
		return err
	}
	if counted, ok := s.arrived[heir.n]; ok && !old.barred {
		delete(s.arrived, heir.n)
		s.stats.Deleted--
		if counted == &s.stats.New {
			s.stats.New--
			s.changed(old.n)
		}
	}
	if !old.barred || heir.barred {
		return nil
	}
	var reason string
	if err := s.t.queryRow(`SELECT gone FROM message WHERE n = ?`, old.n).Scan(&reason); err != nil {
		return err
	}
	return s.bury(heir, reason, true)
}

// succession tells which new source of a group took the place of an old one.
type succession struct {
	gone   map[key][]source // by their message
	onPage map[string][]source
	saying map[int64][]source
}

func newSuccession(g *parsedGroup, added []source) *succession {
	f := &succession{gone: map[key][]source{}, onPage: map[string][]source{}, saying: map[int64][]source{}}
	for _, o := range g.old {
		if !o.found {
			f.gone[o.ownID()] = append(f.gone[o.ownID()], o.source)
		}
	}
	for _, n := range added {
		f.onPage[n.url] = append(f.onPage[n.url], n)
		f.saying[n.content] = append(f.saying[n.content], n)
	}
	return f
}

// of finds the source that a message's sources became: on the same page and
// the same mail, else the one with the same words and sender. A page may have
// another mail than before (P10): that one is no successor.
func (f *succession) of(id key) (int64, bool) {
	for _, o := range f.gone[id] {
		for _, n := range f.onPage[o.url] {
			if o.content == n.content || sameKin(o, n) {
				return n.id, true
			}
		}
	}
	for _, o := range f.gone[id] {
		if same := f.saying[o.content]; len(same) == 1 && same[0].kin == o.kin {
			return same[0].id, true
		}
	}
	return 0, false
}

// Rename is an ID that a message had, and the one that it has now.
type Rename struct{ Was, Now ID }

// Renames returns the IDs that were given up for others since a sequence number,
// so that who keeps what it knows of a message by its ID does not take it for
// another one. A message that is deleted under its new ID is among them too.
func (a *Archive) Renames(ctx context.Context, after uint64) ([]Rename, error) {
	was, err := scanAll(ctx, a.read, func(r *sql.Rows) (k key, err error) {
		var id []byte
		err = r.Scan(&id)
		return keyOf(id), err
	}, `SELECT id FROM message WHERE seq > ? AND gone IS NOT NULL AND src < 0 ORDER BY seq`, int64(after))
	if err != nil {
		return nil, fmt.Errorf("renamed messages: %w", explain(err))
	}
	renames := make([]Rename, 0, len(was))
	for _, k := range was {
		now, err := today(a.read, k)
		if err != nil {
			return nil, fmt.Errorf("renamed messages: %w", explain(err))
		}
		renames = append(renames, Rename{Was: k.id(), Now: now.id()})
	}
	return renames, nil
}

// maxRenames bounds how far an ID is followed.
const maxRenames = 16

// today returns the ID under which a message goes that once had this one.
func today(q querier, id key) (key, error) {
	for range maxRenames {
		var now []byte
		err := q.queryRow(`SELECT h.id FROM message m JOIN message h ON h.n = -m.src WHERE m.id = ? AND m.gone IS NOT NULL`, id[:]).Scan(&now)
		if errors.Is(err, sql.ErrNoRows) {
			return id, nil
		} else if err != nil {
			return id, err
		}
		id = keyOf(now)
	}
	return id, nil
}
