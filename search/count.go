package search

import "context"

// Count returns how many messages match: Results.Total of a Search. It reads no
// message and so takes less time. Of q it looks at what says which messages
// match, Text, Like, SimilarSubject and Wholly, and not at what asks for hits.
func (s *Searcher) Count(ctx context.Context, q Query) (int, error) {
	ctx, leave := s.pacer.Enter(ctx)
	defer leave()
	alike, err := s.alike(ctx, q)
	if err != nil {
		return 0, err
	}
	q = Query{Text: q.Text, Like: q.Like, SimilarSubject: q.SimilarSubject, Wholly: q.Wholly, Sort: ByDateDesc, Group: GroupNone, Limit: 1}
	r, err := s.request(q, alike)
	if err != nil {
		return 0, err
	}
	r.engine.Advise = false
	found, err := s.ask(ctx, r.engine)
	if err != nil {
		return 0, err
	}
	return int(found.Total), nil
}
