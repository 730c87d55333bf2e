package search

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/pace"
)

// messages are those that a Searcher finds: an *archive.Archive, or an engine that
// keeps them whole.
type messages interface {
	Position(ctx context.Context) (archive.Position, error)
	Lists(ctx context.Context) ([]archive.ListInfo, error)
	Find(ctx context.Context, ref string) ([]archive.ID, error)
	Message(ctx context.Context, id archive.ID) (*archive.Message, error)
	Outline(ctx context.Context, id archive.ID) (*archive.Outline, error)
	Thread(ctx context.Context, id archive.ID) (*archive.Thread, error)
	SourceOf(ctx context.Context, id archive.ID) (archive.Raw, bool, error)
	Close() error
}

// gatherer gives many messages at once, to whom each question costs a way through
// the network.
type gatherer interface {
	// Gather returns messages by ID, and of each of their threads how many
	// messages it has. A message that is not held is left out.
	Gather(ctx context.Context, ids []archive.ID) (map[archive.ID]*archive.Message, map[archive.ID]int, error)
}

// snippetCost is how many bytes are looked at for a snippet in the time that it
// takes to read a posting.
const snippetCost = 4

// hits fetches what the index found. A message that was deleted since is left
// out: the index learns of it at its next update.
func (s *Searcher) hits(ctx context.Context, r *request, found []index.Hit) ([]Hit, error) {
	held, sizes, err := s.read(ctx, found)
	if err != nil {
		return nil, err
	}
	for _, m := range held {
		if m == nil {
			continue
		}
		if err := s.threadSize(ctx, m.Thread, sizes); err != nil {
			return nil, err
		}
		if err := pace.Spend(ctx, len(m.Body)/snippetCost); err != nil {
			return nil, err
		}
	}
	out := make([]Hit, len(found))
	_ = abreast(len(found), func(i int) error {
		if held[i] != nil {
			out[i] = r.hit(i, found[i], held[i])
			out[i].ThreadSize = sizes[held[i].Thread]
		}
		return nil
	})
	return slices.DeleteFunc(out, func(h Hit) bool { return h.Message == nil }), nil
}

// hit shows the hit number i of a page.
func (r *request) hit(i int, f index.Hit, m *archive.Message) Hit {
	terms := inLanguageOf(m, r.terms)
	return Hit{
		Rank: r.rank + i + 1, Score: f.Score, Message: m,
		Cursor:  cursor{r.hash, r.rank + i + 1, f.SortKey}.String(),
		Subject: mark(m.Subject, terms, index.FieldSubject),
		Snippet: snippet(m, terms, r.snippet), Explanation: f.Explanation, Folded: f.Folded,
	}
}

// abreast does n things, as many at once as there are processors.
func abreast(n int, do func(i int) error) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		g.Go(func() error { return do(i) })
	}
	return g.Wait()
}

// read returns the messages of hits, nil for those that are gone, and the sizes
// of threads that are known already.
func (s *Searcher) read(ctx context.Context, found []index.Hit) ([]*archive.Message, map[archive.ID]int, error) {
	out := make([]*archive.Message, len(found))
	sizes := map[archive.ID]int{}
	var err error
	if g, ok := s.messages.(gatherer); ok && len(found) > 0 {
		ids := make([]archive.ID, len(found))
		for i, f := range found {
			ids[i] = f.ID
		}
		var all map[archive.ID]*archive.Message
		all, sizes, err = g.Gather(ctx, ids)
		for i, id := range ids {
			out[i] = all[id]
		}
	} else {
		err = abreast(len(found), func(i int) (err error) {
			if out[i], err = s.messages.Message(ctx, found[i].ID); errors.Is(err, archive.ErrNotFound) {
				return nil
			}
			return err
		})
	}
	for i, m := range out {
		if m == nil && err == nil {
			s.log.Info("hit is gone from the archive", "message", found[i].ID)
		}
	}
	return out, sizes, err
}

// threadSize asks the index, which needs no message for it, unless it knows.
func (s *Searcher) threadSize(ctx context.Context, thread archive.ID, known map[archive.ID]int) error {
	if _, ok := known[thread]; ok {
		return nil
	}
	members := index.Word{Field: index.FieldThread, Text: string(thread)}
	res, err := s.engine.Search(ctx, &index.Request{Query: members, Sort: ByDateDesc, Limit: 1})
	if err == nil {
		known[thread] = int(res.Total)
	}
	return err
}
