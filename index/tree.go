package index

import "fmt"

// tree reads a query for an engine. What nodes mean together is the same for
// all engines, and said here: which words are synonyms of others, which are one
// compound, what is excluded. What each means alone is the engine's business.
type tree[M any] struct {
	engine   nodes[M]
	depth    int
	excluded int // Nots around
	synonyms *Synonyms
	meanings []Meaning
}

// nodes makes what matches of single nodes, and of what was made so.
type nodes[M any] interface {
	all() M
	none() M
	allOf(parts []M) M // of two or more
	oneOf(parts []M) M
	without(of M, parts []M) M

	word(q Word, also []string) (M, error) // also holds words that mean it too
	phrase(q Phrase) (M, error)
	prefix(q Prefix) (M, error)
	fuzzy(q Fuzzy) (M, error)
	nearby(q Near) (M, error)
	inThread(q InThread) (M, error)
	like(q Like) (M, error)
	dateRange(q DateRange) (M, error)

	// apart makes a compound that a query writes as words.
	apart(compound Word, words []M) (M, error)
	// synonymous matches what m matches, and what has a synonym of the words.
	synonymous(m M, words And, also []string) (M, error)
	// nearWord tells of a word at the top of a query of several.
	nearWord(q Word, m M) error
}

// compile makes what matches a node.
func (t *tree[M]) compile(q Query) (m M, err error) {
	if t.depth++; t.depth > maxDepth {
		return m, ErrTooComplex
	}
	defer func() { t.depth-- }()
	switch q := q.(type) {
	case nil, All:
		return t.engine.all(), nil
	case Word:
		return t.and(And{q})
	case Phrase:
		return t.engine.phrase(q)
	case Prefix:
		return t.engine.prefix(q)
	case Fuzzy:
		return t.engine.fuzzy(q)
	case Near:
		return t.engine.nearby(q)
	case InThread:
		return t.engine.inThread(q)
	case Like:
		return t.engine.like(q)
	case DateRange:
		return t.engine.dateRange(q)
	case And:
		return t.and(q)
	case Or:
		return t.or(q)
	case Not:
		return t.and(And{q})
	}
	return m, fmt.Errorf("index: unknown query node %T", q)
}

// and compiles what has to match, then takes away what must not.
func (t *tree[M]) and(q And) (none M, err error) {
	var must, not []M
	for i := 0; i < len(q); i++ {
		var m M
		to, n := &must, 1
		switch part := q[i].(type) {
		case Not:
			to = &not
			m, err = t.but(part.Of)
		case Word:
			m, n, err = t.meant(q, i)
		default:
			m, err = t.compile(part)
		}
		if err != nil {
			return none, err
		}
		*to = append(*to, m)
		i += n - 1
	}
	m := t.together(must)
	if len(not) > 0 {
		m = t.engine.without(m, not)
	}
	return m, nil
}

// but compiles what a query excludes: what was written, and nothing else that
// it may mean.
func (t *tree[M]) but(q Query) (M, error) {
	t.excluded++
	defer func() { t.excluded-- }()
	return t.compile(q)
}

func (t *tree[M]) together(must []M) M {
	switch len(must) {
	case 0:
		return t.engine.all()
	case 1:
		return must[0]
	}
	return t.engine.allOf(must)
}

func (t *tree[M]) or(q Or) (none M, err error) {
	var parts []M
	for _, part := range q {
		m, err := t.compile(part)
		if err != nil {
			return none, err
		}
		parts = append(parts, m)
	}
	if len(parts) == 0 {
		return t.engine.none(), nil
	}
	return t.engine.oneOf(parts), nil
}

// meant compiles the word q[i], or the phrase of words from there on that has
// synonyms, and returns how many words that is.
func (t *tree[M]) meant(q And, i int) (none M, n int, err error) {
	n, also := 0, []string(nil)
	if t.excluded == 0 {
		n, also = t.synonyms.At(q, i)
	}
	var parts []M
	k := i
	for k < i+max(n, 1) {
		m, taken, err := t.written(q, k)
		if err != nil {
			return none, 0, err
		}
		parts = append(parts, m)
		k += taken
	}
	m := t.together(parts)
	if len(also) > 0 {
		words := q[i : i+n]
		if m, err = t.engine.synonymous(m, words, also); err != nil {
			return none, 0, err
		}
		t.meanings = append(t.meanings, Meaning{Text: asWritten(words), Also: also})
	}
	return m, k - i, nil
}

// written compiles the word q[i], or the compound that it and the next one are,
// and returns how many words that is.
func (t *tree[M]) written(q And, i int) (m M, n int, err error) {
	word := q[i].(Word)
	compound, apart := together(q, i)
	if !apart {
		m, err = t.engine.word(word, neighbours(q, i))
		return m, 1, t.mayBeNear(q, word, m, err)
	}
	var words []M
	for k := i; k < i+2; k++ {
		w, err := t.engine.word(q[k].(Word), neighbours(q, k))
		if err != nil {
			return m, 0, err
		}
		words = append(words, w)
	}
	m, err = t.engine.apart(compound, words)
	return m, 2, t.mayBeNear(q, compound, m, err)
}

// mayBeNear tells of a word at the top of a query, which may be near others.
func (t *tree[M]) mayBeNear(q And, word Word, m M, err error) error {
	if err != nil || t.depth > 1 || len(q) < 2 {
		return err
	}
	return t.engine.nearWord(word, m)
}
