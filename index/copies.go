package index

import (
	"context"
	"slices"
)

// Bounds on the work for one message's copies. Beyond them, copies are hits of
// their own; no hit is lost.
const (
	maxSharing = 10_000 // messages that share a key
	maxCopies  = 1_000  // copies of copies
)

// copyFinder finds the copies of messages by the keys that they share.
type copyFinder struct {
	*snapshot
	ctx    context.Context
	copies map[uint64][]uint64 // by document, sorted
}

func (s *snapshot) openCopies(ctx context.Context) *copyFinder {
	return &copyFinder{snapshot: s, ctx: ctx, copies: map[uint64][]uint64{}}
}

// of returns the copies of a document, without itself.
func (f *copyFinder) of(doc uint64) ([]uint64, error) {
	if found, ok := f.copies[doc]; ok {
		return found, nil
	}
	p := f.columns.print(doc)
	var found []uint64
	for _, key := range p.keys() {
		var err error
		if found, err = f.sharing(found, doc, p, key); err != nil {
			return nil, err
		}
	}
	slices.Sort(found)
	found = slices.Compact(found)
	f.copies[doc] = found
	return found, nil
}

// sharing appends the copies that share a key.
func (f *copyFinder) sharing(found []uint64, doc uint64, p copyPrint, key string) ([]uint64, error) {
	with, err := f.openTerm(f.ctx, fieldCopy, key, false)
	if with == nil || err != nil {
		return found, err
	}
	if with.total < 2 {
		return found, nil
	}
	for _, at := range with.members(f.snapshot, maxSharing) {
		if at != doc && p.same(f.columns.print(at)) {
			found = append(found, at)
		}
	}
	return found, nil
}

// all returns the copies of a document, and the copies of those, and so on.
func (f *copyFinder) all(doc uint64) ([]uint64, error) {
	seen := map[uint64]bool{doc: true}
	for queue := []uint64{doc}; len(queue) > 0 && len(seen) < maxCopies; queue = queue[1:] {
		copies, err := f.of(queue[0])
		if err != nil {
			return nil, err
		}
		for _, c := range copies {
			if !seen[c] {
				seen[c] = true
				queue = append(queue, c)
			}
		}
	}
	out := make([]uint64, 0, len(seen))
	for d := range seen {
		out = append(out, d)
	}
	slices.Sort(out)
	return out, nil
}
