package index

import (
	"cmp"
	"container/heap"
	"fmt"
	"strconv"
	"strings"

	bleveindex "github.com/blevesearch/bleve_index_api"

	"github.com/bxsearch/bxsearch/archive"
)

// defaultLimit is how many hits a Request with no Limit gets.
const defaultLimit = 20

// checkEvery is how many words or postings are looked at between two looks at
// the context.
const checkEvery = 512

// candidate is a match with what it is ordered by. when and id are read only
// of those whose score may get them among the hits.
type candidate struct {
	doc   uint64
	score float64
	first bool // of its thread; looked at by relevance only
	when  uint64
	id    string
}

// collector keeps the best matches of one search.
type collector struct {
	*snapshot
	when   *columnCursor
	order  Sort
	limit  int
	after  *candidate
	but    map[uint64]struct{} // matches that are no hits
	worst  []candidate         // a heap, the worst of the best on top
	total  uint64
	starts *termPostings // first messages of threads; nil for none
	near   *nearness     // of the query's words; nil for none
	facets *facetCounter // nil for none
}

// take takes the matches of a window.
func (c *collector) take(w *window, m matcher, set *docSet) error {
	n := set.count()
	c.total += uint64(n)
	w.spent += n
	if c.facets != nil {
		for i := range set.all() {
			c.facets.count(w.first + uint64(i))
		}
	}
	if c.order != ByRelevance {
		return c.considerAll(w, set, nil)
	}
	scores := w.take()
	defer w.give(scores)
	m.score(w, set, scores)
	return c.considerAll(w, set, scores)
}

// considerAll takes matches of a window among the hits. Without scores, all are
// alike.
func (c *collector) considerAll(w *window, set *docSet, scores *scores) error {
	for i := range set.all() {
		doc := w.first + uint64(i)
		if _, ok := c.but[doc]; ok {
			continue
		}
		x := candidate{doc: doc}
		if scores != nil {
			x.score = scores[i]
		}
		if err := c.consider(x); err != nil {
			return err
		}
	}
	return nil
}

// consider takes a match among the hits if it is good enough.
func (c *collector) consider(x candidate) error {
	full := len(c.worst) == c.limit
	if c.near != nil && (!full || x.score+c.near.most >= c.worst[0].score) {
		bonus, err := c.near.bonus(c.snapshot, x.doc)
		if err != nil {
			return err
		}
		x.score += bonus
	}
	if full && x.score < c.worst[0].score || c.after != nil && x.score > c.after.score {
		return nil
	}
	x.when, x.first = c.when.when(x.doc), c.starter(x)
	if full && c.compare(x, c.worst[0], false) > 0 {
		return nil
	}
	var err error
	if x.id, err = c.reader.ExternalID(bleveindex.NewIndexInternalID(nil, x.doc)); err != nil {
		return err
	}
	if c.after != nil && c.compare(x, *c.after, true) <= 0 {
		return nil
	}
	c.keep(x)
	return nil
}

// keep keeps a match that may be among the best.
func (c *collector) keep(x candidate) {
	heap.Push(c, x)
	if len(c.worst) > c.limit {
		heap.Pop(c)
	}
}

// compare orders two matches, the better one first. It is a total order when
// IDs are compared too.
func (c *collector) compare(a, b candidate, ids bool) int {
	byDate := cmp.Compare(b.when, a.when)
	if c.order == ByDateAsc {
		byDate = -byDate
	}
	byID := 0
	if ids {
		byID = cmp.Compare(a.id, b.id)
	}
	byPlace := 0
	if a.first != b.first {
		byPlace = 1
		if a.first {
			byPlace = -1
		}
	}
	return cmp.Or(cmp.Compare(b.score, a.score), byPlace, byDate, byID)
}

// starter tells whether a match is the first of its thread, if that matters.
func (c *collector) starter(x candidate) bool {
	return c.starts != nil && x.score != 0 && c.starts.find(c.snapshot, x.doc) != nil
}

// Len, Less, Swap, Push and Pop make the collector a heap.
func (c *collector) Len() int           { return len(c.worst) }
func (c *collector) Less(i, j int) bool { return c.compare(c.worst[i], c.worst[j], true) > 0 }
func (c *collector) Swap(i, j int)      { c.worst[i], c.worst[j] = c.worst[j], c.worst[i] }
func (c *collector) Push(x any)         { c.worst = append(c.worst, x.(candidate)) }
func (c *collector) Pop() any {
	last := c.worst[len(c.worst)-1]
	c.worst = c.worst[:len(c.worst)-1]
	return last
}

// complete finds out of a match what it is ordered by, as consider does of one
// that is good enough.
func (c *collector) complete(x *candidate) error {
	if c.order != ByRelevance {
		x.score = 0
	}
	if c.near != nil {
		bonus, err := c.near.bonus(c.snapshot, x.doc)
		if err != nil {
			return err
		}
		x.score += bonus
	}
	x.when, x.first = c.when.when(x.doc), c.starter(*x)
	var err error
	x.id, err = c.reader.ExternalID(bleveindex.NewIndexInternalID(nil, x.doc))
	return err
}

// best empties the collector, best first.
func (c *collector) best() []candidate {
	out := make([]candidate, len(c.worst))
	for i := len(out) - 1; i >= 0; i-- {
		out[i] = heap.Pop(c).(candidate)
	}
	return out
}

func (x candidate) hit() Hit {
	return Hit{ID: archive.ID(x.id), Score: x.score, SortKey: x.key(), doc: x.doc}
}

// key is the hit's place in the order, for Request.After.
func (x candidate) key() []string {
	return []string{strconv.FormatFloat(x.score, 'g', -1, 64), strconv.FormatBool(x.first), fmt.Sprintf("%010x", x.when), x.id}
}

// parseAfter reads a hit's SortKey back.
func parseAfter(key []string) (*candidate, error) {
	if len(key) == 0 {
		return nil, nil
	}
	if len(key) != 4 {
		return nil, fmt.Errorf("index: %q is not the SortKey of a hit", strings.Join(key, " "))
	}
	score, err := strconv.ParseFloat(key[0], 64)
	first, ferr := strconv.ParseBool(key[1])
	when, werr := strconv.ParseUint(key[2], 16, 64)
	if err != nil || ferr != nil || werr != nil {
		return nil, fmt.Errorf("index: %q is not the SortKey of a hit", strings.Join(key, " "))
	}
	return &candidate{score: score, first: first, when: when, id: key[3]}, nil
}
