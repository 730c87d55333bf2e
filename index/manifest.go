package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// manifest lists what a finished generation consists of. It is written last,
// and read first: bleve itself falls back to an older state, or to none, when
// its files are torn.
type manifest struct {
	Format   int              `json:"format"`
	Position archive.Position `json:"position"`
	Docs     uint64           `json:"docs"`
	Files    []manifestFile   `json:"files"`
}

type manifestFile struct {
	Name  string `json:"name"`
	Size  int64  `json:"size"`
	CRC32 uint32 `json:"crc32"` // Castagnoli's; looked at by verify only
}

const (
	manifestName = "manifest.json"
	storeName    = "store"
	lockName     = "lock"
	boltName     = "root.bolt"
)

// readManifest reads and checks the manifest of a generation.
func readManifest(dir string) (*manifest, error) {
	raw, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return nil, err
	}
	var m manifest
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestName, err)
	}
	if m.Format > FormatVersion {
		return nil, ErrNewerFormat
	}
	return &m, nil
}

// errOlder says that the format was changed since.
var errOlder = errors.New("made by an older version of this program")

// check compares the store's files with the manifest.
func (m *manifest) check(dir string) error {
	if m.Format < FormatVersion {
		return errOlder
	}
	known := map[string]bool{}
	for _, f := range m.Files {
		info, err := os.Stat(filepath.Join(dir, storeName, f.Name))
		if err != nil {
			return err
		}
		if info.Size() != f.Size {
			return fmt.Errorf("%s has %d bytes, not %d", f.Name, info.Size(), f.Size)
		}
		known[f.Name] = true
	}
	return removeStrays(filepath.Join(dir, storeName), known)
}

// verify reads all files and compares their checksums with the manifest.
func (m *manifest) verify(ctx context.Context, dir string) error {
	if err := m.check(dir); err != nil {
		return err
	}
	for _, f := range m.Files {
		if err := ctx.Err(); err != nil {
			return err
		}
		sum, err := checksum(filepath.Join(dir, storeName, f.Name))
		if err != nil {
			return err
		}
		if sum != f.CRC32 {
			return fmt.Errorf("the bytes of %s have changed", f.Name)
		}
	}
	return nil
}

func checksum(path string) (uint32, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, err = io.Copy(h, f)
	return h.Sum32(), err
}

// removeStrays removes segments that are not the index's own.
//
// QUIRK B2: bleve refuses a directory that holds a file like "._x.zap", as
// file copiers leave them.
func removeStrays(dir string, known map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".zap") && !known[e.Name()] {
			if err := os.RemoveAll(filepath.Join(dir, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// write makes a generation whole: its files and its manifest are on disk when
// it returns.
func (m *manifest) write(dir string) error {
	for _, f := range m.Files {
		if err := syncPath(filepath.Join(dir, storeName, f.Name)); err != nil {
			return err
		}
	}
	raw, err := json.MarshalIndent(m, "", "\t")
	if err != nil {
		return err
	}
	if err := writeFile(filepath.Join(dir, manifestName), append(raw, '\n')); err != nil {
		return err
	}
	if err := syncDir(filepath.Join(dir, storeName)); err != nil {
		return err
	}
	return syncDir(dir)
}

// writeFile writes a file and waits until its bytes are on disk.
func writeFile(path string, data []byte) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// syncDir waits until a folder's names are on disk. Windows does that by itself.
func syncDir(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	return syncPath(path)
}

// syncPath waits until a file's bytes are on disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
