package archive

import (
	"cmp"
	"database/sql"
	"errors"
	"maps"
	"slices"
)

// subjectWindow is how far back, in seconds, a reply that names nobody looks
// for the message that it answers.
const subjectWindow = 180 * 86400

// node is a message's place among the threads.
type node struct {
	n      int64
	id     key
	src    int64
	date   int64
	seq    int64
	parent key // zero without one; may be missing
	thread key
	ties   *ties
}

// position is a message's place in the order of its subject.
type position struct {
	subject, date int64
	id            key
}

// threading keeps threads in line with the messages while these change. What
// has to be looked at again: the messages that changed, those that name a
// message or page that came or went, and the next of the same subject. What
// may have to move: these, and all below them.
type threading struct {
	s      *storing
	nodes  map[key]*node // live messages met, nil for what is not held
	look   map[key]bool  // messages to find a parent for
	links  map[int64]bool
	places []position
}

func newThreading(s *storing) threading {
	return threading{s: s, nodes: make(map[key]*node), look: make(map[key]bool), links: make(map[int64]bool)}
}

// named notes that the message with this ID came, went or changed.
func (h *threading) named(id key) { h.links[id.link()] = true }

// moved notes that a page holds another message than before.
func (h *threading) moved(url string) {
	if url != "" {
		h.links[pageLink(h.s.l.id, url)] = true
	}
}

// displaced notes the place of a message that leaves it.
func (h *threading) displaced(subject, date int64, id key) {
	if subject != 0 {
		h.places = append(h.places, position{subject, date, id})
	}
}

// forget notes that a message is no longer held. What hangs on it hangs loose.
func (h *threading) forget(id key) {
	h.nodes[id] = nil
	h.look[id] = true
	h.named(id)
}

// placed notes a message that is new, back or changed.
func (h *threading) placed(n int64, id key, date int64, t *ties, old *messageRow) error {
	d := &node{n: n, id: id, date: date, seq: h.s.seq, ties: t}
	if old != nil && !old.gone {
		stored, err := h.load(id)
		if err != nil {
			return err
		}
		d.parent, d.thread = stored.parent, stored.thread
	}
	h.nodes[id] = d
	h.look[id] = true
	h.displaced(t.subject, date, id)
	for _, l := range t.links(h.s.l.id) {
		if err := h.s.t.exec(`INSERT OR IGNORE INTO link VALUES (?, ?)`, l, n); err != nil {
			return err
		}
	}
	return nil
}

// thread finds the parents and threads of all that is to be looked at.
func (h *threading) thread() error {
	if err := h.widen(); err != nil {
		return err
	}
	before := make(map[*node][2]key)
	for _, id := range slices.SortedFunc(maps.Keys(h.look), key.compare) {
		d, err := h.load(id)
		if err != nil {
			return err
		}
		if d == nil {
			continue
		}
		before[d] = [2]key{d.parent, d.thread}
		if d.parent, err = h.parentOf(d); err != nil {
			return err
		}
	}
	below, err := h.below()
	if err != nil {
		return err
	}
	roots, err := h.roots(below)
	if err != nil {
		return err
	}
	for _, d := range below {
		was, looked := before[d]
		if !looked {
			was = [2]key{d.parent, d.thread}
		}
		if d.thread = roots[d.id]; was == [2]key{d.parent, d.thread} {
			continue
		}
		if err := h.save(d); err != nil {
			return err
		}
	}
	return nil
}

// widen adds the messages that the changes concern to those to be looked at.
func (h *threading) widen() error {
	linked, err := h.linked(slices.Collect(maps.Keys(h.links)))
	if err != nil {
		return err
	}
	for _, p := range h.places {
		next, err := h.ids(`SELECT id FROM message WHERE subject = ? AND gone IS NULL AND (date, id) > (?, ?) ORDER BY date, id LIMIT 1`,
			p.subject, p.date, p.id[:])
		if err != nil {
			return err
		}
		linked = append(linked, next...)
	}
	for _, id := range linked {
		h.look[id] = true
	}
	return nil
}

func (h *threading) ids(q string, args ...any) ([]key, error) {
	rows, err := h.s.t.query(q, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []key
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		out = append(out, keyOf(id))
	}
	return out, rows.Err()
}

// load returns a live message's node, nil if there is none.
func (h *threading) load(id key) (*node, error) {
	if d, ok := h.nodes[id]; ok {
		return d, nil
	}
	d := &node{id: id}
	var parent, thread []byte
	err := h.s.t.queryRow(`SELECT n, src, date, seq, parent, thread FROM message WHERE id = ? AND gone IS NULL`, id[:]).
		Scan(&d.n, &d.src, &d.date, &d.seq, &parent, &thread)
	if errors.Is(err, sql.ErrNoRows) {
		d, err = nil, nil
	} else if err != nil {
		return nil, err
	} else {
		d.parent, d.thread = keyOf(parent), keyOf(thread)
	}
	h.nodes[id] = d
	return d, nil
}

// parentOf follows docs/format.md, Threads.
func (h *threading) parentOf(d *node) (key, error) {
	if d.ties == nil {
		var err error
		if d.ties, err = h.s.tiesOfSource(d.src); err != nil {
			return key{}, err
		}
	}
	for _, ref := range d.ties.refs {
		if p, err := h.load(ref); err != nil || p != nil && ref != d.id {
			return ref, err
		}
	}
	if d.ties.page != "" {
		if p, err := h.onPage(d.ties.page, d.id); err != nil || p != (key{}) {
			return p, err
		}
	}
	if d.ties.named && d.ties.missing != d.id {
		return d.ties.missing, nil
	}
	if !d.ties.reply || d.ties.subject == 0 {
		return key{}, nil
	}
	ids, err := h.ids(`SELECT id FROM message WHERE subject = ? AND gone IS NULL AND (date, id) < (?, ?) AND date >= ?
		ORDER BY date DESC, id DESC LIMIT 1`, d.ties.subject, d.date, d.id[:], d.date-subjectWindow)
	if err != nil || len(ids) == 0 {
		return key{}, err
	}
	return ids[0], nil
}

// onPage returns the earliest message that a page holds, other than self.
func (h *threading) onPage(url string, self key) (key, error) {
	ids, err := h.ids(`SELECT coalesce(s.msg, s.base) FROM page p JOIN source s ON s.page = p.id WHERE p.url = ? AND p.list = ?`,
		url, h.s.l.id)
	if err != nil {
		return key{}, err
	}
	var first *node
	for _, id := range ids {
		d, err := h.load(id)
		if err != nil {
			return key{}, err
		}
		if d != nil && id != self && (first == nil || compareNodes(d, first) < 0) {
			first = d
		}
	}
	if first == nil {
		return key{}, nil
	}
	return first.id, nil
}

func compareNodes(a, b *node) int { return cmp.Or(cmp.Compare(a.date, b.date), a.id.compare(b.id)) }
