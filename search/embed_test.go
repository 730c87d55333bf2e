package search_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// TestEmbedExample builds examples/embed as the module of its own that it is,
// from the module cache alone, and runs it.
func TestEmbedExample(t *testing.T) {
	tmp := t.TempDir()
	program := filepath.Join(tmp, "embed")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.Command("go", "build", "-mod=readonly", "-buildvcs=false", "-o", program, ".")
	build.Dir = filepath.Join("..", "examples", "embed")
	build.Env = append(os.Environ(), "GOWORK=off", "GOPROXY=off", "GOFLAGS=", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v (has go.mod changed? then run `go mod tidy` in examples/embed)\n%s", err, out)
	}
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(tmp, "data")
	if err := put(data, mails...); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, data, "patient", "from:alice").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"1. 2020-11-20", "Hospital hit by ransomware", "000001.html", "Patient data was stolen.", "1 of 1"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("does not print %q:\n%s", want, out)
		}
	}
	if out, err := exec.Command(program, data, "patient", "OR").CombinedOutput(); err == nil || !strings.Contains(string(out), "OR needs something on both sides") {
		t.Errorf("a wrong query gives %v\n%s", err, out)
	}
}
