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
var dateForm = regexp.MustCompile(`^([1-9][0-9]{3})(?:[-/]([0-9]{1,2})(?:[-/]([0-9]{1,2}))?)?$`)

// denseForm is a day as public-inbox writes it.
var denseForm = regexp.MustCompile(`^([12][0-9]{3})([01][0-9])([0-3][0-9])$`)

const dateHint = `write a year, a month or a day, 2021, 2021-03 or 2021-03-05, or words such as yesterday, last.month or "3 weeks ago"`

// span is the stretch of time that a date names: [start, end).
type span struct{ start, end time.Time }

// calendar reads dates as somebody in a zone means them at a moment.
type calendar struct {
	loc *time.Location
	now time.Time
}

// dateRange reads the value of a date field.
func (c calendar) dateRange(field, value string) (r index.DateRange, bad *mistake) {
	from, to, two := strings.Cut(value, "..")
	if two && field == fieldDate {
		return c.between(from, to)
	}
	s, bad := c.parse(value)
	switch {
	case bad != nil:
	case field == fieldAfter:
		r.After = s.start
	case field == fieldBefore:
		r.Before = s.start
	case c.isLength(value):
		return r, &mistake{fmt.Sprintf("%q is a length of time, and no date", value),
			fmt.Sprintf("write date:%s.. for the time since then, or date:%s..%s for that day", value, value, value)}
	default:
		r.After, r.Before = s.start, s.end
	}
	return r, bad
}

// between reads both ends of date:from..to, either of which may be missing.
func (c calendar) between(from, to string) (r index.DateRange, bad *mistake) {
	if from == "" && to == "" {
		return r, &mistake{"this range of dates has no date", dateHint}
	}
	if from != "" {
		s, bad := c.parse(from)
		if bad != nil {
			return r, bad
		}
		r.After = s.start
	}
	if to != "" {
		s, bad := c.parse(to)
		if bad != nil {
			return r, bad
		}
		r.Before = s.end
	}
	if from != "" && to != "" && !r.After.Before(r.Before) {
		return r, &mistake{"this range of dates ends before it begins", "write the earlier date first"}
	}
	return r, nil
}

// parse reads a year, a month or a day, an instant as RFC 3339 or Unix write
// it, or words.
func (c calendar) parse(s string) (span, *mistake) {
	if t, long, ok := c.instant(s); ok {
		return span{t, t.Add(long)}, nil
	}
	m := dateForm.FindStringSubmatch(s)
	if m == nil {
		m = denseForm.FindStringSubmatch(s)
	}
	if m == nil {
		return c.words(s)
	}
	return c.numbers(m[1], m[2], m[3])
}

// instant reads a second, or a minute, and how long that is.
func (c calendar) instant(s string) (t time.Time, long time.Duration, ok bool) {
	if seconds, ok := strings.CutPrefix(s, "@"); ok { // notmuch's
		n, err := strconv.ParseInt(seconds, 10, 64)
		return time.Unix(n, 0).In(c.loc), time.Second, err == nil && 0 <= n && n < 1<<37
	}
	for _, form := range []struct {
		layout string
		loc    *time.Location
		long   time.Duration
	}{
		{time.RFC3339, c.loc, time.Second},
		{"2006-01-02T15:04:05", c.loc, time.Second},
		{"2006-01-02T15:04", c.loc, time.Minute},
		{"20060102150405", time.UTC, time.Second}, // public-inbox's dt:
	} {
		t, err := time.ParseInLocation(form.layout, s, form.loc)
		if err == nil && t.Nanosecond() == 0 && t.UTC().Year() >= 1000 {
			return t.In(c.loc), form.long, true
		}
	}
	return time.Time{}, 0, false
}

// numbers reads a year, a month or a day. Month and day may be empty.
func (c calendar) numbers(y, m, d string) (span, *mistake) {
	year, _ := strconv.Atoi(y)
	if m == "" {
		return c.spanOf(year, 1, 1, [3]int{1, 0, 0}), nil
	}
	month, _ := strconv.Atoi(m)
	if month < 1 || month > 12 {
		return span{}, &mistake{fmt.Sprintf("%s has no month %d", y, month), dateHint}
	}
	if d == "" {
		return c.spanOf(year, month, 1, [3]int{0, 1, 0}), nil
	}
	day, _ := strconv.Atoi(d)
	if day < 1 || day > daysIn(year, month) {
		return span{}, &mistake{fmt.Sprintf("%s %d has no day %d", time.Month(month), year, day), dateHint}
	}
	return c.spanOf(year, month, day, [3]int{0, 0, 1}), nil
}

func daysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}

// spanOf returns what begins at a midnight and lasts years, months and days.
func (c calendar) spanOf(y, m, d int, long [3]int) span {
	midnight := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, c.loc) }
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
	if s, bad := (calendar{loc: r.After.Location()}).parse(from); bad == nil && s.end.Equal(r.Before) {
		return fieldDate + ":" + from
	}
	return fieldDate + ":" + from + ".." + formatEnd(r.Before)
}

// formatStart returns the shortest date that begins at t.
func formatStart(t time.Time) string {
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if s, bad := (calendar{loc: t.Location()}).parse(t.Format(layout)); bad == nil && s.start.Equal(t) {
			return t.Format(layout)
		}
	}
	return t.UTC().Format(time.RFC3339)
}

// formatEnd returns the shortest date that ends at t.
func formatEnd(t time.Time) string {
	last := t.Add(-time.Second)
	for _, layout := range []string{"2006", "2006-01", "2006-01-02"} {
		if s, bad := (calendar{loc: t.Location()}).parse(last.Format(layout)); bad == nil && s.end.Equal(t) {
			return last.Format(layout)
		}
	}
	return last.UTC().Format(time.RFC3339)
}
