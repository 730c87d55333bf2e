package index

import "slices"

// A matcher remembers where it is, so each goroutine of a search has one of its
// own: a fork looks for the same, from any window behind the last one on.

func forks(of []matcher) []matcher {
	out := make([]matcher, len(of))
	for i, m := range of {
		out[i] = m.fork()
	}
	return out
}

func (m *wordMatcher) fork() matcher {
	f := *m
	f.leaves = slices.Clone(m.leaves)
	for i := range f.leaves {
		f.leaves[i].postings = m.leaves[i].postings.fork()
	}
	return &f
}

func (m *andMatcher) fork() matcher { return &andMatcher{forks(m.parts)} }

func (m *orMatcher) fork() matcher { return &orMatcher{parts: forks(m.parts)} }

func (m *butMatcher) fork() matcher { return &butMatcher{m.of.fork(), m.but.fork()} }

func (m allMatcher) fork() matcher { return m }

func (m noneMatcher) fork() matcher { return m }

func (m termMatcher) fork() matcher { return termMatcher{termPostings: m.forked()} }

func (m *filterMatcher) fork() matcher { return newFilter(m.of.fork(), m.open) }

func (m *apartMatcher) fork() matcher {
	return &apartMatcher{andMatcher: andMatcher{forks(m.parts)}, whole: m.whole.fork().(*wordMatcher)}
}

func (m *meaningMatcher) fork() matcher { return &meaningMatcher{orMatcher{parts: forks(m.parts)}} }

func (m *someMatcher) fork() matcher {
	return &someMatcher{orMatcher: orMatcher{parts: forks(m.parts)}, tells: m.tells, least: m.least}
}

func (m *docsMatcher) fork() matcher { return m }

func (m *gatheredMatcher) fork() matcher { return m }

func (m *nearMatcher) fork() matcher {
	f := &nearMatcher{of: m.of.fork(), distance: m.distance, ordered: m.ordered}
	for _, parts := range m.fields {
		own := make([]*placedPart, len(parts))
		for i, p := range parts {
			own[i] = &placedPart{}
			for _, form := range p.forms {
				own[i].forms = append(own[i].forms, placedForm{phrasePostings: form.forked(), word: form.word})
			}
		}
		f.fields = append(f.fields, own)
	}
	return f
}

func (p *termPostings) fork() postings { return p.forked() }

func (p *termPostings) forked() *termPostings {
	return &termPostings{parts: slices.Clone(p.parts), total: p.total}
}

func (p *phrasePostings) fork() postings { return p.forked() }

func (p *phrasePostings) forked() *phrasePostings {
	f := &phrasePostings{}
	for _, t := range p.terms {
		f.terms = append(f.terms, t.forked())
	}
	return f
}

func (p *postingsIn) fork() postings {
	return &postingsIn{postings: p.postings.fork(), tongues: p.tongues, langs: p.langs}
}
