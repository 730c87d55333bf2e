package crawlcli

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/importer"
)

func importCommand(e *env, base crawlOptions) *cobra.Command {
	opts := importOptions{data: base.data}
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Take over mailboxes and saved archives from disk",
		Long: `Brings mail that is on disk into the archive, then makes it searchable:

    mbox, plain or packed by gzip or zstd: of a mail program, of Mailman, of
      HyperKitty, or what bxcrawl export --format mbox wrote
    a Maildir, or a single mail
    a folder with the saved Pipermail archive of a list, or with several, as
      wget --mirror makes it
    a text file of one Pipermail month, such as 2004-March.txt.gz

A mail belongs to the list that it names in its head, else to --list, else to
the one that the file is called after. A saved archive belongs to the address
it was saved from: where neither the folder nor its pages say it, --url does.

The same mail is one message, however often and from wherever it comes: a list
that was crawled can be completed by an import, and the other way round. What is
held already is passed over, so an import that was stopped can be run again.`,
		Example: `  bxcrawl import announce.mbox
  bxcrawl import --list announce ~/Maildir/.announce 2003.mbox.gz
  bxcrawl import --url https://lists.example.org/pipermail/announce/ saved/announce
  bxcrawl import lists.example.org    what wget --mirror made`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return cli.Usagef("import: give at least one file or folder; bxcrawl import --help tells what it takes")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if opts.stored, err = base.stored(cmd, e); err != nil {
				return err
			}
			return opts.run(cmd.Context(), e, args)
		},
	}
	f := cmd.Flags()
	f.StringVar(&opts.list, "list", "", "put all of it into the list of this `name`")
	f.StringVar(&opts.url, "url", "", "the `address` of the list's archive on the web")
	f.BoolVar(&opts.unlisted, "unlisted", false, "of a saved Pipermail folder, also take pages that none of its index pages lists")
	f.BoolVar(&opts.noIndex, "no-index", false, "leave the index as it is; bxcrawl reindex or a later run brings it up to date")
	opts.verbosity.flags(cmd)
	return cmd
}

type importOptions struct {
	data      *string
	list, url string
	unlisted  bool
	noIndex   bool
	verbosity
	stored *crawlOptions
}

func (o *importOptions) check() error {
	if o.url != "" {
		u, err := url.Parse(o.url)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
			return cli.Usagef("--url %s: it must be the address of a list's archive, such as https://lists.example.org/pipermail/announce/", o.url)
		}
	}
	if strings.TrimSpace(o.list) != o.list || strings.ContainsAny(o.list, "/\\\x00") {
		return cli.Usagef("--list %q: this cannot be a list's name", o.list)
	}
	return o.verbosity.check()
}

func (o *importOptions) run(ctx context.Context, e *env, paths []string) error {
	if err := o.check(); err != nil {
		return err
	}
	bar := e.newBar(o.verbosity)
	log := e.logger(verbosity{quiet: !o.verbose, verbose: o.verbose}, bar) // problems are in the report
	opts := archive.Options{Write: true, Create: true, Logger: log, Now: e.Now}
	err := withArchive(*o.data, opts, func(a *archive.Archive) error {
		defer bar.clear()
		stored := *o.stored
		stored.noIndex, stored.verbosity = o.noIndex, o.verbosity
		c := &crawl{crawlOptions: &stored, env: e, archive: a, bar: bar, log: log}
		return o.all(ctx, c, paths)
	})
	if ctx.Err() != nil && !errors.Is(err, archive.ErrLocked) {
		fmt.Fprintln(e.Stderr, "What was imported is kept; the same command goes on from here.")
	}
	return err
}

// all imports one path after the other. One that fails does not keep the
// others from being imported.
func (o *importOptions) all(ctx context.Context, c *crawl, paths []string) error {
	im, err := importer.New(importer.Config{Archive: c.archive, List: o.list, URL: o.url, Unlisted: o.unlisted, Logger: c.log, Now: c.env.Now,
		Progress: func(ev importer.Event) { c.bar.update(importStep(ev)) }})
	if err != nil {
		return err
	}
	var last error
	failed, problems := 0, 0
	for _, path := range paths {
		stats, err := im.Import(ctx, path)
		c.bar.clear()
		if ctx.Err() != nil {
			return err
		}
		o.report(c.env, path, stats)
		problems += stats.ProblemTotal
		if err != nil {
			failed, last = failed+1, err
			if len(paths) > 1 {
				c.env.Say("bxcrawl: %s", neutral.Text(err.Error()))
			}
		}
	}
	if failed == len(paths) {
		return importError(last, failed)
	}
	c.bar.note("reading messages")
	err = c.readMessages(ctx)
	if err == nil {
		err = o.attachments(ctx, c, im)
	}
	if err == nil {
		err = c.take(ctx)
	}
	c.bar.clear()
	if err != nil {
		return err
	}
	c.conclude()
	switch {
	case failed > 0:
		return &cli.PartialError{What: fmt.Sprintf("%d of %d could not be imported", failed, len(paths))}
	case problems > 0:
		return &cli.PartialError{What: cli.Counted(problems, "problem") + " named above"}
	}
	return nil
}

// attachments takes the parts of messages that lie in saved folders.
func (o *importOptions) attachments(ctx context.Context, c *crawl, im *importer.Importer) error {
	stats, err := im.Attachments(ctx)
	c.bar.clear()
	if stats.Read > 0 && !o.quiet {
		c.env.Say("attachments: %s read, %s new (%s)", cli.Counted(stats.Read, "file"), cli.Count(stats.New), cli.Bytes(stats.Bytes))
	}
	if stats.New > 0 {
		c.bar.note("reading messages")
	}
	return err
}

// importError turns what went wrong with all that was to be imported into the
// error that the exit code is made of.
func importError(err error, failed int) error {
	if failed > 1 {
		return errors.New("nothing could be imported")
	}
	if unknown, ok := errors.AsType[*importer.UnknownListError](err); ok {
		return &cli.UsageError{Err: unknown}
	}
	return err
}

// importStep estimates how much there is by how far it is.
func importStep(ev importer.Event) step {
	s := step{done: ev.Read, label: ev.Path, rough: true}
	if ev.Done > 0 && ev.Total >= ev.Done {
		s.total = int(float64(ev.Read) * float64(ev.Total) / float64(ev.Done))
	}
	return s
}

// report says what the import of one path did.
func (o *importOptions) report(e *env, path string, s importer.Stats) {
	if s.Format == "" {
		return
	}
	what := "mail"
	if s.Format == importer.FormatFolder || s.Format == importer.FormatText {
		what = "file"
	}
	if !o.quiet && s.Read > 0 {
		e.Say("%s (%s, %s): %s read, %s new (%s), %s known already",
			neutral.OneLine(path), neutral.OneLine(s.Format), neutral.OneLine(strings.Join(s.Lists, ", ")), cli.Counted(s.Read, what), cli.Count(s.New), cli.Bytes(s.Bytes), cli.Count(s.Known))
	}
	if s.Older > 0 && !o.quiet {
		e.Say("  %s older than what is held of the same page; left out", cli.Counted(s.Older, what))
	}
	if s.Unlisted > 0 && !o.quiet {
		e.Say("  %s listed by no index page, and left out; --unlisted takes them too", cli.Counted(s.Unlisted, "page"))
	}
	for _, p := range s.Problems {
		e.Say("  problem: %s: %s", neutral.OneLine(p.Where), neutral.OneLine(p.Detail))
	}
	if more := s.ProblemTotal - len(s.Problems); more > 0 {
		e.Say("  and %s more; bxcrawl import --verbose names each", cli.Count(more))
	}
}
