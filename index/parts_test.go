package index_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// TestB4PartsOfAnIndexRankAlike indexes the same messages at once, and one a
// night: how rare a word is counts over all of them, so scores are equal.
func TestB4PartsOfAnIndexRankAlike(t *testing.T) {
	var messages []*archive.Message
	for i := range 24 {
		body := "common" + strings.Repeat(" filler", i) // of different lengths
		if i%3 == 0 {
			body += " seldom"
		}
		if i%8 == 0 {
			body += " rare rare"
		}
		messages = append(messages, enginetest.Message(fmt.Sprintf("m%02d", i), "2021-01-01", "-", body))
	}
	atOnce, nightly := openBleve(t, t.TempDir()), openBleve(t, t.TempDir())
	src := enginetest.NewSource("parts")
	update := func(e index.Engine) {
		if _, err := e.Update(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	for i := range messages {
		src.Put(messages[i])
		if i >= 11 { // a dozen, then one a night
			update(nightly)
		}
	}
	update(atOnce)
	for _, text := range []string{"common", "seldom", "rare", "common seldom", "rare seldom common"} {
		if diff := cmp.Diff(scores(t, atOnce, text), scores(t, nightly, text)); diff != "" {
			t.Errorf("%s ranks otherwise when indexed in parts (-at once +in parts):\n%s", text, diff)
		}
	}
}

// scores lists the hits of some words, best first, each with its score.
func scores(t *testing.T, e index.Engine, text string) []string {
	t.Helper()
	res, err := e.Search(t.Context(), &index.Request{Query: allOf(text)})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, h := range res.Hits {
		out = append(out, fmt.Sprintf("%s %.9f", h.ID, h.Score))
	}
	if len(out) == 0 {
		t.Errorf("%s finds nothing", text)
	}
	return out
}
