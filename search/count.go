package search

import "context"

// Count returns how many messages match, in the query language. It reads no
// message and so takes less time than a Search.
func (s *Searcher) Count(ctx context.Context, text string) (int, error) {
	ctx, leave := s.pacer.Enter(ctx)
	defer leave()
	r, err := s.request(Query{Text: text, Sort: ByDateDesc, Group: GroupNone, Limit: 1}, nil)
	if err != nil {
		return 0, err
	}
	found, err := s.ask(ctx, r.engine)
	if err != nil {
		return 0, err
	}
	return int(found.Total), nil
}
