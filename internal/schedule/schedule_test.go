package schedule

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"
)

// bench is a schedule on a clock that a test moves.
type bench struct {
	t     *testing.T
	clock *Clock
	runs  chan time.Time
	next  chan time.Time // told at the start, and after each run
	stop  context.CancelFunc
	ended chan error
}

func start(t *testing.T, at string, adapt func(*Config)) *bench {
	t.Helper()
	now, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t.Fatal(err)
	}
	times, err := Parse([]string{"15 3 * * *"}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, clock: NewFakeClock(now), runs: make(chan time.Time), next: make(chan time.Time, 10), ended: make(chan error, 1)}
	cfg := Config{Times: times, Clock: b.clock, Last: now, Rand: func() float64 { return 0.5 },
		Run: func() { b.runs <- b.clock.Now() }, Next: func(at time.Time) { b.next <- at }}
	adapt(&cfg)
	ctx, stop := context.WithCancel(t.Context())
	b.stop = stop
	go func() { b.ended <- Serve(ctx, cfg) }()
	t.Cleanup(b.end)
	<-b.next
	return b
}

func (b *bench) end() {
	b.stop()
	if err := <-b.ended; err != nil {
		b.t.Error(err)
	}
	b.ended <- nil
}

// advance waits for both of the schedule's timers, then moves the clock.
func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	if err := b.clock.Awaited(b.t.Context(), 2); err != nil {
		b.t.Fatal(err)
	}
	b.clock.Advance(d)
}

func (b *bench) wantRun(at string) {
	b.t.Helper()
	if got := (<-b.runs).Format(time.RFC3339); got != at {
		b.t.Errorf("a run at %s, want it at %s", got, at)
	}
	<-b.next
}

func TestRunsEveryNight(t *testing.T) {
	b := start(t, "2021-03-01T12:00:00Z", func(*Config) {})
	b.advance(15*time.Hour + 15*time.Minute)
	b.wantRun("2021-03-02T03:15:00Z")
	b.advance(24 * time.Hour)
	b.wantRun("2021-03-03T03:15:00Z")
}

func TestJitterDelaysARun(t *testing.T) {
	b := start(t, "2021-03-02T03:14:00Z", func(cfg *Config) { cfg.Jitter = 10 * time.Minute })
	b.advance(time.Minute)
	if err := b.clock.Awaited(t.Context(), 3); err != nil { // the jitter's timer too
		t.Fatal(err)
	}
	b.clock.Advance(5 * time.Minute)
	b.wantRun("2021-03-02T03:20:00Z")
}

func TestCatchesUpAtTheStart(t *testing.T) {
	t.Run("after nights without the process", func(t *testing.T) {
		b := start(t, "2021-03-05T12:00:00Z", func(cfg *Config) { cfg.Last = cfg.Last.Add(-48 * time.Hour) })
		b.wantRun("2021-03-05T12:00:00Z")
		b.advance(15*time.Hour + 15*time.Minute) // one run, not one for each night
		b.wantRun("2021-03-06T03:15:00Z")
	})
	t.Run("at the very first", func(t *testing.T) {
		start(t, "2021-03-05T12:00:00Z", func(cfg *Config) { cfg.Last = time.Time{} }).wantRun("2021-03-05T12:00:00Z")
	})
	t.Run("when the clock was wrong", func(t *testing.T) {
		b := start(t, "2021-03-05T12:00:00Z", func(cfg *Config) { cfg.Last = cfg.Last.AddDate(10, 0, 0) })
		b.wantRun("2021-03-05T12:00:00Z")
	})
}

// A machine that sleeps has a wall clock that jumps, and timers that do not
// know of it.
func TestCatchesUpAfterSleep(t *testing.T) {
	b := start(t, "2021-03-01T12:00:00Z", func(*Config) {})
	b.advance(20 * time.Hour)
	b.wantRun("2021-03-02T08:00:00Z")
}

// What is done between runs is done every five minutes, and never beside a run or
// in the place of one that is due.
func TestBetweenRuns(t *testing.T) {
	between, running := make(chan time.Time), atomic.Bool{}
	b := start(t, "2021-03-02T03:00:00Z", func(cfg *Config) {
		run := cfg.Run
		cfg.Run = func() {
			running.Store(true)
			run()
			running.Store(false)
		}
		cfg.Between = func() {
			if running.Load() {
				t.Error("it is done beside a run")
			}
			between <- cfg.Clock.Now()
		}
	})
	<-between // at the start
	b.advance(look)
	if got := <-between; got.Minute() != 5 {
		t.Errorf("it is done at %s", got)
	}
	b.advance(2 * look)
	b.wantRun("2021-03-02T03:15:00Z")
	b.advance(look)
	<-between
}

func TestNoOverlap(t *testing.T) {
	release, began := make(chan struct{}), make(chan struct{}, 10)
	b := start(t, "2021-03-02T03:14:00Z", func(cfg *Config) {
		run := cfg.Run
		cfg.Run = func() {
			began <- struct{}{}
			<-release
			run()
		}
	})
	b.advance(time.Minute)
	<-began
	b.advance(24 * time.Hour) // the next set time comes while the run goes on
	if err := b.clock.Awaited(t.Context(), 2); err != nil {
		t.Fatal(err)
	}
	if len(began) > 0 {
		t.Fatal("two runs at once")
	}
	close(release)
	b.wantRun("2021-03-03T03:15:00Z")
	for { // it is made up for, a minute later at most by its clock
		select {
		case <-b.runs:
			return
		case <-b.next:
		default:
			b.advance(time.Minute)
		}
	}
}

func TestEndWaitsForTheRun(t *testing.T) {
	release, began := make(chan struct{}), make(chan struct{})
	b := start(t, "2021-03-02T03:14:00Z", func(cfg *Config) {
		cfg.Run = func() {
			close(began)
			<-release
		}
	})
	b.advance(time.Minute)
	<-began
	b.stop()
	select {
	case <-b.ended:
		t.Fatal("it did not wait for the run")
	default:
	}
	close(release)
}

func TestTellsTheNextTime(t *testing.T) {
	var told []time.Time
	b := start(t, "2021-03-02T03:14:00Z", func(cfg *Config) {
		next := cfg.Next
		cfg.Next = func(at time.Time) {
			told = append(told, at)
			next(at)
		}
	})
	b.advance(time.Minute)
	b.wantRun("2021-03-02T03:15:00Z")
	want := []time.Time{time.Date(2021, 3, 2, 3, 15, 0, 0, time.UTC), time.Date(2021, 3, 3, 3, 15, 0, 0, time.UTC)}
	if !slices.EqualFunc(told, want, time.Time.Equal) {
		t.Errorf("it told %v, want %v", told, want)
	}
}
