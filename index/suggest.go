package index

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Bounds of advice.
const (
	adviceHits    = 3    // a search with more hits needs no advice
	adviceTerms   = 8    // of a query that are looked into
	adviceWords   = 3    // that are proposed for one
	adviceLetter  = 4    // letters of a word that may be a mistake
	adviceListed  = 5000 // similar words of one field that are listed
	adviceCounted = 100  // of them, the least different, whose messages are counted
)

// Advice says of one word, phrase or other part that a query requires what it
// does to a search with few hits.
type Advice struct {
	Part    Query
	Alone   uint64   // messages that match it
	Without uint64   // messages that match the query without it
	Similar []string // frequent words of the index that differ little, best first
}

// adviser is what advice takes of an engine.
type adviser interface {
	// matching returns how many messages match, where words are looked for as such.
	matching(ctx context.Context, r *Request, q Query) (uint64, error)
	// similarIn collects the words of a field that differ by so many letters at
	// most, and returns how many messages have the word itself.
	similarIn(ctx context.Context, f Field, word string, edits int, found map[string]similarWord) (own uint64, err error)
}

// advise looks into a query that finds nearly nothing, part by part. What a
// query excludes is left alone.
func advise(ctx context.Context, e adviser, r *Request, total uint64) ([]Advice, error) {
	if total > adviceHits {
		return nil, nil
	}
	and, ok := r.Query.(And)
	if !ok {
		and = And{r.Query}
	}
	var out []Advice
	for i, part := range and {
		if _, excluded := part.(Not); excluded || len(out) == adviceTerms {
			continue
		}
		a := Advice{Part: part}
		var err error
		if a.Alone, err = countOf(ctx, e, r, part); err != nil {
			return nil, err
		}
		if a.Without, err = countOf(ctx, e, r, slices.Delete(slices.Clone(and), i, i+1)); err != nil {
			return nil, err
		}
		if w, ok := part.(Word); ok && a.Alone <= adviceHits {
			if a.Similar, err = similarTo(ctx, e, w); err != nil {
				return nil, err
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// countOf returns how many messages match; 0 for the empty query, which is no
// proposal.
func countOf(ctx context.Context, e adviser, r *Request, q Query) (uint64, error) {
	if and, ok := q.(And); ok && len(and) == 0 {
		return 0, nil
	}
	return e.matching(ctx, r, q)
}

func (s *snapshot) matching(ctx context.Context, r *Request, q Query) (uint64, error) {
	res, err := s.search(ctx, &Request{Query: q, Sort: ByDateDesc, Limit: 1, synonyms: r.synonyms, Wholly: true})
	if err != nil {
		return 0, err
	}
	return res.Total, nil
}

// similarWord is a word that a query may have meant.
type similarWord struct {
	term  string
	edits int
	docs  uint64
}

// similarTo proposes words for one that is rare: such that are much more
// frequent, the least different first.
func similarTo(ctx context.Context, e adviser, q Word) ([]string, error) {
	at := places(q.Text)
	if len(at) != 1 || q.Field.exact() || len([]rune(at[0].whole)) < adviceLetter {
		return nil, nil
	}
	word, found := at[0].whole, map[string]similarWord{}
	fields := fieldsOf(q.Field)
	if q.Field == FieldAny {
		fields = fields[:2] // subject and own words: quotes repeat them
	}
	edits, own := 1, uint64(0)
	if len([]rune(word)) >= 7 {
		edits = 2
	}
	for _, field := range fields {
		docs, err := e.similarIn(ctx, field.field, word, edits, found)
		if err != nil {
			return nil, err
		}
		own = max(own, docs)
	}
	return best(found, own), nil
}

func (s *snapshot) similarIn(ctx context.Context, f Field, word string, edits int, found map[string]similarWord) (own uint64, err error) {
	words := s.chosen(f, "", adviceListed, newResembling(word, edits), func(string) bool { return true })
	near := make([]similarWord, len(words))
	for i, w := range words {
		near[i] = similarWord{term: w, edits: editDistance(word, w, edits)}
	}
	slices.SortStableFunc(near, func(a, b similarWord) int { return cmp.Compare(a.edits, b.edits) })
	for _, w := range near[:min(len(near), adviceCounted)] {
		if w.docs, err = s.having(ctx, f, w.term); err != nil {
			return 0, err
		}
		w.docs = max(w.docs, found[w.term].docs)
		found[w.term] = w
	}
	delete(found, word)
	return s.having(ctx, f, word)
}

// having returns how many documents have a term.
func (s *snapshot) having(ctx context.Context, f Field, term string) (uint64, error) {
	p, err := s.openTerm(ctx, f, term, false)
	if err != nil || p == nil {
		return 0, err
	}
	return p.docs(), nil
}

// best orders words by how little they differ and how frequent they are: one
// more letter needs ten times the messages.
func best(found map[string]similarWord, own uint64) []string {
	var words []similarWord
	for _, w := range found {
		if w.docs >= 2 && w.docs >= 5*own {
			words = append(words, w)
		}
	}
	rank := func(w similarWord) float64 { return math.Log10(float64(w.docs)) - float64(w.edits) }
	slices.SortFunc(words, func(a, b similarWord) int {
		return cmp.Or(cmp.Compare(rank(b), rank(a)), cmp.Compare(a.term, b.term))
	})
	var out []string
	for _, w := range words[:min(len(words), adviceWords)] {
		out = append(out, w.term)
	}
	return out
}
