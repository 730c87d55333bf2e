package crawlcli

import (
	"bufio"
	"cmp"
	"fmt"
	"io"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"

	"github.com/spf13/cobra"
)

func configCommand(e *env, opts crawlOptions) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "config",
		Short: "Show which settings hold, and where each comes from",
		Long: `Reads the configuration file and prints what bxcrawl would go by: flags come
before the file, the file before the defaults. Passwords are not shown.`,
		Example: `  bxcrawl config
  bxcrawl config --config /etc/bxsearch.toml --delay 5s`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o, err := opts.settled(cmd, e)
			if err != nil {
				return err
			}
			return e.Buffered(func(w *bufio.Writer) error { return o.write(w, e) })
		},
	}
	opts.flags(cmd)
	return cmd
}

// write prints the settings, and the lists with what holds for each.
func (o *crawlOptions) write(w io.Writer, e *env) error {
	path := o.config.Path
	if path == "" {
		path = "none"
	}
	fmt.Fprintf(w, "configuration: %s\ndata: %s\n\n", neutral.Text(path), neutral.Text(*o.data))
	rows := [][]string{{"SETTING", "VALUE", "FROM"}}
	for _, s := range o.settings() {
		rows = append(rows, []string{s.name, neutral.OneLine(cmp.Or(s.value, "-")), neutral.OneLine(o.origin(s.name))})
	}
	for _, s := range o.fileSettings() {
		from := "default"
		if s.value != "" {
			from = path
		}
		rows = append(rows, []string{s.name, neutral.OneLine(cmp.Or(s.value, s.otherwise, "-")), neutral.OneLine(from)})
	}
	rows = append(rows, o.engineRows(e)...)
	fmt.Fprint(w, cli.Table(rows))
	if len(o.config.Lists) == 0 {
		_, err := fmt.Fprintln(w, "\nno lists are configured: those that the archive knows are crawled")
		return err
	}
	rows = [][]string{{"LIST", "DELAY", "VIA", "ATTACHMENTS"}}
	for _, l := range o.config.Lists {
		j := o.job(l.URL.String())
		rows = append(rows, []string{neutral.OneLine(j.url), j.delay.String(), j.via, j.attachments})
	}
	_, err := fmt.Fprint(w, "\n", cli.Table(rows))
	return err
}

// setting is an option by its name and value.
type setting struct{ name, value string }

func (o *crawlOptions) settings() []setting {
	return []setting{
		{"delay", o.delay.String()}, {"parallel", fmt.Sprint(o.parallel)}, {"hosts", fmt.Sprint(o.hosts)},
		{"via", o.via}, {"attachments", o.mode}, {"user-agent", o.userAgent}, {"contact", o.contact},
		{"credentials", o.credentials}, {"metrics-file", o.metricsFile},
	}
}

// fileSetting is what the configuration file alone can set.
type fileSetting struct{ name, value, otherwise string }

func (o *crawlOptions) fileSettings() []fileSetting {
	alerts, late := o.config.Alerts, ""
	if alerts.Late != nil {
		late = alerts.Late.String()
	}
	return []fileSetting{
		{"alerts.late", late, alert.DefaultLate.String()}, {"alerts.mail.host", alerts.Mail.Host, ""},
		{"alerts.mail.tls", alerts.Mail.TLS, ""}, {"alerts.mail.from", alerts.Mail.From, ""},
		{"alerts.mail.unsubscribe", alerts.Mail.Unsubscribe, ""}, {"serve.url", o.config.Serve.URL, ""},
	}
}
