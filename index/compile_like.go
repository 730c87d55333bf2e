package index

import (
	"cmp"
	"math"
	"slices"

	"github.com/bxsearch/bxsearch/archive"
)

// Bounds of a Like.
const (
	maxTelling  = 16    // words that are looked for
	maxLikeText = 2_000 // different words of the text that are counted
)

// telling is a word of a text, with how much it tells about it.
type telling struct {
	word  string
	count int
	tells float64
}

// like matches what has enough of a text's most telling words.
func (c *compiler) like(q Like) (matcher, error) {
	if !q.Field.known() || q.Field.exact() {
		return nil, errLike
	}
	known, err := c.saying(q.Of)
	if err != nil {
		return nil, err
	}
	words, err := c.telling(q, uint64(len(known)))
	if err != nil {
		return nil, err
	}
	m := &someMatcher{}
	all := 0.0
	for _, t := range words {
		w, err := c.scored(q.Field, Expand(t.word))
		if err != nil {
			return nil, err
		}
		w.label = t.word
		m.parts, m.tells = append(m.parts, w), append(m.tells, w.idf)
		all += w.idf
		c.likely = append(c.likely, t.word)
	}
	m.least = q.Part * all
	return &butMatcher{of: m, but: &docsMatcher{docs: known}}, nil
}

// telling returns the words of a text that tell most about it: those that it
// has often and few messages have. Of a whole message, words that only it and its
// copies have cannot be found elsewhere.
func (c *compiler) telling(q Like, copies uint64) ([]telling, error) {
	in, least := q.Field, uint64(1)
	if in == FieldAny {
		in, least = FieldBody, copies+1
	}
	var out []telling
	for _, t := range wordsOf(q.Text) {
		p, err := c.openTerm(c.ctx, in, t.word, false)
		if err != nil {
			return nil, err
		}
		docs := uint64(0)
		if p != nil {
			docs = p.docs()
		}
		if docs < least {
			continue
		}
		t.tells = idf(docs, c.docs) * (1 + math.Log(float64(t.count)))
		out = append(out, t)
	}
	slices.SortStableFunc(out, func(a, b telling) int { return cmp.Compare(b.tells, a.tells) })
	return out[:min(len(out), maxTelling)], nil
}

// wordsOf counts the words of a text, one for each stem. Numbers and single
// letters tell little.
func wordsOf(text string) []telling {
	at := map[string]int{}
	var out []telling
	for _, t := range analyze(text, nil) {
		if t.Kind != Whole || len(t.Term) < 2 || digits(t.Term) {
			continue
		}
		stem := sameStem(t.Term)[0]
		i, ok := at[stem]
		if !ok {
			if i = len(out); i == maxLikeText {
				break
			}
			at[stem] = i
			out = append(out, telling{word: t.Term})
		}
		out[i].count++
	}
	return out
}

// someMatcher matches what matches enough of its parts: those that together
// tell as much as least.
type someMatcher struct {
	orMatcher
	tells []float64 // of each part
	least float64
}

func (m *someMatcher) match(w *window, set *docSet) error {
	if err := m.orMatcher.match(w, set); err != nil {
		return err
	}
	for doc := range set.all() {
		has := 0.0
		for i := range m.sets {
			if m.sets[i].has(doc) {
				has += m.tells[i]
			}
		}
		if has < m.least {
			set.remove(doc)
		}
	}
	return nil
}

// saying returns a message and its copies, in order.
func (c *compiler) saying(id archive.ID) ([]uint64, error) {
	if id == "" {
		return nil, nil
	}
	of, err := c.reader.InternalID(string(id))
	if err != nil || of == nil {
		return nil, err
	}
	copies, err := c.openCopies(c.ctx).of(of.Value())
	docs := append(slices.Clone(copies), of.Value())
	slices.Sort(docs)
	return docs, err
}

// docsMatcher matches documents that are known.
type docsMatcher struct {
	unscored
	docs []uint64
}

func (m *docsMatcher) match(w *window, set *docSet) error {
	var has docSet
	for _, doc := range m.docs {
		if doc >= w.first && doc-w.first < windowDocs {
			has.add(int(doc - w.first))
		}
	}
	set.and(&has)
	return nil
}
