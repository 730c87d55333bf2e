package archive

import (
	"maps"
	"slices"
)

// below returns what was looked at and all that hangs on it.
func (h *threading) below() ([]*node, error) {
	queue := slices.SortedFunc(maps.Keys(h.look), key.compare)
	var out []*node
	seen := make(map[key]bool, len(queue))
	for _, id := range queue {
		seen[id] = true
	}
	for len(queue) > 0 {
		children, err := h.children(queue)
		if err != nil {
			return nil, err
		}
		var next []key
		for _, id := range queue {
			if d, err := h.load(id); err != nil {
				return nil, err
			} else if d != nil {
				out = append(out, d)
			}
			for _, c := range children[id] {
				if !seen[c] {
					seen[c] = true
					next = append(next, c)
				}
			}
		}
		queue = next
	}
	return out, nil
}

// roots finds the thread of each node. A parent outside of nodes is as stored.
func (h *threading) roots(nodes []*node) (map[key]key, error) {
	inside := make(map[key]*node, len(nodes))
	for _, d := range nodes {
		inside[d.id] = d
	}
	outside := func(id key) (key, error) {
		p, err := h.load(id)
		if err != nil || p == nil {
			return id, err
		}
		return p.thread, nil
	}
	return climb(inside, outside)
}

// climb walks from each node up to its root, each step once; never recursive,
// as strangers decide how deep a thread is. A circle's root is its earliest
// message.
func climb(inside map[key]*node, outside func(key) (key, error)) (map[key]key, error) {
	root := make(map[key]key, len(inside))
	for _, d := range inside {
		var path []*node
		on := make(map[key]int)
		var r key
		for at := d; ; {
			if known, ok := root[at.id]; ok {
				r = known
				break
			}
			if i, ok := on[at.id]; ok {
				r = slices.MinFunc(path[i:], compareNodes).id
				break
			}
			on[at.id] = len(path)
			path = append(path, at)
			if at.parent == (key{}) {
				r = at.id
				break
			}
			next := inside[at.parent]
			if next == nil {
				var err error
				if r, err = outside(at.parent); err != nil {
					return nil, err
				}
				break
			}
			at = next
		}
		for _, p := range path {
			root[p.id] = r
		}
	}
	return root, nil
}

// save writes a node's place, which is another than before. So a message that
// was held before has changed.
func (h *threading) save(d *node) error {
	if d.seq <= h.s.start {
		d.seq = h.s.nextSeq()
		h.s.changed(d.n)
	}
	var parent any
	if d.parent != (key{}) {
		parent = d.parent[:]
	}
	return h.s.t.exec(`UPDATE message SET parent = ?, thread = ?, seq = ? WHERE n = ?`, parent, d.thread[:], d.seq, d.n)
}
