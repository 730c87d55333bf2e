package serve

import (
	"context"
	"sync"
	"time"
)

// states asks for the state of what is served, not more often than makes a
// difference to a reader.
type states struct {
	ask func(context.Context) (string, error)

	mu     sync.Mutex
	value  string
	known  bool
	looked time.Time
}

// now returns the state, and false while it cannot be told: nothing that is
// kept can be trusted then.
func (s *states) now(ctx context.Context) (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.looked) >= stateAge {
		value, err := s.ask(ctx)
		s.value, s.known, s.looked = value, err == nil, time.Now()
	}
	return s.value, s.known
}
