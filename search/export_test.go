package search

import "github.com/bxsearch/bxsearch/internal/pace"

// SetPacer gives a Searcher limits of a test, and all the time.
func (s *Searcher) SetPacer(p *pace.Pacer) {
	opts := *s.opts
	opts.Timeout = -1
	s.pacer, s.opts = p, &opts
}
