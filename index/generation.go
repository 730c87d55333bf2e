package index

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
)

// The layout on disk. A generation never changes once CURRENT has named it, so
// readers need no lock against the writer: it works on the next one.
//
//	index/CURRENT         the name of the live generation, "000042"
//	index/lock            held by the process that writes the next one
//	index/000042/         a generation
//	    manifest.json     its format, position and files
//	    lock              held, shared, by the processes that read it
//	    store/            bleve's files: root.bolt and segments, *.zap

const currentName = "CURRENT"

// readCurrent returns the name of the live generation, "" where there is none.
func readCurrent(dir string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(dir, currentName))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	name := strings.TrimSpace(string(raw))
	if _, ok := number(name); !ok {
		return "", &DamagedError{Dir: dir, Err: fmt.Errorf("%s does not name a generation", currentName)}
	}
	return name, nil
}

// writeCurrent makes a generation the live one.
func writeCurrent(dir, name string) error {
	path := filepath.Join(dir, currentName)
	if err := writeFile(path+".new", []byte(name+"\n")); err != nil {
		return err
	}
	if err := os.Rename(path+".new", path); err != nil {
		return err
	}
	return syncDir(dir)
}

// number reads the name of a generation.
func number(name string) (int, bool) {
	if len(name) < 6 || !digits(name) {
		return 0, false
	}
	n, err := strconv.Atoi(name)
	return n, err == nil
}

// generation is one generation, open for reading.
type generation struct {
	*snapshot
	name string
	dir  string
	lock *os.File

	mu   sync.Mutex
	refs int // searches under way, and one for being the engine's current one
}

// openGeneration opens a finished generation and holds it against removal.
func openGeneration(root, name string) (*generation, error) {
	dir := filepath.Join(root, name)
	lock, err := os.Open(filepath.Join(dir, lockName))
	if err != nil {
		return nil, err
	}
	if err := tryLock(lock, false); err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	s, err := openChecked(dir)
	if err != nil {
		return nil, errors.Join(err, lock.Close())
	}
	return &generation{snapshot: s, name: name, dir: dir, lock: lock, refs: 1}, nil
}

// openChecked opens a generation's store if it is what its manifest says.
func openChecked(dir string) (s *snapshot, err error) {
	defer func() {
		if p := recover(); p != nil { // bleve trusts the bytes of its files
			err = fmt.Errorf("bleve: %v", p)
		}
	}()
	m, err := readManifest(dir)
	if err != nil {
		return nil, err
	}
	if err := m.check(dir); err != nil {
		return nil, err
	}
	if s, err = openSnapshot(filepath.Join(dir, storeName)); err != nil {
		return nil, err
	}
	if s.docs != m.Docs || s.state.Position != m.Position {
		err := fmt.Errorf("it holds %d messages, not %d", s.docs, m.Docs)
		return nil, errors.Join(err, s.close())
	}
	return s, nil
}

// hold keeps the generation open until release. It fails once it is closed.
func (g *generation) hold() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refs == 0 {
		return false
	}
	g.refs++
	return true
}

func (g *generation) release() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.refs--; g.refs > 0 {
		return nil
	}
	return errors.Join(g.close(), g.lock.Close())
}

// linkStore makes a store with the files of an older generation's. Segments
// never change, so they are shared by hard links.
func linkStore(m *manifest, from, to string) error {
	for _, f := range m.Files {
		link := linkFile
		if f.Name == boltName {
			link = copyFile
		}
		if err := link(filepath.Join(from, f.Name), filepath.Join(to, f.Name)); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer src.Close()
	dst, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	return errors.Join(err, dst.Close())
}

// clean removes the generations that are neither live nor read by anybody:
// old ones, and what a killed writer left. It returns the first unused number.
// Only the writer calls it.
func clean(root, current string) (next int, err error) {
	entries, err := os.ReadDir(root)
	if err != nil {
		return 0, err
	}
	next = 1
	for _, e := range entries {
		n, ok := number(e.Name())
		if !ok {
			continue
		}
		next = max(next, n+1)
		if e.Name() != current {
			err = errors.Join(err, removeUnread(filepath.Join(root, e.Name())))
		}
	}
	return next, err
}

// removeUnread removes a generation unless a reader holds it.
func removeUnread(dir string) error {
	lock, err := os.Open(filepath.Join(dir, lockName))
	if err == nil {
		defer lock.Close()
		err = tryLock(lock, true)
	}
	switch {
	case errors.Is(err, errHeld):
		return nil
	case err == nil, errors.Is(err, fs.ErrNotExist):
		return os.RemoveAll(dir)
	}
	return err
}
