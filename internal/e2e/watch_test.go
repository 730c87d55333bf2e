package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// letterbox is a webhook that can kill who delivers, before it has taken a
// delivery or right after.
type letterbox struct {
	mu     sync.Mutex
	child  *os.Process
	before bool // kill before it is taken
	after  bool // kill when it is taken, before the answer

	taken   map[string]int    // deliveries by ID
	alerts  map[string]string // the delivery that brought an alert first
	subject map[string]int    // alerts by subject
	recent  []string          // deliveries of this round
	doubt   map[string]bool   // deliveries whose sender was killed
	wrong   []string
}

func (l *letterbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.before {
		_ = l.child.Kill()
		panic(http.ErrAbortHandler)
	}
	var d struct {
		ID     string
		Alerts []struct {
			ID      string
			Subject struct{ Text string }
		}
	}
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = json.Unmarshal(body, &d)
	}
	if err != nil {
		panic(http.ErrAbortHandler) // the sender died while it wrote
	}
	if l.taken[d.ID]++; l.taken[d.ID] > 1 && !l.doubt[d.ID] {
		l.wrong = append(l.wrong, fmt.Sprintf("delivery %s came again, though nobody was killed", d.ID))
	}
	for _, a := range d.Alerts {
		if first, ok := l.alerts[a.ID]; ok && first != d.ID {
			l.wrong = append(l.wrong, fmt.Sprintf("alert %s came in the deliveries %s and %s", a.ID, first, d.ID))
		}
		l.alerts[a.ID] = d.ID
		l.subject[a.Subject.Text] = 1
	}
	l.recent = append(l.recent, d.ID)
	if l.after {
		_ = l.child.Kill()
		panic(http.ErrAbortHandler)
	}
}

// watched is a data directory with a watch, and the program that asks it.
type watched struct {
	t         *testing.T
	bin, data string
}

func (w *watched) bxcrawl(args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(w.bin, "bxcrawl"), append(args, "--data", w.data)...)
}

func (w *watched) must(args ...string) {
	w.t.Helper()
	if out, err := w.bxcrawl(args...).CombinedOutput(); err != nil {
		w.t.Fatalf("%v: %v\n%s", args, err, out)
	}
}

// bring imports the nth mail that the watch finds.
func (w *watched) bring(n int) {
	w.t.Helper()
	path := filepath.Join(w.t.TempDir(), "new.mbox")
	mail := fmt.Sprintf("From ann@mail.example  %s\nFrom: Ann <ann@mail.example>\nDate: %s\nSubject: halden %d\nMessage-ID: <%d@mail.example>\nList-Id: <news.mail.example>\n\nHalden was hit.\n\n",
		time.Now().UTC().Format(time.ANSIC), time.Now().UTC().Format(time.RFC1123Z), n, n)
	if err := os.WriteFile(path, []byte(mail), 0o600); err != nil {
		w.t.Fatal(err)
	}
	w.must("import", "--quiet", path)
}

// kill runs the watches until they are killed: before or after they delivered, or
// when some time has passed. It reports whether that was before their end.
func (l *letterbox) kill(t *testing.T, run *exec.Cmd, way int, after time.Duration) bool {
	t.Helper()
	l.mu.Lock()
	l.before, l.after, l.recent = way == 0, way == 1, nil
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	l.child = run.Process
	l.mu.Unlock()
	if way == 2 { // anywhere
		time.AfterFunc(after, func() { _ = run.Process.Kill() })
	}
	_ = run.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.before, l.after = false, false
	if run.ProcessState.ExitCode() != -1 {
		return false
	}
	for _, id := range l.recent {
		l.doubt[id] = true
	}
	return true
}

// TestKillBetweenMatchAndDelivery runs watches and kills them at every step: all
// alerts arrive, and what arrives twice has the ID that it had, and was taken by
// a receiver whose sender died.
func TestKillBetweenMatchAndDelivery(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	w := &watched{t, bins(t), t.TempDir()}
	box := &letterbox{taken: map[string]int{}, alerts: map[string]string{}, subject: map[string]int{}, doubt: map[string]bool{}}
	server := httptest.NewServer(box)
	defer server.Close()
	w.bring(0)
	w.must("watch", "add", "halden", "halden", "--to", server.URL)

	start := time.Now()
	w.must("watch", "run", "--quiet")
	took := time.Since(start)

	rounds := 12
	if os.Getenv("BX_SITES") != "" {
		rounds = 50
	}
	seed := uint64(time.Now().UnixNano())
	rnd := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	killed := 0
	for n := range rounds {
		w.bring(n + 1)
		if box.kill(t, w.bxcrawl("watch", "run", "--quiet"), n%3, time.Duration(rnd.Float64()*float64(took)*1.2)) {
			killed++
		}
		if rnd.IntN(3) > 0 { // else what waits becomes more
			w.must("watch", "run", "--quiet")
		}
	}
	w.must("watch", "run", "--quiet")
	twice := 0
	for _, n := range box.taken {
		if n > 1 {
			twice++
		}
	}
	t.Logf("killed %d of %d times; %d deliveries, %d of them more than once", killed, rounds, len(box.taken), twice)
	for _, wrong := range box.wrong {
		t.Error(wrong)
	}
	for n := range rounds {
		if subject := fmt.Sprintf("halden %d", n+1); box.subject[subject] == 0 {
			t.Errorf("nobody was told of %q", subject)
		}
	}
	if box.subject["halden 0"] > 0 {
		t.Error("what was there before was told")
	}
	if killed < rounds/2 || twice == 0 {
		t.Errorf("killed %d times, %d deliveries came twice: the test shows nothing", killed, twice)
	}
}
