package schedule

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// Clock is what a schedule goes by.
type Clock struct {
	clock clockwork.Clock
	fake  *clockwork.FakeClock // nil for the machine's
}

func machineClock() *Clock { return &Clock{clock: clockwork.NewRealClock()} }

// NewFakeClock returns a clock for tests, which stands until Advance.
func NewFakeClock(at time.Time) *Clock {
	fake := clockwork.NewFakeClockAt(at)
	return &Clock{clock: fake, fake: fake}
}

// Now is the time on the clock.
func (c *Clock) Now() time.Time { return c.clock.Now() }

// Advance puts a fake clock forward.
func (c *Clock) Advance(d time.Duration) { c.fake.Advance(d) }

// Awaited waits until so many timers wait for a fake clock to advance.
func (c *Clock) Awaited(ctx context.Context, timers int) error {
	return c.fake.BlockUntilContext(ctx, timers)
}

func (c *Clock) sleep(ctx context.Context, d time.Duration) error {
	timer := c.clock.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.Chan():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
