package index

import "fmt"

// Bounds of an InThread: OpenSearch takes lists of so many terms, and the
// threads that a search found first go over the wire and back.
const (
	threadsListed = 60_000
	maxThreads    = 300_000
)

// inThread asks which threads the inner query matches, then matches those.
func (c *clusterCompiler) inThread(q InThread) (*clusterNode, error) {
	if c.threads++; c.threads > maxInside {
		return nil, ErrTooComplex
	}
	of, err := c.compile(q.Of)
	if err != nil {
		return nil, err
	}
	if len(c.missing) > 0 {
		return c.none(), nil // what matches may not be known yet
	}
	threads, err := c.asks.threads(c.ctx, of.clause)
	if err != nil {
		return nil, err
	}
	if len(threads) > maxThreads {
		return nil, fmt.Errorf("index: the query in a query for threads matches more than %d threads: make it narrower", maxThreads)
	}
	var parts []clause
	for len(threads) > 0 {
		n := min(len(threads), threadsListed)
		parts = append(parts, clause{"terms": clause{string(FieldThread): threads[:n]}})
		threads = threads[n:]
	}
	if len(parts) == 0 {
		return c.none(), nil
	}
	return unscoredNode(filter(some(parts...))), c.spend(len(parts), 1, 1)
}
