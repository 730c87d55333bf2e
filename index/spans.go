package index

import (
	"cmp"
	"context"
	"slices"

	"github.com/bxsearch/bxsearch/internal/pace"
)

// placedPart tells where a part of a Near is.
type placedPart struct {
	forms []placedForm
	spans []span // in the current document, in order
}

type placedForm struct {
	*phrasePostings
	word string // the first
}

// span is a stretch of places, [start, end], that has a word, or the phrase
// that begins with it.
type span struct {
	start, end uint64
	word       string
}

// read finds the part in a document.
func (p *placedPart) read(doc uint64) error {
	p.spans = p.spans[:0]
	for _, form := range p.forms {
		at, err := form.advance(doc)
		if err != nil {
			return err
		}
		if at != doc {
			continue
		}
		for _, start := range form.starts {
			p.spans = append(p.spans, span{start, start + uint64(len(form.terms)) - 1, form.word})
		}
	}
	slices.SortFunc(p.spans, compareSpans)
	p.spans = slices.Compact(p.spans)
	return nil
}

func compareSpans(a, b span) int {
	return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end), cmp.Compare(a.word, b.word))
}

// nearMatcher matches what of matches, where the parts are near each other.
// It scores as of does.
type nearMatcher struct {
	ctx      context.Context
	of       matcher
	fields   [][]*placedPart
	distance int
	ordered  bool
}

func (m *nearMatcher) advance(min uint64) (uint64, error) {
	for {
		doc, err := m.of.advance(min)
		if err != nil || doc == noDoc {
			return noDoc, err
		}
		ok, err := m.near(doc)
		if err != nil {
			return noDoc, err
		}
		if ok {
			return doc, nil
		}
		min = doc + 1
	}
}

// near looks for a field that has the parts near each other. In a long text of
// common words that takes a while, so it tells of it each time.
func (m *nearMatcher) near(doc uint64) (bool, error) {
	for _, parts := range m.fields {
		spans, found := make([][]span, len(parts)), 1
		for i, p := range parts {
			if err := p.read(doc); err != nil {
				return false, err
			}
			spans[i] = p.spans
			found += len(p.spans)
		}
		if err := pace.Spend(m.ctx, found); err != nil {
			return false, err
		}
		if slices.ContainsFunc(spans, func(s []span) bool { return len(s) == 0 }) {
			continue
		}
		if len(spans) < 2 || m.ordered && inOrder(spans, uint64(m.distance)) || !m.ordered && within(spans, uint64(m.distance)) {
			return true, nil
		}
	}
	return false, nil
}

func (m *nearMatcher) score() float64 { return m.of.score() }

// inOrder tells whether the parts follow each other, the last beginning at
// most distance behind the first. From each first part, the next ones that
// come are the nearest.
func inOrder(parts [][]span, distance uint64) bool {
	rest := slices.Clone(parts)
	for _, first := range parts[0] {
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

// within tells whether the parts are in one stretch, in any order, apart from
// each other. It looks at the stretches that begin with each span.
func within(parts [][]span, distance uint64) bool {
	rest := slices.Clone(parts)
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
