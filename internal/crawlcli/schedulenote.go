package crawlcli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"time"
)

// scheduleFile is where a daemon writes, in the data directory, what it is
// about to do. It is there while the daemon runs.
const scheduleFile = "daemon.json"

// scheduleNote is the content of scheduleFile. Its names are a promise of
// `bxcrawl status --json`.
type scheduleNote struct {
	PID   int       `json:"pid"`
	Host  string    `json:"host"`
	Since time.Time `json:"since"`
	At    []string  `json:"at"`
	Zone  string    `json:"zone"`
	Next  time.Time `json:"next"`
}

// write puts the note in its place, whole.
func (n scheduleNote) write(dir string) error {
	text, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	temp := filepath.Join(dir, scheduleFile+".new")
	if err := os.WriteFile(temp, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(temp, filepath.Join(dir, scheduleFile))
}

// readSchedule returns what the daemon of a data directory is about to do; nil
// if none is at work, as far as can be told from here.
func readSchedule(dir string) *scheduleNote {
	text, err := os.ReadFile(filepath.Join(dir, scheduleFile))
	if err != nil {
		return nil
	}
	n := &scheduleNote{}
	if json.Unmarshal(text, n) != nil {
		return nil
	}
	if host, _ := os.Hostname(); n.Host == host && !alive(n.PID) {
		return nil // killed, it could not clear up
	}
	return n
}
