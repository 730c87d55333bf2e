package index

import (
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

// groupSource knows what an engine's matches have in common. Documents are
// numbers, those of the index or others.
type groupSource interface {
	// groups returns for each match all documents that it may stand before or
	// behind, with itself: those of its group, and of theirs.
	groups(found []candidate) ([][]uint64, error)
	// together tells whether one of two documents of a group stands behind the
	// other. Copies of a copy need not be copies.
	together(a, b uint64) (bool, error)
	// judge returns those of some documents that match, with how they rank.
	judge(docs []uint64) ([]candidate, error)
	// next returns the next matches behind one. It may leave some out.
	next(limit int, after *candidate, but map[uint64]struct{}) ([]candidate, error)
}

// grouper folds hits. Whether a match is a hit depends on the query and the
// index alone, and not on the page: it is looked up who else is of its group,
// and which of them match and rank better. So pages need not know of each other.
type grouper struct {
	source  groupSource
	request *Request
	matches map[uint64]*candidate // of those that were looked at; nil for what does not match
	folded  map[uint64]struct{}   // documents that stand behind others
	rank    func(a, b candidate) int
}

func newGrouper(r *Request, source groupSource) *grouper {
	rank := &collector{order: r.Sort}
	return &grouper{
		source: source, request: r, matches: map[uint64]*candidate{}, folded: map[uint64]struct{}{},
		rank: func(a, b candidate) int { return rank.compare(a, b, true) },
	}
}

// firstOfGroups is how many matches to look at first, since some stand behind
// others.
func firstOfGroups(limit int) int { return limit + limit/4 + 4 }

// maxNext bounds the matches that are looked at next at once.
const maxNext = 10_000

// hits makes hits of the matches found, at most limit. Where too many of them
// stand behind others, it goes on looking.
func (g *grouper) hits(limit int, found []candidate) ([]Hit, error) {
	hits := []Hit{}
	for {
		more, err := g.fold(found)
		if err != nil {
			return nil, err
		}
		hits = append(hits, more...)
		if len(found) < limit || len(hits) >= g.request.Limit {
			return hits[:min(len(hits), g.request.Limit)], nil
		}
		last := found[len(found)-1]
		limit = min(4*limit, maxNext)
		if found, err = g.source.next(limit, &last, g.folded); err != nil {
			return nil, err
		}
	}
}

// fold takes the next matches, best first, and returns those that are hits.
func (g *grouper) fold(found []candidate) ([]Hit, error) {
	groups, err := g.source.groups(found)
	if err != nil {
		return nil, err
	}
	var ask []uint64
	for i, x := range found {
		g.matches[x.doc] = &x
		if len(groups[i]) > 1 {
			ask = append(ask, groups[i]...)
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
			ok, err := g.source.together(m.doc, all[k].doc)
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

// judge finds out which documents match, and how they rank.
func (g *grouper) judge(docs []uint64) error {
	slices.Sort(docs)
	docs = slices.DeleteFunc(slices.Compact(docs), func(doc uint64) bool { _, ok := g.matches[doc]; return ok })
	if len(docs) == 0 {
		return nil
	}
	matches, err := g.source.judge(docs)
	if err != nil {
		return err
	}
	for _, doc := range docs {
		g.matches[doc] = nil
	}
	for _, m := range matches {
		g.matches[m.doc] = &m
	}
	return nil
}
