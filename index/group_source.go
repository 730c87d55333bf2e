package index

import (
	"context"
	"slices"
)

// matchGroups are the groups of the matches in a snapshot.
type matchGroups struct {
	*snapshot
	ctx     context.Context
	request *Request
	copies  *copyFinder
	threads *threadReader
	members map[uint64][]uint64 // by a hash of the thread
}

func (s *snapshot) openGroups(ctx context.Context, r *Request) (*matchGroups, error) {
	g := &matchGroups{snapshot: s, ctx: ctx, request: r, members: map[uint64][]uint64{}}
	var err error
	if r.Group == GroupThread {
		g.threads, err = s.openThreads()
	} else {
		g.copies = s.openCopies(ctx)
	}
	return g, err
}

func (g *matchGroups) groups(found []candidate) ([][]uint64, error) {
	out := make([][]uint64, len(found))
	for i, x := range found {
		var err error
		if out[i], err = g.group(x.doc); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (g *matchGroups) group(doc uint64) ([]uint64, error) {
	if g.copies != nil {
		return g.copies.all(doc)
	}
	thread, hash, err := g.threads.read(doc)
	if err != nil || thread == "" {
		return []uint64{doc}, err
	}
	if all, ok := g.members[hash]; ok {
		return all, nil
	}
	p, err := g.openTerm(g.ctx, FieldThread, thread, false)
	if err != nil {
		return nil, err
	}
	all := p.members(g.snapshot, maxMembers)
	g.members[hash] = all
	return all, nil
}

func (g *matchGroups) together(a, b uint64) (bool, error) {
	if g.copies == nil {
		return true, nil
	}
	copies, err := g.copies.of(a)
	_, ok := slices.BinarySearch(copies, b)
	return ok, err
}

// judge searches once more, and looks at some documents only.
func (g *matchGroups) judge(docs []uint64) (matches []candidate, err error) {
	run, err := g.start(g.ctx, g.request)
	if err != nil {
		return nil, err
	}
	err = g.only(g.ctx, docs, run.matcher, func(w *window, set *docSet) error {
		scores := w.take()
		defer w.give(scores)
		run.matcher.score(w, set, scores)
		for i := range set.all() {
			x := candidate{doc: w.first + uint64(i), score: scores[i]}
			if err := run.collector.complete(&x); err != nil {
				return err
			}
			matches = append(matches, x)
		}
		return nil
	})
	return matches, err
}

func (g *matchGroups) next(limit int, after *candidate, but map[uint64]struct{}) ([]candidate, error) {
	run, err := g.start(g.ctx, g.request)
	if err != nil {
		return nil, err
	}
	run.collector.limit, run.collector.after, run.collector.but = limit, after, but
	return run.collect(g.ctx)
}
