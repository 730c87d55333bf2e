package importer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/bxsearch/bxsearch/archive"
)

// DefaultMaxMail is how many bytes of a mail are kept.
const DefaultMaxMail = 32 << 20

// inFlight bounds the bytes of what is read and not yet stored, workers how
// many writes are under way: those that wait together share one commit.
const (
	inFlight = 128 << 20
	workers  = 64
)

// Config says how to import. Archive is needed.
type Config struct {
	Archive  *archive.Archive
	List     string           // the list that all of it belongs to; empty: what the mails or folders say
	URL      string           // the folder of that list's archive on the web; empty: what the mails or pages say
	Unlisted bool             // of a saved Pipermail folder also the pages that no index page lists
	MaxMail  int64            // bytes of a mail that are kept; 0 means DefaultMaxMail
	Logger   *slog.Logger     // nil discards
	Progress func(Event)      // told now and then; nil for nobody
	Now      func() time.Time // nil means time.Now
}

// Event says how far an import is.
type Event struct {
	Path        string
	Read        int   // mails or files
	Done, Total int64 // bytes; Total is 0 where it is not known
}

// Formats of what is imported.
const (
	FormatMbox    = "mbox"
	FormatMail    = "mail"
	FormatMaildir = "Maildir"
	FormatFolder  = "Pipermail folder"
	FormatText    = "Pipermail text file"
)

// maxProblems bounds how many problems are named; all are counted.
const maxProblems = 50

// Stats says what an import did.
type Stats struct {
	Format       string
	Lists        []string // names, sorted
	Read         int      // mails, or files of a Pipermail folder
	New          int      // recorded
	Known        int      // held already
	Older        int      // files of a folder that are older than what is held of their page, and another
	Unlisted     int      // message pages of a folder that no index page lists, and that were left out
	Bytes        int64    // recorded
	Problems     []Problem
	ProblemTotal int
}

// Problem is something that was not imported as it should be.
type Problem struct {
	Where  string // a file, or a place in it
	Detail string
}

// NotMailError says that a file or folder holds no mail, and what it holds.
type NotMailError struct {
	Path, Found string
}

func (e *NotMailError) Error() string {
	return fmt.Sprintf("%s is no mailbox: found %s; an import takes an mbox (plain, .gz or .zst), a mail, a Maildir, a saved Pipermail folder or a Pipermail text file",
		e.Path, e.Found)
}

// UnknownListError says that nothing tells which list mail belongs to, or
// where the list's archive is.
type UnknownListError struct {
	Path string
	What string // what is not known, and what to do
}

func (e *UnknownListError) Error() string { return e.Path + " " + e.What }

// Importer imports files and folders into one archive, one at a time.
type Importer struct {
	cfg   Config
	room  *semaphore.Weighted
	saved []*saved // the folders that were imported
}

// New makes an Importer.
func New(cfg Config) (*Importer, error) {
	if cfg.Archive == nil {
		return nil, errors.New("importer: an archive is needed")
	}
	if cfg.MaxMail <= 0 {
		cfg.MaxMail = DefaultMaxMail
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Progress == nil {
		cfg.Progress = func(Event) {}
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.URL != "" && !strings.HasSuffix(cfg.URL, "/") {
		cfg.URL += "/"
	}
	return &Importer{cfg: cfg, room: semaphore.NewWeighted(inFlight)}, nil
}

// Import records what a file or folder holds. Stats are right even if it
// returns an error: what was recorded stays, and the next Import goes on.
func (im *Importer) Import(ctx context.Context, path string) (Stats, error) {
	r := &run{im: im, cfg: im.cfg, path: path, lists: map[string]archive.ListInfo{}}
	err := r.all(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.lists {
		if !slices.Contains(r.stats.Lists, l.Name) {
			r.stats.Lists = append(r.stats.Lists, l.Name)
		}
	}
	slices.Sort(r.stats.Lists)
	return r.stats, err
}

// run is the import of one path.
type run struct {
	im   *Importer
	cfg  Config
	path string

	mu    sync.Mutex
	stats Stats
	lists map[string]archive.ListInfo // by the name that mails give
	done  int64                       // bytes of the input that were read
	total int64
}

func (r *run) all(ctx context.Context) error {
	info, err := os.Stat(r.path)
	switch {
	case err != nil:
		return fmt.Errorf("import: %w", err)
	case info.IsDir() && isMaildir(r.path):
		return r.maildir(ctx)
	case info.IsDir():
		return r.folder(ctx)
	case !info.Mode().IsRegular():
		return &NotMailError{r.path, "neither a file nor a folder"}
	}
	return r.file(ctx, info)
}

// problem notes something that went wrong with a part of the whole.
func (r *run) problem(where, format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := Problem{where, fmt.Sprintf(format, args...)}
	r.cfg.Logger.Warn("import", "where", p.Where, "problem", p.Detail)
	if r.stats.ProblemTotal++; len(r.stats.Problems) < maxProblems {
		r.stats.Problems = append(r.stats.Problems, p)
	}
}

func (r *run) count(f func(*Stats)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	f(&r.stats)
	r.cfg.Progress(Event{r.path, r.stats.Read, r.done, r.total})
}

// nameOf is a list's name by the name of a file or folder.
func nameOf(path string) string {
	name := filepath.Base(path)
	if abs, err := filepath.Abs(path); err == nil {
		name = filepath.Base(abs)
	}
	for _, ext := range []string{".gz", ".zst", ".mbox", ".mbx", ".eml", ".txt"} {
		name = strings.TrimSuffix(name, ext)
	}
	if m := hyperKittyFile.FindStringSubmatch(name); m != nil {
		name = m[1]
	}
	return strings.ToLower(strings.Trim(strings.ReplaceAll(name, " ", "-"), "."))
}

// hyperKittyFile is how HyperKitty calls its exports: by the list's address and
// a month, or several, a thread or a message. Its mails name no list.
var hyperKittyFile = regexp.MustCompile(`^([^@\s]+)@[^@\s]+?(?:(?:-\d{4}-\d{2}(?:-\d{2})?){1,2}|-[A-Z2-7]{32})$`)
