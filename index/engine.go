package index

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// Sort is the order of hits.
type Sort string

// The orders. Ties are broken by date, newest first, then by ID, so each order
// is total.
const (
	ByRelevance Sort = "relevance"
	ByDateDesc  Sort = "date"
	ByDateAsc   Sort = "-date"
)

// Request is one search.
type Request struct {
	Query Query
	Sort  Sort // empty means ByRelevance
	Limit int  // hits wanted; 0 means 20
	// After continues behind a hit: its SortKey. Nil starts at the top.
	After []string
	// Group folds matches behind others. After and Limit are about hits, Total is
	// about messages.
	Group Group
	// Explain asks for Hit.Explanation, of the first 50 hits.
	Explain bool
	// Facets asks for Result.Facets, each with at most FacetLimit values; 0 means
	// 10. Months are never cut; they are those of Location, nil means UTC.
	Facets     []Facet
	FacetLimit int
	Location   *time.Location
	// Advise asks for Result.Advice where hardly anything is found.
	Advise bool
	// Wholly looks for words as such alone, never inside of others: whether a
	// message matches does not depend on the words of other messages then.
	Wholly bool

	synonyms *Synonyms // the engine's
}

// Hit is one message found.
type Hit struct {
	ID      archive.ID
	Score   float64
	SortKey []string // opaque; for Request.After
	// Folded are the matches that stand behind this one, best first.
	Folded []archive.ID
	// Explanation says in words why the hit has its score, a line for each reason.
	Explanation []string

	doc uint64
}

// Result is the answer to a Request.
type Result struct {
	Total      uint64        // messages that match
	Hits       []Hit         // at most Request.Limit
	Generation string        // which state of the index answered
	Facets     []FacetCounts // over all messages that match, as Request.Facets has them
	Ignored    []string      // words of the query that mean nothing to the index
	Advice     []Advice      // on the parts of a query that finds next to nothing
	Meanings   []Meaning     // words that were looked for as their synonyms too
	Inside     []Inside      // words that no message has, and that were looked for inside of others
	Likely     []string      // words that a Like looked for, the most telling first
	Cut        []string      // texts of Prefix and Fuzzy that stand for more words than were looked for
}

// Stats says what became searchable.
type Stats struct {
	Indexed, Deleted int
	Generation       string // the new generation; the old one when nothing changed
	// Resumed says that an earlier session began the new generation and did not
	// finish it. Indexed and Deleted are what was left.
	Resumed bool
}

// Source is what an index is made of: an *archive.Archive.
type Source interface {
	Position(context.Context) (archive.Position, error)
	Changes(ctx context.Context, after uint64) iter.Seq2[archive.Change, error]
}

// Session is one writer's work on an index, from Begin to Close. It is used by
// one goroutine at a time. Whatever ends it early, also a killed process, loses
// nothing: the next session goes on from what was published last.
type Session interface {
	// Feed indexes what changed since the last Feed. Searches do not see it yet.
	Feed(ctx context.Context) error
	// Publish lets searches see what was fed since the last Publish, all at
	// once. It has its price, so feed often and publish seldom.
	Publish(ctx context.Context) (Stats, error)
	// Close drops what was fed but not published, and lets others write.
	Close() error
}

// feedOnce is a session of one Feed and one Publish.
func feedOnce(ctx context.Context, s Session) (stats Stats, err error) {
	if err = s.Feed(ctx); err == nil {
		stats, err = s.Publish(ctx)
	}
	return stats, errors.Join(err, s.Close())
}

// Engine is an index over an archive. Searches may run at any time, also
// while another process updates; each sees one state of the index, whole.
type Engine interface {
	// Begin starts a session that brings the index to the archive's state step
	// by step. There is one at a time; another one is ErrLocked.
	Begin(ctx context.Context, src Source) (Session, error)
	// Update brings the index to the archive's state. It is safe to kill at
	// any point and to run again. An index of another archive is replaced. It
	// is a session of one Feed and one Publish.
	Update(ctx context.Context, src Source) (Stats, error)
	// Rebuild does the same from nothing. It also replaces an index that is
	// damaged or of another version.
	Rebuild(ctx context.Context, src Source) (Stats, error)
	// Position returns what the index has seen of which archive.
	Position(ctx context.Context) (archive.Position, error)
	// Verify reads all of the index and compares checksums. A damaged index is
	// a *DamagedError.
	Verify(ctx context.Context) error
	Search(ctx context.Context, r *Request) (*Result, error)
	Close() error
}
