package crawlcli

import (
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/internal/cli"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/internal/config"
)

// settled returns the options as they hold: flags before the configuration
// file before defaults. The options that flags gave stay as they are, so that
// the file can be read again.
func (o crawlOptions) settled(cmd *cobra.Command, e *env) (*crawlOptions, error) {
	if err := o.readFile(cmd, e); err != nil {
		return nil, err
	}
	o.takeFile()
	if err := o.check(); err != nil {
		return nil, err
	}
	return &o, o.readSecrets()
}

// stored returns the options of a command that asks no server: which archive and
// which index.
func (o crawlOptions) stored(cmd *cobra.Command, e *env) (*crawlOptions, error) {
	err := o.readFile(cmd, e)
	return &o, err
}

// readFile reads the configuration file, if there is one.
func (o *crawlOptions) readFile(cmd *cobra.Command, e *env) error {
	path := *o.configPath
	if path == "" {
		path = config.Find(*o.data, e.Getenv)
	}
	o.config, o.from = &config.File{}, map[string]string{}
	if path != "" {
		f, err := config.Load(path)
		if err != nil {
			return &cli.UsageError{Err: err}
		}
		o.config = f
	}
	o.given = cmd.Flags().Changed
	return o.readEngine(e)
}

// takeFile takes what the configuration says and no flag does.
func (o *crawlOptions) takeFile() {
	d := o.config.Defaults
	if d.Delay != nil {
		takeSet(o, "delay", &o.delay, d.Delay.Duration)
	}
	take(o, "parallel", &o.parallel, d.Parallel)
	take(o, "hosts", &o.hosts, o.config.Hosts)
	take(o, "via", &o.via, d.Via.String())
	take(o, "attachments", &o.mode, d.Attachments.String())
	take(o, "user-agent", &o.userAgent, d.UserAgent)
	take(o, "contact", &o.contact, d.Contact)
	take(o, "credentials", &o.credentials, o.config.Credentials)
	take(o, "metrics-file", &o.metricsFile, o.config.Metrics.File)
}

// take sets an option to the file's value, where the file has one and no flag
// was given.
func take[T comparable](o *crawlOptions, name string, option *T, value T) {
	var none T
	if value != none {
		takeSet(o, name, option, value)
	}
}

func takeSet[T any](o *crawlOptions, name string, option *T, value T) {
	if !o.given(name) {
		*option, o.from[name] = value, o.config.Path
	}
}

// job says how to crawl the list at url: as its entry in the configuration
// says, where no flag says otherwise.
func (o *crawlOptions) job(url string) job {
	j := job{url: url, delay: o.delay, via: o.via, attachments: o.mode}
	for _, l := range o.config.Lists {
		if !sameList(l.URL.String(), url) {
			continue
		}
		j.name = l.Name
		if l.Delay != nil && !o.given("delay") {
			j.delay = l.Delay.Duration
		}
		if via := l.Via.String(); via != "" && !o.given("via") {
			j.via = via
		}
		if mode := l.Attachments.String(); mode != "" && !o.given("attachments") {
			j.attachments = mode
		}
	}
	return j
}

// sameList compares two URLs of lists as people write them.
func sameList(a, b string) bool { return bareList(a) == bareList(b) }

func bareList(url string) string {
	_, rest, _ := strings.Cut(url, "://")
	return strings.TrimSuffix(strings.TrimSuffix(rest, "index.html"), "/")
}

// agent is who says that it is asking.
func (o *crawlOptions) agent() string {
	if o.contact == "" {
		return o.userAgent
	}
	if head, ok := strings.CutSuffix(o.userAgent, ")"); ok {
		return head + "; " + o.contact + ")"
	}
	return o.userAgent + " (" + o.contact + ")"
}

// readSecrets reads the file of passwords, if one is named.
func (o *crawlOptions) readSecrets() error {
	if o.credentials == "" {
		return nil
	}
	secrets, err := config.LoadCredentials(o.credentials)
	if err != nil {
		return err
	}
	o.secrets = map[string]crawler.Credentials{}
	o.hooks = map[string]string{}
	for host, s := range secrets {
		if s.Username != "" {
			o.secrets[host] = crawler.Credentials{Username: s.Username, Password: s.Password}
		}
		o.hooks[host] = s.Webhook
	}
	return nil
}

// secretsFromEnv takes $BX_USERNAME and $BX_PASSWORD for the private lists
// among the jobs. They are for one host: which one, nobody could say otherwise.
func (o *crawlOptions) secretsFromEnv(e *env, jobs []job) error {
	c := crawler.Credentials{Username: e.Getenv("BX_USERNAME"), Password: e.Getenv("BX_PASSWORD")}
	if c == (crawler.Credentials{}) {
		return nil
	}
	if c.Username == "" || c.Password == "" {
		return cli.Usagef("$BX_USERNAME and $BX_PASSWORD go together: one of them is not set")
	}
	private := map[string]bool{}
	for _, j := range jobs {
		if strings.Contains(j.url, "/private/") {
			private[hostName(j.url)] = true
		}
	}
	if len(private) > 1 {
		return cli.Usagef("$BX_USERNAME and $BX_PASSWORD are for one host, and there are private lists on %d: put the passwords into a file and name it with --credentials", len(private))
	}
	for host := range private {
		if o.secrets == nil {
			o.secrets = map[string]crawler.Credentials{}
		}
		o.secrets[host] = c
	}
	return nil
}

// checkOwn looks at the options that this file brings in.
func (o *crawlOptions) checkOwn() error {
	switch {
	case o.hosts < 1:
		return cli.Usagef("--hosts %d: must be 1 or more", o.hosts)
	case strings.ContainsFunc(o.contact+o.userAgent, func(r rune) bool { return r < ' ' || r == 0x7f }):
		return cli.Usagef("--contact and --user-agent: no control characters, please")
	case o.delay > 24*time.Hour:
		return cli.Usagef("--delay %s: more than a day is no delay", o.delay)
	}
	return nil
}

// origin says where an option's value comes from.
func (o *crawlOptions) origin(name string) string {
	switch {
	case o.given(name):
		return "flag"
	case o.from[name] != "":
		return o.from[name]
	}
	return "default"
}
