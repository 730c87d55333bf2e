package index_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// looked is a context that ends once it was looked at so often.
type looked struct {
	context.Context
	left int
}

func (l *looked) Err() error {
	if l.left--; l.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// TestB6NearEndsInTime holds that a NEAR looks at the context by what it has read:
// one long text of common words takes as long as thousands of others.
func TestB6NearEndsInTime(t *testing.T) {
	var messages []*archive.Message
	for i := range 300 {
		messages = append(messages, enginetest.Message(fmt.Sprint("m", i), "2020-01-01", "x", strings.Repeat("one two three four one two ", 20)))
	}
	e := openBleve(t, t.TempDir())
	src := enginetest.NewSource("archive")
	src.Put(messages...)
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	near := index.Near{Parts: []index.Query{index.Word{Text: "four"}, index.Word{Text: "one"}}, Distance: 2}
	_, err := e.Search(&looked{t.Context(), 30}, &index.Request{Query: near})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after 30 looks over 300 messages the error is %v", err)
	}
	if res, err := e.Search(&looked{t.Context(), 2000}, &index.Request{Query: near}); err != nil || res.Total != 300 {
		t.Errorf("in time: %v, %v", res, err)
	}
}
