package index

import "slices"

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
