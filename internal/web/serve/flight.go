package serve

import (
	"context"
	"sync"
)

// flights are the answers under way, by their key. Who asks for the same waits for
// the first one's answer, since a hundred readers of one page would else search a
// hundred times whenever something is new.
type flights struct {
	mu    sync.Mutex
	byKey map[string]chan struct{}
}

// lead returns what ends a flight for who is the first; for others it waits until
// the first one has landed, and returns nil.
func (f *flights) lead(ctx context.Context, key string) (land func()) {
	f.mu.Lock()
	landed, under := f.byKey[key]
	if !under {
		landed = make(chan struct{})
		if f.byKey == nil {
			f.byKey = map[string]chan struct{}{}
		}
		f.byKey[key] = landed
	}
	f.mu.Unlock()
	if under {
		select {
		case <-landed:
		case <-ctx.Done():
		}
		return nil
	}
	return sync.OnceFunc(func() {
		f.mu.Lock()
		delete(f.byKey, key)
		f.mu.Unlock()
		close(landed)
	})
}
