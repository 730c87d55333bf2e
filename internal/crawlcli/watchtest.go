package crawlcli

import (
	"bufio"
	"fmt"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/wire"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/alert"
)

func watchTestCommand(e *env, o crawlOptions) *cobra.Command {
	var days int
	var send, asJSON bool
	cmd := &cobra.Command{
		Use:   "test NAME",
		Short: "Show what a watch would have told, without telling anybody",
		Long: `Shows what the watch would have told of the last days, whether it did or not.
Nothing is sent or noted. With --send it goes to the watch's receivers, marked as
a test.`,
		Example: `  bxcrawl watch test halden --days 365
  bxcrawl watch test halden --send`,
		Args: oneWatch,
		RunE: func(cmd *cobra.Command, args []string) error {
			if days < 1 {
				return cli.Usagef("--days %d: must be 1 or more", days)
			}
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			return settled.withWatches(cmd.Context(), e, alert.Options{Logger: e.logger(settled.verbosity, e.Stderr)}, func(w *watches) error {
				v, err := w.Watch(cmd.Context(), args[0])
				if err != nil {
					return err
				}
				alerts, err := w.Would(cmd.Context(), w.from, v, e.Now().AddDate(0, 0, -days))
				if err != nil {
					return err
				}
				if err := e.Buffered(func(out *bufio.Writer) error { return writeAlerts(out, alerts, asJSON) }); err != nil {
					return err
				}
				fmt.Fprintf(e.Stderr, "%s of the last %s\n", cli.Counted(len(alerts), "message"), cli.Counted(days, "day"))
				if !send {
					return nil
				}
				return w.sendTest(cmd, e, v, alerts)
			})
		},
	}
	f := cmd.Flags()
	f.IntVar(&days, "days", 30, "`number` of days to look back")
	f.BoolVar(&send, "send", false, "send it to the watch's receivers, as a test")
	f.BoolVar(&asJSON, "json", false, "one JSON object a line, as in webhooks")
	f.StringVar(&o.credentials, "credentials", "", "`file` with passwords and webhook secrets, readable by its owner only")
	return cmd
}

func writeAlerts(out *bufio.Writer, alerts []alert.Alert, asJSON bool) error {
	for _, a := range alerts {
		if asJSON {
			if err := wire.WriteJSON(out, a); err != nil {
				return err
			}
			continue
		}
		text, err := a.Plain()
		if err != nil {
			return err
		}
		if _, err := fmt.Fprintln(out, text); err != nil {
			return err
		}
	}
	return nil
}

// sendTest sends what a test found. One that found nothing is sent as well: it is
// the way there that is tested.
func (w *watches) sendTest(cmd *cobra.Command, e *env, v alert.Watch, alerts []alert.Alert) error {
	if len(v.To) == 0 {
		return cli.Usagef("the watch %s has no receiver, only its feed", v.Name)
	}
	post, err := w.opts.post(e)
	if err != nil {
		return err
	}
	done := w.SendTest(cmd.Context(), post, v, alerts)
	w.opts.tellFailed(e, done.Failed)
	fmt.Fprintf(e.Stderr, "sent to %s\n", cli.Counted(done.Parcels, "receiver"))
	if len(done.Failed) > 0 {
		return &cli.PartialError{What: cli.Counted(len(done.Failed), "receiver") + " could not be told"}
	}
	return nil
}

// oneWatch wants the name of a watch.
func oneWatch(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return cli.Usagef("%s: give the name of one watch; bxcrawl watch list shows them", cmd.CommandPath())
	}
	return nil
}

func watchRemoveCommand(e *env, o crawlOptions) *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Remove a watch, with what it found and what waits of it",
		Args:  oneWatch,
		RunE: func(cmd *cobra.Command, args []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			return settled.withBook(e, alert.Options{Write: true}, func(b *alert.Book) error { return b.Remove(cmd.Context(), args[0]) })
		},
	}
}

func watchMuteCommand(e *env, o crawlOptions) *cobra.Command {
	var long time.Duration
	var off bool
	cmd := &cobra.Command{
		Use:   "mute NAME",
		Short: "Deliver nothing of a watch, for some time or until --off",
		Long: `What the watch finds meanwhile is in its feed, and is not delivered afterwards.
What waits already is delivered.`,
		Example: `  bxcrawl watch mute halden --for 168h
  bxcrawl watch mute halden --off`,
		Args: oneWatch,
		RunE: func(cmd *cobra.Command, args []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			if long < 0 || off && long > 0 {
				return cli.Usagef("--for: give a time, such as 168h, and not --off with it")
			}
			until := alert.Forever
			switch {
			case off:
				until = time.Time{}
			case long > 0:
				until = e.Now().Add(long)
			}
			return settled.withBook(e, alert.Options{Write: true}, func(b *alert.Book) error { return b.Mute(cmd.Context(), args[0], until) })
		},
	}
	cmd.Flags().DurationVar(&long, "for", 0, "`time` after which it speaks again")
	cmd.Flags().BoolVar(&off, "off", false, "let it speak again now")
	return cmd
}
