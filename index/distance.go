package index

import (
	"slices"
	"strings"
)

// Matches returns what tells the terms that a Prefix stands for, at the last of
// its words.
func (q Prefix) Matches() func(term string) bool {
	at := places(q.Text)
	if len(at) == 0 {
		return func(string) bool { return false }
	}
	word := beginning(q.Text, at[len(at)-1].whole)
	return func(term string) bool { return strings.HasPrefix(term, word) }
}

// Matches returns what tells the terms that a Fuzzy stands for.
func (q Fuzzy) Matches() func(term string) bool {
	at := places(q.Text)
	if len(at) == 0 {
		return func(string) bool { return false }
	}
	word, edits := at[len(at)-1].whole, min(max(q.Edits, 1), 2)
	return func(term string) bool { return editDistance(word, term, edits) <= edits }
}

// editDistance counts the letters to insert, leave out, replace or swap with
// their neighbour to make b of a; more than most is most+1.
func editDistance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if max(len(x)-len(y), len(y)-len(x)) > most {
		return most + 1
	}
	var before []int // the row before the last
	last := make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(x); i++ {
		row := make([]int, len(y)+1)
		row[0] = i
		for j := 1; j <= len(y); j++ {
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+1)
			if x[i-1] == y[j-1] {
				row[j] = last[j-1]
			}
			if i > 1 && j > 1 && x[i-1] == y[j-2] && x[i-2] == y[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		if slices.Min(row) > most {
			return most + 1
		}
		before, last = last, row
	}
	return min(last[len(y)], most+1)
}
