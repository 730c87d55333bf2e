package crawler

import (
	"bufio"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

// crawlEnv makes the test binary crawl: the archive's folder and the URL.
const crawlEnv = "CRAWLER_TEST_CRAWL"

func TestMain(m *testing.M) {
	if dir, url, ok := strings.Cut(os.Getenv(crawlEnv), "|"); ok {
		os.Exit(crawlAsChild(dir, url))
	}
	os.Exit(m.Run())
}

// crawlAsChild crawls and prints a line for each page done.
func crawlAsChild(dir, url string) int {
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	c, err := New(Config{Archive: a, Delay: NoDelay, Parallel: 3, Progress: func(e Event) { fmt.Println(e.Kind) }})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	stats, err := c.Crawl(context.Background(), url)
	if err != nil || stats.FailedTotal > 0 {
		fmt.Fprintln(os.Stderr, err, stats.Failed)
		return 1
	}
	if err := a.Close(); err != nil {
		return 1
	}
	return 0
}

// crawlUntil runs a child and kills it after n events; it reports whether the
// child came to its end first.
func crawlUntil(t *testing.T, dir, url string, n int) bool {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crawlEnv+"="+dir+"|"+url)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for i := 0; lines.Scan(); i++ {
		if i == n {
			_ = cmd.Process.Kill()
		}
	}
	return cmd.Wait() == nil
}

// kill -9 at any point loses nothing that was recorded: the same command goes
// on, asks for no page twice, and ends with what an undisturbed crawl has.
func TestKilledCrawlEndsLikeAnUndisturbedOne(t *testing.T) {
	log := &fixtures.Log{}
	server := log.Wrap(fixtures.Handler(announce(4, 30), nil))
	base, stop := fixtures.Serve(server)
	defer stop()
	url := base + "/pipermail/announce/"

	whole := t.TempDir()
	if !crawlUntil(t, whole, url, 1<<30) {
		t.Fatal("the undisturbed crawl failed")
	}
	want := readBodies(t, whole)
	log.Reset()

	dir := t.TempDir()
	kills := 0
	for !crawlUntil(t, dir, url, 5+rand.IntN(40)) {
		if kills++; kills > 40 {
			t.Fatal("the crawl makes no progress")
		}
	}
	if got := readBodies(t, dir); !maps.Equal(got, want) {
		t.Errorf("after %d kills %d pages are held, want the same %d as without", kills, len(got), len(want))
	}
	// What was on its way at a kill may be asked for again: as much as was in
	// flight or waiting for the archive.
	if pages := countPages(log); pages > 120+kills*3*workersPerSlot {
		t.Errorf("%d page requests for 120 pages and %d kills", pages, kills)
	}
}

func countPages(log *fixtures.Log) (n int) {
	for _, p := range log.Paths() {
		if isPage(p) {
			n++
		}
	}
	return n
}

func readBodies(t *testing.T, dir string) map[string]string {
	t.Helper()
	a, err := archive.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	return bodies(t, a)
}

// Resuming asks for nothing that this run has asked for: neither index pages
// nor pages that are gone.
func TestResumeAsksForNothingTwice(t *testing.T) {
	w := newWorld(t, announce(3, 20))
	asked := map[string]int{}
	w.faults.Rules = []fixtures.Rule{
		{Path: "*/000051.html", Fault: fixtures.Status(404, "")},
		{Path: "*/000030.html", Times: 1, Fault: fixtures.Status(503, "7200")},
	}
	if _, err := w.crawl(); err == nil {
		t.Fatal("the crawl was not interrupted")
	}
	count := func() {
		for _, r := range w.log.Requests() {
			if r.Status == http.StatusOK || r.Status == http.StatusNotFound {
				asked[r.Path]++
			}
		}
	}
	count()
	w.faults.Rules = w.faults.Rules[:1]
	stats, err := w.crawl()
	if err != nil || !stats.Resumed {
		t.Fatalf("%+v, %v", stats, err)
	}
	count()
	for p, n := range asked {
		if n > 1 && p != "/robots.txt" {
			t.Errorf("%s was asked for %d times", p, n)
		}
	}
	if w.pages() != 59 {
		t.Errorf("%d pages held, want 59", w.pages())
	}
}
