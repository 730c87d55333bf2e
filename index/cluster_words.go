package index

import (
	"math"
	"slices"
	"strconv"
)

// clusterWords writes the terms of a message's texts: place by place, with their
// stems, and then each once with its weight. It remembers stems from message to
// message.
type clusterWords struct {
	english *stemmer
	foreign map[string]string // stems in lang, by word
	lang    string            // of the message, if it has stems other than English ones

	numbers map[string]int // of the message's terms, by the order of their appearance
	terms   []clusterTerm
	hashes  *[]uint64 // gets those of the words as written, if it is not nil

	// Of the field being written:
	met   []int    // its terms
	stack []string // the terms of one place
}

// clusterTerm is a term of a message.
type clusterTerm struct {
	text   string
	weight float64
	count  int // in the field being written
}

// Bounds on what is kept from message to message.
const (
	maxStemsKept = 50_000
	maxTermsKept = 1 << 14
)

func newClusterWords() *clusterWords {
	return &clusterWords{english: &stemmer{}, foreign: map[string]string{}, numbers: map[string]int{}}
}

// begin forgets the terms of the message before.
func (w *clusterWords) begin(lang string) {
	if len(w.english.seen) > maxStemsKept {
		w.english = &stemmer{}
	}
	if stemmerOf(lang) == nil {
		lang = ""
	}
	if lang != w.lang || len(w.foreign) > maxStemsKept {
		w.lang, w.foreign = lang, map[string]string{}
	}
	if len(w.terms) > maxTermsKept {
		w.numbers, w.terms = map[string]int{}, nil
	}
	clear(w.numbers)
	w.terms = w.terms[:0]
}

// field appends a field, one string for each stretch that has words; without
// any, nothing.
func (w *clusterWords) field(to []byte, f Field, stretches []string) []byte {
	before := len(to)
	to = append(appendName(to, string(f)), '[')
	empty, words := len(to), 0
	w.met = w.met[:0]
	for _, text := range stretches {
		start := len(to)
		if start > empty {
			to = append(to, ',')
		}
		var n int
		if to, n = w.stretch(append(to, '"'), text); n == 0 {
			to = to[:start]
			continue
		}
		to = append(to, '"')
		words += n
	}
	if words == 0 {
		return to[:before]
	}
	w.weigh(f, words)
	return append(to, ']', ',')
}

// stretch appends the places of a text, and returns how many there are.
func (w *clusterWords) stretch(to []byte, text string) ([]byte, int) {
	last := -1
	scan(text, func(term string, pos int) {
		if pos > last {
			to = w.place(to)
			for last++; last < pos; last++ { // a word that folding left empty
				to = append(to, termSign, placeSign)
			}
			if w.hashes != nil {
				*w.hashes = append(*w.hashes, wordHash([]byte(term)))
			}
		}
		w.push(term)
	})
	if to = w.place(to); last >= 0 {
		to = to[:len(to)-1]
	}
	return to, last + 1
}

// push adds a term to the place being read. One met twice at a place, as a part
// of a compound may be, counts once.
func (w *clusterWords) push(term string) {
	if !slices.Contains(w.stack, term) {
		w.stack = append(w.stack, term)
	}
}

// place appends the terms of the place that was read, and their stems.
func (w *clusterWords) place(to []byte) []byte {
	for _, word := range w.stack {
		if stem := w.english.stem(word); ends(word, stem) {
			w.push(clusterStem + stem)
		}
		if w.lang == "" {
			continue
		}
		if stem := w.stemIn(word); ends(word, stem) {
			w.push(clusterForeign(w.lang, stem))
		}
	}
	for i, term := range w.stack {
		if i > 0 {
			to = append(to, termSign)
		}
		to = append(to, term...)
		w.count(term)
	}
	if len(w.stack) > 0 {
		to = append(to, placeSign)
	}
	w.stack = w.stack[:0]
	return to
}

// clusterForeign is the term of a stem in a language other than English.
func clusterForeign(lang, stem string) string { return clusterStem + lang + clusterStem[:1] + stem }

func (w *clusterWords) stemIn(word string) string {
	stem, ok := w.foreign[word]
	if !ok {
		stem = stemIn(w.lang, word)
		w.foreign[word] = stem
	}
	return stem
}

func (w *clusterWords) count(term string) {
	n, known := w.numbers[term]
	if !known {
		n = len(w.terms)
		w.numbers[term] = n
		w.terms = append(w.terms, clusterTerm{text: term})
	}
	if w.terms[n].count == 0 {
		w.met = append(w.met, n)
	}
	w.terms[n].count++
}

// weigh adds what the terms of a field count for, as leaf.add has it.
func (w *clusterWords) weigh(f Field, words int) {
	i := slices.IndexFunc(textFields, func(t weight) bool { return t.field == f })
	for _, n := range w.met {
		t := &w.terms[n]
		if i >= 0 {
			as := textFields[i]
			t.weight += as.boost * float64(t.count) / (1 - as.b + as.b*float64(words)/clusterMean(f))
		}
		t.count = 0
	}
}

// weights appends each term of the message with its weight.
func (w *clusterWords) weights(to []byte) []byte {
	before := len(to)
	to = append(appendName(to, clusterAny), '"')
	empty := len(to)
	for _, t := range w.terms {
		if t.weight == 0 {
			continue
		}
		to = append(append(to, t.text...), termSign)
		to = strconv.AppendInt(to, max(int64(math.Round(anyUnit*t.weight)), 1), 10)
		to = append(to, placeSign)
	}
	if len(to) == empty {
		return to[:before]
	}
	return append(to[:len(to)-1], '"', ',')
}
