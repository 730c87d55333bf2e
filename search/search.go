package search

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/pace"
)

// Sort is the order of hits.
type Sort = index.Sort

// The orders. Ties are broken by date, newest first.
const (
	ByRelevance = index.ByRelevance // "relevance": the default
	ByDateDesc  = index.ByDateDesc  // "date": newest first
	ByDateAsc   = index.ByDateAsc   // "-date": oldest first
)

// ErrSort says that a Query.Sort is none of the orders.
var ErrSort = errors.New("there is no such order; the orders are relevance, date and -date")

// ErrTimeout says that a search took longer than Options.Timeout.
var ErrTimeout = errors.New("the search was given up, as it takes too long")

// The bounds of a page.
const (
	defaultLimit = 20
	maxLimit     = 1000
)

// Query is one search.
type Query struct {
	Text string // in the query language; with Like or SimilarSubject it may be empty
	// Like asks for messages like the one that it names as for Searcher.Message,
	// without it and its copies: they share the words that tell most about it.
	Like string
	// SimilarSubject asks for messages with the subject of the one that it names,
	// or one close to that, in other threads.
	SimilarSubject string
	Sort           Sort   // empty means ByRelevance
	Limit          int    // hits a page: 0 means 20, and 1000 are the most
	Group          Group  // empty means GroupCopy
	After          string // Results.Next of the page before; empty starts at the top
	Snippet        int    // characters of a snippet, about; 0 means 240, and 4000 are the most
	Explain        bool   // fills in Hit.Explanation
	// Wholly takes the query at its word: no word is looked for inside of others
	// because no message has it, and nothing is proposed instead. A saved search
	// wants that: what it finds does not depend on what else the archive holds.
	Wholly bool
	// Facets asks for Results.Facets; Facets() are all.
	Facets     []Facet
	FacetLimit int // values of each facet: 0 means 10, and 1000 are the most; months and years are never cut
	// Months counts FacetDate by months, however many they are.
	Months bool
}

// Results is a page of hits.
type Results struct {
	Total      int           // messages that match, on all pages, also those that stand behind others
	Hits       []Hit         // best first
	Next       string        // cursor of the next page; empty on the last one
	Took       time.Duration // of the whole search
	Ignored    []string      // words of the query that mean nothing to the index, like "!!!"
	Cut        []string      // words with * or ~ that stand for too many; the most frequent were looked for
	Understood string        // the query as it was read, as Format writes it
	Meanings   []Meaning     // words that were looked for as their synonyms too
	Inside     []Inside      // words that no message has, and that were looked for inside of others
	Advice     []Advice      // on each part of a query that finds next to nothing
	Facets     []FacetCounts // as Query.Facets asked for, in its order
	DidYouMean string        // a query that finds more, where a word seems to be misspelled
}

// Hit is one message found.
type Hit struct {
	Rank       int     // from 1, counted on from page to page
	Score      float64 // comparable within one search only
	Message    *archive.Message
	Subject    Fragment // the whole subject, with marks
	Snippet    Snippet
	ThreadSize int // messages in its thread
	// Folded are the messages found that stand behind this one, best first: see Group.
	Folded []archive.ID
	Cursor string // goes on behind this hit, as Query.After; empty of the last hit of all
	// Explanation says in words why the hit has its score; only if asked for.
	Explanation []string
}

// Searcher searches one archive. All methods may be called at the same time.
type Searcher struct {
	messages messages
	engine   index.Engine
	words    *index.Synonyms
	pacer    *pace.Pacer // of all searches, so that long ones do not hold up short ones
	opts     *Options
	log      *slog.Logger
}

// Open opens the data directory that bxcrawl filled, or the index in OpenSearch that
// it fed, by a URL such as "opensearch://host:9200,host2:9200/prefix": see
// OpenCluster, and index.ParseCluster for what a URL may say. Without an archive
// in the directory the error is an archive.ErrNoArchive.
func Open(dir string, opts *Options) (*Searcher, error) {
	if IsURL(dir) {
		c, err := index.ParseCluster(dir)
		if err != nil {
			return nil, err
		}
		return OpenCluster(context.Background(), c, "", opts)
	}
	s := &Searcher{opts: opts, log: opts.logger(), pacer: pace.New(pace.Limits{})}
	var err error
	if s.words, err = readSynonyms(dir); err != nil {
		return nil, err
	}
	held, err := archive.Open(dir, &archive.Options{Logger: s.log})
	if err != nil {
		return nil, err
	}
	s.messages = held
	s.engine, err = index.OpenBleve(filepath.Join(dir, "index"), &index.Options{Logger: s.log, Synonyms: s.words})
	if err != nil {
		return nil, errors.Join(err, held.Close())
	}
	return s, nil
}

// Close ends the Searcher. Searches under way may fail.
func (s *Searcher) Close() error { return errors.Join(s.engine.Close(), s.messages.Close()) }

// Search returns one page of hits.
func (s *Searcher) Search(ctx context.Context, q Query) (*Results, error) {
	start := time.Now()
	ctx, leave := s.pacer.Enter(ctx)
	defer leave()
	alike, err := s.alike(ctx, q)
	if err != nil {
		return nil, err
	}
	r, err := s.request(q, alike)
	if err != nil {
		return nil, err
	}
	found, err := s.ask(ctx, r.engine)
	if err != nil {
		return nil, err
	}
	lookInside(r.terms, found.Inside)
	r.terms = append(r.terms, likeTerms(found.Likely)...)
	res := &Results{Total: int(found.Total), Ignored: found.Ignored, Cut: found.Cut, Understood: r.understood,
		Meanings: found.Meanings, Inside: found.Inside, Advice: adviceOf(found.Advice), Facets: facetsOf(found.Facets, q.Months)}
	if !q.Wholly {
		if res.DidYouMean, err = s.didYouMean(ctx, r, found); err != nil {
			return nil, err
		}
	}
	if n := r.engine.Limit - 1; len(found.Hits) > n {
		found.Hits = found.Hits[:n]
		res.Next = cursor{r.hash, r.rank + n, found.Hits[n-1].SortKey}.String()
	}
	if res.Hits, err = s.hits(ctx, r, found.Hits); err != nil {
		return nil, err
	}
	if n := len(res.Hits); n > 0 {
		// Here the end shows, and a hit that is gone may stand before it.
		res.Hits[n-1].Cursor = res.Next
	}
	res.Took = time.Since(start)
	return res, nil
}

// ask asks the index, for a bounded time.
func (s *Searcher) ask(ctx context.Context, r *index.Request) (*index.Result, error) {
	bounded := ctx
	if long := s.opts.timeout(); long > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithTimeout(ctx, long)
		defer cancel()
	}
	found, err := s.engine.Search(bounded, r)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil {
		return nil, fmt.Errorf("%w: after %s: leave out what nearly every message has, or add a date or a field", ErrTimeout, s.opts.timeout())
	}
	return found, err
}

// Hits walks all hits of a search from q.After on, a page of q.Limit at a time.
func (s *Searcher) Hits(ctx context.Context, q Query) iter.Seq2[Hit, error] {
	return func(yield func(Hit, error) bool) {
		for {
			res, err := s.Search(ctx, q)
			if err != nil {
				yield(Hit{}, err)
				return
			}
			for _, h := range res.Hits {
				if !yield(h, nil) {
					return
				}
			}
			if q.After = res.Next; q.After == "" {
				return
			}
		}
	}
}

// request is a Query made ready.
type request struct {
	engine     *index.Request // asks for one hit more than the page has
	understood string
	hash       [8]byte
	rank       int // of the last hit before the page
	terms      []term
	snippet    int
}

// request makes a Query ready; alike is what it asks for beside its text.
func (s *Searcher) request(q Query, alike index.And) (*request, error) {
	if len(alike) > 0 && strings.TrimSpace(q.Text) == "" {
		q.Text = "*"
	}
	tree, err := Parse(q.Text, s.opts)
	if err != nil {
		return nil, err
	}
	sort := q.Sort
	switch sort {
	case "":
		sort = ByRelevance
	case ByRelevance, ByDateDesc, ByDateAsc:
	default:
		return nil, fmt.Errorf("sort by %q: %w", sort, ErrSort)
	}
	group, err := q.Group.engines()
	if err != nil {
		return nil, err
	}
	r := &request{understood: Format(tree), terms: termsOf(tree, s.words), snippet: bounded(q.Snippet, defaultSnippet, maxSnippet)}
	r.hash = searchHash(string(sort), string(group), s.opts.location().String(), q.Like, q.SimilarSubject, wholly(q), s.identity(q.Text, r.understood))
	if len(alike) > 0 {
		tree = and(append(slices.Clone(alike), tree))
	}
	r.engine = &index.Request{Query: tree, Sort: sort, Group: group, Limit: bounded(q.Limit, defaultLimit, maxLimit) + 1, Explain: q.Explain, Wholly: q.Wholly}
	r.engine.Advise = q.After == "" && len(alike) == 0 && !q.Wholly
	r.engine.Facets, r.engine.Location = q.Facets, s.opts.location()
	r.engine.FacetLimit = bounded(q.FacetLimit, defaultFacetLimit, maxFacetLimit)
	if q.After == "" {
		return r, nil
	}
	c, err := readCursor(q.After, r.hash)
	r.rank, r.engine.After = c.rank, c.key
	return r, err
}

// identity is what tells one query from another on all its pages: as it was
// read, but with "yesterday" and "2h" counted from one and the same moment.
func (s *Searcher) identity(text, understood string) string {
	opts := &Options{Location: s.opts.location(), Now: func() time.Time { return time.Unix(1<<31, 0) }}
	if tree, err := Parse(text, opts); err == nil {
		return Format(tree)
	}
	return understood
}

// wholly sets the pages of a search that looks into words apart from those of
// one that does not.
func wholly(q Query) string {
	if q.Wholly {
		return "wholly"
	}
	return ""
}

// bounded returns n, or the default for 0 and less, or the most.
func bounded(n, otherwise, most int) int {
	if n <= 0 {
		return otherwise
	}
	return min(n, most)
}
