package serve

import (
	"log/slog"
	"os"
	"sync"
	"time"
)

// watched is what was read from files. It is read again when they change; while
// that fails, what was read before holds.
type watched[T any] struct {
	files []string
	read  func() (T, error)
	log   *slog.Logger

	mu     sync.Mutex
	value  T
	seen   []stamp
	looked time.Time
}

// stamp tells whether a file is the one that was read.
type stamp struct {
	size int64
	time time.Time
}

// lookEvery is how often files are looked at, at most.
const lookEvery = time.Second

func watch[T any](log *slog.Logger, read func() (T, error), files ...string) (*watched[T], error) {
	w := &watched[T]{files: files, read: read, log: log}
	w.seen, w.looked = w.stamps(), time.Now()
	var err error
	w.value, err = read()
	return w, err
}

// get returns the value as it holds now.
func (w *watched[T]) get() T {
	w.mu.Lock()
	defer w.mu.Unlock()
	if time.Since(w.looked) < lookEvery {
		return w.value
	}
	w.looked = time.Now()
	now := w.stamps()
	if same(now, w.seen) {
		return w.value
	}
	w.seen = now
	value, err := w.read()
	if err != nil {
		w.log.Error("a changed file cannot be used, what was read before holds", "files", w.files, "err", err)
		return w.value
	}
	w.log.Info("a changed file was read again", "files", w.files)
	w.value = value
	return value
}

func (w *watched[T]) stamps() []stamp {
	all := make([]stamp, len(w.files))
	for i, name := range w.files {
		if info, err := os.Stat(name); err == nil {
			all[i] = stamp{info.Size(), info.ModTime()}
		}
	}
	return all
}

func same(a, b []stamp) bool {
	for i := range a {
		if a[i].size != b[i].size || !a[i].time.Equal(b[i].time) {
			return false
		}
	}
	return true
}
