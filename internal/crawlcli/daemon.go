package crawlcli

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/coreos/go-systemd/v22/daemon"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/internal/schedule"
)

// daemonOptions are those of a crawl, and when to do it.
type daemonOptions struct {
	crawlOptions
	at      []string
	zone    string
	jitter  time.Duration
	metrics string
}

func daemonCommand(e *env, opts crawlOptions) *cobra.Command {
	o := daemonOptions{crawlOptions: opts}
	cmd := &cobra.Command{
		Use:   "daemon",
		Short: "Crawl at set times, every night for example",
		Long: `Stays, and crawls every list at the times given: those of the configuration
file, or all that the archive knows. A time is written as for cron: minute,
hour, day of the month, month, day of the week.

Between the crawls it delivers what receivers of watches did not take before.
Two runs never overlap. A run that was missed, because the machine slept or was
off, is made up for at once; so is the very first. SIGTERM ends it in good
order, in the middle of a crawl too; SIGHUP reads the configuration file again.`,
		Example: `  bxcrawl daemon --at '15 3 * * *'
  bxcrawl daemon --at '15 3 * * *' --at '0 18 * * 1-5' --zone Europe/Berlin --jitter 10m
  bxcrawl daemon --config /etc/bxsearch.toml --metrics 127.0.0.1:9311`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			d := &service{cmd: cmd, env: e, flags: o, log: e.serviceLog(o.verbosity)}
			return d.run(cmd.Context())
		},
	}
	o.flags(cmd)
	f := cmd.Flags()
	f.StringArrayVar(&o.at, "at", nil, "`time` to crawl at, in the five fields of cron; may be given several times")
	f.StringVar(&o.zone, "zone", "", "time `zone` of --at, such as Europe/Berlin; else the machine's")
	f.DurationVar(&o.jitter, "jitter", 0, "begin up to that much `time` later, at random, so that not everybody comes at once")
	f.StringVar(&o.metrics, "metrics", "", "serve figures for Prometheus at this `address`, such as 127.0.0.1:9311, below /metrics")
	return cmd
}

// settledDaemon returns the options as they hold.
func (o daemonOptions) settledDaemon(cmd *cobra.Command, e *env) (*daemonOptions, *schedule.Times, error) {
	base, err := o.settled(cmd, e)
	if err != nil {
		return nil, nil, err
	}
	o.crawlOptions = *base
	s := o.config.Schedule
	if len(s.At) > 0 && !o.given("at") {
		o.at = nil
		for _, at := range s.At {
			o.at = append(o.at, at.String())
		}
	}
	take(&o.crawlOptions, "zone", &o.zone, s.Zone.String())
	take(&o.crawlOptions, "metrics", &o.metrics, o.config.Metrics.Address)
	if s.Jitter != nil {
		takeSet(&o.crawlOptions, "jitter", &o.jitter, s.Jitter.Duration)
	}
	switch {
	case len(o.at) == 0:
		return nil, nil, cli.Usagef(`daemon: give a time with --at '15 3 * * *', or in the configuration file`)
	case o.jitter < 0:
		return nil, nil, cli.Usagef("--jitter %s: must not be negative", o.jitter)
	}
	zone := time.Local
	if o.zone != "" {
		if zone, err = time.LoadLocation(o.zone); err != nil {
			return nil, nil, cli.Usagef("--zone %s: no such time zone; write it as Europe/Berlin or UTC", o.zone)
		}
	}
	times, err := schedule.Parse(o.at, zone)
	if err != nil {
		return nil, nil, cli.Usagef("--at: %w", err)
	}
	// The terminal's bar and lines are for people; a service has its log.
	o.quiet = true
	return &o, times, nil
}

// service is the daemon at work.
type service struct {
	cmd   *cobra.Command
	env   *env
	flags daemonOptions // as the command line gave them
	log   *slog.Logger

	opts  *daemonOptions // as they hold now
	times *schedule.Times
	began time.Time
}

// run serves until ctx ends, which is no failure.
func (d *service) run(ctx context.Context) (err error) {
	if d.opts, d.times, err = d.flags.settledDaemon(d.cmd, d.env); err != nil {
		return err
	}
	if _, err := d.last(ctx); errors.Is(err, archive.ErrNoArchive) && len(d.opts.config.Lists) == 0 {
		return cli.Usagef("there is no archive in %s and no list in the configuration: crawl one with `bxcrawl URL`, or name it there", *d.opts.data)
	}
	d.began = d.env.Now()
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	defer os.Remove(filepath.Join(*d.opts.data, scheduleFile))
	for {
		err := d.serve(ctx, hup)
		if err != nil || ctx.Err() != nil {
			d.tell(daemon.SdNotifyStopping)
			d.log.Info("stopped")
			return err
		}
		d.reload()
	}
}

// serve crawls at the set times until ctx ends, or a signal says to look at
// the configuration again; a crawl under way comes to its end before that.
func (d *service) serve(ctx context.Context, hup <-chan os.Signal) error {
	last, err := d.last(ctx)
	if err != nil && !errors.Is(err, archive.ErrNoArchive) {
		return err
	}
	if d.opts.metrics != "" {
		opts := d.opts.crawlOptions // reload makes others, and serves anew
		figures := &scrape{now: d.env.Now, measure: func(ctx context.Context) (*prometheus.Registry, error) { return opts.measure(ctx, d.env) }}
		at, stop, err := serveMetrics(d.opts.metrics, figures, d.log)
		if err != nil {
			return err
		}
		defer stop()
		d.log.Info("serving metrics", "address", at)
	}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		select {
		case <-hup:
			stop()
		case <-serving.Done():
		}
	}()
	return schedule.Serve(serving, schedule.Config{
		Times: d.times, Jitter: d.opts.jitter, Last: last, Clock: d.env.clock, Log: d.log,
		Run: func() { d.crawl(ctx) }, Next: d.next, Pulse: func() { d.tell(daemon.SdNotifyWatchdog) }, Between: func() { d.deliver(ctx) },
	})
}

// reload reads the configuration again. With a mistake in it, what held goes
// on to hold.
func (d *service) reload() {
	d.tell(daemon.SdNotifyReloading)
	opts, times, err := d.flags.settledDaemon(d.cmd, d.env)
	if err != nil {
		d.log.Error("the configuration cannot be used, the one before holds", "err", err)
		return
	}
	d.opts, d.times = opts, times
	d.log.Info("configuration read again", "file", opts.config.Path)
}

// last is when the last run that came to its end had begun.
func (d *service) last(ctx context.Context) (time.Time, error) {
	var run runRecord
	err := withArchive(*d.opts.data, archive.Options{}, func(a *archive.Archive) (err error) {
		run, err = lastRun(ctx, a)
		return err
	})
	return run.Begun, err
}

// next tells the world when the next run is.
func (d *service) next(at time.Time) {
	host, _ := os.Hostname()
	note := scheduleNote{PID: os.Getpid(), Host: host, Since: d.began.UTC(), At: d.opts.at, Zone: d.opts.zone, Next: at.UTC()}
	if err := note.write(*d.opts.data); err != nil {
		d.log.Warn("bxcrawl status cannot tell the next run", "err", err)
	}
	d.writeFigures(context.Background())
	d.log.Info("waiting", "next", at)
	d.tell(daemon.SdNotifyReady + "\nSTATUS=next crawl " + at.Format(time.DateTime))
}

// crawl is one run over all lists.
func (d *service) crawl(ctx context.Context) {
	d.tell("STATUS=crawling")
	d.log.Info("crawl begins")
	began := d.env.Now()
	c := &crawl{crawlOptions: &d.opts.crawlOptions, env: d.env, bar: d.env.newBar(d.opts.verbosity), log: d.log, told: d.told}
	err := c.run(ctx, nil)
	took := d.env.Now().Sub(began).Round(time.Second)
	switch {
	case ctx.Err() != nil:
		d.log.Info("crawl interrupted; the next one goes on", "took", took)
	case err == nil:
		d.log.Info("crawl ended", "took", took, "new", c.messages.New, "changed", c.messages.Changed, "deleted", c.messages.Deleted)
	case cli.ExitCode(err) == cli.ExitPartial:
		d.log.Warn("crawl ended in part", "took", took, "new", c.messages.New, "changed", c.messages.Changed, "deleted", c.messages.Deleted, "err", err)
	default:
		d.log.Error("crawl failed", "took", took, "err", err)
	}
}

// deliver brings receivers of watches what they did not take before.
func (d *service) deliver(ctx context.Context) {
	done, err := d.opts.retryDeliveries(ctx, d.env, d.log)
	switch {
	case ctx.Err() != nil:
	case err != nil:
		d.log.Error("what waits could not be delivered", "err", err)
	case done.Alerts+done.Refused+len(done.Failed) > 0:
		logDelivered(done, d.log)
		d.writeFigures(ctx)
	}
}

// writeFigures brings the metrics file up to date, where there is one.
func (d *service) writeFigures(ctx context.Context) {
	if err := d.opts.writeMetrics(ctx, d.env); err != nil && !errors.Is(err, archive.ErrNoArchive) {
		d.log.Warn("the metrics file is as before", "err", err)
	}
}

// told writes what the crawl of one list did into the log.
func (d *service) told(j job, s crawler.Stats, parts crawler.AttachmentStats, err error) {
	log := d.log.With("list", s.List)
	if s.List == "" {
		log = d.log.With("url", j.url)
	}
	for _, warning := range append(s.Warnings, parts.Warnings...) {
		log.Warn(warning)
	}
	for _, f := range append(s.Failed, parts.Failed...) {
		log.Warn("could not be had", "url", f.URL, "reason", f.Reason)
	}
	if err != nil {
		log.Error("list could not be crawled", "err", err)
		return
	}
	log.Info("list crawled", "requests", s.Requests+parts.Requests, "bytes", s.Bytes+parts.Bytes, "fetched", s.Fetched, "attachments", parts.Fetched,
		"unchanged", s.Unchanged, "failed", s.FailedTotal+parts.FailedTotal)
}

// tell tells systemd, if it is there.
func (d *service) tell(state string) {
	if _, err := daemon.SdNotify(false, state); err != nil {
		d.log.Debug("systemd cannot be told", "err", err)
	}
}

// serviceLog is the log of a service: each run and each list, with --verbose
// each request, with --quiet only what went wrong.
func (e *env) serviceLog(v verbosity) *slog.Logger {
	level := slog.LevelInfo
	switch {
	case v.verbose:
		level = slog.LevelDebug
	case v.quiet:
		level = slog.LevelWarn
	}
	return slog.New(slog.NewTextHandler(neutral.Writer{W: e.Stderr}, &slog.HandlerOptions{Level: level}))
}
