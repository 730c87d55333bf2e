package pipermail

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// A dateText is what a date line says, before it is made an instant.
type dateText struct {
	year, month, day  int // month 0: not understood
	hour, minute, sec int
	offset            int // seconds east of UTC
	hasZone           bool
	vagueZone         bool // an abbreviation that several zones share
}

var (
	clock     = regexp.MustCompile(`\b(\d{1,2})[:.](\d{2})(?:[:.](\d{2}))?\b`)
	numZone   = regexp.MustCompile(`(?:^|\s)(?:GMT|UTC|UT)?\s?([+-])(?:0?-)?(\d{2,4})(?::(\d{2}))?(?:\s|$)`)
	bareZone  = regexp.MustCompile(`\d{2}\s+(0\d{3})\s*$`)
	comment   = regexp.MustCompile(`\([^()]*\)`)
	isoDate   = regexp.MustCompile(`^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})`)
	dateWords = regexp.MustCompile(`[\p{L}\p{M}.月월]+|\d+(?:月|월)?`)
)

// zones has the abbreviations that dates are seen with, in seconds east of
// UTC. Those with several meanings get their commonest one on mailing lists.
var zones = map[string]int{
	"utc": 0, "gmt": 0, "ut": 0, "z": 0, "wet": 0, "west": 3600, "bst": 3600, "ist": 19800,
	"cet": 3600, "cest": 7200, "met": 3600, "mest": 7200, "mesz": 7200, "mez": 3600, "mst": -25200, "mdt": -21600,
	"eet": 7200, "eest": 10800, "msk": 10800, "msd": 14400, "est": -18000, "edt": -14400, "cst": -21600, "cdt": -18000,
	"pst": -28800, "pdt": -25200, "akst": -32400, "akdt": -28800, "hst": -36000, "ast": -14400, "adt": -10800,
	"nst": -12600, "ndt": -9000, "brt": -10800, "brst": -7200, "art": -10800, "clt": -14400, "clst": -10800,
	"jst": 32400, "kst": 32400, "hkt": 28800, "sgt": 28800, "aest": 36000, "aedt": 39600, "acst": 34200, "acdt": 37800,
	"awst": 28800, "nzst": 43200, "nzdt": 46800, "sast": 7200,
}

// Zones that several places call the same. RFC 5322 says whose EST and CST a
// mail's Date line has; a server's clock has its own.
var vagueZones = map[string]bool{"ist": true, "cst": true, "bst": true, "ast": true, "est": true}

func isVague(zone, date string) bool {
	return vagueZones[zone] && (zone != "est" && zone != "cst" || !strings.Contains(date, ","))
}

// parseDateText reads a date in any of the shapes that mail and Pipermail
// pages have (P7, P12): RFC 5322 with its decay, ctime in any language, ISO.
func parseDateText(s string) (dateText, bool) {
	s = line(s)
	if d, ok := plainDate(s); ok {
		return d, true
	}
	return looseDate(s)
}

// looseDate reads a date in any shape.
func looseDate(s string) (dateText, bool) {
	bare := strings.TrimSpace(comment.ReplaceAllString(s, " "))
	c := clock.FindStringSubmatchIndex(bare)
	if c == nil {
		return dateText{}, false
	}
	d := dateText{hour: atoi(bare[c[2]:c[3]]), minute: atoi(bare[c[4]:c[5]])}
	if c[6] >= 0 {
		d.sec = atoi(bare[c[6]:c[7]])
	}
	before, after := bare[:c[0]], bare[c[1]:]
	if !d.readDay(before, after) {
		return dateText{}, false
	}
	d.readZone(after, s)
	return d, d.valid()
}

// readDay finds day, month and year: before the clock in RFC 5322 and ISO
// dates, round it in ctime.
func (d *dateText) readDay(before, after string) bool {
	if m := isoDate.FindStringSubmatch(strings.TrimSpace(before)); m != nil {
		d.year, d.month, d.day = atoi(m[1]), atoi(m[2]), atoi(m[3])
		return true
	}
	var numbers []string
	first := 0
	for _, w := range dateWords.FindAllString(before, 12) {
		if w[0] >= '0' && w[0] <= '9' && monthNumber(w) == 0 {
			numbers = append(numbers, w)
		} else if m := monthNumber(w); m > 0 {
			d.month = m // the last one wins: "Mar" is a day in Italian, "Mar Mar 4"
			if first == 0 {
				first = m
			}
		}
	}
	switch {
	case len(numbers) >= 2 && len(numbers[0]) == 4:
		// QUIRK P12: behind the year the day comes last: "2023. Okt. 4., Sze" is
		// no September.
		d.year, d.month, d.day = atoi(numbers[0]), first, atoi(numbers[1])
	case len(numbers) >= 2:
		d.day, d.year = atoi(numbers[0]), fullYear(numbers[len(numbers)-1])
	case len(numbers) == 1:
		d.day = atoi(numbers[0])
		for _, w := range dateWords.FindAllString(after, 12) {
			if len(w) == 4 && w[0] >= '1' && w[0] <= '2' && !strings.Contains(after, "+"+w) && !strings.Contains(after, "-"+w) {
				d.year = atoi(w)
			}
		}
	}
	return d.day > 0 && d.year > 0
}

// fullYear undoes two-digit years and those counted from 1900 (RFC 5322,
// section 4.3; P12).
func fullYear(s string) int {
	y := atoi(s)
	switch {
	case len(s) <= 2 && y < 50:
		return 2000 + y
	case len(s) <= 3:
		return 1900 + y
	}
	return y
}

// readZone reads the zone from what follows the clock; failing that, from a
// comment.
func (d *dateText) readZone(after, whole string) {
	if m := numZone.FindStringSubmatch(after); m != nil {
		digits := m[2] + m[3]
		if len(digits) <= 2 {
			digits += "00"
		}
		for len(digits) < 4 {
			digits = "0" + digits // QUIRK P12: "-0-200"
		}
		h, mi := atoi(digits[:2]), atoi(digits[2:])
		if h <= 14 && mi < 60 {
			d.offset, d.hasZone = h*3600+mi*60, true
			if m[1] == "-" {
				d.offset = -d.offset
			}
			return
		}
	}
	if m := bareZone.FindStringSubmatch("00" + after); m != nil { // QUIRK P12: "0200"
		if h, mi := atoi(m[1][:2]), atoi(m[1][2:]); h <= 14 && mi < 60 {
			d.offset, d.hasZone = h*3600+mi*60, true
			return
		}
	}
	words := dateWords.FindAllString(strings.ToLower(after), 12)
	for _, c := range comment.FindAllString(whole, 4) {
		words = append(words, strings.ToLower(strings.Trim(c, "() ")))
	}
	for _, w := range words {
		if off, ok := zones[w]; ok {
			d.offset, d.hasZone, d.vagueZone = off, true, isVague(w, whole)
			return
		}
	}
}

func (d dateText) valid() bool {
	return d.year >= 1900 && d.year < 2200 && d.day >= 1 && d.day <= 31 && d.month <= 12 &&
		d.hour < 24 && d.minute < 60 && d.sec < 62
}

func atoi(s string) int {
	s = strings.TrimRight(s, "月월")
	n, _ := strconv.Atoi(s)
	return n
}

// date is the date's instant in its own zone; UTC without one.
func (d dateText) date() time.Time {
	loc := time.UTC
	if d.hasZone && d.offset != 0 {
		loc = time.FixedZone("", d.offset)
	}
	return time.Date(d.year, time.Month(d.month), d.day, d.hour, d.minute, d.sec, 0, loc)
}

// resolveDate makes the best of what the page and the index say. A date with
// its own zone as the sender wrote it (Pipermail 0.05) wins; else the index's
// instant (P8), shown at the page's wall clock; else the page's local time,
// its zone an abbreviation that may mean several things (P7).
func resolveDate(raw string, index time.Time) (time.Time, archive.DateOrigin) {
	d, ok := parseDateText(raw)
	if ok && d.month > 0 && strings.Contains(raw, ",") && d.hasZone && !d.vagueZone {
		return d.date(), archive.DateHeader
	}
	if !index.IsZero() {
		return wallClock(d, ok, index), archive.DateIndex
	}
	if ok && d.month > 0 {
		return d.date(), archive.DatePage
	}
	return time.Time{}, ""
}

// wallClock puts the instant into the zone in which the page's clock shows it.
func wallClock(d dateText, ok bool, index time.Time) time.Time {
	if !ok {
		return index
	}
	// The difference of the clocks, in the 24 hours round zero.
	secs := (d.hour*3600 + d.minute*60 + d.sec) - (index.Hour()*3600 + index.Minute()*60 + index.Second())
	for _, off := range []int{secs, secs - 86400, secs + 86400} {
		at := index.Add(time.Duration(off) * time.Second)
		if off >= -12*3600 && off <= 14*3600 && off%900 == 0 && at.Day() == d.day {
			if off == 0 {
				return index
			}
			return index.In(time.FixedZone("", off))
		}
	}
	return index
}
