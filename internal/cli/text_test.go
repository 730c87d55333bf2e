package cli

import "testing"

func TestHumanFigures(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{Count(0), "0"}, {Count(999), "999"}, {Count(1000), "1,000"}, {Count(-1234567), "-1,234,567"},
		{Counted(1, "page"), "1 page"}, {Counted(1000, "page"), "1,000 pages"},
		{Bytes(999), "999 B"}, {Bytes(1000), "1.0 kB"}, {Bytes(999_999), "1.0 MB"}, {Bytes(251_000), "251 kB"},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
}
