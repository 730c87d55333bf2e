package serve

import (
	"container/list"
	"sync"
)

// lru keeps what was used last, up to a bound on the cost of all.
type lru[V any] struct {
	mu    sync.Mutex
	bound int64
	used  int64
	order list.List // of *kept[V], the latest first
	byKey map[string]*list.Element
}

type kept[V any] struct {
	key   string
	value V
	cost  int64
}

func newLRU[V any](bound int64) *lru[V] {
	return &lru[V]{bound: bound, byKey: map[string]*list.Element{}}
}

func (l *lru[V]) get(key string) (V, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e, ok := l.byKey[key]
	if !ok {
		var none V
		return none, false
	}
	l.order.MoveToFront(e)
	return e.Value.(*kept[V]).value, true
}

// getOr returns what is kept, or keeps what fresh makes.
func (l *lru[V]) getOr(key string, cost int64, fresh func() V) V {
	if v, ok := l.get(key); ok {
		return v
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byKey[key]; ok {
		return e.Value.(*kept[V]).value
	}
	v := fresh()
	l.add(key, v, cost)
	return v
}

// put keeps a value in the place of what was there. What costs more than all
// that may be kept is not.
func (l *lru[V]) put(key string, value V, cost int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e, ok := l.byKey[key]; ok {
		l.remove(e)
	}
	l.add(key, value, cost)
}

func (l *lru[V]) add(key string, value V, cost int64) {
	if cost > l.bound {
		return
	}
	l.byKey[key] = l.order.PushFront(&kept[V]{key, value, cost})
	l.used += cost
	for l.used > l.bound {
		l.remove(l.order.Back())
	}
}

func (l *lru[V]) remove(e *list.Element) {
	k := l.order.Remove(e).(*kept[V])
	delete(l.byKey, k.key)
	l.used -= k.cost
}

// size is the cost of all, and their number.
func (l *lru[V]) size() (used int64, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.used, len(l.byKey)
}
