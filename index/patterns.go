package index

import "unicode/utf8"

// anyEnding matches every term.
type anyEnding struct{}

func (anyEnding) enter(int, byte) bool { return true }
func (anyEnding) matches(int) bool     { return true }

// resembling matches terms that differ from a word by few edits: it fills the
// table of editDistance row by row, a row for each letter of a term.
type resembling struct {
	word  []rune
	edits int
	rows  [][]int // the one of no letters first
	runes []rune  // by row, the letter that it is of
	row   []int   // by depth, how many letters are whole
	bytes []byte  // of the term
	start []int   // by depth, where in bytes its last letter begins
}

func newResembling(word string, edits int) *resembling {
	r := &resembling{word: []rune(word), edits: edits, row: []int{0}, start: []int{0}, runes: []rune{0}}
	first := make([]int, len(r.word)+2)
	for i := range first {
		first[i] = i
	}
	r.rows = [][]int{first}
	return r
}

func (r *resembling) enter(depth int, b byte) bool {
	row, start := r.row[depth], r.start[depth]
	r.bytes = append(r.bytes[:depth], b)
	letter := r.bytes[start:]
	if utf8.FullRune(letter) {
		c, _ := utf8.DecodeRune(letter)
		row, start = row+1, depth+1
		if !r.fill(row, c) {
			return false
		}
	}
	r.row = append(r.row[:depth+1], row)
	r.start = append(r.start[:depth+1], start)
	return true
}

// fill fills a row as far as its cells can be few edits, those next to the
// diagonal, and reports whether a term that goes on there can match.
func (r *resembling) fill(i int, c rune) bool {
	if i == len(r.rows) {
		r.rows = append(r.rows, make([]int, len(r.word)+2))
		r.runes = append(r.runes, 0)
	}
	r.runes[i] = c
	last, row := r.rows[i-1], r.rows[i]
	from, to := max(i-r.edits, 1), min(i+r.edits, len(r.word))
	if from > to {
		return false
	}
	row[from-1], row[to+1] = r.edits+1, r.edits+1
	if from == 1 {
		row[0] = i
	}
	least := row[from-1]
	for j := from; j <= to; j++ {
		w := r.word[j-1]
		n := last[j-1]
		if w != c {
			n = min(n, last[j], row[j-1]) + 1
		}
		if i > 1 && j > 1 && w == r.runes[i-1] && r.word[j-2] == c {
			n = min(n, r.rows[i-2][j-2]+1)
		}
		row[j] = n
		least = min(least, n)
	}
	return least <= r.edits
}

func (r *resembling) matches(depth int) bool {
	letters := r.row[depth]
	if r.start[depth] != depth || len(r.word) > letters+r.edits {
		return false
	}
	return r.rows[letters][len(r.word)] <= r.edits
}
