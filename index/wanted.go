package index

// Wanted finds some terms in texts. Its zero value finds none. It may be used by
// many at the same time.
type Wanted struct {
	terms map[string]bool
	heads [1 << 10]bool // beginnings of the terms, and of the words whose stems they are
	like  []func(term string) bool
}

// NewWanted returns what finds terms as Analyze gives them, with StemMark or
// without, and those other than stems that like holds of.
func NewWanted(terms []string, like ...func(term string) bool) *Wanted {
	w := &Wanted{terms: map[string]bool{}, like: like}
	for _, term := range terms {
		w.terms[term] = true
		if len(term) > len(StemMark) && term[:len(StemMark)] == StemMark {
			term = term[len(StemMark):]
			if len(term) < 4 { // "dying" has the stem "die"
				for c := 'a'; c <= 'z'; c++ {
					w.heads[head(term[:1]+string(c))] = true
				}
			}
		}
		w.heads[head(term)] = true
	}
	return w
}

// head is a number for how a term begins.
func head(term string) int {
	switch len(term) {
	case 0:
		return 0
	case 1:
		return int(term[0])
	}
	return (int(term[0])*31 + int(term[1])) & (1<<10 - 1)
}

// Find returns those tokens of Analyze that are wanted, in a fraction of its
// time: most words need no stem to be told from a term.
func (w *Wanted) Find(text string) []Token {
	var tokens []Token
	s := scanner{stemmer: &stemmer{}, wanted: w, emit: func(t Token) { tokens = append(tokens, t) }}
	s.run(text)
	return tokens
}

// begins tells whether a word begins as one that is wanted, or the stem of which
// is.
func (w *Wanted) begins(word string) bool { return w.heads[head(word)] }

// has tells whether a term is wanted.
func (w *Wanted) has(term string, kind Kind) bool {
	if kind == Stem {
		return w.terms[term]
	}
	if w.begins(term) && w.terms[term] {
		return true
	}
	for _, like := range w.like {
		if like(term) {
			return true
		}
	}
	return false
}
