package search

import "strings"

// window is a stretch of text around matches.
type window struct {
	start, end  int // bytes
	first, last int // the matches [first, last)
	terms       int // distinct ones, of those that count
}

// densest returns the stretch of at most width bytes with the most distinct
// terms, not counting those in skip; the first of equals.
func densest(found []match, width int, skip map[int]bool) window {
	var best window
	count := map[int]int{}
	from, end := 0, 0
	for i, m := range found {
		count[m.term]++
		end = max(end, m.end)
		for from < i && end-found[from].start > width {
			if count[found[from].term]--; count[found[from].term] == 0 {
				delete(count, found[from].term)
			}
			from++
		}
		n := len(count)
		for t := range skip {
			if count[t] > 0 {
				n--
			}
		}
		if n > best.terms {
			best = window{found[from].start, end, from, i + 1, n}
		}
	}
	return best
}

// seen is the set of the terms of matches.
func seen(found []match) map[int]bool {
	out := map[int]bool{}
	for _, m := range found {
		out[m.term] = true
	}
	return out
}

// widen adds text on both sides up to width bytes, more behind than before,
// and ends between words.
func (w window) widen(text string, width int) window {
	slack := max(0, width-(w.end-w.start))
	start := max(0, w.start-slack/3)
	if start < slack/6 || len(text) <= width {
		start = 0
	}
	end := start + width
	if end > len(text) {
		start = max(0, min(start, len(text)-width))
	}
	w.start = startAfter(text, start, w.start)
	w.end = max(w.end, endBefore(text, w.start, max(end, w.end)))
	return w
}

// maxSnap is how far to look for a space; scripts without any are cut between
// characters.
const maxSnap = 40

// startAfter returns where a word begins at or soon after i, but not after most.
func startAfter(text string, i, most int) int {
	if i == 0 || text[i-1] == ' ' {
		return i
	}
	if n := strings.IndexByte(text[i:min(most, i+maxSnap)], ' '); n >= 0 {
		return i + n + 1
	}
	for i < most && !runeStart(text, i) {
		i++
	}
	return i
}

// endBefore returns where a word ends at or soon before i, but not before least.
func endBefore(text string, least, i int) int {
	if i >= len(text) {
		return len(text)
	}
	if text[i] == ' ' {
		return i
	}
	from := max(least, i-maxSnap)
	if n := strings.LastIndexByte(text[from:i], ' '); n > 0 {
		return from + n
	}
	for i > least && !runeStart(text, i) {
		i--
	}
	return i
}

// runeStart reports whether a character begins at i.
func runeStart(text string, i int) bool { return text[i]&0xc0 != 0x80 }

// cutOut returns text[start:end] with the matches inside it as marks.
func cutOut(text string, found []match, start, end int) Fragment {
	f := Fragment{Text: strings.TrimSpace(text[start:end]), Before: start > 0, After: end < len(text)}
	start += strings.Index(text[start:end], f.Text)
	for _, m := range found {
		from, to := max(m.start-start, 0), min(m.end-start, len(f.Text))
		if from >= to {
			continue
		}
		if n := len(f.Marks); n > 0 && from <= f.Marks[n-1][1] {
			f.Marks[n-1][1] = max(f.Marks[n-1][1], to)
			continue
		}
		f.Marks = append(f.Marks, [2]int{from, to})
	}
	return f
}
