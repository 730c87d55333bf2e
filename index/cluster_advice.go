package index

import (
	"cmp"
	"context"
	"slices"
)

// matching counts what matches, of another query than the search's.
func (s *clusterSearch) matching(ctx context.Context, r *Request, q Query) (uint64, error) {
	of := &clusterSearch{clusterAsker: s.clusterAsker, request: &Request{Query: q, Sort: ByDateDesc, Limit: 1, synonyms: r.synonyms, Wholly: true}}
	if _, err := of.compiled(ctx, of.request); err != nil {
		return 0, err
	}
	answer, err := of.counted(ctx, nil)
	if err != nil {
		return 0, err
	}
	return answer.Hits.Total.Value, nil
}

// similarIn takes OpenSearch's word for which words are similar, and counts
// itself by how much they differ and how many messages have them: what
// OpenSearch says of that counts deleted messages too.
func (s *clusterSearch) similarIn(ctx context.Context, f Field, word string, edits int, found map[string]similarWord) (own uint64, err error) {
	spellings, err := s.similar(ctx, f, word, edits, adviceListed)
	if err != nil {
		return 0, err
	}
	var near []similarWord
	for _, of := range spellings {
		if n := editDistance(word, of.term, edits); n <= edits && of.term != word {
			near = append(near, similarWord{term: of.term, edits: n})
		}
	}
	slices.SortFunc(near, func(a, b similarWord) int {
		return cmp.Or(cmp.Compare(a.edits, b.edits), cmp.Compare(a.term, b.term))
	})
	near = near[:min(len(near), adviceCounted)]
	unknown := map[factOf]bool{}
	having := func(term string) uint64 { return s.facts.known(factOf{string(f), term}, unknown) }
	for _, w := range near {
		having(w.term)
	}
	if having(word); len(unknown) > 0 {
		if err := s.count(ctx, unknown); err != nil {
			return 0, err
		}
	}
	for _, w := range near {
		w.docs = max(having(w.term), found[w.term].docs)
		found[w.term] = w
	}
	return having(word), nil
}
