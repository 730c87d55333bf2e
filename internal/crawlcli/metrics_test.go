package crawlcli

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/bxsearch/bxsearch/archive"
)

// wanted are the figures that alerts are made of.
var wanted = []string{
	`bxcrawl_list_last_success_timestamp_seconds{list="announce"} 1.6`,
	`bxcrawl_list_last_attempt_timestamp_seconds{list="announce"} 1.6`,
	`bxcrawl_list_last_attempt_success{list="announce"} 1`,
	`bxcrawl_list_last_attempt_duration_seconds{list="announce"} `,
	`bxcrawl_list_last_attempt_requests{list="announce"} `,
	`bxcrawl_list_last_attempt_received_bytes{list="announce"} `,
	`bxcrawl_list_messages{list="announce"} `,
	`bxcrawl_list_pages_failed{list="announce"} 0`,
	`bxcrawl_list_attachments_due{list="announce"} 0`,
	`bxcrawl_list_complete{list="announce"} 1`,
	`bxcrawl_index_lag_changes 0`,
}

func checkMetrics(t *testing.T, text string, names ...string) {
	t.Helper()
	for _, want := range append(names, wanted...) {
		if !strings.Contains(text, "\n"+want) {
			t.Errorf("no %s", want)
		}
	}
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("promlint: %s: %s", p.Metric, p.Text)
	}
}

func TestMetricsFile(t *testing.T) {
	m := newMonth(t, "pages")
	file := filepath.Join(t.TempDir(), "bxcrawl.prom")
	m.once("--delay", "0", "--quiet", "--metrics-file", file, m.list)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	checkMetrics(t, string(text))
	if files, _ := filepath.Glob(filepath.Join(filepath.Dir(file), "*")); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
	m.weather(down)
	var stderr strings.Builder
	m.env(&stderr).Run(t.Context(), command(m.env(&stderr)), []string{"--delay", "0", "--quiet", "--metrics-file", file})
	if text, err = os.ReadFile(file); err != nil || !strings.Contains(string(text), `bxcrawl_list_last_attempt_success{list="announce"} 0`) {
		t.Errorf("after a failure: %v\n%s", err, text)
	}
}

func TestMetricsOfTheDaemon(t *testing.T) {
	m := newMonth(t, "pages")
	m.once("--delay", "0", "--quiet", m.list)
	m.args = []string{"--metrics", "127.0.0.1:0"}
	m.start()
	defer m.end()
	m.await("msg=\"crawl ended\"")
	m.await("msg=waiting")
	var address string
	for _, line := range m.log.all {
		if found := regexp.MustCompile(`msg="serving metrics" address=(\S+)`).FindStringSubmatch(line); found != nil {
			address = found[1]
		}
	}
	text := scraped(t, address)
	checkMetrics(t, text, "bxcrawl_next_run_timestamp_seconds 1.6", "bxcrawl_last_run_timestamp_seconds 1.6")

	// What another process did since the daemon's run shows.
	before := regexp.MustCompile(`(?m)^bxcrawl_list_(last_success|messages).*$`).FindAllString(text, -1)
	m.sleepUntil(2, 1, 0)
	m.once("--delay", "0", "--quiet", m.list)
	text = scraped(t, address)
	for _, line := range before {
		if strings.Contains(text, line+"\n") {
			t.Errorf("after another crawl the figures say %s as before", line)
		}
	}
}

func scraped(t *testing.T, address string) string {
	t.Helper()
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// Whoever scrapes often, or in crowds, has an archive counted once in a while.
func TestScrapesShareFigures(t *testing.T) {
	now, counted := time.Unix(0, 0), 0
	s := &scrape{now: func() time.Time { return now }, measure: func(context.Context) (*prometheus.Registry, error) {
		counted++
		return prometheus.NewRegistry(), nil
	}}
	for _, step := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {scrapeAge / 2, 1}, {scrapeAge, 2}, {-time.Hour, 3}, {0, 3}} {
		now = now.Add(step.after)
		if _, err := s.figures(t.Context()); err != nil || counted != step.want {
			t.Errorf("%s later counted %d times, error %v, want %d", step.after, counted, err, step.want)
		}
	}
	s.measure = func(context.Context) (*prometheus.Registry, error) { return nil, archive.ErrNoArchive }
	now = now.Add(time.Hour)
	w := httptest.NewRecorder()
	if s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil)); w.Code != http.StatusServiceUnavailable {
		t.Errorf("without an archive the answer is %d", w.Code)
	}
}
