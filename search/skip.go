package search

import "context"

// maxSkip bounds Skip.
const maxSkip = 100_000

// Skip returns the cursor behind the nth hit of a search, counted from q.After on,
// and how many messages match. It reads no message, and so tells in little time
// where a walk over many hits will end. The cursor is empty if there are no more
// hits than n. 100,000 are the most.
func (s *Searcher) Skip(ctx context.Context, q Query, n int) (after string, total int, err error) {
	alike, err := s.alike(ctx, q)
	if err != nil {
		return "", 0, err
	}
	q.Facets = nil
	r, err := s.request(q, alike)
	if err != nil {
		return "", 0, err
	}
	n = bounded(n, 1, maxSkip)
	r.engine.Limit, r.engine.Advise = n+1, false
	found, err := s.ask(ctx, r.engine)
	if err != nil {
		return "", 0, err
	}
	if len(found.Hits) > n {
		after = cursor{r.hash, r.rank + n, found.Hits[n-1].SortKey}.String()
	}
	return after, int(found.Total), nil
}
