package archive

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Holder is the process that writes an archive.
type Holder struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

func (h Holder) String() string {
	if h.PID == 0 {
		return "another process"
	}
	return fmt.Sprintf("%s (process %d on %s, since %s)", h.Command, h.PID, h.Host, h.Since.Format(time.DateTime))
}

// dirLock is the writer's lock. The system releases it when the process ends,
// however it ends, so a lock file left behind locks nothing.
type dirLock struct{ f *os.File }

// errHeld says that another process has the file locked.
var errHeld = errors.New("held")

func takeLock(dir, command string, now time.Time) (*dirLock, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, readOnly(err)
	}
	if err := lockFile(f); errors.Is(err, errHeld) {
		defer f.Close()
		return nil, &LockedError{Dir: dir, Holder: readHolder(f)}
	} else if err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", f.Name(), err)
	}
	if command == "" {
		command = filepath.Base(os.Args[0])
	}
	host, _ := os.Hostname()
	text, err := json.Marshal(Holder{PID: os.Getpid(), Host: host, Command: command, Since: now.UTC()})
	if err == nil {
		err = writeHolder(f, text)
	}
	// A full disk must not keep anybody from opening the archive: the name of
	// the holder is a courtesy, the lock is the flock.
	if err != nil {
		f.Truncate(0)
	}
	return &dirLock{f}, nil
}

func writeHolder(f *os.File, text []byte) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(append(text, '\n'), 0)
	return err
}

func readHolder(f *os.File) Holder {
	var h Holder
	text, err := io.ReadAll(io.LimitReader(f, 1<<16))
	if err != nil || json.Unmarshal(text, &h) != nil {
		return Holder{}
	}
	return h
}

// release empties the file but leaves it: removing it would race with a
// process that has opened it and is about to lock it.
func (l *dirLock) release() error {
	l.f.Truncate(0)
	return l.f.Close()
}
