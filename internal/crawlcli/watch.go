package crawlcli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"slices"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

func watchCommand(e *env, opts crawlOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Be told of new messages: saved searches, by mail, webhook, command or feed",
		Long: `A watch is a query with a name. After each crawl it is asked of the messages
that came, and its receivers are told what it finds. Each message is told once;
what the archive held before the watch was made is not told.

Receivers are
  ann@example.org              a mail, one for all that a run found
  https://example.org/hook     a webhook: JSON, signed if the credentials file
                               has a webhook-secret for the host
  slack+https://example.org/…  a webhook that takes what Slack takes
  exec:/path/to/program        a program: JSON on stdin

bxserve has a feed of each watch, /watch/NAME.atom. The mail server is in the
configuration file, [alerts.mail].`,
		Example: `  bxcrawl watch add halden 'halden OR outlet:halden.example' --to ann@example.org
  bxcrawl watch test halden --days 90
  bxcrawl watch import vendors.csv --to https://soc.example.org/hook
  bxcrawl watch list`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return cli.Usagef("%q is none of the commands of watch: they are add, list, test, remove, mute, import and run", args[0])
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(watchAddCommand(e, opts), watchListCommand(e, opts), watchTestCommand(e, opts), watchRemoveCommand(e, opts),
		watchMuteCommand(e, opts), watchImportCommand(e, opts), watchRunCommand(e, opts))
	return cmd
}

// watches is what a command on watches works with.
type watches struct {
	*alert.Book
	from alert.From
	opts *crawlOptions
}

// withBook opens the watches alone.
func (o *crawlOptions) withBook(e *env, opts alert.Options, do func(*alert.Book) error) error {
	links, err := link.New(o.config.Serve.URL)
	if err != nil {
		return cli.Usagef("serve.url in %s: %w", o.config.Path, err)
	}
	opts.Links, opts.Now = links, e.Now
	if late := o.config.Alerts.Late; late != nil {
		opts.Late = late.Duration
	}
	b, err := alert.Open(*o.data, &opts)
	if err != nil {
		return err
	}
	return errors.Join(do(b), b.Close())
}

// withWatches opens the archive and its index for reading, and the watches.
func (o *crawlOptions) withWatches(ctx context.Context, e *env, opts alert.Options, do func(*watches) error) error {
	return withArchive(*o.data, archive.Options{Logger: opts.Logger}, func(a *archive.Archive) error {
		at := cli.Place{Dir: *o.data, Cluster: o.cluster}
		s, err := at.Open(ctx, &search.Options{Now: e.Now, Timeout: searchTime, Logger: opts.Logger})
		if err != nil {
			return err
		}
		err = o.withBook(e, opts, func(b *alert.Book) error {
			return do(&watches{b, alert.From{Archive: a, Searcher: s}, o})
		})
		return errors.Join(err, s.Close())
	})
}

// post is how to deliver, as the configuration and the environment say.
func (o *crawlOptions) post(e *env) (alert.Post, error) {
	post := alert.Post{Transport: e.transport, Sleep: e.sleep, Secret: func(host string) string {
		if secret := o.hooks[host]; secret != "" {
			return secret
		}
		name, _, err := net.SplitHostPort(host)
		if err != nil {
			name = host
		}
		return cmp.Or(o.hooks[name], e.Getenv("BX_WEBHOOK_SECRET"))
	}}
	m := o.config.Alerts.Mail
	if m.Host == "" {
		return post, nil
	}
	server := &alert.MailServer{Host: m.Host, TLS: alert.TLSMode(m.TLS), From: m.From, Unsubscribe: m.Unsubscribe,
		Username: e.Getenv("BX_SMTP_USERNAME"), Password: e.Getenv("BX_SMTP_PASSWORD")}
	if server.Username == "" {
		name, _, err := net.SplitHostPort(m.Host)
		if err != nil {
			name = m.Host
		}
		secret := o.secrets[name]
		server.Username, server.Password = secret.Username, secret.Password
	}
	if err := server.Check(); err != nil {
		return post, cli.Usagef("alerts.mail in %s: %w", o.config.Path, err)
	}
	post.Mail = server
	return post, nil
}

// runWatches asks the watches of what is new, and delivers. Where there are none
// it does nothing. tell hears what came of it.
func (o *crawlOptions) runWatches(ctx context.Context, e *env, log *slog.Logger, tell func(alert.Run)) error {
	err := o.withWatches(ctx, e, alert.Options{Write: true, Logger: log}, func(w *watches) error {
		post, err := o.post(e)
		if err != nil {
			return err
		}
		return o.withChooser(ctx, w, log, func(from alert.From) error {
			r, err := w.Run(ctx, from, post)
			if err != nil {
				return err
			}
			tell(r)
			return runVerdict(r)
		})
	})
	switch {
	case errors.Is(err, alert.ErrNone):
		return nil
	case errors.Is(err, alert.ErrBusy):
		return &cli.PartialError{What: err.Error()}
	}
	return err
}

// withChooser lets OpenSearch choose which watches are asked, if the index is there.
// Where it cannot, all are.
func (o *crawlOptions) withChooser(ctx context.Context, w *watches, log *slog.Logger, do func(alert.From) error) error {
	from := w.from
	if o.cluster == nil {
		return do(from)
	}
	at, err := from.Archive.Position(ctx)
	if err != nil {
		return err
	}
	c := *o.cluster
	c.Archive = at.Archive
	standing, err := from.Searcher.Standing(ctx, c)
	if err != nil {
		log.Warn("all watches are asked, one by one: OpenSearch cannot choose them", "err", err)
		return do(from)
	}
	from.Chooser = standing
	return errors.Join(do(from), standing.Close())
}

// retryDeliveries delivers what waits for receivers whose turn it is. Where there
// are no watches, or another process is at work on them, it does nothing.
func (o *crawlOptions) retryDeliveries(ctx context.Context, e *env, log *slog.Logger) (done alert.Delivered, err error) {
	err = o.withBook(e, alert.Options{Write: true, Logger: log}, func(b *alert.Book) error {
		f, err := b.Figures(ctx)
		if err != nil || f.Oldest.IsZero() {
			return err
		}
		post, err := o.post(e)
		if err == nil {
			done, err = b.Retry(ctx, post)
		}
		return err
	})
	if errors.Is(err, alert.ErrNone) || errors.Is(err, alert.ErrBusy) {
		err = nil
	}
	return done, err
}

// tellRun says what a run of the watches did.
func (o *crawlOptions) tellRun(e *env, r alert.Run) {
	m, d := r.Matched, r.Delivered
	if !o.quiet {
		line := fmt.Sprintf("watches: %s asked about %s; %s, %s delivered, %s waiting", cli.Count(m.Watches), cli.Counted(m.Messages, "message"),
			cli.Counted(m.Alerts, "alert"), cli.Count(d.Alerts), cli.Count(d.Waiting))
		if m.Old > 0 {
			line += fmt.Sprintf("; %s that would match are dated too long ago to be news", cli.Count(m.Old))
		}
		fmt.Fprintln(e.Stderr, line)
	}
	for _, name := range slices.Sorted(maps.Keys(m.Failed)) {
		e.Say("  watch %s: %s", neutral.OneLine(name), neutral.OneLine(m.Failed[name]))
	}
	o.tellFailed(e, d.Failed)
}

// logRun is tellRun for a service.
func logRun(r alert.Run, log *slog.Logger) {
	m, d := r.Matched, r.Delivered
	log.Info("watches asked", "watches", m.Watches, "messages", m.Messages, "alerts", m.Alerts, "old", m.Old)
	for name, reason := range m.Failed {
		log.Warn("a watch could not be asked", "watch", name, "reason", reason)
	}
	logDelivered(d, log)
}

func logDelivered(d alert.Delivered, log *slog.Logger) {
	log.Info("alerts delivered", "alerts", d.Alerts, "refused", d.Refused, "waiting", d.Waiting)
	for address, reason := range d.Failed {
		log.Warn("a receiver could not be told", "receiver", address, "reason", reason)
	}
}

// tellFailed names the receivers that took nothing.
func (o *crawlOptions) tellFailed(e *env, failed map[string]string) {
	for _, address := range slices.Sorted(maps.Keys(failed)) {
		e.Say("  %s: %s", neutral.OneLine(address), neutral.OneLine(failed[address]))
	}
}

// runVerdict turns what went wrong into the error that the exit code is made of.
func runVerdict(r alert.Run) error {
	switch failed, dead := len(r.Matched.Failed), len(r.Delivered.Failed); {
	case dead > 0:
		return &cli.PartialError{What: fmt.Sprintf("%s could not be told; %s", cli.Counted(dead, "receiver"), whatNow(r.Delivered))}
	case failed > 0:
		return &cli.PartialError{What: fmt.Sprintf("%s could not be asked; the next run tries again", cli.Counted(failed, "watch"))}
	}
	return nil
}

// whatNow says what becomes of what was not delivered.
func whatNow(d alert.Delivered) string {
	if d.Refused == 0 {
		return "the next run tries again"
	}
	aside := cli.Counted(d.Refused, "alert") + " set aside, see bxcrawl watch list"
	if d.Waiting > 0 {
		aside += "; the next run tries the others again"
	}
	return aside
}

func watchRunCommand(e *env, o crawlOptions) *cobra.Command {
	var again bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Ask the watches of what is new, and deliver what waits",
		Long: `Does what every crawl does at its end, without a crawl: after an import, or to
deliver what a receiver did not take. What it refused, and is set aside, it is
given again with --refused: once it was mended.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			if again {
				if err := settled.withBook(e, alert.Options{Write: true}, func(b *alert.Book) error { return b.Readmit(cmd.Context()) }); err != nil {
					return err
				}
			}
			tell := func(r alert.Run) { settled.tellRun(e, r) }
			return settled.runWatches(cmd.Context(), e, e.logger(settled.verbosity, e.Stderr), tell)
		},
	}
	cmd.Flags().BoolVar(&again, "refused", false, "deliver again what receivers refused")
	cmd.Flags().StringVar(&o.credentials, "credentials", "", "`file` with passwords and webhook secrets, readable by its owner only")
	o.verbosity.flags(cmd)
	return cmd
}
