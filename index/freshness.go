package index

import (
	"context"
	"errors"

	"github.com/bxsearch/bxsearch/archive"
)

// The states of an index beside its archive, in Freshness.State. Any other text
// says why the index cannot be used.
const (
	StateCurrent = "current" // every message can be found
	StateBehind  = "behind"  // Freshness.Lag changes cannot
	StateNone    = "none"    // there is no index yet
)

// Freshness says how much of an archive can be found.
type Freshness struct {
	Archive archive.Position
	Index   archive.Position // what the index has seen; zero where it cannot be used
	State   string
	Lag     uint64 // changes of messages that the index has not seen
}

// Usable reports that searches get answers.
func (f Freshness) Usable() bool { return f.State == StateCurrent || f.State == StateBehind }

// Compare compares what the index has seen with what its archive holds. An index
// that cannot be used is no error.
func Compare(ctx context.Context, e Engine, src interface {
	Position(context.Context) (archive.Position, error)
}) (Freshness, error) {
	// The index is asked first: a crawl that goes on meanwhile leaves it behind
	// the archive, and never ahead of it.
	seen, unusable := e.Position(ctx)
	at, err := src.Position(ctx)
	if err != nil {
		return Freshness{}, err
	}
	f := Freshness{Archive: at, Index: seen, State: StateBehind, Lag: at.Seq}
	switch {
	case errors.Is(unusable, ErrNotFound):
		f.State = StateNone
	case unusable != nil:
		f.State = unusable.Error()
	case seen == at:
		f.State, f.Lag = StateCurrent, 0
	case seen.Archive == at.Archive && seen.Seq < at.Seq:
		f.Lag = at.Seq - seen.Seq
	}
	return f, nil
}
