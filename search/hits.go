package search

import (
	"context"
	"errors"

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
	out := make([]Hit, 0, len(found))
	read, sizes, err := s.reader(ctx, found)
	if err != nil {
		return nil, err
	}
	for i, f := range found {
		m, err := read(ctx, f.ID)
		if errors.Is(err, archive.ErrNotFound) {
			s.log.Info("hit is gone from the archive", "message", f.ID)
			continue
		}
		if err != nil {
			return nil, err
		}
		if err := s.threadSize(ctx, m.Thread, sizes); err != nil {
			return nil, err
		}
		if err := pace.Spend(ctx, len(m.Body)/snippetCost); err != nil {
			return nil, err
		}
		terms := inLanguageOf(m, r.terms)
		out = append(out, Hit{
			Rank: r.rank + i + 1, Score: f.Score, Message: m, ThreadSize: sizes[m.Thread],
			Cursor:  cursor{r.hash, r.rank + i + 1, f.SortKey}.String(),
			Subject: mark(m.Subject, terms, index.FieldSubject),
			Snippet: snippet(m, terms, r.snippet), Explanation: f.Explanation, Folded: f.Folded,
		})
	}
	return out, nil
}

// reader returns what reads the messages of hits, and the sizes of threads that
// are known already.
func (s *Searcher) reader(ctx context.Context, found []index.Hit) (func(context.Context, archive.ID) (*archive.Message, error), map[archive.ID]int, error) {
	g, ok := s.messages.(gatherer)
	if !ok || len(found) == 0 {
		return s.messages.Message, map[archive.ID]int{}, nil
	}
	ids := make([]archive.ID, len(found))
	for i, f := range found {
		ids[i] = f.ID
	}
	all, sizes, err := g.Gather(ctx, ids)
	return func(_ context.Context, id archive.ID) (*archive.Message, error) {
		if m := all[id]; m != nil {
			return m, nil
		}
		return nil, archive.ErrNotFound
	}, sizes, err
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
