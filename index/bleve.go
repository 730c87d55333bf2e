package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"

	"github.com/bxsearch/bxsearch/archive"
)

// Options are the settings of OpenBleve. The zero value is fine.
type Options struct {
	// Logger gets what is worth knowing but no error; nil drops it.
	Logger *slog.Logger
	// BatchSize is how many messages are written at once, at most; 0 means as
	// many as take 20 MB for each core, up to four.
	BatchSize int
	// Synonyms are what else a word is looked for as; nil means DefaultSynonyms.
	Synonyms *Synonyms
}

// bleveEngine keeps an index in a folder: see generation.go for its layout.
type bleveEngine struct {
	dir   string
	log   *slog.Logger
	batch int
	words *Synonyms

	mu     sync.Mutex
	gen    *generation // nil until the first search
	closed bool
}

// OpenBleve opens the index in a folder, which need not exist yet: Update
// makes it.
func OpenBleve(dir string, opts *Options) (Engine, error) {
	if opts == nil {
		opts = &Options{}
	}
	e := &bleveEngine{dir: dir, log: opts.Logger, batch: max(opts.BatchSize, 0), words: opts.Synonyms}
	if e.words == nil {
		e.words = DefaultSynonyms()
	}
	if e.log == nil {
		e.log = slog.New(slog.DiscardHandler)
	}
	if _, err := readCurrent(dir); err != nil {
		return nil, wrap(dir, err)
	}
	return e, nil
}

// Close waits for nobody: searches under way finish by themselves.
func (e *bleveEngine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.gen == nil {
		return nil
	}
	err := e.gen.release()
	e.gen = nil
	return err
}

// Search answers from the newest finished generation.
func (e *bleveEngine) Search(ctx context.Context, r *Request) (*Result, error) {
	g, err := e.current()
	if err != nil {
		return nil, err
	}
	defer g.release()
	req := *r
	req.synonyms = e.words
	if req.Sort == "" {
		req.Sort = ByRelevance
	}
	if req.Limit <= 0 {
		req.Limit = defaultLimit
	}
	res, err := g.safely(ctx, &req)
	if err != nil {
		return nil, err
	}
	res.Generation = g.name
	return res, nil
}

// safely searches and takes a panic for what it is: bytes that bleve trusted.
func (g *generation) safely(ctx context.Context, r *Request) (res *Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &DamagedError{Dir: g.dir, Err: fmt.Errorf("bleve: %v", p)}
		}
	}()
	return g.search(ctx, r)
}

// Position returns what the index has seen of which archive.
func (e *bleveEngine) Position(context.Context) (archive.Position, error) {
	g, err := e.current()
	if err != nil {
		return archive.Position{}, err
	}
	defer g.release()
	return g.state.Position, nil
}

// Verify reads all of the live generation.
func (e *bleveEngine) Verify(ctx context.Context) error {
	g, err := e.current()
	if err != nil {
		return err
	}
	defer g.release()
	m, err := readManifest(g.dir)
	if err == nil {
		err = m.verify(ctx, g.dir)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return wrap(g.dir, err)
}

// openTries bounds how often a reader runs behind a writer that replaces
// generations faster than it can open them.
const openTries = 100

// current returns the live generation, held. It looks at CURRENT each time:
// one small read, so a running program sees a nightly update at once.
func (e *bleveEngine) current() (*generation, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, errors.New("index: closed")
	}
	for try := 1; ; try++ {
		name, err := readCurrent(e.dir)
		if err != nil {
			return nil, wrap(e.dir, err)
		}
		if name == "" {
			return nil, ErrNotFound
		}
		if e.gen != nil && e.gen.name == name && e.gen.hold() {
			return e.gen, nil
		}
		g, err := openGeneration(e.dir, name)
		if err == nil {
			e.replace(g)
			continue
		}
		if again, _ := readCurrent(e.dir); again == name && !errors.Is(err, errHeld) || try == openTries {
			return nil, wrap(filepath.Join(e.dir, name), err)
		}
	}
}

func (e *bleveEngine) replace(g *generation) {
	if e.gen != nil {
		if err := e.gen.release(); err != nil {
			e.log.Warn("closing an old index generation", "generation", e.gen.name, "error", err)
		}
	}
	e.gen = g
}

// wrap gives an error of a generation its meaning for the caller.
func wrap(dir string, err error) error {
	var damaged *DamagedError
	switch {
	case err == nil, errors.Is(err, ErrNewerFormat), errors.As(err, &damaged):
		return err
	case errors.Is(err, fs.ErrPermission), errors.Is(err, errHeld):
		return fmt.Errorf("index: open %s: %w", dir, err)
	}
	return &DamagedError{Dir: dir, Err: err}
}

// writerLock keeps other writers out while the caller holds the file open.
func writerLock(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f, true); err != nil {
		f.Close()
		if errors.Is(err, errHeld) {
			return nil, ErrLocked
		}
		return nil, err
	}
	return f, nil
}
