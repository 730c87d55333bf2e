package schedule

import (
	"strings"
	"testing"
	"time"
	_ "time/tzdata"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestNext(t *testing.T) {
	tests := []struct {
		name, zone string
		at         []string
		after      string
		want       []string
	}{
		{"every night", "UTC", []string{"15 3 * * *"}, "2021-01-30T12:00:00Z",
			[]string{"2021-01-31T03:15:00Z", "2021-02-01T03:15:00Z"}},
		{"the moment itself is past", "UTC", []string{"15 3 * * *"}, "2021-01-31T03:15:00Z",
			[]string{"2021-02-01T03:15:00Z"}},
		{"several", "UTC", []string{"0 18 * * 1-5", "15 3 * * *"}, "2021-01-29T12:00:00Z",
			[]string{"2021-01-29T18:00:00Z", "2021-01-30T03:15:00Z", "2021-01-31T03:15:00Z", "2021-02-01T03:15:00Z", "2021-02-01T18:00:00Z"}},
		{"clocks put forward over it", "Europe/Berlin", []string{"30 2 * * *"}, "2021-03-27T12:00:00Z",
			[]string{"2021-03-28T01:30:00Z", "2021-03-29T00:30:00Z"}},
		{"clocks put back over it", "Europe/Berlin", []string{"30 2 * * *"}, "2021-10-30T12:00:00Z",
			[]string{"2021-10-31T01:30:00Z", "2021-11-01T01:30:00Z"}},
		{"every quarter of an hour while clocks are put forward", "America/New_York", []string{"*/30 * * * *"}, "2021-03-14T06:30:00Z",
			[]string{"2021-03-14T07:00:00Z", "2021-03-14T07:30:00Z", "2021-03-14T08:00:00Z"}},
		{"half an hour's shift", "Australia/Lord_Howe", []string{"15 2 * * *"}, "2021-10-02T00:00:00Z",
			[]string{"2021-10-02T15:45:00Z", "2021-10-03T15:15:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			times, err := Parse(tt.at, zone(t, tt.zone))
			if err != nil {
				t.Fatal(err)
			}
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				at = times.Next(at)
				if got := at.UTC().Format(time.RFC3339); got != want {
					t.Errorf("next is %s, want %s", got, want)
				}
			}
		})
	}
}

// Whatever the clocks do, a daily time comes once a day, and Next goes on.
func TestNextEveryDayOfTheYearOnce(t *testing.T) {
	for _, name := range []string{"Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Pacific/Apia"} {
		for _, entry := range []string{"0 0 * * *", "30 1 * * *", "30 2 * * *", "59 23 * * *"} {
			loc := zone(t, name)
			times, err := Parse([]string{entry}, loc)
			if err != nil {
				t.Fatal(err)
			}
			at, days := time.Date(2018, 1, 1, 0, 0, 0, 0, loc).Add(-time.Second), 0
			for at = times.Next(at); at.Before(time.Date(2019, 1, 1, 0, 0, 0, 0, loc)); days++ {
				next := times.Next(at)
				if d := next.Sub(at); d < 22*time.Hour || d > 26*time.Hour {
					t.Errorf("%s, %s: %s follows %s", name, entry, next, at)
				}
				at = next
			}
			if days != 365 {
				t.Errorf("%s, %s: %d runs in 365 days", name, entry, days)
			}
		}
	}
}

func TestNoSchedule(t *testing.T) {
	for entry, want := range map[string]string{
		"":                      "is no schedule",
		"03:15":                 "is no schedule",
		"15 3 * *":              "is no schedule",
		"75 3 * * *":            "is no schedule",
		"0 0 30 2 *":            "never comes",
		"@every 5m":             "is no time of day",
		"CRON_TZ=UTC 0 3 * * *": "has an option of its own",
	} {
		if err := Check(entry); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Check(%q) = %v, want an error with %q", entry, err, want)
		}
	}
	if err := Check("@daily"); err != nil {
		t.Error(err)
	}
}
