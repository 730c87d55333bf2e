package crawlcli

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
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
	resp, err := http.Get("http://" + address + "/metrics")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(bufio.NewReader(resp.Body))
	if err != nil {
		t.Fatal(err)
	}
	checkMetrics(t, string(text), "bxcrawl_next_run_timestamp_seconds 1.6", "bxcrawl_last_run_timestamp_seconds 1.6")
}
