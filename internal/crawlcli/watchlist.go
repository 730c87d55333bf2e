package crawlcli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/alert"
)

// watchLine is what `bxcrawl watch list --json` prints of a watch. Its names are
// a promise.
type watchLine struct {
	Name    string     `json:"name"`
	Query   string     `json:"query"`
	To      []string   `json:"to"`
	List    string     `json:"list"`
	Made    time.Time  `json:"made"`
	Ran     time.Time  `json:"ran"`
	Muted   *time.Time `json:"muted"` // until then; null if it is not
	Found   int        `json:"found"`
	Last    *time.Time `json:"last"` // the newest alert; null without one
	Trouble string     `json:"trouble"`
}

// receiverLine is what `bxcrawl status --json` has of a receiver. Its names are a
// promise.
type receiverLine struct {
	To       string     `json:"to"`
	Waiting  int        `json:"waiting"` // alerts
	Refused  int        `json:"refused"` // alerts that are set aside
	Dropped  int        `json:"dropped"`
	Failures int        `json:"failures"` // in a row
	Trouble  string     `json:"trouble"`
	Disabled bool       `json:"disabled"`
	Sent     *time.Time `json:"sent"` // the last success; null without one
}

func watchListCommand(e *env, o crawlOptions) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Show the watches, their receivers, and what waits",
		Args:  noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			err = settled.withBook(e, alert.Options{}, func(b *alert.Book) error {
				all, err := b.Watches(cmd.Context())
				if err != nil {
					return err
				}
				receivers, err := b.Receivers(cmd.Context())
				if err != nil {
					return err
				}
				refusals, err := b.Refusals(cmd.Context())
				if err != nil {
					return err
				}
				return e.Buffered(func(w *bufio.Writer) error {
					if asJSON {
						return writeWatchesJSON(w, all)
					}
					return writeWatches(w, watchTables{all, receivers, refusals}, e.tableWidth())
				})
			})
			if errors.Is(err, alert.ErrNone) {
				e.Say("%s", err)
				return nil
			}
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line, for programs")
	return cmd
}

func writeWatchesJSON(w *bufio.Writer, all []alert.Watch) error {
	for _, v := range all {
		line := watchLine{Name: v.Name, Query: v.Query, To: []string{}, List: v.List, Made: v.Made, Ran: v.Ran, Found: v.Found, Trouble: v.Trouble,
			Muted: known(v.Muted), Last: known(v.Last)}
		for _, address := range v.To {
			line.To = append(line.To, alert.Shown(address))
		}
		if err := wire.WriteJSON(w, line); err != nil {
			return err
		}
	}
	return nil
}

// known is a time, or null.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// watchTables are what `bxcrawl watch list` shows.
type watchTables struct {
	watches   []alert.Watch
	receivers []alert.Receiver
	refusals  []alert.Refusal
}

func writeWatches(w *bufio.Writer, t watchTables, cols int) error {
	rows := [][]string{{"WATCH", "FOUND", "LAST", "STATE", "TO", "QUERY"}}
	for _, v := range t.watches {
		rows = append(rows, []string{neutral.OneLine(v.Name), cli.Count(v.Found), cli.Minute(v.Last), watchState(v), shownAll(v.To), neutral.OneLine(v.Query)})
	}
	fmt.Fprint(w, fitted(rows, cols, []int{5, 2}, 1))
	if len(t.receivers) > 0 {
		rows = [][]string{{"RECEIVER", "WAITING", "SENT", "STATE"}}
		for _, r := range t.receivers {
			rows = append(rows, []string{neutral.OneLine(alert.Shown(r.Address)), cli.Count(r.Waiting), cli.Minute(r.Sent), receiverState(r)})
		}
		fmt.Fprint(w, "\n", fitted(rows, cols, []int{2}, 1))
	}
	if len(t.refusals) > 0 {
		rows = [][]string{{"REFUSED BY", "ALERTS", "PACKED", "DELIVERY", "REASON"}}
		for _, r := range t.refusals {
			rows = append(rows, []string{neutral.OneLine(alert.Shown(r.Receiver)), cli.Count(r.Alerts), cli.Minute(r.At), r.ID, neutral.OneLine(r.Reason)})
		}
		fmt.Fprint(w, "\n", fitted(rows, cols, []int{3, 2}, 1))
	}
	return nil
}

func shownAll(to []string) string {
	var all []string
	for _, address := range to {
		all = append(all, neutral.OneLine(alert.Shown(address)))
	}
	if len(all) == 0 {
		return "feed"
	}
	return strings.Join(all, ", ")
}

func watchState(v alert.Watch) string {
	switch {
	case v.Trouble != "":
		return "failed: " + neutral.OneLine(v.Trouble)
	case v.Muted.Equal(alert.Forever):
		return "muted"
	case !v.Muted.IsZero():
		return "muted until " + cli.Minute(v.Muted)
	}
	return "on"
}

func receiverState(r alert.Receiver) string {
	state := "on"
	switch {
	case r.Gone != "":
		state = "off: " + neutral.OneLine(r.Gone)
	case r.Trouble != "":
		state = fmt.Sprintf("failed %s: %s", times(r.Failures), neutral.OneLine(r.Trouble))
	}
	if r.Refused > 0 {
		state += fmt.Sprintf("; %s refused", cli.Counted(r.Refused, "alert"))
	}
	if r.Dropped > 0 {
		state += fmt.Sprintf("; %s dropped", cli.Counted(r.Dropped, "alert"))
	}
	return state
}

func times(n int) string {
	if n == 1 {
		return "once"
	}
	return cli.Count(n) + " times"
}

// watchStatus is what `bxcrawl status` says of the watches. Its names are a
// promise.
type watchStatus struct {
	Watches   int            `json:"watches"`
	Waiting   int            `json:"waiting"` // alerts
	Refused   int            `json:"refused"` // alerts that are set aside
	Oldest    *time.Time     `json:"oldest"`  // when the oldest that waits was found; null without one
	Receivers []receiverLine `json:"receivers"`

	watches   []alert.Watch
	receivers []alert.Receiver
	figures   alert.Figures
}

// statusOfWatches is null where there are none.
func statusOfWatches(ctx context.Context, dir string) (*watchStatus, error) {
	b, err := alert.Open(dir, nil)
	if errors.Is(err, alert.ErrNone) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer b.Close()
	all, err := b.Watches(ctx)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	receivers, err := b.Receivers(ctx)
	if err != nil {
		return nil, err
	}
	figures, err := b.Figures(ctx)
	if err != nil {
		return nil, err
	}
	s := &watchStatus{Watches: len(all), Oldest: known(figures.Oldest), Receivers: []receiverLine{}, watches: all, receivers: receivers, figures: figures}
	for _, r := range receivers {
		s.Waiting, s.Refused = s.Waiting+r.Waiting, s.Refused+r.Refused
		s.Receivers = append(s.Receivers, receiverLine{To: alert.Shown(r.Address), Waiting: r.Waiting, Refused: r.Refused, Dropped: r.Dropped, Failures: r.Failures,
			Trouble: r.Trouble, Disabled: r.Gone != "", Sent: known(r.Sent)})
	}
	return s, nil
}

// watchesLine tells a person of it.
func (r *statusReport) watchesLine() string {
	if r.Watches == nil {
		return "watches: none"
	}
	bad := 0
	for _, to := range r.Watches.Receivers {
		if to.Trouble != "" && to.Waiting+to.Refused > 0 || to.Disabled {
			bad++
		}
	}
	line := fmt.Sprintf("watches: %s; %s waiting", cli.Count(r.Watches.Watches), cli.Counted(r.Watches.Waiting, "alert"))
	if r.Watches.Refused > 0 {
		line += fmt.Sprintf(", %s refused and set aside", cli.Count(r.Watches.Refused))
	}
	if bad > 0 {
		line += fmt.Sprintf("; %s could not be told, see bxcrawl watch list", cli.Counted(bad, "receiver"))
	}
	return line
}
