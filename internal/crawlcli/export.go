package crawlcli

import (
	"bufio"
	"fmt"
	"io"
	"slices"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/mbox"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
)

func exportCommand(e *env, data *string) *cobra.Command {
	var format, list string
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write all messages to stdout",
		Long: `Writes every message to stdout, in the order of list, date and ID.

    jsonl  one JSON object a line; docs/guide.md tells the names
    mbox   for mail programs: mboxrd, UTF-8; what has no place in a mail's head
           is in X-Bxsearch lines, so nothing is lost, and bxcrawl import makes
           the same messages of it`,
		Example: `  bxcrawl export --format mbox --list announce > announce.mbox
  bxcrawl export | jq -r .subject`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			write, ok := exportFormats[format]
			if !ok {
				return cli.Usagef("--format %s: there is no such format; take jsonl or mbox", format)
			}
			return withArchive(*data, archive.Options{}, func(a *archive.Archive) error {
				if err := checkList(cmd, a, list); err != nil {
					return err
				}
				urls, err := wire.ListURLs(cmd.Context(), a)
				if err != nil {
					return err
				}
				return e.Buffered(func(w *bufio.Writer) error {
					return export(cmd, a, archive.Filter{List: list}, func(m *archive.Message) error {
						return write(e.Harmless(w), m, urls[m.List])
					})
				})
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "jsonl", "`name` of the format: jsonl or mbox")
	cmd.Flags().StringVar(&list, "list", "", "only the messages of the list of this `name`")
	return cmd
}

// exportFormats are the ways to write a message.
var exportFormats = map[string]func(w io.Writer, m *archive.Message, listURL string) error{
	"jsonl": func(w io.Writer, m *archive.Message, _ string) error { return wire.WriteJSON(w, wire.Message(m)) },
	"mbox":  mbox.Write,
}

// export writes the messages one by one.
func export(cmd *cobra.Command, a *archive.Archive, f archive.Filter, write func(*archive.Message) error) error {
	for m, err := range a.Messages(cmd.Context(), f) {
		if err == nil {
			err = write(m)
		}
		if err != nil {
			return fmt.Errorf("export: %w", err)
		}
	}
	return nil
}

// checkList refuses the name of a list that the archive does not know, rather
// than export nothing.
func checkList(cmd *cobra.Command, a *archive.Archive, name string) error {
	if name == "" {
		return nil
	}
	lists, err := a.Lists(cmd.Context())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(lists, func(l archive.ListInfo) bool { return l.Name == name }) {
		return cli.Usagef("--list %s: the archive has no list of that name; bxcrawl status shows the names", name)
	}
	return nil
}
