package search

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// The words of dates. Months and days of the week may be cut to three letters
// or more.
var (
	units = map[string]byte{
		"h": 'h', "hr": 'h', "hrs": 'h', "hour": 'h', "hours": 'h', "min": 'i', "mins": 'i', "minute": 'i', "minutes": 'i',
		"d": 'd', "day": 'd', "days": 'd', "w": 'w', "wk": 'w', "week": 'w', "weeks": 'w',
		"m": 'm', "mo": 'm', "month": 'm', "months": 'm', "y": 'y', "yr": 'y', "year": 'y', "years": 'y',
	}
	months   = []string{"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"}
	weekdays = []string{"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"}
	counts   = map[string]int{"a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12}
	moments  = []string{"now", "today", "yesterday", "tomorrow"}
)

// words reads a date in words. They are parted by spaces, dots, or other signs.
func (c calendar) words(text string) (span, *mistake) {
	w := splitWords(text)
	for _, read := range []func([]string) (span, bool){c.moment, c.weekday, c.relative, c.ago, c.named} {
		s, ok := read(w)
		if ok && s.start.Year() >= 1000 && s.end.Year() <= 9999 {
			return s, nil
		}
	}
	return span{}, noDate(text, w)
}

// splitWords parts letters from digits too: "2w", "5mar".
func splitWords(text string) []string {
	var out []string
	kind := 0
	for _, r := range strings.ToLower(text) {
		now := 0
		switch {
		case unicode.IsLetter(r):
			now = 1
		case '0' <= r && r <= '9':
			now = 2
		}
		if now != 0 && now != kind {
			out = append(out, "")
		}
		if now != 0 {
			out[len(out)-1] += string(r)
		}
		kind = now
	}
	return out
}

// today is the day of now.
func (c calendar) today() (y, m, d int) {
	year, month, day := c.now.In(c.loc).Date()
	return year, int(month), day
}

// day returns the day so many days after today.
func (c calendar) day(after int) span {
	y, m, d := c.today()
	return c.spanOf(y, m, d+after, [3]int{0, 0, 1})
}

func (c calendar) moment(w []string) (span, bool) {
	if len(w) != 1 {
		return span{}, false
	}
	switch w[0] {
	case "now":
		now := c.now.In(c.loc).Truncate(time.Second)
		return span{now, now.Add(time.Second)}, true
	case "today":
		return c.day(0), true
	case "yesterday":
		return c.day(-1), true
	case "tomorrow":
		return c.day(1), true
	}
	return span{}, false
}

// weekday reads "monday", the latest one up to today, and "last monday", the
// one before that if that is today.
func (c calendar) weekday(w []string) (span, bool) {
	last := len(w) == 2 && isLast(w[0])
	if len(w) != 1 && !last {
		return span{}, false
	}
	want, ok := nameIn(weekdays, w[len(w)-1])
	if !ok {
		return span{}, false
	}
	back := (int(c.day(0).start.Weekday()) - want + 7) % 7
	if last && back == 0 {
		back = 7
	}
	return c.day(-back), true
}

func isLast(word string) bool { return word == "last" || word == "previous" || word == "past" }

// nameIn finds a name, or its beginning of three letters or more.
func nameIn(names []string, word string) (int, bool) {
	i := slices.IndexFunc(names, func(name string) bool { return len(word) >= 3 && strings.HasPrefix(name, word) })
	return i, i >= 0
}

// relative reads "this week" and "last month": from its first day to its last.
func (c calendar) relative(w []string) (span, bool) {
	if len(w) != 2 || w[0] != "this" && !isLast(w[0]) {
		return span{}, false
	}
	back := 0
	if isLast(w[0]) {
		back = 1
	}
	y, m, d := c.today()
	switch w[1] {
	case "day":
		return c.day(-back), true
	case "week":
		monday := (int(c.day(0).start.Weekday()) + 6) % 7
		return c.spanOf(y, m, d-monday-7*back, [3]int{0, 0, 7}), true
	case "month":
		return c.spanOf(y, m-back, 1, [3]int{0, 1, 0}), true
	case "year":
		return c.spanOf(y-back, 1, 1, [3]int{1, 0, 0}), true
	}
	return span{}, false
}

// isLength tells "2w" or "3 months", without "ago".
func (c calendar) isLength(text string) bool {
	w := splitWords(text)
	_, ok := c.ago(w)
	return ok && len(w) == 2
}

// ago reads "2w", "3 months", "a year ago": the day so long ago. Hours and
// minutes are exact.
func (c calendar) ago(w []string) (span, bool) {
	if len(w) == 3 && w[2] == "ago" {
		w = w[:2]
	}
	if len(w) != 2 || len(w[0]) > 6 {
		return span{}, false
	}
	n, err := strconv.Atoi(w[0])
	if count, ok := counts[w[0]]; ok {
		n, err = count, nil
	}
	unit, ok := units[w[1]]
	if err != nil || !ok || n > 9999 {
		return span{}, false
	}
	y, m, d := c.today()
	switch unit {
	case 'd':
		return c.day(-n), true
	case 'w':
		return c.day(-7 * n), true
	case 'm':
		first := c.spanOf(y, m-n, 1, [3]int{}).start
		return c.spanOf(first.Year(), int(first.Month()), min(d, daysIn(first.Year(), int(first.Month()))), [3]int{0, 0, 1}), true
	case 'y':
		return c.spanOf(y-n, m, min(d, daysIn(y-n, m)), [3]int{0, 0, 1}), true
	}
	long := time.Duration(n) * map[byte]time.Duration{'h': time.Hour, 'i': time.Minute}[unit]
	t := c.now.In(c.loc).Truncate(time.Second).Add(-long)
	return span{t, t.Add(time.Second)}, true
}

// named reads dates with the name of a month, in any order: "march", "mar 2021",
// "5 march 2021", "March 5th". Without a year it is the latest that has begun.
func (c calendar) named(w []string) (span, bool) {
	last := len(w) > 1 && isLast(w[0])
	if last {
		w = w[1:]
	}
	year, month, day := 0, 0, 0
	for i, word := range w {
		n, err := strconv.Atoi(word)
		name, isMonth := nameIn(months, word)
		switch {
		case isMonth && month == 0:
			month = name + 1
		case err == nil && len(word) == 4 && year == 0 && n >= 1000:
			year = n
		case err == nil && len(word) <= 2 && day == 0 && n >= 1 && n <= 31:
			day = n
		case i > 0 && word == "of", i > 0 && day > 0 && slices.Contains([]string{"st", "nd", "rd", "th"}, word):
		default:
			return span{}, false
		}
	}
	if month == 0 || last && (year != 0 || day != 0) {
		return span{}, false
	}
	if year == 0 {
		year = c.latest(month, max(day, 1), last)
	}
	long := [3]int{0, 0, 1}
	if day == 0 {
		day, long = 1, [3]int{0, 1, 0}
	}
	return c.spanOf(year, month, day, long), day <= daysIn(year, month)
}

// latest returns the year in which a day came last; before the current month,
// if before.
func (c calendar) latest(month, day int, before bool) int {
	y, m, d := c.today()
	if month > m || month == m && (day > d || before) {
		return y - 1
	}
	return y
}
