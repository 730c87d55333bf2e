package pipermail

import (
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

func TestP12Dates(t *testing.T) {
	for in, want := range map[string]string{
		"Sun, 15 Aug 1999 03:54:06 -0400 (EDT)":  "1999-08-15T03:54:06-04:00",
		"Sun, 15 Aug 99 03:54:06 -0400":          "1999-08-15T03:54:06-04:00",
		"Fri, 11 Jan 102 10:00:00 +0100":         "2002-01-11T10:00:00+01:00",
		"15 Aug 1999 03:54 GMT":                  "1999-08-15T03:54:00Z",
		"Sun, 15 Aug 1999 00.24.50 +0200":        "1999-08-15T00:24:50+02:00",
		"Tue, 12 Oct 2004 10:00:00 0200":         "2004-10-12T10:00:00+02:00",
		"Tue, 12 Oct 2004 10:00:00 -0-200":       "2004-10-12T10:00:00-02:00",
		"Tue, 12 Oct 2004 10:00:00 +0480":        "2004-10-12T10:00:00Z",
		"Tue, 12 Oct 2004 10:00:00 (CEST)":       "2004-10-12T10:00:00+02:00",
		"Die, 12 Okt 2004 10:00:00 +0200":        "2004-10-12T10:00:00+02:00",
		"mar., 12 oct. 2004 10:00:00 +0200":      "2004-10-12T10:00:00+02:00",
		"Wed Mar  4 17:30:45 2009":               "2009-03-04T17:30:45Z",
		"Wed Mar  4 17:30:45 CET 2009":           "2009-03-04T17:30:45+01:00",
		"Mar Mar  3 17:30:45 CET 2009":           "2009-03-03T17:30:45+01:00",
		"So Mär  7 11:34:09 CET 2010":            "2010-03-07T11:34:09+01:00",
		"Mie Oct  1 02:38:33 CEST 2008":          "2008-10-01T02:38:33+02:00",
		"Пн Янв 11 10:00:00 MSK 2010":            "2010-01-11T10:00:00+03:00",
		"2010年 3月 7日 (日) 11:34:09 JST":           "2010-03-07T11:34:09+09:00",
		"2010-03-07 11:34:09 +0100":              "2010-03-07T11:34:09+01:00",
		"Tue, 12 Oct 2004 10:00:00 +0200 (CEST)": "2004-10-12T10:00:00+02:00",
		"Tue, 12 Oct 2004 10:00:00 UTC+0200":     "2004-10-12T10:00:00+02:00",
	} {
		d, ok := parseDateText(in)
		if !ok {
			t.Errorf("%q: not read", in)
			continue
		}
		if got := d.date().Format(time.RFC3339); got != want {
			t.Errorf("%q: got %s, want %s", in, got, want)
		}
	}
	for _, in := range []string{"", "yesterday", "10:00", "Tue, 42 Oct 2004 10:00:00 +0200", "Tue, 12 Oct 2004 25:00:00 +0200"} {
		if d, ok := parseDateText(in); ok && d.month > 0 {
			t.Errorf("%q was read as %v", in, d.date())
		}
	}
}

// The index knows the instant, the page the wall clock; a zone abbreviation
// is not believed.
func TestP7DateFromIndexAndPage(t *testing.T) {
	index := time.Date(2008, 10, 1, 0, 38, 33, 0, time.UTC)
	got, origin := resolveDate("Mie Oct  1 02:38:33 XYZ 2008", index)
	if want := "2008-10-01T02:38:33+02:00"; got.Format(time.RFC3339) != want || origin != archive.DateIndex {
		t.Errorf("got %s from %s, want %s", got.Format(time.RFC3339), origin, want)
	}
	got, origin = resolveDate("Sun, 15 Aug 1999 03:54:06 -0400 (EDT)", index)
	if got.Format(time.RFC3339) != "1999-08-15T03:54:06-04:00" || origin != archive.DateHeader {
		t.Errorf("a date as the sender wrote it: %s from %s", got.Format(time.RFC3339), origin)
	}
	got, origin = resolveDate("Sun, 15 Aug 1999 03:54:06 EST", index)
	if got.Format(time.RFC3339) != "1999-08-15T03:54:06-05:00" || origin != archive.DateHeader {
		t.Errorf("a zone that the standard of mail defines: %s from %s", got.Format(time.RFC3339), origin)
	}
	got, origin = resolveDate("Wed Oct  1 10:38:33 EST 2008", index)
	if got.Format(time.RFC3339) != "2008-10-01T10:38:33+10:00" || origin != archive.DateIndex {
		t.Errorf("a server's zone: %s from %s", got.Format(time.RFC3339), origin)
	}
	got, origin = resolveDate("nonsense", time.Time{})
	if !got.IsZero() || origin != "" {
		t.Errorf("an unreadable date became %s from %s", got, origin)
	}
}

func TestP11Periods(t *testing.T) {
	for name, want := range map[string][2]string{
		"2004-March":           {"2004-03-01", "2004-04-01"},
		"2004-December":        {"2004-12-01", "2005-01-01"},
		"2008q1":               {"2008-01-01", "2008-04-01"},
		"2008q4":               {"2008-10-01", "2009-01-01"},
		"Week-of-Mon-20081013": {"2008-10-13", "2008-10-20"},
		"2008":                 {"2008-01-01", "2009-01-01"},
		"20081013":             {"2008-10-13", "2008-10-14"},
		"2019-03":              {"2019-03-01", "2019-04-01"},
		"2004-März":            {"2004-03-01", "2004-04-01"},
		"2004/2004-Março":      {"2004-03-01", "2004-04-01"},
		"2004-Août":            {"2004-08-01", "2004-09-01"},
		"2004-Январь":          {"2004-01-01", "2004-02-01"},
		"1945-February":        {"1945-02-01", "1945-03-01"},
		"something":            {"0001-01-01", "0001-01-01"},
	} {
		start, end := periodRange(name)
		if got := [2]string{start.Format(time.DateOnly), end.Format(time.DateOnly)}; got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

func FuzzDate(f *testing.F) {
	f.Add("Sun, 15 Aug 1999 03:54:06 -0400 (EDT)")
	f.Add("So Mär  7 11:34:09 CET 2010")
	f.Fuzz(func(t *testing.T, s string) {
		d, ok := parseDateText(s)
		if !ok || d.month == 0 {
			return
		}
		if y := d.date().Year(); y < 1899 || y > 2201 {
			t.Fatalf("%q: year %d", s, y)
		}
	})
}
