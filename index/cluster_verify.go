package index

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/opensearch"
)

// Verify reads all messages.
func (e *clusterEngine) Verify(ctx context.Context) error {
	live, err := e.live(ctx, e.cfg.Archive)
	if err != nil {
		return err
	}
	for _, ix := range live {
		for doc, err := range e.contents(ctx, ix.Name, true) {
			if err != nil {
				return err
			}
			if _, err := clusterStoredMessage(doc.id, doc.message); err != nil {
				return &DamagedError{Dir: ix.Name, Err: err}
			}
		}
	}
	return nil
}

// VerifyAgainst compares a live index with the archive that it was made of: that
// each message is there once, in its latest state, and nothing else is. What has
// changed since the index was fed does not count.
func (e *clusterEngine) VerifyAgainst(ctx context.Context, src Source) error {
	at, err := src.Position(ctx)
	if err != nil {
		return err
	}
	all, err := e.live(ctx, e.cfg.Archive)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(ix *clusterIndex) bool { return ix.holds(at) })
	if i < 0 {
		return &DamagedError{Dir: all[0].Name, Err: fmt.Errorf("it is not of archive %s as it is now", at.Archive)}
	}
	live := all[i]
	v := verifier{live: live, current: live.Meta.Seq == at.Seq}
	var stop func()
	v.next, stop = iter.Pull2(e.contents(ctx, live.Name, false))
	defer stop()
	for c, err := range src.Changes(ctx, 0) {
		if err != nil {
			return err
		}
		if c.Seq > live.Meta.Seq {
			break
		}
		if c.Message == nil {
			continue
		}
		if err := v.expect(c); err != nil {
			return err
		}
	}
	return v.end()
}

// verifier walks an index and its archive side by side, both in the order of changes.
type verifier struct {
	live    *clusterIndex
	current bool // the index has seen all
	next    func() (contained, error, bool)
}

// expect reads on to a message.
func (v *verifier) expect(c archive.Change) error {
	for {
		has, err, more := v.next()
		switch {
		case err != nil:
			return err
		case !more || has.seq > c.Seq || has.seq == c.Seq && has.id != c.ID:
			return v.damaged("message %s is not there as change %d left it", c.ID, c.Seq)
		case has.seq == c.Seq:
			return nil
		case v.current:
			return v.damaged("message %s is there as change %d left it, and not in the archive", has.id, has.seq)
		}
	}
}

// end expects that nothing is left.
func (v *verifier) end() error {
	has, err, more := v.next()
	if err == nil && more && v.current && has.seq <= v.live.Meta.Seq {
		return v.damaged("message %s is there, and not in the archive", has.id)
	}
	return err
}

func (v *verifier) damaged(format string, args ...any) error {
	return &DamagedError{Dir: v.live.Name, Err: fmt.Errorf(format, args...)}
}

// contained is one document of an index.
type contained struct {
	id      archive.ID
	seq     uint64
	message json.RawMessage
}

// contentsAnswer is what is read of an answer.
type contentsAnswer struct {
	Hits struct {
		Hits []struct {
			Sort   []uint64   `json:"sort"`
			ID     archive.ID `json:"_id"`
			Source struct {
				Message json.RawMessage `json:"message"`
			} `json:"_source"`
		} `json:"hits"`
	} `json:"hits"`
}

// Bounds of one answer, in documents: with messages, and without.
const (
	wholeAtOnce = 200
	namesAtOnce = 10_000
)

// pointKept is for how long OpenSearch keeps what is being read, between one
// request and the next.
const pointKept = 5 * time.Minute

// contents yields the documents of an index in the order of their changes.
func (e *clusterEngine) contents(ctx context.Context, name string, whole bool) iter.Seq2[contained, error] {
	return func(yield func(contained, error) bool) {
		point, err := e.calls.OpenPoint(ctx, name, pointKept)
		if err != nil {
			yield(contained{}, err)
			return
		}
		defer e.calls.ClosePoint(context.WithoutCancel(ctx), point)
		body := map[string]any{
			"pit":  map[string]any{"id": point, "keep_alive": opensearch.Seconds(pointKept)},
			"sort": []any{map[string]any{clusterSeq: "asc"}}, "size": namesAtOnce, "_source": false, "track_total_hits": false,
		}
		if whole {
			body["size"], body["_source"] = wholeAtOnce, []string{clusterMessage}
		}
		for {
			var answer contentsAnswer
			if err := e.calls.Do(ctx, http.MethodPost, "/_search", nil, body, &answer); err != nil {
				yield(contained{}, fmt.Errorf("index: read %s: %w", name, err))
				return
			}
			for _, h := range answer.Hits.Hits {
				if len(h.Sort) != 1 {
					yield(contained{}, fmt.Errorf("index: read %s: message %s came without its number", name, h.ID))
					return
				}
				if !yield(contained{h.ID, h.Sort[0], h.Source.Message}, nil) {
					return
				}
				body["search_after"] = h.Sort
			}
			if len(answer.Hits.Hits) == 0 {
				return
			}
		}
	}
}
