package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

// bins builds the commands once a test and returns their folder.
func bins(t testing.TB) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "github.com/bxsearch/bxsearch/cmd/...")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return dir
}

// export is what the archive in data holds, one JSON object a line.
func export(t testing.TB, bin, data string) []byte {
	t.Helper()
	out, err := exec.Command(filepath.Join(bin, "bxcrawl"), "export", "--format", "jsonl", "--data", data).Output()
	if err != nil {
		t.Fatalf("export: %v: %s", err, stderr(err))
	}
	return out
}

func stderr(err error) []byte {
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.Stderr
	}
	return nil
}

// killing crawls a list once undisturbed and once with kill -9 at random
// moments, and compares the two archives and indexes.
func killing(t *testing.T, tree fs.FS, path string, kills int) {
	bin := bins(t)
	base, stop := fixtures.Serve(fixtures.Handler(tree, nil))
	defer stop()
	crawl := func(ctx context.Context, data string) error {
		cmd := exec.CommandContext(ctx, filepath.Join(bin, "bxcrawl"), "--data", data, "--delay", "0", "--parallel", "4", "--quiet", base+path)
		return cmd.Run() // CommandContext kills with SIGKILL
	}
	calm, rough := filepath.Join(t.TempDir(), "calm"), filepath.Join(t.TempDir(), "rough")
	start := time.Now()
	if err := crawl(context.Background(), calm); err != nil {
		t.Fatalf("undisturbed: %v: %s", err, stderr(err))
	}
	took := time.Since(start)

	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d; undisturbed: %v", seed, took.Round(time.Millisecond))
	rnd := rand.New(rand.NewPCG(seed, 0))
	killed := 0
	for range kills {
		// A third of a whole run at the most: the kills fall into every phase,
		// and the later ones into parsing and indexing.
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rnd.Float64()*float64(took)/3)+time.Millisecond)
		err := crawl(ctx, rough)
		if ctx.Err() != nil {
			killed++
		} else if err != nil {
			t.Fatalf("after %d kills: %v: %s", killed, err, stderr(err))
		}
		cancel()
	}
	if err := crawl(context.Background(), rough); err != nil {
		t.Fatalf("the last run: %v: %s", err, stderr(err))
	}
	t.Logf("killed %d times", killed)
	if want, got := export(t, bin, calm), export(t, bin, rough); !bytes.Equal(want, got) {
		t.Errorf("the exports differ: %d bytes undisturbed, %d bytes after %d kills%s", len(want), len(got), killed, firstDifference(want, got))
	}
	for _, q := range []string{"the", "server error", `"it is"`, "from:a*"} {
		args := func(data string) []string { return []string{"--data", data, "--json", "--limit", "50", "--", q} }
		want, err1 := exec.Command(filepath.Join(bin, "bxsearch"), args(calm)...).Output()
		got, err2 := exec.Command(filepath.Join(bin, "bxsearch"), args(rough)...).Output()
		if (err1 == nil) != (err2 == nil) || bytes.Count(want, []byte("\n")) != bytes.Count(got, []byte("\n")) {
			t.Errorf("query %q: %d hits undisturbed, %d after kills (%v, %v)", q, bytes.Count(want, []byte("\n")), bytes.Count(got, []byte("\n")), err1, err2)
		}
	}
}

func firstDifference(a, b []byte) string {
	la, lb := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(la), len(lb)) {
		if !bytes.Equal(la[i], lb[i]) {
			return "\n  " + parting(la[i], lb[i]) + "\n  " + parting(lb[i], la[i])
		}
	}
	return ""
}

// parting is a line's beginning, and what stands where another differs.
func parting(line, other []byte) string {
	i := 0
	for i < len(line) && i < len(other) && line[i] == other[i] {
		i++
	}
	return fmt.Sprintf("%.200s … %.200s", line, line[max(i-40, 0):])
}

func TestKillAndResume(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: -short")
	}
	site := fixtures.BreachExchange()
	killing(t, site, "/pipermail/breachexchange/", 12)
}

func TestRealSitesKillAndResume(t *testing.T) {
	root := sitesRoot(t)
	name := siteNames(t, root)[0]
	for _, n := range siteNames(t, root) {
		if n == "twisted-web" {
			name = n
		}
	}
	killing(t, os.DirFS(root), "/"+name+"/", 50)
}
