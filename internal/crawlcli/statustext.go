package crawlcli

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
)

// write prints the report for people, in so many columns; 0 for any number.
func (r *statusReport) write(w io.Writer, cols int) error {
	rows := [][]string{{"LIST", "MESSAGES", "FROM", "TO", "CRAWLED", "FAILED", "STATE", "URL"}}
	for _, l := range r.Lists {
		rows = append(rows, []string{neutral.OneLine(listLabel(l)), cli.Count(l.Messages), cli.Day(l.First), cli.Day(l.Last), cli.Minute(l.Checked),
			cli.Count(l.Failed - l.Gone), listState(l), neutral.OneLine(l.URL)})
	}
	// What is of least use goes first where there is no room.
	fmt.Fprint(w, fitted(rows, cols, []int{7, 2, 5, 3, 1}, 1, 5))
	for _, l := range r.Lists {
		l.writeTrouble(w, cols)
	}
	r.writeAttachments(w, cols)
	lines := []string{
		"",
		fmt.Sprintf("%s in %s; archive %s, index %s", cli.Counted(r.Messages, "message"), neutral.Text(r.Data), cli.Bytes(r.ArchiveBytes), cli.Bytes(r.IndexBytes)),
		r.indexLine(), r.runLine(), r.nextLine(), r.watchesLine(),
	}
	for _, line := range lines {
		writeWrapped(w, line, cols)
	}
	return nil
}

// listLabel is a list's name, or the end of its URL as long as it has none.
func listLabel(l listStatus) string {
	if l.Name != "" {
		return l.Name
	}
	parts := strings.Split(strings.TrimRight(l.URL, "/"), "/")
	return parts[len(parts)-1]
}

func listState(l listStatus) string {
	switch {
	case l.Attempt != nil && l.Attempt.Error != "":
		return "stopped"
	case !l.Complete:
		return "incomplete"
	case !l.Fresh:
		return "stale"
	}
	return "complete"
}

// writeTrouble says what is the matter with a list.
func (l listStatus) writeTrouble(w io.Writer, cols int) {
	if l.Reason != "" {
		writeWrapped(w, neutral.OneLine(listLabel(l))+": "+neutral.OneLine(l.Reason), cols)
	}
	const shown = 5
	for _, f := range l.Failures[:min(len(l.Failures), shown)] {
		writeWrapped(w, "  "+neutral.OneLine(f.URL)+": "+neutral.OneLine(f.Reason), cols)
	}
	if more := l.Failed - l.Gone - shown; more > 0 {
		writeWrapped(w, fmt.Sprintf("  and %s more; bxcrawl ledger --failed names each", cli.Count(more)), cols)
	}
}

// writeAttachments prints a table of the lists that have some, and below it why
// some could not be had.
func (r *statusReport) writeAttachments(w io.Writer, cols int) {
	rows := [][]string{{"ATTACHMENTS OF", "NAMED", "READABLE", "MISSING", "FETCHED", "GONE", "FAILED"}}
	var reasons []string
	for _, l := range r.Lists {
		a := l.Attachments
		if a.Named == 0 {
			continue
		}
		failed := 0
		for _, reason := range slices.Sorted(maps.Keys(a.Failed)) {
			failed += a.Failed[reason]
			reasons = append(reasons, fmt.Sprintf("%s: %s not had: %s", neutral.OneLine(listLabel(l)), cli.Counted(a.Failed[reason], "attachment"), neutral.OneLine(reason)))
		}
		rows = append(rows, []string{neutral.OneLine(listLabel(l)), cli.Count(a.Named), cli.Count(a.Readable), cli.Count(a.Missing), cli.Count(a.Held), cli.Count(a.Gone), cli.Count(failed)})
	}
	if len(rows) == 1 {
		return
	}
	fmt.Fprint(w, "\n", fitted(rows, cols, []int{1, 2}, 1, 2, 3, 4, 5, 6))
	for _, line := range reasons {
		writeWrapped(w, line, cols)
	}
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
	return neutral.Text(r.Index)
}

func (r *statusReport) runLine() string {
	if r.Run == nil {
		return "last run over all lists: none yet"
	}
	return fmt.Sprintf("last run over all lists: %s, took %s", cli.Minute(r.Run.Begun), roughly(r.Run.Ended.Sub(r.Run.Begun)))
}

func (r *statusReport) nextLine() string {
	if r.Schedule == nil {
		return "next run: no bxcrawl daemon is at work here"
	}
	return fmt.Sprintf("next run: %s, by bxcrawl daemon (process %d)", cli.Minute(r.Schedule.Next), r.Schedule.PID)
}

// tableWidth is the number of columns to stay within; 0 where nobody looks, so
// that programs get everything.
func (e *env) tableWidth() int {
	if scr := e.Screen(e.Stdout); scr.TTY || e.Getenv("COLUMNS") != "" {
		return scr.Width
	}
	return 0
}

// fitted is table without the columns that there is no room for, given in the
// order in which to do without them.
func fitted(rows [][]string, cols int, drop []int, right ...int) string {
	var gone []int
	for {
		var kept [][]string
		var flush []int
		for i, row := range rows {
			var cells []string
			for k, cell := range row {
				if slices.Contains(gone, k) {
					continue
				}
				if i == 0 && slices.Contains(right, k) {
					flush = append(flush, len(cells))
				}
				cells = append(cells, cell)
			}
			kept = append(kept, cells)
		}
		text := cli.Table(kept, flush...)
		if cols == 0 || len(drop) == 0 || widest(text) <= cols {
			return text
		}
		gone, drop = append(gone, drop[0]), drop[1:]
	}
}

func widest(text string) int {
	most := 0
	for line := range strings.Lines(text) {
		most = max(most, cli.TextWidth(strings.TrimRight(line, "\n")))
	}
	return most
}

func writeWrapped(w io.Writer, line string, cols int) {
	if cols == 0 || line == "" {
		fmt.Fprintln(w, line)
		return
	}
	for _, part := range cli.WrapText(line, cols) {
		fmt.Fprintln(w, part)
	}
}
