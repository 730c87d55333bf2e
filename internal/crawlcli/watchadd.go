package crawlcli

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/alert"
)

// searchTime bounds a query of a watch. Nobody waits for it.
const searchTime = time.Minute

// receivers reads those of --to.
func receivers(texts []string) ([]string, error) {
	var all []string
	for _, text := range texts {
		address, err := alert.ParseReceiver(text)
		if err != nil {
			return nil, cli.Usagef("--to: %w", err)
		}
		all = append(all, address)
	}
	return all, nil
}

// warnOfMail says at once what would fail at night.
func (o *crawlOptions) warnOfMail(e *env, to []string) {
	for _, address := range to {
		if strings.HasPrefix(address, "mailto:") && o.config.Alerts.Mail.Host == "" {
			e.Say("no mail server is configured yet: name one in the configuration file, [alerts.mail]")
			return
		}
	}
}

func watchAddCommand(e *env, o crawlOptions) *cobra.Command {
	var to []string
	var since string
	var replace bool
	cmd := &cobra.Command{
		Use:   "add NAME QUERY",
		Short: "Add a watch, or change one with --replace",
		Long: `The query is one of bxsearch; it is taken at its word, so no word is looked for
inside of others. A watch without receivers has its feed alone.

What the archive holds already is not told, neither when a watch is added nor
when its query is changed. --since asks for it from a day on.`,
		Example: `  bxcrawl watch add mfa '"multifactor authentication" -from:newsletter' --to ann@example.org
  bxcrawl watch add halden halden --to https://soc.example.org/hook --since 2021-01-01`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return cli.Usagef("watch add: give a name and a query, as in bxcrawl watch add halden 'halden OR \"halden group\"'")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			w := alert.Watch{Name: args[0], Query: args[1]}
			how := alert.How{Replace: replace}
			if err := alert.CheckName(w.Name); err != nil {
				return &cli.UsageError{Err: err}
			}
			if w.To, err = receivers(to); err != nil {
				return err
			}
			if how.Since, err = sinceDay(since); err != nil {
				return err
			}
			settled.warnOfMail(e, w.To)
			return settled.withWatches(cmd.Context(), e, alert.Options{Write: true, Create: true}, func(book *watches) error {
				err := book.Add(cmd.Context(), book.from, w, how)
				if errors.Is(err, alert.ErrExists) {
					return &cli.UsageError{Err: err}
				}
				return err
			})
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&to, "to", nil, "`receiver`: a mail address, a webhook's URL, or exec: and a program; may be given several times")
	f.StringVar(&since, "since", "", "tell also of what the archive holds from this `day` on, 2021-03-05")
	f.BoolVar(&replace, "replace", false, "give the watch of this name a new query and new receivers")
	return cmd
}

func sinceDay(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.ParseInLocation(time.DateOnly, text, time.Local)
	if err != nil {
		return at, cli.Usagef("--since %s: write a day as 2021-03-05", text)
	}
	return at, nil
}

func watchImportCommand(e *env, o crawlOptions) *cobra.Command {
	var to []string
	var list string
	cmd := &cobra.Command{
		Use:   "import FILE",
		Short: "Make a watch for each vendor of a watch list",
		Long: `The file is CSV with the columns vendor, aliases and domains; aliases, and
domains, have semicolons between them:

  vendor,aliases,domains
  Halden Group,Halden;Haldn GmbH,halden.example;halden-group.example

Each vendor becomes a watch, called after it, for its names as they stand there
and for links to its domains. A second import of the same list makes the watches
what the file says now: it adds, changes and removes. A mistake is named with its
line, and then nothing is changed. With - the file is stdin.`,
		Example: `  bxcrawl watch import vendors.csv --to soc@example.org`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return cli.Usagef("watch import: give one file")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			addresses, err := receivers(to)
			if err != nil {
				return err
			}
			if list == "" {
				list = strings.TrimSuffix(filepath.Base(args[0]), filepath.Ext(args[0]))
			}
			vendors, err := readWatchList(e, args[0])
			if err != nil {
				return err
			}
			settled.warnOfMail(e, addresses)
			return settled.withWatches(cmd.Context(), e, alert.Options{Write: true, Create: true}, func(w *watches) error {
				done, err := w.Import(cmd.Context(), w.from, list, vendors, addresses)
				if errors.Is(err, alert.ErrExists) {
					return cli.Usagef("%w; or give the other one another name", err)
				}
				if err == nil {
					fmt.Fprintf(e.Stderr, "%s: %s added, %s changed, %s unchanged, %s removed\n", neutral.OneLine(list),
						cli.Counted(done.Added, "watch"), cli.Count(done.Changed), cli.Count(done.Unchanged), cli.Count(done.Removed))
				}
				return err
			})
		},
	}
	cmd.Flags().StringArrayVar(&to, "to", nil, "`receiver` of all: a mail address, a webhook's URL, or exec: and a program; may be given several times")
	cmd.Flags().StringVar(&list, "list", "", "`name` of the list, by which a later import knows its watches; else the file's")
	return cmd
}

// readWatchList reads a file of vendors. Every mistake is one of the user's.
func readWatchList(e *env, path string) ([]alert.Watch, error) {
	in := io.Reader(e.Stdin)
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	vendors, err := alert.ReadList(in)
	if err != nil {
		return nil, cli.Usagef("%s: %w", path, err)
	}
	if len(vendors) == 0 {
		return nil, cli.Usagef("%s: there is no vendor in it", path)
	}
	return vendors, nil
}
