package index

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
)

// Bounds of an explanation.
const (
	maxExplained    = 50 // hits
	maxExplainLines = 40 // of one hit
	maxExplainForms = 6  // forms of a word that are named
)

// explain tells of each hit why it has its score: it searches once more, and
// looks at what matches there.
func (s *snapshot) explain(ctx context.Context, r *Request, hits []Hit) error {
	run, err := s.start(ctx, r)
	if err != nil {
		return err
	}
	inOrder := make([]*Hit, 0, len(hits))
	for i := range hits[:min(len(hits), maxExplained)] {
		inOrder = append(inOrder, &hits[i])
	}
	slices.SortFunc(inOrder, func(a, b *Hit) int { return cmp.Compare(a.doc, b.doc) })
	for _, h := range inOrder {
		err := s.only(ctx, []uint64{h.doc}, run.matcher, func(w *window, set *docSet) error {
			x := explainer{window: w, doc: set}
			x.matcher(run.matcher)
			err := x.near(&run.compiler.near, h.doc)
			h.Explanation = x.lines[:min(len(x.lines), maxExplainLines)]
			return err
		})
		if err != nil {
			return err
		}
	}
	if r.Sort == ByRelevance {
		explainTies(hits[:len(inOrder)])
	}
	return nil
}

// explainTies tells of hits with the score of the one before how they are
// ordered.
func explainTies(hits []Hit) {
	for i := range hits {
		if i > 0 && hits[i].Score > 0 && hits[i].Score == hits[i-1].Score {
			hits[i].Explanation = append(hits[i].Explanation, "the score of the one before: the first message of a thread goes before others, then the newer before the older")
		}
	}
}

// explainer writes down why a document has its score.
type explainer struct {
	window *window
	doc    *docSet // it alone
	lines  []string
}

// score is what a matcher adds.
func (x *explainer) score(m matcher) (score float64) {
	all := x.window.take()
	defer x.window.give(all)
	m.score(x.window, x.doc, all)
	for i := range x.doc.all() {
		score = all[i]
	}
	return score
}

func (x *explainer) say(format string, args ...any) {
	x.lines = append(x.lines, fmt.Sprintf(format, args...))
}

// matcher explains what a matcher adds. Its depth is that of the query, which
// is bounded.
func (x *explainer) matcher(m matcher) {
	switch m := m.(type) {
	case *wordMatcher:
		x.word(m, 1)
	case *apartMatcher:
		x.apart(m)
	case *andMatcher:
		for _, part := range m.parts {
			x.matcher(part)
		}
	case *orMatcher:
		for i, part := range m.parts {
			if x.has(m, i) {
				x.matcher(part)
			}
		}
	case *someMatcher:
		x.matcher(&m.orMatcher)
	case *meaningMatcher:
		x.meaning(m)
	case *butMatcher:
		x.matcher(m.of)
	case *nearMatcher:
		x.matcher(m.of)
		x.say("the words are within %d of each other, as was asked for", m.distance)
	case *gatheredMatcher:
		x.say("%.2f  words that begin so, or are similar", x.score(m))
	}
}

func (x *explainer) apart(m *apartMatcher) {
	if has := m.together(x.doc); !has.empty() {
		x.word(m.whole, 1)
		return
	}
	x.matcher(&m.andMatcher)
	x.say("       these words are one, %s, and do not stand together here: they count %.2f", m.whole.label, x.score(m))
}

// has tells whether a part of what matches does.
func (x *explainer) has(m *orMatcher, part int) bool {
	set := m.part(part, x.doc)
	return !set.empty()
}

func (x *explainer) meaning(m *meaningMatcher) {
	own, other := 0.0, 0.0
	if x.has(&m.orMatcher, 0) {
		own = x.score(m.parts[0])
	}
	if x.has(&m.orMatcher, 1) {
		other = x.score(m.parts[1]) * synonymWeight
	}
	if own >= other {
		x.matcher(m.parts[0])
		return
	}
	if w, ok := m.parts[1].(*wordMatcher); ok {
		x.word(w, synonymWeight)
		x.say("      that is a synonym, and counts %.0f %%", 100*synonymWeight)
	}
}

// word explains a word or a phrase: what it adds, how rare it is, and in which
// fields it stands in which forms.
func (x *explainer) word(m *wordMatcher, weight float64) {
	rare := "in about %d of %d messages"
	x.say("%5.2f  %s, "+rare, weight*x.score(m), m.label, m.most, x.window.docs)
	for _, field := range textFields {
		x.field(m, field.field)
	}
	x.field(m, FieldURL)
}

func (x *explainer) field(m *wordMatcher, f Field) {
	count, length, boost := 0, 0.0, 0.0
	var forms []string
	for _, l := range m.leaves {
		if l.field != f {
			continue
		}
		l.read(x.window, x.doc)
		r := x.window.found
		if r.n == 0 {
			continue
		}
		count += int(r.count[0])
		length, boost = float64(r.length[0]), l.boost
		if len(forms) < maxExplainForms && !slices.Contains(forms, l.form) {
			forms = append(forms, l.form)
		}
	}
	if count > 0 {
		x.say("       %s in %s of %.0f words (weight %g): %s", times(count), placeNames(f), length, boost, strings.Join(forms, ", "))
	}
}

func times(n int) string {
	switch n {
	case 1:
		return "once"
	case 2:
		return "twice"
	}
	return fmt.Sprintf("%d times", n)
}

// placeNames says in words which part of a message a field is.
func placeNames(f Field) string {
	switch f {
	case FieldSubject:
		return "the subject"
	case FieldBody:
		return "the sender's own text"
	case FieldQuoted:
		return "quoted text"
	case FieldAttachment:
		return "attachments"
	case FieldFrom:
		return "the sender's name"
	}
	return string(f)
}

// near explains what the nearness of the words adds.
func (x *explainer) near(n *nearness, doc uint64) error {
	if len(n.words) < 2 {
		return nil
	}
	bonus, err := n.bonus(x.window.snapshot, doc)
	if bonus > 0 {
		order := ""
		if n.inOrder == 1 {
			order = ", in the query's order"
		}
		x.say("%5.2f  its words stand near each other in the sender's own text: within %d words%s", bonus, n.shortest, order)
	}
	return err
}
