package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// statusReport is what `bxcrawl status --json` prints. Its names are a
// promise.
type statusReport struct {
	Data         string       `json:"data"`
	ArchiveBytes int64        `json:"archive_bytes"`
	IndexBytes   int64        `json:"index_bytes"`
	Messages     int          `json:"messages"`
	Index        string       `json:"index"` // current, behind, none, or why it cannot be used
	Lists        []listStatus `json:"lists"`
}

// listStatus is one list with what is held of it.
type listStatus struct {
	archive.ListInfo
	Pages    int `json:"pages"`    // of which a body is held
	Failed   int `json:"failed"`   // whose last answer was no success
	Problems int `json:"problems"` // that the parser met
}

func statusCommand(e *Env, data *string) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Show what the archive holds",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return withArchive(*data, archive.Options{}, func(a *archive.Archive) error {
				report, err := newStatus(cmd.Context(), a, *data)
				if err != nil {
					return err
				}
				return e.buffered(func(w *bufio.Writer) error {
					if asJSON {
						return writeJSON(w, report)
					}
					return report.write(w)
				})
			})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "as one JSON object, for programs")
	return cmd
}

// noArgs is cobra.NoArgs as a mistake in usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usagef("%s takes no argument, such as %q", cmd.CommandPath(), args[0])
	}
	return nil
}

func newStatus(ctx context.Context, a *archive.Archive, dir string) (*statusReport, error) {
	stats, err := a.Stats(ctx)
	if err != nil {
		return nil, err
	}
	r := &statusReport{Data: dir, Lists: []listStatus{}, ArchiveBytes: diskUse(filepath.Join(dir, "archive.db")), IndexBytes: diskUse(filepath.Join(dir, "index"))}
	for _, l := range stats.Lists {
		s := listStatus{ListInfo: l.List, Pages: l.Pages, Problems: l.Problems}
		for _, n := range l.Failures {
			s.Failed += n
		}
		r.Messages += l.List.Messages
		r.Lists = append(r.Lists, s)
	}
	r.Index, err = indexState(ctx, a, dir)
	return r, err
}

// indexState compares what the index has seen with what the archive holds.
func indexState(ctx context.Context, a *archive.Archive, dir string) (string, error) {
	at, err := a.Position(ctx)
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(filepath.Join(dir, "index", "CURRENT")); err != nil {
		return "none", nil
	}
	var seen archive.Position
	err = withIndex(dir, index.Options{}, func(engine index.Engine) (err error) {
		seen, err = engine.Position(ctx)
		return err
	})
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
		return err.Error(), nil
	case seen == at:
		return "current", nil
	}
	return "behind", nil
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

// write prints the report for people.
func (r *statusReport) write(w io.Writer) error {
	rows := [][]string{{"LIST", "MESSAGES", "FROM", "TO", "LAST COMPLETE CRAWL", "FAILED", "URL"}}
	for _, l := range r.Lists {
		rows = append(rows, []string{oneLine(l.Name), count(l.Messages), day(l.First), day(l.Last), minute(l.Checked), count(l.Failed), oneLine(l.URL)})
	}
	fmt.Fprint(w, table(rows, 1, 5))
	fmt.Fprintf(w, "\n%s in %s; archive %s, index %s\n",
		counted(r.Messages, "message"), neutral(r.Data), bytesText(r.ArchiveBytes), bytesText(r.IndexBytes))
	_, err := fmt.Fprintln(w, r.indexLine())
	return err
}

func (r *statusReport) indexLine() string {
	switch r.Index {
	case "current":
		return "index: up to date"
	case "behind":
		return "index: behind the archive; the next bxcrawl brings it up to date, as does bxcrawl reindex"
	case "none":
		return "index: none yet; bxcrawl reindex makes it"
	}
	return neutral(r.Index)
}

// day and minute are moments as tables show them.
func day(t time.Time) string { return moment(t, time.DateOnly) }

func minute(t time.Time) string { return moment(t.Local(), "2006-01-02 15:04") }

func moment(t time.Time, layout string) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(layout)
}
