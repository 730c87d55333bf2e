package index

import "math"

// matcher tells which documents match a node of a query, window by window, in
// order. There is nothing to close: all that it reads is the snapshot's.
type matcher interface {
	// match narrows the set to the documents of the window that match.
	match(w *window, set *docSet) error
	// score writes the scores of the documents of a set. All of them match, by
	// the match called last.
	score(w *window, set *docSet, to *scores)
	// fork returns a matcher of the same for another goroutine.
	fork() matcher
}

// k1 is how soon more occurrences of a word stop to count: BM25's, where 1.2 is
// usual. Since every word of a query has to be there anyway, how often it is
// tells little.
const k1 = 0.6

// otherForm is what a word counts for where it stands in other forms only:
// "breaches" in a query for breach.
const otherForm = 0.8

// wordMatcher matches the documents that hold a word in any of its forms and
// fields. It scores them by BM25F: the occurrences of all fields and forms are
// added up, each with its weight, before they saturate; so a word in subject
// and body is one word found twice, not two words found.
type wordMatcher struct {
	leaves  []leaf
	idf     float64
	label   string // the text of the query, for explanations
	written string // the form that was searched for; empty if there is none
	most    uint64 // documents that have it, about
}

// leaf is one form of a word in one field.
type leaf struct {
	postings
	weight
	mean float64 // words of the field, over the documents that have it
	form string
}

// idf is how much a word tells that docs of all documents hold.
func idf(docs, all uint64) float64 {
	d := float64(min(docs, all))
	return math.Log(1 + (float64(all)-d+0.5)/(d+0.5))
}

// leafCost is what it takes to find a form's documents in a window, in postings
// read.
const leafCost = 8

func (m *wordMatcher) match(w *window, set *docSet) error {
	var has docSet
	for i := range m.leaves {
		if err := w.spend(leafCost); err != nil {
			return err
		}
		part := *set
		if err := m.leaves[i].match(w, &part); err != nil {
			return err
		}
		has.or(&part)
	}
	*set = has
	return nil
}

func (m *wordMatcher) score(w *window, set *docSet, to *scores) {
	*to = scores{}
	var written docSet
	for i := range m.leaves {
		l := &m.leaves[i]
		l.add(w, set, to)
		if l.form == m.written {
			for _, at := range w.found.at[:w.found.n] {
				written.add(int(at))
			}
		}
	}
	for i := range set.all() {
		form := otherForm
		if m.written == "" || written.has(i) {
			form = 1
		}
		to[i] = form * m.idf * to[i] * (k1 + 1) / (k1 + to[i])
	}
}

// add adds what the documents have of the form.
func (l *leaf) add(w *window, set *docSet, to *scores) {
	l.read(w, set)
	w.spent += w.found.n
	mean, r := math.Max(l.mean, 1), w.found
	for i, at := range r.at[:r.n] {
		norm := 1 - l.b + l.b*float64(r.length[i])/mean
		to[at] += l.boost * float64(r.count[i]) / norm
	}
}

// andMatcher matches what all its parts match.
type andMatcher struct{ parts []matcher }

func (m *andMatcher) match(w *window, set *docSet) error {
	for _, p := range m.parts {
		if err := p.match(w, set); err != nil || set.empty() {
			return err
		}
	}
	return nil
}

func (m *andMatcher) score(w *window, set *docSet, to *scores) {
	m.parts[0].score(w, set, to)
	more := w.take()
	for _, p := range m.parts[1:] {
		p.score(w, set, more)
		to.add(set, more)
	}
	w.give(more)
}

func (s *scores) add(set *docSet, more *scores) {
	for i := range set.all() {
		s[i] += more[i]
	}
}

// orMatcher matches what one of its parts matches.
type orMatcher struct {
	parts []matcher
	sets  []docSet // what each part matches of the window
}

func (m *orMatcher) match(w *window, set *docSet) error {
	if m.sets == nil {
		m.sets = make([]docSet, len(m.parts))
	}
	var has docSet
	for i, p := range m.parts {
		m.sets[i] = *set
		if err := p.match(w, &m.sets[i]); err != nil {
			return err
		}
		has.or(&m.sets[i])
	}
	*set = has
	return nil
}

func (m *orMatcher) score(w *window, set *docSet, to *scores) {
	*to = scores{}
	more := w.take()
	for i, p := range m.parts {
		if has := m.part(i, set); !has.empty() {
			p.score(w, &has, more)
			to.add(&has, more)
		}
	}
	w.give(more)
}

// part returns what a part matches of a set.
func (m *orMatcher) part(i int, set *docSet) docSet {
	has := m.sets[i]
	has.and(set)
	return has
}

// butMatcher matches what of matches and but does not.
type butMatcher struct{ of, but matcher }

func (m *butMatcher) match(w *window, set *docSet) error {
	if err := m.of.match(w, set); err != nil || set.empty() {
		return err
	}
	not := *set
	err := m.but.match(w, &not)
	set.but(&not)
	return err
}

func (m *butMatcher) score(w *window, set *docSet, to *scores) { m.of.score(w, set, to) }

// unscored is the score of what says nothing of how well a document matches.
type unscored struct{}

func (unscored) score(_ *window, _ *docSet, to *scores) { *to = scores{} }

// allMatcher matches every document.
type allMatcher struct{ unscored }

func (allMatcher) match(*window, *docSet) error { return nil }

// noneMatcher matches nothing.
type noneMatcher struct{ unscored }

func (noneMatcher) match(_ *window, set *docSet) error {
	*set = docSet{}
	return nil
}

// termMatcher matches a term without scoring it.
type termMatcher struct {
	unscored
	*termPostings
}

// filterMatcher matches what of matches and keep accepts.
type filterMatcher struct {
	unscored
	of   matcher
	open func() keeper // keep is one of these
	keep keeper
}

// keeper tells of documents, mostly in order, whether they are to be kept.
type keeper func(doc uint64) (bool, error)

func newFilter(of matcher, open func() keeper) *filterMatcher {
	return &filterMatcher{of: of, open: open, keep: open()}
}

func (m *filterMatcher) match(w *window, set *docSet) error {
	if err := m.of.match(w, set); err != nil {
		return err
	}
	for i := range set.all() {
		if err := w.spend(1); err != nil {
			return err
		}
		ok, err := m.keep(w.first + uint64(i))
		if err != nil {
			return err
		}
		if !ok {
			set.remove(i)
		}
	}
	return nil
}
