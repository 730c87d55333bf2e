// Package pace lets many pieces of work share a machine, so that long ones do
// not hold up short ones.
//
//	ctx, leave := pacer.Enter(ctx)
//	defer leave()
//	...
//	if err := pace.Spend(ctx, 512); err != nil { // as often as 512 units are done
//		return err
//	}
//
// A pass, from Enter to leave, tells of its work by Spend, in units of its own:
// for a search, postings read. As long as it has spent little it never waits.
// One that has spent more waits in Spend while more passes are at work than there
// are cores, and goes on before those that have spent more than it. So whatever
// else is asked for, a short search runs as if the long ones were not there; and
// of the long ones, the shorter end first.
//
// Hold is for what takes much memory: together, passes hold no more than a bound.
//
// What a pass has spent is counted, not timed: a busy machine makes nobody
// wait who would not wait on an idle one.
package pace

import (
	"context"
	"math/bits"
	"runtime"
	"slices"
	"sync"
)

// Limits are the settings of New. The zero value has the defaults.
type Limits struct {
	Cores  int   // passes at work at once beyond which long ones wait; 0 means GOMAXPROCS
	Free   int   // units that a pass may spend before it is a long one; 0 means 100,000
	Memory int64 // bytes that passes may hold together; 0 means 64 MiB
}

// The defaults.
const (
	defaultFree   = 100_000
	defaultMemory = 64 << 20
)

// Pacer says who goes on. A nil Pacer lets everybody. Its methods may be called
// at the same time.
type Pacer struct {
	limits Limits

	mu      sync.Mutex
	working int     // passes that do not wait
	held    int64   // bytes
	waiting []*pass // the first come first
}

// pass is one piece of work. Only Pacer.mu guards what others look at.
type pass struct {
	pacer *Pacer
	spent int

	level int           // how long it is: one more for each doubling of what it has spent
	holds int64         // bytes
	wants int64         // bytes, while it waits for them
	turn  chan struct{} // closed when it may go on
}

// New returns a Pacer.
func New(l Limits) *Pacer {
	if l.Cores <= 0 {
		l.Cores = runtime.GOMAXPROCS(0)
	}
	if l.Free <= 0 {
		l.Free = defaultFree
	}
	if l.Memory <= 0 {
		l.Memory = defaultMemory
	}
	return &Pacer{limits: l}
}

type key struct{}

// Enter begins a pass, which Spend and Hold find in the context. It does not
// wait. leave ends the pass, and is called once.
func (p *Pacer) Enter(ctx context.Context) (_ context.Context, leave func()) {
	if p == nil {
		return ctx, func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.working++
	t := &pass{pacer: p}
	return context.WithValue(ctx, key{}, t), t.leave
}

// Join begins a second pass for the work of a context's pass, if there is a core
// that nobody uses. The second has spent as much as the first.
func Join(ctx context.Context) (_ context.Context, leave func(), ok bool) {
	t, ok := ctx.Value(key{}).(*pass)
	if !ok {
		return nil, nil, false
	}
	p := t.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.working >= p.limits.Cores {
		return nil, nil, false
	}
	p.working++
	second := &pass{pacer: p, spent: t.spent}
	return context.WithValue(ctx, key{}, second), second.leave, true
}

// Waiting is how many passes wait.
func (p *Pacer) Waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.waiting)
}

func (t *pass) leave() {
	p := t.pacer
	p.mu.Lock()
	defer p.mu.Unlock()
	p.working--
	p.held -= t.holds
	p.wake()
}

// Spend tells that the pass of a context has done so many units of work, and
// waits while others are to go first. Its error is the context's. A context
// without a pass never waits.
func Spend(ctx context.Context, units int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t, ok := ctx.Value(key{}).(*pass)
	if !ok {
		return nil
	}
	if t.spent += units; t.spent < t.pacer.limits.Free {
		return nil
	}
	return t.wait(ctx, 0)
}

// Hold tells that the pass of a context is about to take so many bytes, all in
// all, and keeps them until it leaves. It waits while others hold too much; for
// an eighth of the bound or less it never waits. One pass alone may have more
// than the bound.
func Hold(ctx context.Context, size int64) error {
	t, ok := ctx.Value(key{}).(*pass)
	if !ok || size <= t.holds || size <= t.pacer.limits.Memory/8 {
		return ctx.Err()
	}
	return t.wait(ctx, size-t.holds)
}

// wait lets others go first, and returns when it is the pass's turn and the
// bytes that it wants are free. Who holds some already is not made to wait for
// more: two of those could wait for each other.
func (t *pass) wait(ctx context.Context, wants int64) error {
	p := t.pacer
	p.mu.Lock()
	t.level = bits.Len(uint(t.spent / p.limits.Free))
	t.wants = wants
	if t.holds > 0 {
		t.take()
	}
	if p.working <= p.limits.Cores && p.fits(t) && !slices.ContainsFunc(p.waiting, func(w *pass) bool { return w.level < t.level && p.fits(w) }) {
		t.take()
		p.mu.Unlock()
		return nil
	}
	t.turn = make(chan struct{})
	p.waiting = append(p.waiting, t)
	p.working--
	p.wake()
	p.mu.Unlock()
	select {
	case <-t.turn:
		return nil
	case <-ctx.Done():
		p.giveUp(t)
		return ctx.Err()
	}
}

// take gives a pass the bytes that it wants.
func (t *pass) take() {
	t.pacer.held += t.wants
	t.holds += t.wants
	t.wants = 0
}

// fits tells whether a pass can have what it wants.
func (p *Pacer) fits(t *pass) bool {
	return t.wants == 0 || p.held == 0 || p.held+t.wants <= p.limits.Memory
}

// wake lets as many go on as there is room for: the shortest first, of equals
// the one that has waited longest.
func (p *Pacer) wake() {
	for p.working < p.limits.Cores {
		next := -1
		for i, w := range p.waiting {
			if p.fits(w) && (next < 0 || w.level < p.waiting[next].level) {
				next = i
			}
		}
		if next < 0 {
			return
		}
		t := p.waiting[next]
		p.waiting = slices.Delete(p.waiting, next, next+1)
		t.take()
		p.working++
		close(t.turn)
	}
}

// giveUp takes a pass back to work that has not been woken, so that it can leave.
func (p *Pacer) giveUp(t *pass) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if i := slices.Index(p.waiting, t); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.working++
	}
}
