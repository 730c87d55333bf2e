package crawler

import (
	"sync"
	"time"
)

// tally counts for Stats and for the display of progress. Its methods may be
// called from many goroutines; events go out one at a time.
type tally struct {
	fetch  *fetcher
	report func(Event)

	mu    sync.Mutex
	stats Stats
	at    Event // the counters of the latest event
}

func newTally(f *fetcher, report func(Event)) *tally {
	t := &tally{fetch: f, report: report}
	f.wait = func(d time.Duration, reason string) {
		t.emit(func(e *Event) { e.Kind, e.Wait, e.Reason = EventWait, d, reason })
	}
	return t
}

// emit changes the counters and sends an event with what set adds to them.
func (t *tally) emit(set func(*Event)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.Requests = int(t.fetch.requests.Load())
	e := t.at
	set(&e)
	t.report(e)
}

// count changes the statistics.
func (t *tally) count(change func(*Stats)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.stats)
}

// begin names the list and says how many periods there are.
func (t *tally) begin(list, url string, periods int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.List, t.stats.URL, t.stats.PeriodsTotal = list, url, periods
	t.at.List, t.at.PeriodsTotal = list, periods
}

// read says that a period lists so many pages, of which some are held already.
func (t *tally) read(listed, held int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.PeriodsRead++
	t.at.Known += listed
	t.at.Done += held
}

// page says that a message page is stored or given up.
func (t *tally) page() {
	t.mu.Lock()
	t.at.Done++
	t.mu.Unlock()
	t.emit(func(e *Event) { e.Kind = EventPage })
}

// period says that a period is finished.
func (t *tally) period(name string, listed, fresh, failed int) {
	t.mu.Lock()
	t.at.PeriodsDone++
	t.mu.Unlock()
	t.emit(func(e *Event) {
		e.Kind, e.Period, e.Listed, e.New, e.Failed = EventPeriod, name, listed, fresh, failed
	})
}

// settled says that a period needs no look and lists so many pages.
func (t *tally) settled(listed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.PeriodsDone++
	t.at.PeriodsRead++
	t.at.Known += listed
	t.at.Done += listed
}

// unsettled takes settled back.
func (t *tally) unsettled(listed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.at.PeriodsDone--
	t.at.PeriodsRead--
	t.at.Known -= listed
	t.at.Done -= listed
}

func (t *tally) fail(e *FetchError) {
	t.count(func(s *Stats) {
		s.FailedTotal++
		if len(s.Failed) < maxFailures {
			s.Failed = append(s.Failed, Failure{URL: e.URL, Status: e.Status, Reason: e.reason()})
		}
	})
}

func (t *tally) warn(text string) {
	t.count(func(s *Stats) { s.Warnings = append(s.Warnings, text) })
}

func (t *tally) final() Stats {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stats.Requests = int(t.fetch.requests.Load())
	t.stats.Retries = int(t.fetch.retries.Load())
	return t.stats
}

// attachment says that an attachment is stored or given up.
func (t *tally) attachment() {
	t.mu.Lock()
	t.at.Done++
	t.mu.Unlock()
	t.emit(func(e *Event) { e.Kind = EventAttachment })
}
