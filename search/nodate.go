package search

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var slashForm = regexp.MustCompile(`^([0-9]{1,2})[/.]([0-9]{1,2})[/.]([0-9]{4})$`)

// noDate says what is wrong with a date that nobody can read, and what may be
// meant.
func noDate(text string, w []string) *mistake {
	bad := &mistake{fmt.Sprintf("%q is no date", text), dateHint}
	if m := slashForm.FindStringSubmatch(text); m != nil {
		a, _ := strconv.Atoi(m[1])
		b, _ := strconv.Atoi(m[2])
		switch {
		case 1 <= min(a, b) && max(a, b) <= 12 && a != b:
			bad.msg = fmt.Sprintf("%q may be one of two days", text)
			bad.hint = fmt.Sprintf("write %s-%02d-%02d or %s-%02d-%02d", m[3], a, b, m[3], b, a)
		case 1 <= min(a, b) && min(a, b) <= 12 && max(a, b) <= 31:
			bad.hint = fmt.Sprintf("write %s-%02d-%02d", m[3], min(a, b), max(a, b))
		}
		return bad
	}
	if near := nearestWord(w); near != "" {
		bad.hint = fmt.Sprintf("did you mean %s? If not, %s", near, dateHint)
	}
	return bad
}

// nearestWord corrects the one word that is none of those of dates.
func nearestWord(w []string) string {
	known := slices.Concat(moments, months, weekdays, []string{"last", "this", "ago"}, slices.Sorted(maps.Keys(units)))
	out, changed := slices.Clone(w), false
	for i, word := range out {
		if len(word) < 4 || len(word) > 12 || slices.Contains(known, word) || word[0] <= '9' {
			continue
		}
		for _, k := range known {
			if len(k) >= 4 && distance(word, k) <= 2 {
				out[i], changed = k, true
				break
			}
		}
	}
	if !changed {
		return ""
	}
	return strings.Join(out, ".")
}
