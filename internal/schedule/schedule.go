// Package schedule runs a job at set times, as cron does, and catches up on
// what was missed: because the machine slept, the process was not there, or
// the run before took too long.
//
// Whoever runs the job keeps the moment at which the last run that came to its
// end had begun. A run is due when a set time has passed since then. So
// however the process ends, nothing has to be written in its last moment.
package schedule

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"
)

// look is how often the wall clock is compared with the schedule: timers stand
// still while a machine sleeps.
const look = 5 * time.Minute

// Config says what to run, and when. Times and Run are needed.
type Config struct {
	Times  *Times
	Jitter time.Duration // a run begins up to that much later, at random
	Last   time.Time     // when the last run that ended had begun; zero makes one due at once

	Run   func()          // the job; who wants it to end early tells it so
	Next  func(time.Time) // is told the next set time, at the start and after each run; may be nil
	Pulse func()          // is called every five minutes while all is well; may be nil
	// Between is called every five minutes while no run is under way or due; a run
	// that gets due meanwhile waits for it. May be nil.
	Between func()

	Rand  func() float64 // in [0, 1): math/rand/v2
	Clock *Clock         // the machine's
	Log   *slog.Logger   // discards
}

// server is one Serve.
type server struct {
	Config
	ctx  context.Context
	busy sync.Mutex // held by the tick that runs the job
	last time.Time
}

// Serve runs the job at its times, never two at once, until ctx ends; then it
// waits for a run under way.
func Serve(ctx context.Context, cfg Config) error {
	s := &server{Config: cfg.withDefaults(), ctx: ctx, last: cfg.Last}
	scheduler, err := s.scheduler()
	if err != nil {
		return fmt.Errorf("schedule: %w", err)
	}
	s.Next(s.Times.Next(s.Clock.Now()))
	scheduler.Start()
	<-ctx.Done()
	if err := scheduler.Shutdown(); err != nil {
		s.Log.Debug("the scheduler does not wait for a run under way", "err", err)
	}
	s.busy.Lock()
	defer s.busy.Unlock()
	return nil
}

// scheduler has jobs that do the same: one comes at the set times, the others
// notice those that were missed, at the start and later.
func (s *server) scheduler() (gocron.Scheduler, error) {
	scheduler, err := gocron.NewScheduler(gocron.WithClock(s.Clock.clock), gocron.WithLocation(s.Times.zone))
	if err != nil {
		return nil, err
	}
	watch := func() {
		s.Pulse()
		s.between()
		s.tick()
	}
	looks := func(t time.Time) time.Time { return t.Truncate(look).Add(look) }
	for _, job := range []struct {
		next func(time.Time) time.Time
		task func()
	}{{s.Times.Next, s.tick}, {looks, watch}} {
		_, err := scheduler.NewJob(gocron.CronJob("", false), gocron.NewTask(job.task), gocron.WithCronImplementation(onward{s.Clock, job.next}))
		if err != nil {
			return nil, err
		}
	}
	_, err = scheduler.NewJob(gocron.OneTimeJob(gocron.OneTimeJobStartImmediately()), gocron.NewTask(watch))
	return scheduler, err
}

// tick runs the job if it is due and is not running.
func (s *server) tick() {
	if s.run() {
		s.Next(s.Times.Next(s.Clock.Now()))
	}
}

// between uses the time in which there is no run.
func (s *server) between() {
	if !s.busy.TryLock() {
		return
	}
	defer s.busy.Unlock()
	if s.ctx.Err() == nil && !s.due(s.Clock.Now()) {
		s.Between()
	}
}

// run reports whether there was a run.
func (s *server) run() bool {
	if !s.busy.TryLock() {
		return false
	}
	defer s.busy.Unlock()
	now := s.Clock.Now()
	if s.ctx.Err() != nil || !s.due(now) {
		return false
	}
	if wait := time.Duration(s.Rand() * float64(s.Jitter)); wait > 0 {
		s.Log.Info("a run is due", "begins in", wait.Round(time.Second))
		if s.Clock.sleep(s.ctx, wait) != nil {
			return false
		}
	}
	s.Run()
	s.last = now
	return true
}

// due reports whether a set time has passed since the last run. A last run
// in the future tells of a clock that went wrong.
func (s *server) due(now time.Time) bool {
	return s.last.IsZero() || s.last.After(now) || !s.Times.Next(s.last).After(now)
}

func (cfg Config) withDefaults() Config {
	if cfg.Next == nil {
		cfg.Next = func(time.Time) {}
	}
	if cfg.Pulse == nil {
		cfg.Pulse = func() {}
	}
	if cfg.Between == nil {
		cfg.Between = func() {}
	}
	if cfg.Rand == nil {
		cfg.Rand = rand.Float64
	}
	if cfg.Clock == nil {
		cfg.Clock = machineClock()
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return cfg
}

// onward is what gocron goes by. It answers from now on: gocron itself would ask
// for all times since the last one that it remembers, or since the year 1.
type onward struct {
	clock *Clock
	next  func(time.Time) time.Time
}

// Next implements gocron.Cron.
func (o onward) Next(last time.Time) time.Time {
	if now := o.clock.Now(); now.After(last) {
		last = now
	}
	return o.next(last)
}

// IsValid implements gocron.Cron; Parse has looked at the entries.
func (onward) IsValid(string, *time.Location, time.Time) error { return nil }
