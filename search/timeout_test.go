package search

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/index"
)

// endless is an index whose searches end when their time is up.
type endless struct{ index.Engine }

func (endless) Search(ctx context.Context, _ *index.Request) (*index.Result, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

// TestB6SearchesHaveATimeout holds that what takes too long ends with an error
// that says so, and that it is told from a caller who gave up.
func TestB6SearchesHaveATimeout(t *testing.T) {
	s := &Searcher{engine: endless{}, opts: &Options{Timeout: time.Nanosecond}}
	if _, err := s.Search(t.Context(), Query{Text: "x"}); !errors.Is(err, ErrTimeout) {
		t.Errorf("error is %v, want ErrTimeout", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s.opts.Timeout = -1
	if _, err := s.Search(ctx, Query{Text: "x"}); errors.Is(err, ErrTimeout) || !errors.Is(err, context.Canceled) {
		t.Errorf("error of a caller who gave up is %v", err)
	}
	if (*Options)(nil).timeout() != time.Second {
		t.Error("the default is not a second")
	}
}
