// Package crawlcli is the command bxcrawl and the commands below it, a file each:
// their options, progress and reports. What they do lives in the packages that
// they call.
package crawlcli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/config"
)

// Command returns the command bxcrawl.
func Command(e *cli.Env) *cobra.Command { return command(&env{Env: e}) }

func command(e *env) *cobra.Command {
	opts := crawlOptions{}
	cmd := &cobra.Command{
		Use:   "bxcrawl [URL...]",
		Short: "Bring mailing lists archived by Pipermail into a searchable archive",
		Long: `bxcrawl fetches the Pipermail archive of each mailing list whose URL is given,
or of every list it knows when none is given; then it reads the messages and
updates the index that bxsearch searches.

The URL is that of the list's contents page, the one with a row for each month.
One request a second is made, as robots.txt allows. A month takes about two
requests, its index and its text file; only messages that cannot be matched
beyond doubt take one each. A run can be stopped at any time, and the same
command goes on where it was. Later runs fetch only what can have changed.`,
		Example: `  bxcrawl https://lists.example.org/pipermail/announce/
  bxcrawl                         every list again: what a nightly job runs
  bxcrawl --delay 0 --parallel 8 http://127.0.0.1:8000/pipermail/announce/
  bxcrawl status                  what is held
  bxcrawl verify                  is anything missing or damaged?`,
		Args: urlArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := opts.settled(cmd, e)
			if err != nil {
				return err
			}
			return o.run(cmd.Context(), e, args)
		},
	}
	cmd.SuggestionsMinimumDistance = 2
	opts.data = e.DataFlag(cmd)
	opts.configPath = cmd.PersistentFlags().String("config", "",
		"configuration `file`; else bxsearch.toml in the data folder, else bxsearch/config.toml in $XDG_CONFIG_HOME")
	opts.engine = e.EngineFlags(cmd)
	opts.flags(cmd)
	cmd.AddCommand(statusCommand(e, opts), verifyCommand(e, opts), reparseCommand(e, opts),
		reindexCommand(e, opts), exportCommand(e, opts.data), ledgerCommand(e, opts.data), importCommand(e, opts),
		listsCommand(e, opts), configCommand(e, opts), daemonCommand(e, opts), watchCommand(e, opts))
	return cmd
}

// urlArgs tells a mistyped command from a URL.
func urlArgs(cmd *cobra.Command, args []string) error {
	for _, arg := range args {
		u, err := url.Parse(arg)
		if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
			continue
		}
		hint := "a list's URL begins with http:// or https://; the commands are in bxcrawl --help"
		if near := cmd.SuggestionsFor(arg); len(near) > 0 {
			hint = "did you mean " + strings.Join(near, " or ") + "?"
		}
		return cli.Usagef("%q is neither a URL nor a command: %s", arg, hint)
	}
	return nil
}

type crawlOptions struct {
	data      *string
	delay     time.Duration
	parallel  int
	via       string
	full      bool
	userAgent string
	noIndex   bool
	attachmentOptions
	verbosity

	hosts       int    // crawled side by side
	contact     string // goes into the user agent
	credentials string // path of the file of passwords
	metricsFile string

	engine     *cli.EngineFlags
	cluster    *index.Cluster // nil for the embedded engine
	configPath *string
	config     *config.File                   // never nil once settled
	given      func(flag string) bool         // was it on the command line?
	from       map[string]string              // option: the file that set it
	secrets    map[string]crawler.Credentials // by host
	hooks      map[string]string              // what signs deliveries to webhooks, by host
}

// politeFlags are those of every command that asks a server.
func (o *crawlOptions) politeFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.DurationVar(&o.delay, "delay", crawler.DefaultDelay, "`time` between the starts of two requests; 0 for none, on a server of your own")
	f.StringVar(&o.userAgent, "user-agent", crawler.DefaultUserAgent, "who to say is asking: a `name` with an address for complaints")
	f.StringVar(&o.contact, "contact", "", "`address` for complaints, added to the user agent")
	o.verbosity.flags(cmd)
}

func (o *crawlOptions) flags(cmd *cobra.Command) {
	o.politeFlags(cmd)
	f := cmd.Flags()
	f.IntVar(&o.parallel, "parallel", 1, "`number` of requests that may be under way at once")
	f.StringVar(&o.via, "via", string(crawler.ViaAuto), "`way` to the messages: auto takes each period's text file and the pages of what it lacks, pages takes pages only, text takes text files only")
	f.BoolVar(&o.full, "full", false, "look at every period again, not only at those that can have changed")
	f.BoolVar(&o.noIndex, "no-index", false, "leave the index as it is; bxcrawl reindex or a later run brings it up to date")
	f.IntVar(&o.hosts, "hosts", defaultHosts, "`number` of hosts to crawl side by side; the lists of one host always come one after the other")
	f.StringVar(&o.credentials, "credentials", "", "`file` with user names and passwords for private archives, readable by its owner only")
	f.StringVar(&o.metricsFile, "metrics-file", "", "`file` to write figures to after the run, for Prometheus' textfile collector")
	o.attachmentOptions.flags(cmd)
}

// defaultHosts is how many hosts are crawled side by side.
const defaultHosts = 4

func (o *crawlOptions) check() error {
	if o.delay < 0 {
		return cli.Usagef("--delay %s: must not be negative", o.delay)
	}
	if o.parallel < 1 {
		return cli.Usagef("--parallel %d: must be 1 or more", o.parallel)
	}
	switch crawler.Via(o.via) {
	case crawler.ViaAuto, crawler.ViaPages, crawler.ViaText:
	default:
		return cli.Usagef("--via %s: must be auto, pages or text", o.via)
	}
	for _, check := range []func() error{o.checkOwn, o.attachmentOptions.check} {
		if err := check(); err != nil {
			return err
		}
	}
	return o.verbosity.check()
}

// run crawls the lists at urls, or all known ones.
func (o *crawlOptions) run(ctx context.Context, e *env, urls []string) error {
	bar := e.newBar(o.verbosity)
	c := &crawl{crawlOptions: o, env: e, bar: bar, log: e.logger(o.verbosity, bar)}
	err := c.run(ctx, urls)
	if ctx.Err() != nil && !errors.Is(err, archive.ErrLocked) {
		fmt.Fprintln(e.Stderr, "What was fetched is kept; the same command goes on from here.")
		return err
	}
	failed := o.writeMetrics(ctx, e)
	if err != nil && failed != nil {
		e.Say("bxcrawl: %s", neutral.Text(failed.Error()))
		return err
	}
	return cmp.Or(err, failed)
}

// toldRun says what the watches found, in the way in which the crawl speaks.
func (c *crawl) toldRun(r alert.Run) {
	if c.told != nil {
		logRun(r, c.log)
		return
	}
	c.tellRun(c.env, r)
}

// worse is the error that a run ends with where two things went wrong; the other
// one is told.
func worse(crawl, watches error, e *env) error {
	if crawl != nil && watches != nil {
		e.Say("bxcrawl: %s", neutral.Text(watches.Error()))
		return crawl
	}
	return cmp.Or(crawl, watches)
}

// run opens the archive for the crawl.
func (c *crawl) run(ctx context.Context, urls []string) error {
	opts := archive.Options{Write: true, Create: len(urls)+len(c.config.Lists) > 0, Logger: c.log, Now: c.env.Now}
	err := withArchive(*c.data, opts, func(a *archive.Archive) error {
		defer c.bar.clear()
		c.archive = a
		return c.all(ctx, urls)
	})
	if !c.taken || ctx.Err() != nil {
		return err
	}
	// Other writers need not wait until mail servers have answered.
	return worse(err, c.runWatches(ctx, c.env, c.log, c.toldRun), c.env)
}
