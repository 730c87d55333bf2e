package index

import (
	"cmp"
	"slices"
)

// placedPart tells where a part of a Near is.
type placedPart struct {
	forms []placedForm
	spans []span // in the current document, in order
}

type placedForm struct {
	*phrasePostings
	word string // the first
	has  docSet // documents of the window that have all of its words
}

// match narrows the set to the documents that may have the part.
func (p *placedPart) match(w *window, set *docSet) error {
	var has docSet
	for i := range p.forms {
		form := &p.forms[i]
		form.has = *set
		if err := form.candidates(w, &form.has); err != nil {
			return err
		}
		has.or(&form.has)
	}
	*set = has
	return nil
}

// span is a stretch of places, [start, end], that has a word, or the phrase
// that begins with it.
type span struct {
	start, end uint64
	word       string
}

// read finds the part in a document.
func (p *placedPart) read(w *window, i int) {
	p.spans = p.spans[:0]
	forms := 0
	for n := range p.forms {
		form := &p.forms[n]
		if !form.has.has(i) {
			continue
		}
		forms++
		form.find(w, i)
		for _, start := range form.starts {
			p.spans = append(p.spans, span{start, start + uint64(len(form.terms)) - 1, form.word})
		}
	}
	if forms > 1 {
		slices.SortFunc(p.spans, compareSpans)
		p.spans = slices.Compact(p.spans)
	}
}

func compareSpans(a, b span) int {
	if a.start != b.start {
		return cmp.Compare(a.start, b.start)
	}
	if a.end != b.end {
		return cmp.Compare(a.end, b.end)
	}
	return cmp.Compare(a.word, b.word)
}

// nearMatcher matches what of matches, where the parts are near each other.
// It scores as of does.
type nearMatcher struct {
	of       matcher
	fields   [][]*placedPart
	distance int
	ordered  bool
	spans    [][]span // of the parts, in the current document
}

func (m *nearMatcher) match(w *window, set *docSet) error {
	if err := m.of.match(w, set); err != nil || set.empty() {
		return err
	}
	var near docSet
	for _, parts := range m.fields {
		todo := *set
		todo.but(&near)
		for _, p := range parts {
			if err := p.match(w, &todo); err != nil {
				return err
			}
		}
		for i := range todo.all() {
			ok, err := m.near(w, i, parts)
			if err != nil {
				return err
			}
			if ok {
				near.add(i)
			}
		}
	}
	*set = near
	return nil
}

// near tells whether a document that has the parts in a field has them near
// each other there. In a long text of common words that takes a while.
func (m *nearMatcher) near(w *window, i int, parts []*placedPart) (bool, error) {
	m.spans = m.spans[:0]
	for _, p := range parts {
		p.read(w, i)
		if m.spans = append(m.spans, p.spans); len(p.spans) == 0 {
			return false, nil
		}
		if err := w.spend(len(p.spans)); err != nil {
			return false, err
		}
	}
	switch distance := uint64(m.distance); {
	case len(parts) < 2:
		return true, nil
	case m.ordered:
		return inOrder(m.spans, distance), nil
	case len(parts) == 2:
		return beside(m.spans[0], m.spans[1], distance), nil
	default:
		return within(m.spans, distance), nil
	}
}

func (m *nearMatcher) score(w *window, set *docSet, to *scores) { m.of.score(w, set, to) }

// inOrder tells whether the parts follow each other, the last beginning at
// most distance behind the first. From each first part, the next ones that
// come are the nearest. It shortens the lists.
func inOrder(rest [][]span, distance uint64) bool {
	for _, first := range rest[0] {
		last := first
		for i := 1; i < len(rest); i++ {
			for len(rest[i]) > 0 && rest[i][0].start <= last.end {
				rest[i] = rest[i][1:]
			}
			if len(rest[i]) == 0 {
				return false
			}
			last = rest[i][0]
		}
		if last.start <= first.end+distance {
			return true
		}
	}
	return false
}

// beside does what within does for two parts.
func beside(a, b []span, distance uint64) bool {
	for len(a) > 0 && len(b) > 0 {
		if compareSpans(b[0], a[0]) < 0 {
			a, b = b, a
		}
		for _, s := range b {
			if s.start > a[0].end+distance {
				break
			}
			if !s.overlaps(a[0]) {
				return true
			}
		}
		a = a[1:]
	}
	return false
}

// within tells whether the parts are in one stretch, in any order, apart from
// each other. It looks at the stretches that begin with each span, and shortens
// the lists.
func within(rest [][]span, distance uint64) bool {
	for {
		first := -1
		for i, spans := range rest {
			if len(spans) > 0 && (first < 0 || compareSpans(spans[0], rest[first][0]) < 0) {
				first = i
			}
		}
		if first < 0 {
			return false
		}
		start := rest[first][0]
		steps := maxSteps
		if fit(rest, first, start.end+distance, &steps) {
			return true
		}
		rest[first] = rest[first][1:]
	}
}

// maxSteps bounds how long one stretch is tried. It is met only where parts
// overlap over and over, as in the same word eight times.
const maxSteps = 1000

// fit tells whether, with the first span of part first, there is a span for each
// other part that begins by limit, none overlapping another.
func fit(parts [][]span, first int, limit uint64, steps *int) bool {
	taken := []span{parts[first][0]}
	at := make([]int, len(parts)) // the next span to try
	order := slices.DeleteFunc([]int{0, 1, 2, 3, 4, 5, 6, 7}[:len(parts)], func(i int) bool { return i == first })
	for i := 0; i < len(order); {
		p := order[i]
		free := -1
		for ; at[p] < len(parts[p]) && parts[p][at[p]].start <= limit && *steps > 0; at[p]++ {
			*steps--
			if s := parts[p][at[p]]; !slices.ContainsFunc(taken, s.overlaps) {
				free = at[p]
				break
			}
		}
		if free < 0 {
			if i == 0 || *steps <= 0 {
				return false
			}
			at[p] = 0
			i--
			taken = taken[:len(taken)-1]
			at[order[i]]++
			continue
		}
		taken = append(taken, parts[p][free])
		i++
	}
	return true
}

// overlaps does not hold of two words at one place: those are parts of one
// compound, "multi" and "factor" of "multi-factor".
func (s span) overlaps(t span) bool {
	apart := s.end < t.start || t.end < s.start
	parts := s.start == s.end && s == span{t.start, t.end, s.word} && s.word != t.word
	return !apart && !parts
}
