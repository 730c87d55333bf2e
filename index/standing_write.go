package index

import "math"

// OpenSearch finds the stored queries that may match by terms that it takes out of
// them, and runs each on the messages to be sure. Of a conjunction it takes the terms
// of all parts, and any of them makes it run: of a hundred thousand vendors' names
// the half that end in "Bank", for a message about a bank. So a conjunction is
// written as its rarest part alone, if that is rare enough to choose by.

// rareQueries is of how many queries one may ask for a term that is rare. Of fewer
// queries none is, and conjunctions are written whole: to run them all costs little.
const rareQueries = 1000

// needWriter writes conditions in OpenSearch's language.
type needWriter struct {
	queries int            // that were counted
	asked   map[string]int // by how many of them, by term
}

// count adds a query's terms.
func (w *needWriter) count(n *need) {
	w.queries++
	w.countTerms(n)
}

func (w *needWriter) countTerms(n *need) {
	if n == nil {
		return
	}
	for _, term := range n.terms {
		w.asked[term]++
	}
	for _, part := range n.parts {
		w.countTerms(part)
	}
}

// append appends a condition.
func (w *needWriter) append(to []byte, n *need) []byte {
	switch {
	case n == nil:
		return append(to, `{"match_all":{}}`...)
	case n.written != "":
		return append(to, n.written...)
	case len(n.parts) == 0:
		return appendTerms(to, n)
	}
	how := "should"
	if n.all {
		how = "filter"
		if part, asked := w.rarest(n.parts); asked*rareQueries <= float64(w.queries) {
			return w.append(to, part)
		}
	}
	to = append(append(append(to, `{"bool":{"`...), how...), `":[`...)
	for i, part := range n.parts {
		if i > 0 {
			to = append(to, ',')
		}
		to = w.append(to, part)
	}
	return append(to, `]}}`...)
}

// rarest is the part that the fewest queries ask for, and how many do.
func (w *needWriter) rarest(parts []*need) (best *need, least float64) {
	least = math.Inf(1)
	for _, part := range parts {
		if asked := w.frequency(part); asked < least {
			best, least = part, asked
		}
	}
	return best, least
}

// frequency is how many queries ask for the terms by which a condition is found:
// infinite where that is not by terms alone.
func (w *needWriter) frequency(n *need) float64 {
	if n.written != "" {
		return math.Inf(1)
	}
	sum, least := 0.0, math.Inf(1)
	for _, term := range n.terms {
		sum += float64(w.asked[term])
	}
	for _, part := range n.parts {
		f := w.frequency(part)
		sum, least = sum+f, min(least, f)
	}
	if n.all {
		return least
	}
	return sum
}

// appendTerms appends terms, of which one is needed.
func appendTerms(to []byte, n *need) []byte {
	list := []byte{'['}
	for i, term := range n.terms {
		if i > 0 {
			list = append(list, ',')
		}
		list = appendTerm(list, term)
	}
	return append(to, standingClause("terms", n.field, append(list, ']'))...)
}

// standingClause is a clause of a kind on a field.
func standingClause(kind string, f Field, value []byte) string {
	return `{"` + kind + `":{"` + standingField(f) + `":` + string(value) + `}}`
}

// appendTerm appends a term as JSON. Nearly all are plain words.
func appendTerm(to []byte, term string) []byte {
	if plainLetters(term) {
		return append(append(append(to, '"'), term...), '"')
	}
	to, _ = appendJSON(to, term) // of a string: cannot fail
	return to
}
