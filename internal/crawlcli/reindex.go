package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

func reindexCommand(e *env, opts crawlOptions) *cobra.Command {
	var v verbosity
	var replaces string
	cmd := &cobra.Command{
		Use:   "reindex",
		Short: "Make the index again from the archive",
		Long: `Makes a new index from nothing, then puts it in the place of the old one.
Searches go on meanwhile. Nothing in the index is precious: this is the way out
when it is damaged, or made by another version.

In OpenSearch, an index that was begun and not finished is gone on with. A list
that another archive has fed there is refused; if that archive is gone,
--replaces with its UUID, which the error tells, takes its index away.`,
		Example: `  bxcrawl reindex
  bxcrawl reindex --opensearch-url https://os1.example.org:9200`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := v.check(); err != nil {
				return err
			}
			o, err := opts.stored(cmd, e)
			if err != nil {
				return err
			}
			if replaces != "" && o.cluster == nil {
				return cli.Usagef("--replaces %s: only OpenSearch has the indexes of several archives", replaces)
			}
			if o.verbosity = v; o.cluster != nil {
				o.cluster.Replaces = replaces
			}
			return o.reindex(cmd.Context(), e)
		},
	}
	v.flags(cmd)
	cmd.Flags().StringVar(&replaces, "replaces", "", "`UUID` of an archive that is gone, whose index in OpenSearch goes too")
	return cmd
}

// reindex opens the archive. That of a cluster's index must not be fed by two at
// a time: what keeps them apart is the archive's lock.
func (o *crawlOptions) reindex(ctx context.Context, e *env) error {
	log := e.logger(o.verbosity, e.Stderr)
	return withArchive(*o.data, archive.Options{Write: o.cluster != nil, Logger: log, Now: e.Now}, func(a *archive.Archive) error {
		bar := e.newBar(o.verbosity)
		bar.note("updating the index")
		stats, err := o.rebuild(ctx, a, log)
		bar.clear()
		if err == nil && !o.quiet {
			how := "%s indexed in %s\n"
			if stats.Resumed {
				how = "%s indexed in %s, which an earlier run had begun\n"
			}
			fmt.Fprintf(e.Stderr, how, cli.Counted(stats.Indexed, "message"), neutral.Text(o.place(stats)))
		}
		return err
	})
}

// place says where the index is.
func (o *crawlOptions) place(stats index.Stats) string {
	if o.cluster == nil {
		return o.indexDir()
	}
	name, _, _ := strings.Cut(stats.Generation, "@")
	return "OpenSearch, as " + name
}

// rebuild makes the index anew. An embedded one that is too damaged to be opened
// goes first: all that is in it comes from the archive.
func (o *crawlOptions) rebuild(ctx context.Context, a *archive.Archive, log *slog.Logger) (stats index.Stats, err error) {
	rebuild := func(engine index.Engine) (err error) {
		stats, err = engine.Rebuild(ctx, a)
		return err
	}
	err = o.withIndex(ctx, a, log, rebuild)
	if _, damaged := errors.AsType[*index.DamagedError](err); !damaged || o.cluster != nil {
		return stats, err
	}
	if err := os.RemoveAll(o.indexDir()); err != nil {
		return stats, err
	}
	err = o.withIndex(ctx, a, log, rebuild)
	return stats, err
}
