// Package cli is the commands bxcrawl and bxsearch, one file each. It holds
// what a person sees: flags, progress, tables, pages of hits, exit codes. What
// the commands do lives in the packages that they call.
//
// stdout carries data and nothing else; progress, summaries and errors go to
// stderr. Everything that came from a mail or a server passes neutral before
// it is printed as text.
package cli

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/schedule"
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

	// What tests put in the place of the network and of waiting; nil is the
	// real thing.
	transport http.RoundTripper
	sleep     func(context.Context, time.Duration) error
	clock     *schedule.Clock
}

// System returns the process's own environment.
func System() *Env {
	e := &Env{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, LookupEnv: os.LookupEnv, Now: time.Now}
	if dir, err := os.UserCacheDir(); err == nil {
		e.HostDir = filepath.Join(dir, "bxsearch", "hosts")
	}
	return e
}

func (e *Env) getenv(name string) string {
	value, _ := e.LookupEnv(name)
	return value
}

// dataFlag adds --data to a command, and returns where its value will be.
func (e *Env) dataFlag(cmd *cobra.Command) *string {
	return cmd.PersistentFlags().String("data", e.defaultDataDir(),
		"`folder` of the archive and its index; $BX_DATA sets another default")
}

// defaultDataDir is $BX_DATA, else bxsearch below the folder where the
// system wants programs to keep their data.
func (e *Env) defaultDataDir() string {
	if dir := e.getenv("BX_DATA"); dir != "" {
		return dir
	}
	base := e.getenv("XDG_DATA_HOME")
	// The specification says to ignore a relative path.
	if !filepath.IsAbs(base) {
		base = filepath.Join(e.getenv("HOME"), ".local", "share")
	}
	return filepath.Join(base, "bxsearch")
}

// logger writes what happens behind the scenes to stderr: warnings always,
// each step with --verbose, nothing but errors with --quiet.
func (e *Env) logger(v verbosity, w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case v.verbose:
		level = slog.LevelDebug
	case v.quiet:
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(neutralWriter{w}, &slog.HandlerOptions{Level: level}))
}

// verbosity is how much a command says on stderr.
type verbosity struct{ quiet, verbose bool }

func (v *verbosity) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&v.quiet, "quiet", "q", false, "say nothing but what went wrong")
	cmd.Flags().BoolVarP(&v.verbose, "verbose", "v", false, "log each request and each step")
}

func (v *verbosity) check() error {
	if v.quiet && v.verbose {
		return usagef("--quiet and --verbose: take one of them")
	}
	return nil
}

// buffered calls write with a buffer over stdout and flushes it, so that an
// output of a million lines is not a million system calls.
func (e *Env) buffered(write func(w *bufio.Writer) error) error {
	w := bufio.NewWriterSize(e.Stdout, 64<<10)
	if err := write(w); err != nil {
		w.Flush()
		return err
	}
	return w.Flush()
}
