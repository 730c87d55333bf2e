package e2e

import (
	"context"
	"sort"
	"strings"
	"testing"
	"unicode"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// TestAttachmentsOfRealSites fetches every readable part, and compares the
// HTML part of each mail that is sent as text too with that text: nearly all
// of its words must be in there.
func TestAttachmentsOfRealSites(t *testing.T) {
	root := sitesRoot(t)
	for _, name := range siteNames(t, root) {
		t.Run(name, func(t *testing.T) {
			ctx := context.Background()
			a, _, stats, _ := crawlSite(t, root, name, crawler.ViaAuto)
			c, err := crawler.New(crawler.Config{Archive: a, Delay: crawler.NoDelay, Parallel: 8, Attachments: crawler.AttachmentsAll})
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.Attachments(ctx, stats.List)
			if err != nil || got.FailedTotal > 0 {
				t.Fatalf("%v, failed %v", err, got.Failed)
			}
			if _, err := a.Derive(ctx, pipermail.Parser{}); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d parts named, %d wanted, %d fetched, %d gone, %d left, %d elsewhere", got.Named, got.Wanted, got.Fetched, got.Gone, got.Left, got.Elsewhere)
			if got.Fetched+got.Gone+got.Left != got.Wanted {
				t.Errorf("%d wanted, and not each accounted for: %+v", got.Wanted, got)
			}
			compareTwins(t, a)
		})
	}
}

// compareTwins compares mails with their HTML twins. A few differ for a
// reason: the part is another page, the text has URLs that the HTML hides.
func compareTwins(t *testing.T, a *archive.Archive) {
	t.Helper()
	var kept []float64
	for m, err := range a.Messages(t.Context(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		own := strings.Join(m.Text(archive.BlockOwn), " ")
		for _, part := range m.Attachments {
			if part.Kind == "html" && part.Fetched && part.URL != "" {
				if share, ok := shareOfWords(strings.ReplaceAll(own, " at ", " "), part.Text); ok {
					kept = append(kept, share)
				}
			}
		}
	}
	if len(kept) < 100 {
		return
	}
	sort.Float64s(kept)
	at := func(q float64) float64 { return kept[int(q*float64(len(kept)))] }
	t.Logf("%d twins; words of the text that are in the HTML part too: 2%% of them %.2f, 5%% %.2f, 10%% %.2f, half %.2f",
		len(kept), at(.02), at(.05), at(.1), at(.5))
	if at(.05) < .85 || at(.1) < .95 || at(.5) < 1 {
		t.Error("HTML parts lose words")
	}
}

// shareOfWords is how many words of a are in b, as often; ok is false for
// texts too short to tell.
func shareOfWords(a, b string) (share float64, ok bool) {
	words := func(s string) []string {
		return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	}
	there := map[string]int{}
	for _, w := range words(b) {
		there[w]++
	}
	all, kept := words(a), 0
	for _, w := range all {
		if there[w] > 0 {
			there[w]--
			kept++
		}
	}
	return float64(kept) / float64(max(1, len(all))), len(all) >= 15
}
