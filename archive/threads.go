package archive

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Place is where a message stands in its thread.
type Place struct {
	ID     ID
	Parent ID // empty for a root, and where the parent is not held
	Depth  int
	Date   time.Time // UTC; zero if unknown
}

// Outline is a thread without its messages, in the order of Thread.Messages.
type Outline struct {
	ID     ID
	Places []Place
}

// Outline returns the thread of a message, or the one with that ID, as Thread
// does. It reads no message, so that a page of a long thread costs little.
func (a *Archive) Outline(ctx context.Context, id ID) (*Outline, error) {
	k, ok := parseID(id)
	if !ok {
		return nil, fmt.Errorf("thread %q: no such ID: %w", id, ErrNotFound)
	}
	k, err := today(a.read, k)
	if err != nil {
		return nil, fmt.Errorf("thread %s: %w", id, explain(err))
	}
	var of []byte
	err = a.read.queryRow(`SELECT thread FROM message WHERE id = ? AND gone IS NULL`, k[:]).Scan(&of)
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
	return &Outline{keyOf(of).id(), readingOrder(nodes, keyOf(of))}, nil
}

// Thread returns the thread of a message, or the one with that ID; ErrNotFound
// if there is neither.
func (a *Archive) Thread(ctx context.Context, id ID) (*Thread, error) {
	o, err := a.Outline(ctx, id)
	if err != nil {
		return nil, err
	}
	t := &Thread{ID: o.ID}
	for _, p := range o.Places {
		m, err := a.Message(ctx, p.ID)
		if errors.Is(err, ErrNotFound) {
			continue // deleted a moment ago
		} else if err != nil {
			return nil, err
		}
		t.Messages = append(t.Messages, ThreadEntry{Message: m, Parent: p.Parent, Depth: p.Depth})
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

// Arrange makes the outline of a thread from its messages, whose places need ID,
// Parent and Date alone: for who keeps messages elsewhere, and wants them in the
// order that Outline gives.
func Arrange(thread ID, places []Place) (*Outline, error) {
	root, ok := parseID(thread)
	if !ok {
		return nil, fmt.Errorf("thread %q: no such ID: %w", thread, ErrNotFound)
	}
	nodes := make([]*node, 0, len(places))
	for _, p := range places {
		id, ok := parseID(p.ID)
		if !ok {
			return nil, fmt.Errorf("thread %s: message %q: no such ID", thread, p.ID)
		}
		d := &node{id: id, date: undated}
		d.parent, _ = parseID(p.Parent) // or none
		if !p.Date.IsZero() {
			d.date = p.Date.Unix()
		}
		nodes = append(nodes, d)
	}
	return &Outline{thread, readingOrder(nodes, root)}, nil
}

// readingOrder puts parents before their replies, siblings by date. The thread's own
// root has no parent here: where there is a circle, that is where it is cut.
func readingOrder(nodes []*node, root key) []Place {
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
		Place
	}
	out := make([]Place, 0, len(nodes))
	var stack []step
	push := func(parent key, above ID, depth int) {
		for _, d := range slices.Backward(children[parent]) {
			p := Place{ID: d.id.id(), Parent: above, Depth: depth}
			if d.date != undated {
				p.Date = time.Unix(d.date, 0).UTC()
			}
			stack = append(stack, step{d, p})
		}
	}
	push(key{}, "", 0)
	for len(stack) > 0 {
		top := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		out = append(out, top.Place)
		push(top.node.id, top.Place.ID, top.Depth+1)
	}
	return out
}
