package config

import (
	"fmt"
	"slices"
	"strings"
)

// suggest is the end of an error about an unknown word: the known word nearest
// to it, or all of them.
func suggest(word string, known []string) string {
	if len(known) == 0 {
		return ""
	}
	slices.Sort(known)
	near := slices.MinFunc(known, func(a, b string) int { return distance(word, a) - distance(word, b) })
	for _, k := range known {
		if word != "" && strings.HasPrefix(k, word) {
			near, word = k, k
		}
	}
	if distance(word, near) <= max(2, len(word)/3) {
		return fmt.Sprintf(": did you mean %q?", near)
	}
	return fmt.Sprintf("; the known ones are %q", known)
}

// distance is how many letters must be added, taken away, exchanged or swapped
// with their neighbour to make b of a.
func distance(a, b string) int {
	var before []int
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range len(a) {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(row[j]+1, last[j+1]+1, last[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
