package search

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCursorRoundTrip(t *testing.T) {
	for _, key := range [][]string{nil, {""}, {"\xff\x00 binary", "2", "abc"}} {
		want := cursor{search: searchHash("q", "date", "UTC"), rank: 40, key: key}
		got, err := readCursor(want.String(), want.search)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, cmp.AllowUnexported(cursor{})); diff != "" {
			t.Errorf("cursor (-want +got):\n%s", diff)
		}
	}
}

func FuzzReadCursor(f *testing.F) {
	hash := searchHash("q", "date", "UTC")
	f.Add(cursor{search: hash, rank: 3, key: []string{"a", "b"}}.String())
	f.Add("AQ")
	f.Fuzz(func(t *testing.T, s string) {
		c, err := decodeCursor(s)
		if err == nil && c.String() != s {
			t.Errorf("%q is read as %q", s, c)
		}
	})
}
