package crawlcli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/schedule"
)

// nowEnv sets the clock of a bxcrawl that a test runs as a process of its own.
const nowEnv = "BX_TEST_NOW"

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"bxcrawl-at": func() { os.Exit(crawlAt()) }})
}

// crawlAt is bxcrawl at another time.
func crawlAt() int {
	at, err := time.Parse(time.RFC3339, os.Getenv(nowEnv))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	env := cli.System()
	env.Now = func() time.Time { return at }
	return env.Run(context.Background(), Command(env), os.Args[1:])
}

// lines is a stderr whose lines a test waits for.
type lines struct {
	mu   sync.Mutex
	rest []byte
	all  []string
	each chan string
}

func newLines() *lines { return &lines{each: make(chan string, 10000)} }

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rest = append(l.rest, p...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(p), nil
		}
		l.all, l.rest = append(l.all, string(line)), rest
		l.each <- string(line)
	}
}

func (l *lines) count(part string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.all {
		if strings.Contains(line, part) {
			n++
		}
	}
	return n
}

// month is a list that gets mail every day, and a daemon that crawls it at
// night, on a clock that the test moves.
type month struct {
	t      *testing.T
	data   string
	via    string
	clock  *schedule.Clock
	tree   *fixtures.Swap
	mails  []fixtures.Message
	first  int // number of the first page: another one after a rebuild
	list   string
	log    *lines
	stop   context.CancelFunc
	ended  chan int
	mu     sync.Mutex
	before func(http.Handler) http.Handler // what is in the server's way tonight
	at     []string
	args   []string // more for the daemon
}

func newMonth(t *testing.T, via string) *month {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	m := &month{t: t, data: t.TempDir(), via: via, first: 100, clock: schedule.NewFakeClock(time.Date(2021, 3, 1, 12, 0, 0, 0, berlin)), at: []string{"30 2 * * *"}}
	for day := range 70 { // from February on, so that there is something at first
		for i := range 1 + day%3 {
			at := time.Date(2021, 2, 1+day, 9+4*i, 30, 0, 0, berlin)
			mail := fixtures.Message{
				ID: fmt.Sprintf("%d.%d@mail.example", day, i), Date: at, Name: "Ann Example", Address: "ann@mail.example",
				Subject: fmt.Sprintf("Notice %d of day %d", i, day), Text: fmt.Sprintf("Text %d of %s.\n", i, at.Format(time.DateOnly)),
			}
			if i == 2 { // all it says is in an attachment
				mail.Parts, mail.Text = []fixtures.Part{{Kind: fixtures.PartHTML, Body: "<p>" + mail.Text + "</p>"}}, ""
			}
			m.mails = append(m.mails, mail)
		}
	}
	m.tree = fixtures.NewSwap(m.site())
	server, stop := fixtures.Serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		h := http.Handler(fixtures.Handler(m.tree, nil))
		if m.before != nil {
			h = m.before(h)
		}
		m.mu.Unlock()
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(stop)
	m.list = server + "/pipermail/announce/"
	return m
}

// site is the list as it is now.
func (m *month) site() *fixtures.Site {
	n := 0
	for n < len(m.mails) && m.mails[n].Date.Before(m.clock.Now()) {
		n++
	}
	return fixtures.NewSite(fixtures.List{Name: "announce", Zone: "Europe/Berlin", FirstPage: m.first}, m.mails).First(n)
}

// weather puts something in the server's way, until called again; nil for none.
func (m *month) weather(w func(http.Handler) http.Handler) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.before = w
}

func (m *month) env(stderr io.Writer) *env {
	home := m.t.TempDir()
	return &env{
		Env: &cli.Env{
			Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: stderr, Now: m.clock.Now,
			LookupEnv: func(name string) (string, bool) {
				v, ok := map[string]string{"HOME": home, "BX_DATA": m.data}[name]
				return v, ok
			},
		},
		clock: m.clock,
		sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
}

// start starts the daemon as a new process would.
func (m *month) start() {
	m.log = newLines()
	env := m.env(m.log)
	args := []string{"daemon", "--delay", "0", "--via", m.via, "--zone", "Europe/Berlin"}
	args = append(args, m.args...)
	for _, at := range m.at {
		args = append(args, "--at", at)
	}
	ctx, stop := context.WithCancel(m.t.Context())
	m.stop, m.ended = stop, make(chan int, 1)
	ended := m.ended
	go func() { ended <- env.Run(ctx, command(env), args) }()
	m.await("msg=waiting")
}

// end ends the daemon as SIGTERM does.
func (m *month) end() {
	m.t.Helper()
	m.stop()
	if code := <-m.ended; code != cli.ExitDone {
		m.t.Errorf("the daemon ended with %d, want 0", code)
	}
}

// await waits for a line of the daemon's log.
func (m *month) await(part string) string {
	m.t.Helper()
	for {
		select {
		case line := <-m.log.each:
			if strings.Contains(line, part) {
				return line
			}
		case code := <-m.ended:
			m.t.Fatalf("the daemon ended with %d:\n%s", code, strings.Join(m.log.all, "\n"))
		}
	}
}

// sleepUntil moves the clock to a time on a day of March, as counted from its
// first, and lets the mails of the time arrive. The daemon is not running.
func (m *month) sleepUntil(day, hour, minute int) {
	at := time.Date(2021, 3, day, hour, minute, 0, 0, m.clock.Now().Location())
	m.clock.Advance(at.Sub(m.clock.Now()))
	m.tree.Set(m.site())
}

// night moves the clock to the daemon's next time and waits for the run.
func (m *month) night(day int) {
	m.t.Helper()
	if err := m.clock.Awaited(m.t.Context(), 2); err != nil {
		m.t.Fatal(err)
	}
	m.sleepUntil(day, 2, 30)
	m.await("msg=\"crawl begins\"")
	m.await("msg=waiting")
}

// killed crawls as a process that is killed after so many requests.
func (m *month) killed(requests int) {
	m.t.Helper()
	hung, free := make(chan struct{}), make(chan struct{})
	var mu sync.Mutex
	n := 0
	m.weather(func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			n++
			hang := n == requests
			mu.Unlock()
			if hang {
				close(hung)
				<-free
			}
			h.ServeHTTP(w, r)
		})
	})
	cmd := exec.Command("bxcrawl-at", "--data", m.data, "--delay", "0", "--via", m.via, "--full")
	cmd.Env = append(os.Environ(), nowEnv+"="+m.clock.Now().Format(time.RFC3339))
	if err := cmd.Start(); err != nil {
		m.t.Fatal(err)
	}
	<-hung
	if err := cmd.Process.Kill(); err != nil {
		m.t.Fatal(err)
	}
	_ = cmd.Wait()
	close(free)
	m.weather(nil)
}

// once runs a command and returns what it printed.
func (m *month) once(args ...string) string {
	m.t.Helper()
	var out, errs strings.Builder
	env := m.env(&errs)
	env.Stdout = &out
	if code := env.Run(m.t.Context(), command(env), args); code != cli.ExitDone {
		m.t.Fatalf("bxcrawl %v ended with %d:\n%s", args, code, &errs)
	}
	return out.String()
}

// messages exports an archive without what depends on its past: the other URLs
// that a message had before a rebuild.
func (m *month) messages(data string) []map[string]any {
	m.t.Helper()
	var all []map[string]any
	d := json.NewDecoder(strings.NewReader(m.once("export", "--data", data)))
	for d.More() {
		var one map[string]any
		if err := d.Decode(&one); err != nil {
			m.t.Fatal(err)
		}
		delete(one, "urls")
		all = append(all, one)
	}
	return all
}

// withoutAttachments is a mirror that brings attachments later.
func withoutAttachments(h http.Handler) http.Handler {
	return attachmentsAnswer(http.StatusNotFound, h)
}

// brokenAttachments is a server that has attachments and cannot give them.
func brokenAttachments(h http.Handler) http.Handler {
	return attachmentsAnswer(http.StatusNotImplemented, h)
}

func attachmentsAnswer(status int, h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/attachments/") {
			w.WriteHeader(status)
			return
		}
		h.ServeHTTP(w, r)
	})
}

func down(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
}

// A month of nights: mail every day, a server that is down or drops every third
// connection, attachments that come nights after their mails or fail, a machine that is off, a process that is killed, clocks that are
// put forward, the month's end, an archive that is rebuilt under new numbers.
// Nothing is lost and nothing is there twice.
func TestDaemonThroughAMonth(t *testing.T) {
	for _, via := range []string{"pages", "auto"} {
		t.Run(via, func(t *testing.T) {
			t.Parallel()
			testMonth(t, via)
		})
	}
}

func testMonth(t *testing.T, via string) {
	m := newMonth(t, via)
	m.once("--delay", "0", "--quiet", "--via", via, m.list)
	m.start()
	for day := 2; day <= 40; day++ { // to the 9th of April
		switch day {
		case 5:
			m.weather(down)
		case 9:
			faults := &fixtures.Faults{Random: 0.3, Seed: 7}
			handler := fixtures.Handler(m.tree, faults)
			m.weather(func(http.Handler) http.Handler { return handler })
		case 11, 12, 13:
			m.weather(withoutAttachments)
		case 16, 17, 18:
			m.weather(brokenAttachments)
		case 15:
			m.first = 5000 // rebuilt: new numbers, new URLs
		case 20:
			m.end()
			m.sleepUntil(day, 2, 30)
			m.killed(4)
			m.start() // it catches up at once
			m.await("msg=waiting")
			continue
		case 24:
			m.end() // the machine is off for three nights
			continue
		case 25, 26:
			continue
		case 27:
			m.sleepUntil(day, 11, 0)
			m.start()
			m.await("msg=waiting")
			continue
		}
		m.night(day)
		m.weather(nil)
	}
	m.end()

	undisturbed := t.TempDir()
	m.once("--data", undisturbed, "--delay", "0", "--quiet", "--via", via, m.list)
	want, got := m.messages(undisturbed), m.messages(m.data)
	if len(want) < 120 {
		t.Fatalf("only %d messages in the undisturbed crawl", len(want))
	}
	if text := fmt.Sprint(want); strings.Count(text, "fetched:true") < 20 || strings.Contains(text, "fetched:false") {
		t.Fatal("an undisturbed crawl does not have each attachment")
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("after the month there are %d messages, want %d as after an undisturbed crawl (- undisturbed, + month):\n%s", len(got), len(want), d)
	}
	if status := m.once("status", "--max-age", "24h"); !strings.Contains(status, "complete") {
		t.Errorf("status:\n%s", status)
	}
}

// While clocks are put forward over the set time there is one run that night.
func TestDaemonWhenClocksChange(t *testing.T) {
	m := newMonth(t, "pages")
	m.once("--delay", "0", "--quiet", m.list)
	m.clock.Advance(26 * 24 * time.Hour) // to the 27th, 12:00
	m.start()
	m.await("msg=waiting") // catches up
	for day := 28; day <= 30; day++ {
		m.night(day)
	}
	m.end()
	if runs := m.log.count("crawl begins"); runs != 4 {
		t.Errorf("%d runs, want one at the start and one for each of three nights", runs)
	}
}

func TestDaemonTellsWhenItIsNext(t *testing.T) {
	m := newMonth(t, "pages")
	m.once("--delay", "0", "--quiet", m.list)
	m.start()
	if status := m.once("status"); !strings.Contains(status, "by bxcrawl daemon (process") {
		t.Errorf("status while the daemon runs:\n%s", status)
	}
	m.end()
	if status := m.once("status"); !strings.Contains(status, "no bxcrawl daemon is at work") {
		t.Errorf("status after its end:\n%s", status)
	}
	if _, err := os.Stat(filepath.Join(m.data, scheduleFile)); err == nil {
		t.Error("the daemon left its note behind")
	}
}
