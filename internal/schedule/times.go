package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"
)

// Times are moments that come again and again: each of one or more crontab
// entries, on the clocks of one zone.
type Times struct {
	entries []cron.Schedule
	zone    *time.Location
}

// Parse reads crontab entries: minute, hour, day of the month, month, day of
// the week; or @daily and the like. A nil zone is the machine's.
func Parse(entries []string, zone *time.Location) (*Times, error) {
	if zone == nil {
		zone = time.Local
	}
	t := &Times{zone: zone}
	if len(entries) == 0 {
		return nil, errors.New("there is no time to run at")
	}
	for _, entry := range entries {
		s, err := parse(entry)
		if err != nil {
			return nil, err
		}
		t.entries = append(t.entries, s)
	}
	return t, nil
}

// Check says what is wrong with one crontab entry.
func Check(entry string) error {
	_, err := parse(entry)
	return err
}

func parse(entry string) (cron.Schedule, error) {
	const help = `write minute, hour, day, month and day of the week, as in "15 3 * * *" for 03:15 every night`
	// A zone inside an entry would be a second answer to the same question.
	if strings.Contains(entry, "TZ=") {
		return nil, fmt.Errorf("%q has a time zone in it, which has an option of its own", entry)
	}
	if strings.HasPrefix(strings.TrimSpace(entry), "@every") {
		return nil, fmt.Errorf("%q is no time of day: %s", entry, help)
	}
	s, err := cron.ParseStandard(entry)
	if err != nil {
		return nil, fmt.Errorf("%q is no schedule (%w): %s", entry, err, help)
	}
	if s.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q never comes: %s", entry, help)
	}
	return s, nil
}

// Next is the first moment after the given one.
//
// Entries are matched against what clocks on the wall show. So a night in
// which the clocks are put forward over 02:30 has its run, at 03:30, and one
// in which 02:30 comes twice has one run.
func (t *Times) Next(after time.Time) time.Time {
	wall := onWall(after.In(t.zone))
	var first time.Time
	for _, s := range t.entries {
		next := t.instant(s.Next(wall))
		if first.IsZero() || next.Before(first) {
			first = next
		}
	}
	return first
}

// onWall is what a clock shows at t, as if it were in UTC.
func onWall(t time.Time) time.Time {
	_, offset := t.Zone()
	return t.UTC().Add(time.Duration(offset) * time.Second)
}

// instant is when a clock on the wall shows that time: the second time, where
// it does so twice, so that instants are in the order of the walls. In the gap
// where clocks are put forward it is as long after the gap's beginning as it
// says.
func (t *Times) instant(wall time.Time) time.Time {
	at := time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), 0, t.zone)
	if !onWall(at).Equal(wall) {
		return shown(wall, at.Add(-24*time.Hour))
	}
	if again := shown(wall, at.Add(3*time.Hour)); again.After(at) && onWall(again).Equal(wall) {
		return again
	}
	return at
}

// shown is when a clock shows wall that is set as clocks are at another time.
func shown(wall, set time.Time) time.Time {
	_, offset := set.Zone()
	return wall.Add(-time.Duration(offset) * time.Second).In(set.Location())
}
