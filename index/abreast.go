package index

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// tour is a walk over all windows by several goroutines. Each takes the next
// window that nobody has, so each sees its own in order.
type tour struct {
	*snapshot
	next atomic.Int64
	last int64 // windows
}

// longWalk is from how much work on a search asks for a second core, in
// postings read: far more than it costs to begin there.
const longWalk = 50_000

func newTour(s *snapshot) *tour {
	t := &tour{snapshot: s}
	for i := range s.segs {
		t.last += windowsOf(&s.segs[i])
	}
	return t
}

func windowsOf(v *segmentView) int64 { return (int64(v.docs) + windowDocs - 1) / windowDocs }

// walker goes some of a tour's windows.
type walker struct {
	*tour
	window *window
	taken  int64 // the window it is at
	seg    int
	before int64 // windows of the segments before
}

func (t *tour) walker(ctx context.Context) *walker {
	return &walker{tour: t, window: &window{snapshot: t.snapshot, ctx: ctx}}
}

// step goes to the next window; false at the end.
func (w *walker) step() bool {
	w.taken = w.next.Add(1) - 1
	if w.taken >= w.last {
		return false
	}
	for w.taken-w.before >= windowsOf(&w.segs[w.seg]) {
		w.before += windowsOf(&w.segs[w.seg])
		w.seg++
	}
	w.window.move(w.seg, uint32(w.taken-w.before)*windowDocs)
	return true
}

// long tells that the work is worth a second core, and there is more of it.
func (w *walker) long() bool { return w.window.told >= w.longWalk && w.next.Load()+1 < w.last }

// abreast collects all matches, with as many goroutines as cores have nothing
// else to do. What they find does not depend on how many they are.
func (c *collector) abreast(ctx context.Context, m matcher) error {
	t := newTour(c.snapshot)
	shared, stop := context.WithCancel(ctx)
	defer stop()
	var crew errgroup.Group
	var others []*collector
	var broken atomic.Pointer[any] // a panic: see safely
	work := func(f func() error) {
		crew.Go(func() error {
			defer func() {
				if p := recover(); p != nil {
					broken.Store(&p)
					stop()
				}
			}()
			err := f()
			if err != nil {
				stop()
			}
			return err
		})
	}
	help := func() {
		if beside, leave, ok := pace.Join(shared); ok {
			other, own := c.fork(beside), m.fork()
			others = append(others, other)
			work(func() error {
				defer leave()
				return other.walked(t.walker(beside), own, func() {})
			})
		}
	}
	work(func() error { return c.walked(t.walker(ctx), m, help) })
	err := crew.Wait()
	if p := broken.Load(); p != nil {
		panic(*p)
	}
	for _, other := range others {
		c.join(other)
	}
	return err
}

// walked collects the matches of a walker's windows. It calls for help while
// there is much to do.
func (c *collector) walked(w *walker, m matcher, help func()) error {
	for w.step() {
		err := w.window.visit(m, w.window.live, func(at *window, set *docSet) error { return c.take(at, m, set) })
		if err != nil {
			return err
		}
		if w.long() {
			help()
		}
	}
	return nil
}

// fork returns a collector for another goroutine of the same search.
func (c *collector) fork(ctx context.Context) *collector {
	f := &collector{snapshot: c.snapshot, when: &columnCursor{columnSet: c.columns}, order: c.order, limit: c.limit, after: c.after, but: c.but}
	if c.starts != nil {
		f.starts = c.starts.forked()
	}
	if c.near != nil {
		f.near = c.near.fork(ctx)
	}
	if c.facets != nil {
		f.facets = c.facets.fork()
	}
	return f
}

// join takes what another collector of the same search has found.
func (c *collector) join(other *collector) {
	c.total += other.total
	for _, x := range other.worst {
		c.keep(x)
	}
	if c.facets != nil {
		c.facets.join(other.facets)
	}
}

func (n *nearness) fork(ctx context.Context) *nearness {
	f := &nearness{ctx: ctx, most: n.most}
	for _, w := range n.words {
		own := nearWord{text: w.text, idf: w.idf}
		for _, p := range w.forms {
			own.forms = append(own.forms, p.forked())
		}
		f.words = append(f.words, own)
	}
	return f
}

func (f *facetCounter) fork() *facetCounter {
	own := &facetCounter{columnCursor: columnCursor{columnSet: f.columnSet}, facets: f.facets, columns: f.columns}
	own.room()
	if f.months != nil {
		own.months = newMonths(f.months.loc)
	}
	return own
}

func (f *facetCounter) join(other *facetCounter) {
	for file := range f.counts {
		for _, column := range f.columns {
			for i, n := range other.counts[file][column] {
				f.counts[file][column][i] += n
			}
		}
	}
	if f.months != nil {
		f.months.join(other.months)
	}
}

func (m *months) join(other *months) {
	other.settle()
	m.none += other.none
	for number, n := range other.counts {
		m.counts[number] += n
	}
}
