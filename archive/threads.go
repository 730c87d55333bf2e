package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
)

// Thread returns the thread of a message, or the one with that ID; ErrNotFound
// if there is neither.
func (a *Archive) Thread(ctx context.Context, id ID) (*Thread, error) {
	k, ok := parseID(id)
	if !ok {
		return nil, fmt.Errorf("thread %q: no such ID: %w", id, ErrNotFound)
	}
	var of []byte
	err := a.read.queryRow(`SELECT thread FROM message WHERE id = ? AND gone IS NULL`, k[:]).Scan(&of)
	if errors.Is(err, sql.ErrNoRows) {
		of = k[:] // perhaps a root that is missing
	} else if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, explain(err))
	}
	nodes, err := a.threadNodes(ctx, of)
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, err)
	}
	if len(nodes) == 0 {
		return nil, fmt.Errorf("thread %s: %w", id, ErrNotFound)
	}
	t := &Thread{ID: keyOf(of).id()}
	for _, p := range readingOrder(nodes, keyOf(of)) {
		m, err := a.Message(ctx, p.id.id())
		if errors.Is(err, ErrNotFound) {
			continue // deleted a moment ago
		} else if err != nil {
			return nil, err
		}
		e := ThreadEntry{Message: m, Depth: p.depth}
		if p.parent != (key{}) {
			e.Parent = p.parent.id()
		}
		t.Messages = append(t.Messages, e)
	}
	return t, nil
}

func (a *Archive) threadNodes(ctx context.Context, thread []byte) ([]*node, error) {
	return scanAll(ctx, a.read, func(r *sql.Rows) (*node, error) {
		d := &node{}
		var id, parent []byte
		err := r.Scan(&id, &d.date, &parent)
		d.id, d.parent = keyOf(id), keyOf(parent)
		return d, err
	}, `SELECT id, date, parent FROM message WHERE thread = ? AND gone IS NULL`, thread)
}

// place is a message's place in the reading order.
type place struct {
	id, parent key
	depth      int
}

// readingOrder puts parents before their replies, siblings by date. The thread's own
// root has no parent here: where there is a circle, that is where it is cut.
func readingOrder(nodes []*node, root key) []place {
	held := make(map[key]bool, len(nodes))
	for _, d := range nodes {
		held[d.id] = true
	}
	slices.SortFunc(nodes, compareNodes)
	children := make(map[key][]*node)
	for _, d := range nodes {
		p := d.parent
		if !held[p] || d.id == root {
			p = key{}
		}
		children[p] = append(children[p], d)
	}
	type step struct {
		*node
		place
	}
	var out []place
	var stack []step
	push := func(parent key, depth int) {
		for _, d := range slices.Backward(children[parent]) {
			stack = append(stack, step{d, place{d.id, parent, depth}})
		}
	}
	push(key{}, 0)
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, top.place)
		push(top.place.id, top.depth+1)
	}
	return out
}
