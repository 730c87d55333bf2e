package index_test

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// The tests in this file need a second process: the test binary runs itself,
// with one of these roles in its environment.
const roleVar = "BXSEARCH_TEST_ROLE"

func TestMain(m *testing.M) {
	roles := map[string]func(dir string, n int) error{"generations": writeGenerations, "update": updateAndDie}
	role, ok := roles[os.Getenv(roleVar)]
	if !ok {
		os.Exit(m.Run())
	}
	n, err := strconv.Atoi(os.Args[2])
	if err == nil {
		err = role(os.Args[1], n)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// inRole is the command that plays a role.
func inRole(role, dir string, n int) *exec.Cmd {
	cmd := exec.Command(os.Args[0], dir, strconv.Itoa(n))
	cmd.Env = append(os.Environ(), roleVar+"="+role)
	cmd.Stderr = &bytes.Buffer{}
	return cmd
}

const crowd = 30 // messages that all change together

// writeGenerations writes generation after generation. In each, all messages
// say the same word: "odd" or "even".
func writeGenerations(dir string, n int) error {
	e, err := index.OpenBleve(dir, nil)
	if err != nil {
		return err
	}
	src := enginetest.NewSource("crowd")
	for g := range n {
		say(src, g)
		if _, err := e.Update(context.Background(), src); err != nil {
			return fmt.Errorf("generation %d: %w", g, err)
		}
	}
	return e.Close()
}

func say(src *enginetest.Source, g int) {
	for i := range crowd {
		word := []string{"even", "odd"}[g%2]
		src.Put(enginetest.Message(fmt.Sprintf("m%02d", i), "2020-01-01", "stamp", word))
	}
}

// TestB1ReadersDuringFiftyGenerations searches while another process writes:
// no search fails or waits, and each sees one generation, whole.
func TestB1ReadersDuringFiftyGenerations(t *testing.T) {
	dir := t.TempDir()
	if err := writeGenerations(dir, 1); err != nil {
		t.Fatal(err)
	}
	cmd := inRole("generations", dir, 50)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	e, seen, searches := openBleve(t, dir), map[string]bool{}, 0
	for running := true; running; {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("writer: %v\n%s", err, cmd.Stderr)
			}
			running = false
		default:
		}
		for _, word := range []string{"odd", "even"} {
			res, err := e.Search(t.Context(), &index.Request{Query: index.Word{Text: word}, Limit: crowd})
			if err != nil {
				t.Fatalf("a search during the update: %v", err)
			}
			if res.Total != 0 && res.Total != crowd || int(res.Total) != len(res.Hits) {
				t.Fatalf("generation %s: %d of %d messages say %q, %d hits", res.Generation, res.Total, crowd, word, len(res.Hits))
			}
			seen[res.Generation] = true
			searches++
		}
	}
	if len(seen) < 2 {
		t.Errorf("%d searches saw only generations %v: the reader does not notice new ones", searches, seen)
	}
	if err := e.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := openBleve(t, dir).Update(t.Context(), fiftieth()); err != nil {
		t.Fatal(err)
	}
	if left := generations(t, dir); len(left) != 1 {
		t.Errorf("generations %v are left, want one", left)
	}
}

// fiftieth is what the writer's source was at its end.
func fiftieth() index.Source {
	src := enginetest.NewSource("crowd")
	for g := range 50 {
		say(src, g)
	}
	return src
}

func generations(t *testing.T, dir string) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(dir, "0*"))
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// dyingSource kills its process after a number of changes.
type dyingSource struct {
	*enginetest.Source
	after int
}

func (s dyingSource) Changes(ctx context.Context, after uint64) iter.Seq2[archive.Change, error] {
	return func(yield func(archive.Change, error) bool) {
		n := 0
		for c, err := range s.Source.Changes(ctx, after) {
			if n++; n == s.after {
				die()
			}
			if !yield(c, err) {
				return
			}
		}
	}
}

func die() {
	if p, err := os.FindProcess(os.Getpid()); err == nil {
		_ = p.Kill()
	}
	select {}
}

func updateAndDie(dir string, n int) error {
	e, err := index.OpenBleve(dir, &index.Options{BatchSize: 20})
	if err != nil {
		return err
	}
	_, err = e.Update(context.Background(), dyingSource{manyMessages(600), n})
	return err
}

// manyMessages is an archive that began with 100 messages.
func manyMessages(n int) *enginetest.Source {
	src := enginetest.NewSource("many")
	for i := range n {
		src.Put(enginetest.Message(fmt.Sprintf("m%04d", i), "2020-01-01", "number", fmt.Sprintf("words%d common third%d", i, i%3)))
		if i == 99 {
			src.Delete("m0007", "m0011")
		}
	}
	return src
}

// TestKilledUpdate kills updates at chosen changes and at random times. After
// each, searches still see the state before; in the end, the index is the same
// as one that was never disturbed, and nothing of the others is left.
func TestKilledUpdate(t *testing.T) {
	dir := t.TempDir()
	if _, err := openBleve(t, dir).Update(t.Context(), manyMessages(100)); err != nil {
		t.Fatal(err)
	}
	before := dump(t, dir)
	for _, after := range []int{1, 2, 150, 300, 480} {
		cmd := inRole("update", dir, after)
		if err := cmd.Run(); err == nil {
			t.Fatal("the helper lived")
		} else if msg := cmd.Stderr.(*bytes.Buffer).String(); msg != "" {
			t.Fatalf("the helper failed of itself: %s", msg)
		}
		if diff := cmp.Diff(before, dump(t, dir)); diff != "" {
			t.Fatalf("after a kill at change %d: %s", after, diff)
		}
	}
	for range 12 {
		killSoon(t, inRole("update", dir, -1))
		dump(t, dir)
	}
	if _, err := openBleve(t, dir).Update(t.Context(), manyMessages(600)); err != nil {
		t.Fatal(err)
	}
	calm := t.TempDir()
	if _, err := openBleve(t, calm).Update(t.Context(), manyMessages(600)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(dump(t, calm), dump(t, dir)); diff != "" {
		t.Errorf("the index differs from one that was not disturbed: %s", diff)
	}
}

// killSoon kills a command at a random time in its short life, or finds it
// done: each outcome is right.
func killSoon(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	timer := time.AfterFunc(time.Duration(rand.Int64N(int64(150*time.Millisecond))), func() { _ = cmd.Process.Kill() })
	_ = cmd.Wait()
	timer.Stop()
	if msg := cmd.Stderr.(*bytes.Buffer).String(); msg != "" {
		t.Fatalf("an update after a kill: %s", msg)
	}
}

// dump is all that a reader can see of an index.
func dump(t *testing.T, dir string) string {
	t.Helper()
	e := openBleve(t, dir)
	var out strings.Builder
	for _, q := range []index.Query{index.All{}, index.Word{Text: "common"}, index.Word{Text: "third1"}, index.Phrase{Text: "words8 common"}} {
		res, err := e.Search(t.Context(), &index.Request{Query: q, Limit: 1000, Sort: index.ByDateAsc})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintln(&out, res.Total)
		for _, h := range res.Hits {
			fmt.Fprint(&out, h.ID, " ")
		}
	}
	pos, err := e.Position(t.Context())
	fmt.Fprintln(&out, pos, err)
	return out.String()
}
