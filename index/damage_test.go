package index_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// fileIn is the first file of a folder that a pattern fits.
func fileIn(t *testing.T, dir, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil || len(found) == 0 {
		t.Fatalf("no %s: %v", pattern, err)
	}
	return found[0]
}

func writeOver(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
}

// damages are ways to harm an index.
var damages = []struct {
	name string
	harm func(t *testing.T, dir string)
}{
	{"segment cut short", func(t *testing.T, dir string) {
		if err := os.Truncate(fileIn(t, dir, "0*/store/*.zap"), 100); err != nil {
			t.Fatal(err)
		}
	}},
	{"segment gone", func(t *testing.T, dir string) {
		if err := os.Remove(fileIn(t, dir, "0*/store/*.zap")); err != nil {
			t.Fatal(err)
		}
	}},
	{"columns cut short", func(t *testing.T, dir string) {
		if err := os.Truncate(fileIn(t, dir, "0*/store/*.col"), 10); err != nil {
			t.Fatal(err)
		}
	}},
	{"columns of noise", func(t *testing.T, dir string) {
		path := fileIn(t, dir, "0*/store/*.col")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		writeOver(t, path, strings.Repeat("x", int(info.Size())))
	}},
	{"B8 torn root.bolt", func(t *testing.T, dir string) {
		path := fileIn(t, dir, "0*/store/root.bolt")
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		writeOver(t, path, strings.Repeat("x", int(info.Size())))
	}},
	{"manifest empty", func(t *testing.T, dir string) { writeOver(t, fileIn(t, dir, "0*/manifest.json"), "") }},
	{"generation gone", func(t *testing.T, dir string) {
		if err := os.RemoveAll(fileIn(t, dir, "0*")); err != nil {
			t.Fatal(err)
		}
	}},
	{"CURRENT is nonsense", func(t *testing.T, dir string) { writeOver(t, filepath.Join(dir, "CURRENT"), "../../etc") }},
}

// TestDamage breaks an index in the ways that disks, copiers and people do.
// What reads it says so and names the way out, and that way works.
func TestDamage(t *testing.T) {
	for _, test := range damages {
		t.Run(test.name, func(t *testing.T) {
			dir, src := built(t)
			test.harm(t, dir)
			e, err := index.OpenBleve(dir, nil)
			if err == nil {
				defer e.Close()
				_, err = e.Search(t.Context(), &index.Request{})
			}
			var damaged *index.DamagedError
			if !errors.As(err, &damaged) || !strings.Contains(err.Error(), "bxcrawl reindex") {
				t.Fatalf("error is %v, want a DamagedError that names the command", err)
			}
			if e == nil {
				writeOver(t, filepath.Join(dir, "CURRENT"), "000001\n")
				e = openBleve(t, dir)
			}
			if _, err := e.Rebuild(t.Context(), src); err != nil {
				t.Fatalf("Rebuild: %v", err)
			}
			if res, err := e.Search(t.Context(), &index.Request{}); err != nil || res.Total != 2 {
				t.Errorf("after Rebuild: %+v, %v", res, err)
			}
		})
	}
}

func built(t *testing.T) (dir string, src *enginetest.Source) {
	t.Helper()
	dir = t.TempDir()
	src = enginetest.NewSource("archive")
	src.Put(enginetest.Message("a", "2020-01-01", "one", "walrus"), enginetest.Message("b", "2020-01-02", "two", "walrus"))
	e := openBleve(t, dir)
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	return dir, src
}

func TestVerifyFindsChangedBytes(t *testing.T) {
	dir, _ := built(t)
	e := openBleve(t, dir)
	if err := e.Verify(t.Context()); err != nil {
		t.Fatalf("of a sound index: %v", err)
	}
	found, _ := filepath.Glob(filepath.Join(dir, "0*/store/*.zap"))
	raw, err := os.ReadFile(found[0])
	if err != nil {
		t.Fatal(err)
	}
	raw[len(raw)/2] ^= 1
	if err := os.WriteFile(found[0], raw, 0o666); err != nil {
		t.Fatal(err)
	}
	var damaged *index.DamagedError
	if err := e.Verify(t.Context()); !errors.As(err, &damaged) {
		t.Errorf("of a changed bit: %v", err)
	}
}

func TestNewerAndOlderFormat(t *testing.T) {
	dir, src := built(t)
	path := filepath.Join(dir, "000001", "manifest.json")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	setFormat := func(to string) {
		changed := bytes.Replace(sound, fmt.Appendf(nil, `"format": %d`, index.FormatVersion), []byte(`"format": `+to), 1)
		if err := os.WriteFile(path, changed, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	setFormat("99")
	e := openBleve(t, dir)
	if _, err := e.Search(t.Context(), &index.Request{}); !errors.Is(err, index.ErrNewerFormat) {
		t.Errorf("Search of a newer format: %v", err)
	}
	if _, err := e.Update(t.Context(), src); !errors.Is(err, index.ErrNewerFormat) {
		t.Errorf("Update of a newer format: %v", err)
	}
	setFormat("0")
	if stats, err := e.Update(t.Context(), src); err != nil || stats.Indexed != 2 {
		t.Errorf("Update of an older format: %+v, %v; want all indexed anew", stats, err)
	}
}

// TestB2StrayFiles puts in what file managers and copiers leave behind.
func TestB2StrayFiles(t *testing.T) {
	dir, src := built(t)
	for _, name := range []string{"000001/store/._000000000001.zap", "000001/store/.DS_Store", "000001/._x", "._CURRENT", "notes.txt"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("stray"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	e := openBleve(t, dir)
	if _, err := e.Search(t.Context(), &index.Request{}); err != nil {
		t.Errorf("Search: %v", err)
	}
	src.Delete("a")
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Errorf("Update: %v", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "notes.txt")); err != nil {
		t.Errorf("a file that is not the index's: %v", err)
	}
}

func TestNothingIndexedYet(t *testing.T) {
	e := openBleve(t, filepath.Join(t.TempDir(), "index"))
	if _, err := e.Search(t.Context(), &index.Request{}); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Search: %v, want ErrNotFound", err)
	}
	if _, err := e.Position(t.Context()); !errors.Is(err, index.ErrNotFound) {
		t.Errorf("Position: %v, want ErrNotFound", err)
	}
	if _, err := e.Update(t.Context(), enginetest.NewSource("empty")); err != nil {
		t.Fatal(err)
	}
	if res, err := e.Search(t.Context(), &index.Request{}); err != nil || res.Total != 0 {
		t.Errorf("Search of an empty index: %+v, %v", res, err)
	}
}

// slowSource lets a test act while an update is under way.
type slowSource struct {
	*enginetest.Source
	during func()
}

func (s slowSource) Position(ctx context.Context) (archive.Position, error) {
	s.during()
	return s.Source.Position(ctx)
}

func TestSecondWriterIsRefused(t *testing.T) {
	dir, src := built(t)
	second := openBleve(t, dir)
	var err error
	e := openBleve(t, dir)
	if _, uerr := e.Update(t.Context(), slowSource{src, func() { _, err = second.Update(t.Context(), src) }}); uerr != nil {
		t.Fatal(uerr)
	}
	if !errors.Is(err, index.ErrLocked) {
		t.Errorf("a second update under the first: %v, want ErrLocked", err)
	}
}

// TestReaderKeepsItsGeneration: what a reader holds is not removed; when it is
// gone, the next update removes it.
func TestReaderKeepsItsGeneration(t *testing.T) {
	dir, src := built(t)
	reader, writer := openBleve(t, dir), openBleve(t, dir)
	if _, err := reader.Search(t.Context(), &index.Request{}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int{2, 2, 1} {
		if i == 2 {
			if err := reader.Close(); err != nil {
				t.Fatal(err)
			}
		}
		src.Put(enginetest.Message("a", "2020-01-01", "one", strings.Repeat("seal ", i+1)))
		if _, err := writer.Update(t.Context(), src); err != nil {
			t.Fatal(err)
		}
		if left := generations(t, dir); len(left) != want {
			t.Errorf("update %d: generations %v, want %d", i+1, left, want)
		}
	}
}
