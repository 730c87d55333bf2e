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
		x := explainer{all: s.docs}
		if doc, err := run.matcher.advance(h.doc); err != nil || doc != h.doc {
			return err
		}
		x.matcher(run.matcher)
		if err := x.near(&run.compiler.near, h.doc); err != nil {
			return err
		}
		h.Explanation = x.lines[:min(len(x.lines), maxExplainLines)]
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
	all   uint64
	lines []string
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
			if m.docs[i] == m.doc {
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
		x.say("%.2f  words that begin so, or are similar", m.score())
	}
}

func (x *explainer) apart(m *apartMatcher) {
	if m.has {
		x.word(m.whole, 1)
		return
	}
	x.matcher(&m.andMatcher)
	x.say("       these words are one, %s, and do not stand together here: they count %.2f", m.whole.label, m.score())
}

func (x *explainer) meaning(m *meaningMatcher) {
	own, other := 0.0, 0.0
	if m.docs[0] == m.doc {
		own = m.parts[0].score()
	}
	if m.docs[1] == m.doc {
		other = m.parts[1].score() * synonymWeight
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
	if m.doc == noDoc {
		return
	}
	rare := "in about %d of %d messages"
	x.say("%5.2f  %s, "+rare, weight*m.score(), m.label, m.most, x.all)
	for _, field := range textFields {
		x.field(m, field.field)
	}
	for _, l := range m.leaves {
		if fieldWeight(l.field).field == FieldURL && l.doc == m.doc {
			x.field(m, l.field)
			break
		}
	}
}

func (x *explainer) field(m *wordMatcher, f Field) {
	count, length, boost := 0, 0.0, 0.0
	var forms []string
	for _, l := range m.leaves {
		if l.field != f || l.doc != m.doc {
			continue
		}
		count += l.count()
		length, boost = l.length(), l.boost
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
	bonus, err := n.bonus(doc)
	if err != nil {
		return err
	}
	if bonus > 0 {
		order := ""
		if n.inOrder == 1 {
			order = ", in the query's order"
		}
		x.say("%5.2f  its words stand near each other in the sender's own text: within %d words%s", bonus, n.shortest, order)
	}
	return nil
}
