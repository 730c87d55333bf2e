package crawler

import (
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

// BenchmarkCrawl crawls a list from a server in the same process, without a
// pause; one operation is one message page.
func BenchmarkCrawl(b *testing.B) {
	months := min(12, 1+b.N/500)
	url, stop := fixtures.Serve(fixtures.Handler(announce(months, max(1, b.N/months)), nil))
	defer stop()
	a, err := archive.Open(b.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		b.Fatal(err)
	}
	defer a.Close()
	c, err := New(Config{Archive: a, Delay: NoDelay, Parallel: 8})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	stats, err := c.Crawl(b.Context(), url+"/pipermail/announce/")
	if err != nil || stats.FailedTotal > 0 {
		b.Fatal(err, stats.Failed)
	}
	b.ReportMetric(float64(stats.Messages)/b.Elapsed().Seconds(), "pages/s")
}
