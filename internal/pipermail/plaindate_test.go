package pipermail

import "testing"

func TestPlainDate(t *testing.T) {
	for _, s := range []string{
		"Mon Mar 1 11:00:00 CET 2010", "Tue Oct 14 00:29:20 2008", "Sun May 31 23:59:60 EST 1998",
		"Thu, 11 Dec 2003 02:39:03 -0500", "Sat, 1 Feb 2020 00:00:00 +0530", "Wed Aug 12 12:00:00 XYZ 2009",
	} {
		got, ok := plainDate(s)
		if want, read := looseDate(s); !ok || !read || got != want {
			t.Errorf("%s: %+v (%v), the long way %+v (%v)", s, got, ok, want, read)
		}
	}
}

// FuzzPlainDate holds that the short way gives what the long way gives.
func FuzzPlainDate(f *testing.F) {
	f.Add("Mon Mar 1 11:00:00 CET 2010")
	f.Add("Thu, 11 Dec 2003 02:39:03 -0500")
	f.Add("Sat Jun 6 06:06:06 2006")
	f.Fuzz(func(t *testing.T, s string) {
		s = line(s)
		got, ok := plainDate(s)
		if !ok {
			return
		}
		if want, read := looseDate(s); !read || got != want {
			t.Errorf("%q: %+v, the long way %+v (%v)", s, got, want, read)
		}
	})
}
