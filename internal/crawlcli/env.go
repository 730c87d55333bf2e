package crawlcli

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/schedule"
)

// env is what the commands see of the world, and what tests put in the place of
// the network and of waiting; nil is the real thing.
type env struct {
	*cli.Env
	transport http.RoundTripper
	sleep     func(context.Context, time.Duration) error
	clock     *schedule.Clock
}

// verbosity is how much a command says on stderr.
type verbosity struct{ quiet, verbose bool }

// logger writes what happens behind the scenes to stderr: warnings always,
// each step with --verbose, nothing but errors with --quiet.
func (e *env) logger(v verbosity, w io.Writer) *slog.Logger {
	level := slog.LevelWarn
	switch {
	case v.verbose:
		level = slog.LevelDebug
	case v.quiet:
		level = slog.LevelError
	}
	return slog.New(slog.NewTextHandler(neutral.Writer{W: w}, &slog.HandlerOptions{Level: level}))
}

func (v *verbosity) flags(cmd *cobra.Command) {
	cmd.Flags().BoolVarP(&v.quiet, "quiet", "q", false, "say nothing but what went wrong")
	cmd.Flags().BoolVarP(&v.verbose, "verbose", "v", false, "log each request and each step")
}

func (v *verbosity) check() error {
	if v.quiet && v.verbose {
		return cli.Usagef("--quiet and --verbose: take one of them")
	}
	return nil
}
