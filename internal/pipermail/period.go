package pipermail

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

var (
	periodMonth   = regexp.MustCompile(`^(\d{4})[-_ ](\D+)$`)
	periodNumber  = regexp.MustCompile(`^(\d{4})-(\d{1,2})$`)
	periodQuarter = regexp.MustCompile(`^(\d{4})q([1-4])$`)
	periodWeek    = regexp.MustCompile(`(\d{4})(\d{2})(\d{2})$`)
	periodYear    = regexp.MustCompile(`^(\d{4})$`)
)

// periodRange reads a period's folder name (P11): "2004-March", "2008q1",
// "Week-of-Mon-20081013", "2008", "20081013", "2019-03", months in other
// languages, any of them below a folder of years. The bounds are those of the
// server's calendar, in UTC; both are zero when the name is not understood.
func periodRange(name string) (start, end time.Time) {
	name = name[strings.LastIndexByte(name, '/')+1:]
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	date := func(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	if m := periodNumber.FindStringSubmatch(name); m != nil && num(m[2]) >= 1 && num(m[2]) <= 12 {
		return date(num(m[1]), num(m[2]), 1), date(num(m[1]), num(m[2])+1, 1)
	}
	if m := periodMonth.FindStringSubmatch(name); m != nil {
		if mon := monthNumber(m[2]); mon > 0 {
			return date(num(m[1]), mon, 1), date(num(m[1]), mon+1, 1)
		}
		return time.Time{}, time.Time{}
	}
	if m := periodQuarter.FindStringSubmatch(name); m != nil {
		q := num(m[2])
		return date(num(m[1]), 3*q-2, 1), date(num(m[1]), 3*q+1, 1)
	}
	if m := periodYear.FindStringSubmatch(name); m != nil {
		return date(num(m[1]), 1, 1), date(num(m[1])+1, 1, 1)
	}
	if m := periodWeek.FindStringSubmatch(name); m != nil && num(m[2]) >= 1 && num(m[2]) <= 12 {
		days := 7
		if len(name) == 8 {
			days = 1
		}
		d := date(num(m[1]), num(m[2]), num(m[3]))
		return d, d.AddDate(0, 0, days)
	}
	return time.Time{}, time.Time{}
}
