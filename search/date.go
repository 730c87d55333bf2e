package search

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/index"
)

// dateForm is a year, a month or a day; years have four digits.
var dateForm = regexp.MustCompile(`^([1-9][0-9]{3})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?$`)

const dateHint = "write a year, a month or a day: 2021, 2021-03 or 2021-03-05"

// span is the stretch of time that a date names: [start, end).
type span struct{ start, end time.Time }

// dateRange reads the value of a date field. The message is for people.
func dateRange(field, value string, loc *time.Location) (r index.DateRange, msg string) {
	from, to, two := strings.Cut(value, "..")
	if two && field == fieldDate {
		return between(from, to, loc)
	}
	s, msg := parseDate(value, loc)
	switch {
	case msg != "":
	case field == fieldAfter:
		r.After = s.start
	case field == fieldBefore:
		r.Before = s.start
	default:
		r.After, r.Before = s.start, s.end
	}
	return r, msg
}

// between reads both ends of date:from..to, either of which may be missing.
func between(from, to string, loc *time.Location) (r index.DateRange, msg string) {
	if from == "" && to == "" {
		return r, "this range of dates has no date"
	}
	if from != "" {
		s, msg := parseDate(from, loc)
		if msg != "" {
			return r, msg
		}
		r.After = s.start
	}
	if to != "" {
		s, msg := parseDate(to, loc)
		if msg != "" {
			return r, msg
		}
		r.Before = s.end
	}
	if from != "" && to != "" && !r.After.Before(r.Before) {
		return r, "this range of dates ends before it begins"
	}
	return r, ""
}

// parseDate reads a year, a month, a day, or an instant as RFC 3339 writes it.
func parseDate(s string, loc *time.Location) (span, string) {
	if t, err := time.Parse(time.RFC3339, s); err == nil && t.Nanosecond() == 0 && t.UTC().Year() >= 1000 {
		return span{t.In(loc), t.Add(time.Second).In(loc)}, ""
	}
	m := dateForm.FindStringSubmatch(s)
	if m == nil {
		return span{}, fmt.Sprintf("%q is no date", s)
	}
	year, _ := strconv.Atoi(m[1])
	if m[2] == "" {
		return spanOf(year, 1, 1, loc, [3]int{1, 0, 0}), ""
	}
	month, _ := strconv.Atoi(m[2])
	if month < 1 || month > 12 {
		return span{}, fmt.Sprintf("%s has no month %d", m[1], month)
	}
	if m[3] == "" {
		return spanOf(year, month, 1, loc, [3]int{0, 1, 0}), ""
	}
	day, _ := strconv.Atoi(m[3])
	if last := time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day(); day < 1 || day > last {
		return span{}, fmt.Sprintf("%s %d has no day %d", time.Month(month), year, day)
	}
	return spanOf(year, month, day, loc, [3]int{0, 0, 1}), ""
}

// spanOf returns what begins at a midnight and lasts years, months and days.
func spanOf(y, m, d int, loc *time.Location, long [3]int) span {
	midnight := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, loc) }
	return span{midnight(y, m, d), midnight(y+long[0], m+long[1], d+long[2])}
}

// formatRange writes a date range in the query language.
func formatRange(r index.DateRange) string {
	switch {
	case r.After.IsZero() && r.Before.IsZero():
		return "*"
	case r.Before.IsZero():
		return fieldAfter + ":" + formatStart(r.After)
	case r.After.IsZero():
		return fieldBefore + ":" + formatStart(r.Before)
	}
	from := formatStart(r.After)
	if s, msg := parseDate(from, r.After.Location()); msg == "" && s.end.Equal(r.Before) {
		return fieldDate + ":" + from
	}
	return fieldDate + ":" + from + ".." + formatEnd(r.Before)
}

// formatStart returns the shortest date that begins at t.
func formatStart(t time.Time) string {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if s, msg := parseDate(t.Format(layout), t.Location()); msg == "" && s.start.Equal(t) {
			return t.Format(layout)
		}
	}
	return t.UTC().Format(time.RFC3339)
}

// formatEnd returns the shortest date that ends at t.
func formatEnd(t time.Time) string {
	last := t.Add(-time.Second)
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if s, msg := parseDate(last.Format(layout), t.Location()); msg == "" && s.end.Equal(t) {
			return last.Format(layout)
		}
	}
	return last.UTC().Format(time.RFC3339)
}
