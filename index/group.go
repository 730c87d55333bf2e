package index

import (
	"context"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
)

// Group tells which matches stand behind others instead of being hits.
type Group string

// The groups. A match stands behind another one of its group that ranks better,
// so a group's best match is the hit, and names the others in Hit.Folded.
const (
	GroupNone   Group = ""       // every match is a hit
	GroupCopy   Group = "copy"   // messages that say the same: cross-posts, articles posted again
	GroupThread Group = "thread" // messages of one thread
)

// maxMembers bounds the messages of a thread that are looked at.
const maxMembers = 10_000

// grouper folds hits. Whether a match is a hit depends on the query and the
// index alone, and not on the page: it is looked up who else is of its group,
// and which of them match and rank better. So pages need not know of each other.
type grouper struct {
	*snapshot
	ctx     context.Context
	request *Request
	copies  *copyFinder
	threads *threadReader
	members map[uint64][]uint64   // by a hash of the thread
	matches map[uint64]*candidate // of those that were looked at; nil for what does not match
	folded  map[uint64]struct{}   // documents that stand behind others
	rank    func(a, b candidate) int
}

func (s *snapshot) openGrouper(ctx context.Context, r *Request) (*grouper, error) {
	rank := &collector{order: r.Sort}
	g := &grouper{
		snapshot: s, ctx: ctx, request: r, members: map[uint64][]uint64{}, matches: map[uint64]*candidate{}, folded: map[uint64]struct{}{},
		rank: func(a, b candidate) int { return rank.compare(a, b, true) },
	}
	var err error
	if r.Group == GroupThread {
		g.threads, err = s.openThreads()
	} else {
		g.copies = s.openCopies(ctx)
	}
	return g, err
}

// group returns all documents that a hit may stand before or behind, with
// itself: those of its group, and of theirs.
func (g *grouper) group(doc uint64) ([]uint64, error) {
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

// together tells whether one of two documents of a group stands behind the
// other. Copies of a copy need not be copies.
func (g *grouper) together(a, b uint64) (bool, error) {
	if g.copies == nil {
		return true, nil
	}
	copies, err := g.copies.of(a)
	_, ok := slices.BinarySearch(copies, b)
	return ok, err
}

// fold takes the next matches, best first, and returns those that are hits.
func (g *grouper) fold(found []candidate) ([]Hit, error) {
	groups := make([][]uint64, len(found))
	var ask []uint64
	for i, x := range found {
		x := x
		g.matches[x.doc] = &x
		all, err := g.group(x.doc)
		if err != nil {
			return nil, err
		}
		if groups[i] = all; len(all) > 1 {
			ask = append(ask, all...)
		}
	}
	if err := g.judge(ask); err != nil {
		return nil, err
	}
	var hits []Hit
	for i, x := range found {
		if _, ok := g.folded[x.doc]; ok {
			continue
		}
		behind, first, err := g.behind(x, groups[i])
		if err != nil {
			return nil, err
		}
		if first {
			h := x.hit()
			h.Folded = behind
			hits = append(hits, h)
		}
	}
	return hits, nil
}

// behind returns what stands behind a match, best first; or that it stands
// behind another one itself.
func (g *grouper) behind(x candidate, group []uint64) (ids []archive.ID, first bool, err error) {
	var all []candidate
	for _, doc := range group {
		if m := g.matches[doc]; m != nil {
			all = append(all, *m)
		}
	}
	slices.SortFunc(all, g.rank)
	head := make([]uint64, len(all)) // of each, the hit that it stands behind
	for i, m := range all {
		head[i] = m.doc
		for k := range i {
			ok, err := g.together(m.doc, all[k].doc)
			if err != nil {
				return nil, false, err
			}
			if ok {
				head[i] = head[k]
				g.folded[m.doc] = struct{}{}
				break
			}
		}
		switch {
		case m.doc == x.doc && head[i] != x.doc:
			return nil, false, nil
		case m.doc != x.doc && head[i] == x.doc:
			ids = append(ids, archive.ID(m.id))
		}
	}
	return ids, true, nil
}

// judge finds out which documents match, and how they rank: it searches once
// more, and looks at those only.
func (g *grouper) judge(docs []uint64) error {
	slices.Sort(docs)
	docs = slices.DeleteFunc(slices.Compact(docs), func(doc uint64) bool { _, ok := g.matches[doc]; return ok })
	if len(docs) == 0 {
		return nil
	}
	run, err := g.start(g.ctx, g.request)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		g.matches[doc] = nil
	}
	return g.only(g.ctx, docs, run.matcher, func(w *window, set *docSet) error {
		scores := w.take()
		defer w.give(scores)
		run.matcher.score(w, set, scores)
		for i := range set.all() {
			x := candidate{doc: w.first + uint64(i), score: scores[i]}
			if err := run.collector.complete(&x); err != nil {
				return err
			}
			g.matches[x.doc] = &x
		}
		return nil
	})
}
