package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

func reparseCommand(e *env, data *string) *cobra.Command {
	var v verbosity
	cmd := &cobra.Command{
		Use:   "reparse",
		Short: "Read the messages again out of what was fetched, where this version reads better",
		Long: `Reads the messages out of the pages that are held, without a request to any
server: everything if this version of the program reads pages otherwise than
the one before, else only what is new. Then brings the index up to date.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := v.check(); err != nil {
				return err
			}
			log := e.logger(v, e.Stderr)
			return withArchive(*data, archive.Options{Write: true, Logger: log, Now: e.Now}, func(a *archive.Archive) error {
				c := &crawl{crawlOptions: &crawlOptions{data: data, verbosity: v}, env: e, archive: a, bar: e.newBar(v), log: log}
				if err := c.take(cmd.Context()); err != nil {
					return err
				}
				c.conclude()
				return nil
			})
		},
	}
	v.flags(cmd)
	return cmd
}

func reindexCommand(e *env, data *string) *cobra.Command {
	var v verbosity
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "Make the index again from the archive",
		Long: `Makes a new index from nothing, then puts it in the place of the old one.
Searches go on meanwhile. Nothing in the index is precious: this is the way out
when it is damaged, or made by another version.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := v.check(); err != nil {
				return err
			}
			log := e.logger(v, e.Stderr)
			return withArchive(*data, archive.Options{Logger: log}, func(a *archive.Archive) error {
				bar := e.newBar(v)
				bar.note("updating the index")
				stats, err := reindex(cmd.Context(), a, *data, index.Options{Logger: log})
				bar.clear()
				if err == nil && !v.quiet {
					fmt.Fprintf(e.Stderr, "%s indexed in %s\n", cli.Counted(stats.Indexed, "message"), neutral.Text(filepath.Join(*data, "index")))
				}
				return err
			})
		},
	}
	v.flags(cmd)
	return cmd
}

// reindex makes the index anew. One that is too damaged to be opened goes
// first: all that is in it comes from the archive.
func reindex(ctx context.Context, a *archive.Archive, dir string, opts index.Options) (stats index.Stats, err error) {
	rebuild := func(engine index.Engine) (err error) {
		stats, err = engine.Rebuild(ctx, a)
		return err
	}
	err = withIndex(dir, opts, rebuild)
	if _, damaged := errors.AsType[*index.DamagedError](err); !damaged {
		return stats, err
	}
	if err := os.RemoveAll(filepath.Join(dir, "index")); err != nil {
		return stats, err
	}
	err = withIndex(dir, opts, rebuild)
	return stats, err
}
