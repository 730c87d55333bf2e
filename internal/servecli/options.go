package servecli

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/config"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/internal/web/serve"
)

// The defaults.
const (
	defaultListen  = "127.0.0.1:8080"
	defaultTimeout = 2 * time.Second
)

// options are those of bxserve.
type options struct {
	data       *string
	engine     *cli.EngineFlags
	configPath string

	listen  string
	url     string
	title   string
	cert    string
	key     string
	users   string
	tokens  string
	proxies []string
	origins []string
	rate    float64
	timeout time.Duration
	places  int
	cacheMB int
	log     string
	quiet   bool
	verbose bool

	links link.Links // settled from url
	file  cli.EngineFile
	trust []netip.Prefix
}

func (o *options) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.configPath, "config", "", "configuration `file`; else bxsearch.toml in the data folder, else bxsearch/config.toml in $XDG_CONFIG_HOME")
	f.StringVar(&o.listen, "listen", defaultListen, "`address` to listen at; $BX_LISTEN sets another default")
	f.StringVar(&o.url, "url", "", "public `address` of the site, such as https://lists.example.org/archive, or the path alone that it is under; $BX_URL sets another default")
	f.StringVar(&o.title, "title", "bxsearch", "`name` of the site")
	f.StringVar(&o.cert, "tls-cert", "", "`file` with a certificate, in PEM")
	f.StringVar(&o.key, "tls-key", "", "`file` with its key")
	f.StringVar(&o.users, "users", "", "`file` of those who may come in with a password; bxserve password makes its lines")
	f.StringVar(&o.tokens, "tokens", "", "`file` of those who may come in with a token: lines of NAME:TOKEN")
	f.StringSliceVar(&o.proxies, "trusted-proxy", []string{"127.0.0.0/8", "::1/128"}, "`addresses` whose X-Forwarded-For, -Proto and -Host count")
	f.StringSliceVar(&o.origins, "cors", nil, "`origins` whose pages' scripts may ask the API, such as https://example.org; * for any")
	f.Float64Var(&o.rate, "rate", serve.DefaultRate, "`requests` a second for each client, in bursts of five times as many; 0 for no limit; this machine has none")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "`time` that one search may take")
	f.IntVar(&o.places, "searches", 0, "`number` of searches at once; 0 means two for each processor")
	f.IntVar(&o.cacheMB, "cache", serve.DefaultCacheBytes>>20, "`megabytes` for answers that are kept; 0 keeps none")
	f.StringVar(&o.log, "log", "text", "`form` of the log on stderr: text or json")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "log nothing but what went wrong")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	for name, values := range map[string][]string{"log": {"text", "json"}} {
		// It fails for a flag that there is not.
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
	}
}

// settled returns the options as they hold: flags before the environment before
// the configuration file before defaults.
func (o options) settled(cmd *cobra.Command, e *env) (*options, error) {
	path := o.configPath
	if path == "" {
		path = config.Find(*o.data, e.Getenv)
	}
	c := config.Serve{}
	if path != "" {
		f, err := config.Load(path)
		if err != nil {
			return nil, &cli.UsageError{Err: err}
		}
		c = f.Serve
		o.file = cli.EngineFile{Engine: f.Engine.String(), URLs: f.OpenSearch.URLs, PasswordFile: f.OpenSearch.PasswordFile, Cluster: f.Cluster()}
	}
	t := taker{cmd.Flags().Changed}
	take(t, "listen", &o.listen, e.Getenv("BX_LISTEN"), c.Listen)
	take(t, "url", &o.url, e.Getenv("BX_URL"), c.URL)
	take(t, "title", &o.title, c.Title)
	take(t, "tls-cert", &o.cert, c.TLSCert)
	take(t, "tls-key", &o.key, c.TLSKey)
	take(t, "users", &o.users, c.Users)
	take(t, "tokens", &o.tokens, c.Tokens)
	take(t, "searches", &o.places, c.Searches)
	takeSome(t, "trusted-proxy", &o.proxies, c.TrustedProxies)
	takeSome(t, "cors", &o.origins, c.CORS)
	takeGiven(t, "rate", &o.rate, c.Rate)
	takeGiven(t, "cache", &o.cacheMB, c.Cache)
	if c.Timeout != nil {
		take(t, "timeout", &o.timeout, c.Timeout.Duration)
	}
	return &o, o.check()
}

// taker fills in what no flag gave.
type taker struct{ given func(flag string) bool }

// take sets an option to the first of the values that is one.
func take[T comparable](t taker, name string, option *T, values ...T) {
	var none T
	for _, v := range values {
		if v != none && !t.given(name) {
			*option = v
			return
		}
	}
}

func takeSome[T any](t taker, name string, option *[]T, values []T) {
	if values != nil && !t.given(name) {
		*option = values
	}
}

func takeGiven[T any](t taker, name string, option, value *T) {
	if value != nil && !t.given(name) {
		*option = *value
	}
}

// check refuses what cannot be, and reads what is written as text.
func (o *options) check() (err error) {
	if o.links, err = link.New(o.url); err != nil {
		return cli.Usagef("--url: %w", err)
	}
	for _, text := range o.proxies {
		p, err := network(text)
		if err != nil {
			return cli.Usagef("--trusted-proxy %s: give addresses such as 10.0.0.1 or 10.0.0.0/8", text)
		}
		o.trust = append(o.trust, p)
	}
	for _, origin := range o.origins {
		if origin == "*" {
			continue
		}
		if u, err := url.Parse(origin); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || origin != u.Scheme+"://"+u.Host {
			return cli.Usagef("--cors %s: an origin is scheme and host, such as https://example.org, or *", origin)
		}
	}
	switch {
	case (o.cert == "") != (o.key == ""):
		return cli.Usagef("--tls-cert and --tls-key go together: one of them is not given")
	case o.rate < 0, o.places < 0, o.cacheMB < 0:
		return cli.Usagef("--rate, --searches and --cache must not be negative")
	case o.timeout <= 0:
		return cli.Usagef("--timeout %s: must be more than nothing", o.timeout)
	case o.quiet && o.verbose:
		return cli.Usagef("--quiet and --verbose: take one of them")
	case o.log != "text" && o.log != "json":
		return cli.Usagef("--log %s: must be text or json", o.log)
	}
	if _, _, err := net.SplitHostPort(o.listen); err != nil {
		return cli.Usagef("--listen %s: give an address such as 127.0.0.1:8080, or :8080 for all networks", o.listen)
	}
	return nil
}

// network reads an address, or a range of them.
func network(text string) (netip.Prefix, error) {
	if strings.Contains(text, "/") {
		return netip.ParsePrefix(text)
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return a.Prefix(a.BitLen())
}

// hosts are the names that browsers may ask for: the public one; without one,
// those of this machine where only this machine is listened to.
func (o *options) hosts(at net.Addr) []string {
	if u, err := url.Parse(o.links.Origin()); err == nil && u.Host != "" {
		return []string{strings.ToLower(u.Hostname())}
	}
	if a, err := netip.ParseAddrPort(at.String()); err == nil && a.Addr().IsLoopback() {
		return []string{"localhost"}
	}
	return nil
}
