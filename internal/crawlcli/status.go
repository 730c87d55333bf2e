package crawlcli

import (
	"bufio"
	"context"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// statusReport is what `bxcrawl status --json` prints. Its names are a
// promise.
type statusReport struct {
	Data         string        `json:"data"`
	ArchiveBytes int64         `json:"archive_bytes"`
	IndexBytes   int64         `json:"index_bytes"`
	Messages     int           `json:"messages"`
	Index        string        `json:"index"`     // current, behind, none, or why it cannot be used
	IndexLag     uint64        `json:"index_lag"` // changes of messages that the index has not seen
	Complete     bool          `json:"complete"`  // all lists are, and the index is current
	Fresh        bool          `json:"fresh"`     // all lists are
	Run          *runRecord    `json:"run"`       // the last run over all lists; null if there was none
	Schedule     *scheduleNote `json:"schedule"`  // of the daemon; null if none runs
	Watches      *watchStatus  `json:"watches"`   // null if there are none
	Lists        []listStatus  `json:"lists"`
}

// statusOptions say what to look at, and by what to judge.
type statusOptions struct {
	crawlOptions
	json   bool
	maxAge time.Duration
}

func statusCommand(e *env, opts crawlOptions) *cobra.Command {
	o := statusOptions{crawlOptions: opts}
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what is held: is it fresh, is it complete, what failed, when is the next run",
		Long: `Shows each list with what is held of it, and says what is the matter with it: a
crawl that stopped, pages that could not be had, messages not read yet,
attachments that the last run wanted and could not have. A page that is gone
from its server is no failure, nor is an attachment that is gone, refused by
robots.txt or too big. Of the attachments, READABLE are text, HTML and mails,
and MISSING those of them with words that the mail itself lacks.

With --max-age the exit code is for monitors: 0 when every list was crawled to
its end within that time, nothing that can be had is missing, and the index is
up to date; else 3.`,
		Example: `  bxcrawl status
  bxcrawl status --max-age 36h >/dev/null || echo "look at the mailing lists"`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			if o.maxAge < 0 {
				return cli.Usagef("--max-age %s: must not be negative", o.maxAge)
			}
			return o.run(cmd.Context(), e, settled)
		},
	}
	cmd.Flags().BoolVar(&o.json, "json", false, "as one JSON object, for programs")
	cmd.Flags().DurationVar(&o.maxAge, "max-age", 0, "`time` after which a list that was not crawled is stale, such as 36h")
	return cmd
}

func (o *statusOptions) run(ctx context.Context, e *env, settled *crawlOptions) error {
	return withArchive(*o.data, archive.Options{}, func(a *archive.Archive) error {
		report, err := newStatus(ctx, a, settled, judge{now: e.Now(), maxAge: o.maxAge})
		if err != nil {
			return err
		}
		err = e.Buffered(func(w *bufio.Writer) error {
			if o.json {
				return wire.WriteJSON(w, report)
			}
			return report.write(w, e.tableWidth())
		})
		if err == nil && o.maxAge > 0 {
			err = report.verdict()
		}
		return err
	})
}

// noArgs is cobra.NoArgs as a mistake in usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return cli.Usagef("%s takes no argument, such as %q", cmd.CommandPath(), args[0])
	}
	return nil
}

func newStatus(ctx context.Context, a *archive.Archive, o *crawlOptions, j judge) (*statusReport, error) {
	dir := *o.data
	r := &statusReport{Data: dir, Complete: true, Fresh: true, Schedule: readSchedule(dir),
		ArchiveBytes: diskUse(filepath.Join(dir, "archive.db")), IndexBytes: diskUse(o.indexDir())}
	run, err := lastRun(ctx, a)
	if err != nil {
		return nil, err
	}
	if !run.Ended.IsZero() {
		r.Run = &run
	}
	if r.Lists, err = listStatuses(ctx, a, o, j); err != nil {
		return nil, err
	}
	for _, l := range r.Lists {
		r.Messages += l.Messages
		r.Complete = r.Complete && l.Complete
		r.Fresh = r.Fresh && l.Fresh
	}
	at, err := o.indexState(ctx, a, r)
	r.Index, r.IndexLag = at.State, at.Lag
	r.Complete = r.Complete && r.Index == index.StateCurrent
	if err == nil {
		r.Watches, err = statusOfWatches(ctx, dir)
	}
	return r, err
}

// verdict is the error that a monitor's exit code is made of.
func (r *statusReport) verdict() error {
	bad := 0
	for _, l := range r.Lists {
		if !l.Complete || !l.Fresh {
			bad++
		}
	}
	switch {
	case len(r.Lists) == 0:
		return &cli.PartialError{What: "there is no list yet"}
	case bad > 0:
		return &cli.PartialError{What: cli.Counted(bad, "list") + " stale or incomplete"}
	case r.Index != index.StateCurrent:
		return &cli.PartialError{What: r.indexLine()}
	}
	return nil
}

// indexState compares what the index has seen with what the archive holds.
func (o *crawlOptions) indexState(ctx context.Context, a *archive.Archive, r *statusReport) (index.Freshness, error) {
	var f index.Freshness
	err := o.withIndex(ctx, a, nil, func(engine index.Engine) (err error) {
		if f, err = index.Compare(ctx, engine, a); err != nil {
			return err
		}
		if sized, ok := engine.(index.Sized); ok && f.Usable() {
			r.IndexBytes, err = sized.Size(ctx)
		}
		return err
	})
	if err == nil || ctx.Err() != nil {
		return f, err
	}
	// An index that cannot be opened is a state of it.
	at, aerr := a.Position(ctx)
	return index.Freshness{Archive: at, State: err.Error(), Lag: at.Seq}, aerr
}

// diskUse adds up the files at and below a path. What cannot be seen counts
// nothing: the figure is for orientation.
func diskUse(path string) int64 {
	var total int64
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}
