package crawlcli

import (
	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
)

func reparseCommand(e *env, opts crawlOptions) *cobra.Command {
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
			o, err := opts.stored(cmd, e)
			if err != nil {
				return err
			}
			o.verbosity = v
			log := e.logger(v, e.Stderr)
			return withArchive(*o.data, archive.Options{Write: true, Logger: log, Now: e.Now}, func(a *archive.Archive) error {
				c := &crawl{crawlOptions: o, env: e, archive: a, bar: e.newBar(v), log: log}
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
