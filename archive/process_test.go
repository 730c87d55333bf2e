package archive

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test binary play the other process: see child.
func TestMain(m *testing.M) {
	if role := os.Getenv("BX_TEST_ROLE"); role != "" {
		if err := play(role, os.Getenv("BX_TEST_DIR")); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// play is what the other process does, until its standard input ends.
func play(role, dir string) error {
	a, err := Open(dir, &Options{Write: role != "read", Create: true, Holder: "bxcrawl https://other.example/"})
	if err != nil {
		return err
	}
	defer a.Close()
	switch role {
	case "hold":
		fmt.Println("ready")
		bufio.NewReader(os.Stdin).ReadByte()
	case "put":
		return playPut(a)
	case "derive":
		fmt.Println("ready")
		_, err := a.Derive(context.Background(), jsonParser{version: os.Getenv("BX_TEST_VERSION")})
		return err
	}
	return nil
}

// playPut stores pages from several goroutines and prints each number after
// PutRaw has returned.
func playPut(a *Archive) error {
	ctx := context.Background()
	if _, err := a.AddList(ctx, ListInfo{Name: "test", URL: testList}); err != nil {
		return err
	}
	stored := make(chan string, 100)
	for w := range 4 {
		go func() {
			for i := w; ; i += 4 {
				r := Raw{List: "test", Group: "2020-May", Kind: RawMessage, URL: pageURL("2020-May", i), Status: 200}
				if _, err := a.PutRaw(ctx, r, somePage(i)); err != nil {
					stored <- err.Error()
				}
				stored <- strconv.Itoa(i)
			}
		}()
	}
	for line := range stored {
		fmt.Println(line)
	}
	return nil
}

// child starts the other process and returns a reader of what it prints.
func child(t *testing.T, role, dir string, env ...string) (*exec.Cmd, *bufio.Scanner, func()) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), append(env, "BX_TEST_ROLE="+role, "BX_TEST_DIR="+dir)...)
	in, _ := cmd.StdinPipe()
	out, _ := cmd.StdoutPipe()
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, bufio.NewScanner(out), func() { in.Close() }
}

func TestSecondWriterIsToldWhoWrites(t *testing.T) {
	dir := t.TempDir()
	cmd, out, end := child(t, "hold", dir)
	if !out.Scan() || out.Text() != "ready" {
		t.Fatalf("the other process said %q", out.Text())
	}
	_, err := Open(dir, &Options{Write: true})
	var locked *LockedError
	if !errors.As(err, &locked) || !errors.Is(err, ErrLocked) {
		t.Fatalf("err = %v, want a LockedError", err)
	}
	if locked.Holder.PID != cmd.Process.Pid || !strings.Contains(err.Error(), "bxcrawl https://other.example/") {
		t.Errorf("holder = %+v in %q", locked.Holder, err)
	}
	reader, err := Open(dir, nil)
	if err != nil {
		t.Errorf("a reader was kept out: %v", err)
	} else {
		reader.Close()
	}
	end()
	cmd.Wait()
	a, err := Open(dir, &Options{Write: true})
	if err != nil {
		t.Fatalf("after the writer's end: %v", err)
	}
	a.Close()
}

func TestLockOfDeadProcessLocksNothing(t *testing.T) {
	dir := t.TempDir()
	cmd, out, _ := child(t, "hold", dir)
	out.Scan()
	cmd.Process.Kill()
	cmd.Wait()
	if text, _ := os.ReadFile(filepath.Join(dir, "lock")); len(text) == 0 {
		t.Fatal("the killed process left no lock: this tests nothing")
	}
	a, err := Open(dir, &Options{Write: true})
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
}

func TestKilledWriterLosesNothingThatWasReported(t *testing.T) {
	dir := t.TempDir()
	for round := range 5 {
		cmd, out, _ := child(t, "put", dir)
		var reported []int
		for len(reported) < 20+60*round && out.Scan() {
			n, err := strconv.Atoi(out.Text())
			if err != nil {
				t.Fatal(out.Text())
			}
			reported = append(reported, n)
		}
		cmd.Process.Kill()
		cmd.Wait()
		a, err := Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range reported {
			r, ok, err := a.Held(t.Context(), pageURL("2020-May", n))
			if err != nil || !ok {
				t.Fatalf("page %d: held %v, %v", n, ok, err)
			}
			if body, err := a.Body(t.Context(), r); err != nil || string(body) != string(somePage(n)) {
				t.Fatalf("page %d: %v", n, err)
			}
		}
		wantSound(t, a)
		a.Close()
	}
}

func TestReaderSeesOneStateWhileAnotherProcessWrites(t *testing.T) {
	dir := t.TempDir()
	_, out, _ := child(t, "put", dir)
	for range 50 {
		out.Scan()
	}
	a, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for range 10 {
		var last uint64
		for r := range rawsOf(t, a) {
			if r.Seq != last+1 {
				t.Fatalf("record %d after %d", r.Seq, last)
			}
			last = r.Seq
		}
		if last == 0 {
			t.Fatal("nothing seen")
		}
		for range 20 { // the writer goes on meanwhile: it is not blocked
			if !out.Scan() {
				t.Fatal("the writer ended")
			}
		}
	}
}

// TestKilledDeriveIsFinishedByTheNext kills at different points, which the
// time from the start decides, and wants what an undisturbed run gives.
func TestKilledDeriveIsFinishedByTheNext(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	for i := range 400 {
		p := page{MID: fmt.Sprint(i, "@x"), Date: int64(1e6 + i), Content: fmt.Sprint(i), Body: string(somePage(i)[:500])}
		if i > 0 {
			p.Refs = []string{fmt.Sprint(i/2, "@x")}
		}
		put(t, a, fmt.Sprintf("2020-%03d", i/10), i, p)
	}
	a.Close()
	for round := range 4 {
		version := fmt.Sprint("v", round)
		cmd, out, _ := child(t, "derive", dir, "BX_TEST_VERSION="+version)
		out.Scan()
		waitForChange(t, dir, 20*round)
		cmd.Process.Kill()
		cmd.Wait()
		again, err := Open(dir, &Options{Write: true})
		if err != nil {
			t.Fatal(err)
		}
		derive(t, again, jsonParser{version: version})
		for _, m := range all(t, again.Messages(t.Context(), Filter{})) {
			if !strings.HasSuffix(m.Body, version) {
				t.Fatalf("message %s is as an older parser read it", m.ID)
			}
		}
		wantSound(t, again)
		wantThreads(t, again)
		again.Close()
	}
}

// waitForChange waits until a version's messages are seen, or there are none to come.
func waitForChange(t *testing.T, dir string, n int) {
	t.Helper()
	a, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	start, _ := a.Position(t.Context())
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); {
		if p, _ := a.Position(t.Context()); p.Seq >= start.Seq+uint64(n) {
			return
		}
	}
}
