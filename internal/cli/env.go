// Package cli is what the commands bxcrawl and bxsearch have in common: what they
// see of the world, exit codes, the terminal. A command of its own is a package
// of its own, so that a search does not load a crawler.
//
// stdout carries data and nothing else; progress, summaries and errors go to
// stderr. Everything that came from a mail or a server passes Neutral before
// it is printed as text.
package cli

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
)

// Env is what the commands see of the world. The zero value is no use; take
// System.
type Env struct {
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	LookupEnv      func(string) (string, bool)
	Now            func() time.Time
	// HostDir is where processes tell each other of their requests to a host;
	// empty for each on its own.
	HostDir string
}

// System returns the process's own environment.
func System() *Env {
	e := &Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Now: time.Now}
	if dir, err := os.UserCacheDir(); err == nil {
		e.HostDir = filepath.Join(dir, "bxsearch", "hosts")
	}
	return e
}

// Getenv returns a variable of the environment, "" where it is not set.
func (e *Env) Getenv(name string) string {
	value, _ := e.LookupEnv(name)
	return value
}

// DataFlag adds --data to a command, and returns where its value will be.
func (e *Env) DataFlag(cmd *cobra.Command) *string {
	return cmd.PersistentFlags().String("data", e.defaultDataDir(),
		"`folder` of the archive and its index; $BX_DATA sets another default")
}

// defaultDataDir is $BX_DATA, else bxsearch below the folder where the
// system wants programs to keep their data.
func (e *Env) defaultDataDir() string {
	if dir := e.Getenv("BX_DATA"); dir != "" {
		return dir
	}
	base := e.Getenv("XDG_DATA_HOME")
	// The specification says to ignore a relative path.
	if !filepath.IsAbs(base) {
		base = filepath.Join(e.Getenv("HOME"), ".local", "share")
	}
	return filepath.Join(base, "bxsearch")
}

// Buffered calls write with a buffer over stdout and flushes it, so that an
// output of a million lines is not a million system calls.
func (e *Env) Buffered(write func(w *bufio.Writer) error) error {
	w := bufio.NewWriterSize(e.Stdout, 64<<10)
	if err := write(w); err != nil {
		w.Flush()
		return err
	}
	return w.Flush()
}
