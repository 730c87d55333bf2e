package crawlcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

func verifyCommand(e *env, opts crawlOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check that nothing is damaged, and that every listed message is held",
		Long: `Reads everything that is held and checks it against itself, the index too; then
goes through the index pages that are held and looks for every message that they
list, and compares them with the text files. No server is asked.

Each damaged record and each missing message is named with the reason, and the
exit code is 3 if there is any; the next bxcrawl tries to fetch what is missing.
Each message that only the index or only the text file has is named too: that
is how the server made its archive, and nothing is missing here.`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := opts.stored(cmd, e)
			if err != nil {
				return err
			}
			return withArchive(*o.data, archive.Options{}, func(a *archive.Archive) error {
				return e.Buffered(func(w *bufio.Writer) error {
					return o.verify(cmd.Context(), a, w)
				})
			})
		},
	}
}

// verify prints the table of lists, then what is wrong.
func (o *crawlOptions) verify(ctx context.Context, a *archive.Archive, w io.Writer) error {
	lists, err := a.Lists(ctx)
	if err != nil {
		return err
	}
	rows := [][]string{{"LIST", "LISTED", "HELD", "MISSING", "MESSAGES", "DIFFERENCES"}}
	var gaps, differences []gap
	for _, l := range lists {
		c, err := checkListed(ctx, a, l)
		if err != nil {
			return fmt.Errorf("verify %s: %w", l.Name, err)
		}
		rows = append(rows, []string{neutral.OneLine(l.Name), cli.Count(c.listed), cli.Count(c.held), cli.Count(len(c.gaps)), cli.Count(l.Messages), cli.Count(len(c.differences))})
		gaps, differences = append(gaps, c.gaps...), append(differences, c.differences...)
	}
	fmt.Fprint(w, cli.Table(rows, 1, 2, 3, 4, 5))
	for _, g := range gaps {
		fmt.Fprintf(w, "missing: %s: %s\n", neutral.OneLine(g.url), neutral.OneLine(g.reason))
	}
	for _, d := range differences {
		fmt.Fprintf(w, "differs: %s: %s\n", neutral.OneLine(d.url), neutral.OneLine(d.reason))
	}
	damaged, err := writeDamage(ctx, a, w)
	if err != nil {
		return err
	}
	if err := o.verifyIndex(ctx, a); err != nil {
		return err
	}
	return verdictOf(len(gaps), damaged)
}

// verifyIndex checks the index, which may not be there yet; one that has messages
// whole also against the archive.
func (o *crawlOptions) verifyIndex(ctx context.Context, a *archive.Archive) error {
	err := o.withIndex(ctx, a, nil, func(engine index.Engine) error {
		if err := engine.Verify(ctx); err != nil {
			return err
		}
		if v, ok := engine.(index.Comparable); ok {
			return v.VerifyAgainst(ctx, a)
		}
		return nil
	})
	if errors.Is(err, index.ErrNotFound) {
		return nil
	}
	return err
}

// writeDamage prints what the archive finds wrong with itself.
func writeDamage(ctx context.Context, a *archive.Archive, w io.Writer) (int, error) {
	n := 0
	for p, err := range a.Verify(ctx) {
		if err != nil {
			return n, err
		}
		n++
		fmt.Fprintf(w, "%s: %s %s %s: %s\n", neutral.OneLine(p.Kind), neutral.OneLine(p.List), neutral.OneLine(p.Group), neutral.OneLine(p.URL), neutral.OneLine(p.Detail))
	}
	return n, nil
}

func verdictOf(missing, damaged int) error {
	switch {
	case missing > 0 && damaged > 0:
		return &cli.PartialError{What: cli.Counted(missing, "page") + " missing, " + cli.Counted(damaged, "record") + " damaged; bxcrawl fetches what can still be had"}
	case missing > 0:
		return &cli.PartialError{What: cli.Counted(missing, "page") + " missing; bxcrawl --via auto tries to fetch them"}
	case damaged > 0:
		return &cli.PartialError{What: cli.Counted(damaged, "record") + " damaged; bxcrawl export saves what can be read"}
	}
	return nil
}
