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

// TestKillBetweenMatchAndDelivery runs watches and kills them at every step: all
// alerts arrive, and what arrives twice has the ID that it had, and was taken by
// a receiver whose sender died.
func TestKillBetweenMatchAndDelivery(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	bin, data := bins(t), t.TempDir()
	box := &letterbox{taken: map[string]int{}, alerts: map[string]string{}, subject: map[string]int{}, doubt: map[string]bool{}}
	server := httptest.NewServer(box)
	defer server.Close()
	bxcrawl := func(args ...string) *exec.Cmd {
		return exec.Command(filepath.Join(bin, "bxcrawl"), append(args, "--data", data)...)
	}
	must := func(cmd *exec.Cmd) {
		t.Helper()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
	}
	bring := func(n int) {
		t.Helper()
		path := filepath.Join(t.TempDir(), "new.mbox")
		mail := fmt.Sprintf("From ann@mail.example  %s\nFrom: Ann <ann@mail.example>\nDate: %s\nSubject: halden %d\nMessage-ID: <%d@mail.example>\nList-Id: <news.mail.example>\n\nHalden was hit.\n\n",
			time.Now().UTC().Format(time.ANSIC), time.Now().UTC().Format(time.RFC1123Z), n, n)
		if err := os.WriteFile(path, []byte(mail), 0o600); err != nil {
			t.Fatal(err)
		}
		must(bxcrawl("import", "--quiet", path))
	}
	bring(0)
	must(bxcrawl("watch", "add", "halden", "halden", "--to", server.URL))

	start := time.Now()
	must(bxcrawl("watch", "run", "--quiet"))
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
		bring(n + 1)
		run := bxcrawl("watch", "run", "--quiet")
		box.mu.Lock()
		box.before, box.after, box.recent = n%3 == 0, n%3 == 1, nil
		if err := run.Start(); err != nil {
			t.Fatal(err)
		}
		box.child = run.Process
		box.mu.Unlock()
		if n%3 == 2 { // anywhere
			time.AfterFunc(time.Duration(rnd.Float64()*float64(took)*1.2), func() { _ = run.Process.Kill() })
		}
		_ = run.Wait()
		box.mu.Lock()
		box.before, box.after = false, false
		if run.ProcessState.ExitCode() == -1 {
			killed++
			for _, id := range box.recent {
				box.doubt[id] = true
			}
		}
		box.mu.Unlock()
		if rnd.IntN(3) > 0 { // else what waits becomes more
			must(bxcrawl("watch", "run", "--quiet"))
		}
	}
	must(bxcrawl("watch", "run", "--quiet"))
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
