package index

import (
	"maps"
	"slices"
	"strings"
	"sync"
)

// clusterFacts are what a search has to know of an index beforehand: how many
// messages have which terms. They hold for one generation.
type clusterFacts struct {
	generation string
	still      bool     // nothing changes while this is the generation
	docs       uint64   // messages
	langs      []string // languages with stems of their own that some message has

	mu        sync.Mutex
	counts    map[factOf]uint64
	spellings map[spellingOf]string // of values of facets; see various
	dated     []int64               // stretches of time that have messages, see clusterAsker.dated
}

// factOf is a term of a field of OpenSearch's.
type factOf struct{ field, term string }

// maxFacts bounds what is kept: a few megabytes.
const maxFacts = 50_000

// known returns the facts known of some terms; the others are put into missing.
func (f *clusterFacts) known(of factOf, missing map[factOf]bool) uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	n, ok := f.counts[of]
	if !ok {
		missing[of] = true
	}
	return n
}

// learn adds facts.
func (f *clusterFacts) learn(counts map[factOf]uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts = added(f.counts, counts)
}

// added adds to what is kept, which is forgotten where it gets too much.
func added[K comparable, V any](kept, more map[K]V) map[K]V {
	if kept == nil || len(kept)+len(more) > maxFacts {
		kept = map[K]V{}
	}
	maps.Copy(kept, more)
	return kept
}

// inOrderOf lists facts in a fixed order.
func inOrderOf(missing map[factOf]bool) []factOf {
	return slices.SortedFunc(maps.Keys(missing), func(a, b factOf) int {
		if a.field != b.field {
			return strings.Compare(a.field, b.field)
		}
		return strings.Compare(a.term, b.term)
	})
}
