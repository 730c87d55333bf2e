package pipermail

import "strings"

// plainDate reads the two shapes that nearly all dates have, without regular
// expressions: "Mon Mar  1 11:00:00 CET 2010", its zone perhaps missing, and
// "Mon, 1 Mar 2010 11:00:00 +0100". s is folded by line. ok is false for all
// else; a fuzz test holds that the long way gives the same.
func plainDate(s string) (d dateText, ok bool) {
	day, rest, _ := strings.Cut(s, " ")
	if len(day) < 3 || !isWeekday(day[:3]) {
		return d, false
	}
	if len(day) == 3 {
		ok = d.plainCtime(rest)
	} else if day[3:] == "," {
		ok = d.plainMail(rest)
	}
	return d, ok && d.valid()
}

// plainCtime reads "Mar 1 11:00:00 CET 2010".
func (d *dateText) plainCtime(s string) bool {
	month, s, _ := strings.Cut(s, " ")
	day, s, _ := strings.Cut(s, " ")
	clock, s, _ := strings.Cut(s, " ")
	zone, year, zoned := strings.Cut(s, " ")
	if !zoned {
		zone, year = "", zone
	}
	if d.month = plainMonth(month); d.month == 0 || !d.plainClock(clock) || len(year) != 4 || year[0] != '1' && year[0] != '2' {
		return false
	}
	if d.day, d.year = number(day, 1, 2), number(year, 4, 4); d.day <= 0 || d.year <= 0 {
		return false
	}
	for i := range len(zone) {
		if zone[i] < 'A' || zone[i] > 'Z' {
			return false
		}
	}
	zone = strings.ToLower(zone)
	d.offset, d.hasZone = zones[zone]
	d.vagueZone = vagueZones[zone]
	return !zoned || zone != ""
}

// plainMail reads "1 Mar 2010 11:00:00 +0100".
func (d *dateText) plainMail(s string) bool {
	day, s, _ := strings.Cut(s, " ")
	month, s, _ := strings.Cut(s, " ")
	year, s, _ := strings.Cut(s, " ")
	clock, zone, _ := strings.Cut(s, " ")
	if d.month = plainMonth(month); d.month == 0 || !d.plainClock(clock) || len(zone) != 5 || zone[0] != '+' && zone[0] != '-' {
		return false
	}
	if d.day, d.year = number(day, 1, 2), number(year, 4, 4); d.day <= 0 || d.year <= 0 {
		return false
	}
	h, m := number(zone[1:3], 2, 2), number(zone[3:], 2, 2)
	if h < 0 || h > 14 || m < 0 || m >= 60 {
		return false
	}
	if d.offset, d.hasZone = h*3600+m*60, true; zone[0] == '-' {
		d.offset = -d.offset
	}
	return true
}

func (d *dateText) plainClock(s string) bool {
	if len(s) != 8 || s[2] != ':' || s[5] != ':' {
		return false
	}
	d.hour, d.minute, d.sec = number(s[:2], 2, 2), number(s[3:5], 2, 2), number(s[6:], 2, 2)
	return d.hour >= 0 && d.minute >= 0 && d.sec >= 0
}

// number reads a number of least to most digits; -1 if it is none.
func number(s string, least, most int) int {
	if len(s) < least || len(s) > most {
		return -1
	}
	n := 0
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return -1
		}
		n = n*10 + int(s[i]-'0')
	}
	return n
}

func plainMonth(s string) int {
	if len(s) != 3 {
		return 0
	}
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	if i := strings.Index(names, s); i >= 0 && i%3 == 0 {
		return i/3 + 1
	}
	return 0
}

func isWeekday(s string) bool {
	switch s {
	case "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun":
		return true
	}
	return false
}
