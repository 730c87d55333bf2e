package cli

import (
	"fmt"
	"strings"
	"time"
)

// Count writes a number with commas between thousands.
func Count(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Counted is a number with its noun: "1 message", "2 messages", "2 watches".
func Counted(n int, noun string) string {
	switch {
	case n == 1:
		return "1 " + noun
	case strings.HasSuffix(noun, "ch"):
		noun += "e"
	}
	return Count(n) + " " + noun + "s"
}

// Bytes is a size as a person would say it.
func Bytes(n int64) string {
	const units = "kMGTPE"
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	f, u := float64(n), -1
	for f >= 999.5 && u < len(units)-1 {
		f, u = f/1000, u+1
	}
	if f < 9.95 {
		return fmt.Sprintf("%.1f %cB", f, units[u])
	}
	return fmt.Sprintf("%.0f %cB", f, units[u])
}

// Day is a day as tables show it.
func Day(t time.Time) string { return moment(t, time.DateOnly) }

// Minute is a moment as tables show it, in local time.
func Minute(t time.Time) string { return moment(t.Local(), "2006-01-02 15:04") }

func moment(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(layout)
}
