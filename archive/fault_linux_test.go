package archive

import (
	"errors"
	"strings"
	"syscall"
	"testing"
)

// tmpfs mounts a small disk; only root can.
func tmpfs(t *testing.T, size string) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size); err != nil {
		t.Skipf("a full or read-only disk needs a mount, which needs root: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestFullDiskLosesNothing(t *testing.T) {
	dir := tmpfs(t, "2m")
	a := openTest(t, dir)
	stored, err := 0, error(nil)
	for ; stored < 5000; stored++ {
		r := Raw{List: "test", Group: "2020-May", Kind: RawMessage, URL: pageURL("2020-May", stored), Status: 200}
		if _, err = a.PutRaw(t.Context(), r, somePage(stored)); err != nil {
			break
		}
	}
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "make room") {
		t.Fatalf("after %d pages: err = %v", stored, err)
	}
	a.Close()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=16m"); err != nil {
		t.Fatal(err)
	}
	a = openTest(t, dir)
	held, err := a.HeldURLs(t.Context(), "test", "2020-May")
	if err != nil || len(held) != stored {
		t.Fatalf("%d pages held, %d were stored: %v", len(held), stored, err)
	}
	putBody(t, a, "2020-May", stored, somePage(stored))
	wantSound(t, a)
}

func TestReadOnlyFolder(t *testing.T) {
	dir := tmpfs(t, "8m")
	a := openTest(t, dir)
	put(t, a, "2020-May", 1, page{MID: "a@x", Body: "words"})
	derive(t, a, jsonParser{})
	a.Close()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, err := Open(dir, &Options{Write: true})
	if !errors.Is(err, ErrReadOnly) || !strings.Contains(err.Error(), "--data") {
		t.Errorf("to write: err = %v", err)
	}
	a, err = Open(dir, nil)
	if err != nil {
		t.Fatalf("to read: %v", err)
	}
	defer a.Close()
	if ms := all(t, a.Messages(t.Context(), Filter{})); len(ms) != 1 {
		t.Errorf("%d messages", len(ms))
	}
	if _, err := a.PutRaw(t.Context(), Raw{List: "test", URL: testList}, nil); !errors.Is(err, ErrReadOnly) {
		t.Errorf("a reader wrote: %v", err)
	}
}
