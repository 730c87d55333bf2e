package crawlcli

import (
	"bufio"
	"fmt"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/crawler"
)

// listOffer is what `bxcrawl lists --json` prints of a list. Its names are a
// promise.
type listOffer struct {
	Name        string `json:"name"`
	Description string `json:"description"`
	URL         string `json:"url"`
	InfoURL     string `json:"info_url"`
}

func listsCommand(e *env, opts crawlOptions) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "lists URL",
		Short: "Show which lists a site has, and where their archives are",
		Long: `Reads the page on which a Mailman site shows its public lists, and prints the
name, the archive's URL and the description of each. The URL is that page's, or
just the host's.

Where the archives are is asked for the first list only; the others are where
they would be by its example.`,
		Example: `  bxcrawl lists https://lists.example.org
  bxcrawl lists https://lists.example.org/mailman/listinfo`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("lists: give the URL of one site, such as https://lists.example.org")
			}
			return urlArgs(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := opts.settled(cmd, e)
			if err != nil {
				return err
			}
			cfg := crawler.Config{Delay: o.delay, UserAgent: o.agent(), HostDir: e.HostDir,
				Transport: e.transport, Sleep: e.sleep, Now: e.Now, Logger: e.logger(o.verbosity, e.Stderr)}
			if cfg.Delay == 0 {
				cfg.Delay = crawler.NoDelay
			}
			offers, err := crawler.Overview(cmd.Context(), cfg, args[0])
			if err != nil {
				return err
			}
			return e.Buffered(func(w *bufio.Writer) error {
				rows := [][]string{{"LIST", "URL", "DESCRIPTION"}}
				for _, l := range offers {
					if !asJSON {
						rows = append(rows, []string{neutral.OneLine(l.Name), neutral.OneLine(l.ArchiveURL), neutral.OneLine(l.Description)})
					} else if err := wire.WriteJSON(w, listOffer{l.Name, l.Description, l.ArchiveURL, l.InfoURL}); err != nil {
						return err
					}
				}
				if !asJSON {
					fmt.Fprint(w, cli.Table(rows))
				}
				return nil
			})
		},
	}
	opts.politeFlags(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line, for programs")
	return cmd
}
