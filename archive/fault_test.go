package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOpenSaysWhatIsWrongAndWhatToDo(t *testing.T) {
	tests := []struct {
		name    string
		spoil   func(t *testing.T, path string)
		want    error
		message string
	}{
		{"no archive", func(t *testing.T, path string) { os.Remove(path) }, ErrNoArchive, "bxcrawl URL"},
		{"empty file", func(t *testing.T, path string) { os.Truncate(path, 0) }, ErrNotFound, "bxcrawl URL"},
		{"torn header", func(t *testing.T, path string) { overwrite(t, path, 0, 512) }, ErrCorrupt, "backup"},
		{"another program's file", func(t *testing.T, path string) { patch(t, path, 68, []byte("else")) }, ErrCorrupt, "another program"},
		{"newer format", func(t *testing.T, path string) { patch(t, path, 60, []byte{0, 0, 0, 9}) }, ErrNewerFormat, "install"},
	}
	for _, tt := range tests {
		for _, write := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/write=%v", tt.name, write), func(t *testing.T) {
				dir := t.TempDir()
				openTest(t, dir).Close()
				path := filepath.Join(dir, fileName)
				tt.spoil(t, path)
				before, _ := os.ReadFile(path)
				_, err := Open(dir, &Options{Write: write})
				if !errors.Is(err, tt.want) {
					t.Fatalf("err = %v, want %v", err, tt.want)
				}
				if !strings.Contains(err.Error(), tt.message) || !strings.Contains(err.Error(), dir) {
					t.Errorf("%q does not say where, or %q", err, tt.message)
				}
				if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
					t.Error("the file was changed")
				}
				second, err := Open(dir, &Options{Write: true, Create: true})
				if errors.Is(err, ErrLocked) {
					t.Error("the failed Open keeps the lock")
				} else if err == nil {
					second.Close()
				}
			})
		}
	}
}

// overwrite fills a stretch of a file with what nobody wrote there.
func overwrite(t *testing.T, path string, at int64, size int) {
	t.Helper()
	patch(t, path, at, bytes.Repeat([]byte{0xa5}, size))
}

func patch(t *testing.T, path string, at int64, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteAt(data, at); err != nil {
		t.Fatal(err)
	}
}

func TestDamagedPagesCostWhatIsOnThem(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	for i := range 600 {
		put(t, a, fmt.Sprintf("2020-%02d", i/50), i, page{MID: fmt.Sprint(i, "@x"), Date: int64(1e6 + i), Content: fmt.Sprint(i), Body: string(somePage(i))})
	}
	derive(t, a, jsonParser{})
	// A page in the middle of the records' table, and one among the bodies.
	var spots []int64
	for _, table := range []string{"frame", "blob"} {
		spots = append(spots, middlePage(t, a, table))
	}
	a.Close()
	for _, n := range spots {
		overwrite(t, filepath.Join(dir, fileName), (n-1)*8192, 8192)
	}
	a, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	read, lost := 0, 0
	for m, err := range a.Messages(t.Context(), Filter{}) {
		switch {
		case err == nil && m != nil:
			read++
		case errors.Is(err, ErrCorrupt):
			lost++
		default:
			t.Fatal(err)
		}
	}
	if read < 500 || lost == 0 || read+lost != 600 {
		t.Errorf("read %d, lost %d of 600", read, lost)
	}
	kinds := map[string]int{}
	for p, err := range a.Verify(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		kinds[p.Kind]++
		if p.Kind == ProblemBody && p.URL == "" || p.Kind == ProblemMessage && p.List == "" {
			t.Errorf("does not say what is lost: %+v", p)
		}
	}
	if kinds[ProblemFile] == 0 || kinds[ProblemBody] == 0 || kinds[ProblemMessage] != lost {
		t.Errorf("verify found %v, want %d messages", kinds, lost)
	}
}

// middlePage returns the number of a leaf page in the middle of a table, or 0.
func middlePage(t *testing.T, a *Archive, table string) int64 {
	t.Helper()
	pages := all(t, stream(t.Context(), a.read, scanNumber, `SELECT pageno FROM dbstat WHERE name = ? AND pagetype = 'leaf' ORDER BY path`, table))
	if len(pages) < 3 {
		t.Fatalf("table %s has %d pages: too few to damage one", table, len(pages))
	}
	return pages[len(pages)/2]
}

func TestFlippedBitIsNoticed(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	r := put(t, a, "2020-May", 1, page{MID: "a@x", Date: 5, Body: "words of a message"})
	derive(t, a, jsonParser{})
	id := all(t, a.Messages(t.Context(), Filter{}))[0].ID
	var found []string
	for _, table := range []string{"blob", "frame"} {
		err := a.writable(t.Context(), func(t *tx) error {
			return t.script(`UPDATE ` + table + ` SET data = CAST(substr(data, 1, 12) || x'5a' || substr(data, 14) AS BLOB)`)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for p := range a.Verify(t.Context()) {
		found = append(found, p.Kind)
	}
	if diff := cmp.Diff([]string{ProblemBody, ProblemMessage}, found); diff != "" {
		t.Error(diff)
	}
	a, err := Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if _, err := a.Body(t.Context(), r); !errors.Is(err, ErrCorrupt) {
		t.Errorf("body: err = %v", err)
	}
	if _, err := a.Message(t.Context(), id); !errors.Is(err, ErrCorrupt) || !strings.Contains(err.Error(), string(id)) {
		t.Errorf("message: err = %v", err)
	}
}

func TestCloseLeavesOneFileToBackUp(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	put(t, a, "2020-May", 1, page{MID: "a@x"})
	a.Close()
	var names []string
	fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if !d.IsDir() {
			names = append(names, path)
		}
		return err
	})
	if got := strings.Join(names, " "); got != "archive.db lock" {
		t.Errorf("left behind: %s", got)
	}
	if _, err := a.PutRaw(t.Context(), Raw{List: "test", URL: testList}, nil); err == nil {
		t.Error("a closed archive took a page")
	}
}
