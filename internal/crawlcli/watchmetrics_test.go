package crawlcli

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestDaemonDeliversBetweenCrawls: a receiver that was down while the crawl ended
// is told minutes later, not the next night.
func TestDaemonDeliversBetweenCrawls(t *testing.T) {
	m := newMonth(t, "pages")
	var down atomic.Bool
	var taken atomic.Int32
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		taken.Add(1)
	}))
	defer hook.Close()
	file := filepath.Join(t.TempDir(), "bxcrawl.prom")
	m.once("--delay", "0", "--quiet", m.list)
	m.once("watch", "add", "days", "notice", "--to", hook.URL, "--since", "2021-02-01")
	down.Store(true)
	m.args = []string{"--metrics-file", file}
	m.start()
	defer m.end()
	m.await("a receiver could not be told")
	m.await("msg=waiting")
	checkFigures(t, file, `bxcrawl_watches 1`, `bxcrawl_alert_deliveries_total{kind="webhook",outcome="failed"} 1`, `bxcrawl_alerts_waiting{kind="webhook"} `,
		`bxcrawl_alerts_oldest_waiting_timestamp_seconds 1.6`, `bxcrawl_alert_receivers{state="failing"} 1`, `bxcrawl_watch_found_total{watch="days"} `)

	down.Store(false)
	m.pass(5 * time.Minute)
	m.await("alerts delivered")
	if taken.Load() != 1 || m.log.count("crawl begins") != 1 {
		t.Errorf("%d deliveries, %d crawls", taken.Load(), m.log.count("crawl begins"))
	}
	m.pass(5 * time.Minute)
	m.night(2) // and the crawl comes at its time
	if n := m.log.count("crawl begins"); n != 2 {
		t.Errorf("%d crawls", n)
	}
	checkFigures(t, file, `bxcrawl_alert_deliveries_total{kind="webhook",outcome="taken"} `, `bxcrawl_alerts_waiting{kind="webhook"} 0`, `bxcrawl_alert_receivers{state="on"} 1`)
	if text, _ := os.ReadFile(file); strings.Contains(string(text), "oldest_waiting") || strings.Contains(string(text), hook.URL) {
		t.Errorf("nothing waits, and an address may be a secret:\n%s", text)
	}
}

// pass lets time pass in which no crawl is due.
func (m *month) pass(d time.Duration) {
	m.t.Helper()
	if err := m.clock.Awaited(m.t.Context(), 2); err != nil {
		m.t.Fatal(err)
	}
	m.clock.Advance(d)
}

func checkFigures(t *testing.T, file string, names ...string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	checkMetrics(t, string(text), names...)
}

// TestManyWatchesHaveFiguresTogether: a name each would fill Prometheus.
func TestManyWatchesHaveFiguresTogether(t *testing.T) {
	m := newMonth(t, "pages")
	file := filepath.Join(t.TempDir(), "bxcrawl.prom")
	m.once("--delay", "0", "--quiet", m.list)
	vendors := filepath.Join(t.TempDir(), "vendors.csv")
	text := "vendor,aliases,domains\n"
	for i := range maxWatchFigures + 1 {
		text += fmt.Sprintf("Vendor %d,,vendor%d.example\n", i, i)
	}
	if err := os.WriteFile(vendors, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	m.once("watch", "import", vendors)
	m.once("--delay", "0", "--quiet", "--metrics-file", file, m.list)
	checkFigures(t, file, fmt.Sprintf("bxcrawl_watches %d", maxWatchFigures+1), "bxcrawl_alerts_found_total 0")
	if got, _ := os.ReadFile(file); strings.Contains(string(got), "bxcrawl_watch_found_total") {
		t.Error("each of many watches has figures")
	}
}
