// Package config reads the configuration file of bxcrawl and bxserve: TOML, with the names
// of the flags. It is strict: what it does not know is an error that says in
// which line of which file, and what was probably meant.
//
//	hosts = 4
//
//	[defaults]
//	delay = "1s"
//	contact = "ann@example.org"
//
//	[[list]]
//	url = "https://lists.example.org/pipermail/announce/"
//	via = "pages"
//
//	[schedule]
//	at = ["15 3 * * *"]
//	jitter = "10m"
//
//	[metrics]
//	address = "127.0.0.1:9311"
//
//	[alerts.mail]
//	host = "mail.example.org:587"
//	from = "alerts@example.org"
//
//	[serve]
//	url = "https://lists.example.org/archive"
//
//	[opensearch]
//	url = ["https://one.example.org:9200", "https://two.example.org:9200"]
//	user = "bxsearch"
//	password-file = "opensearch.password"
//
// A value that is not given is nil or empty; what holds then is up to the
// caller.
package config

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/bxsearch/bxsearch/index"
)

// FileName is the file's name in a data directory.
const FileName = "bxsearch.toml"

// File is what a configuration file says. The zero value is an empty one.
type File struct {
	Path string `toml:"-"` // where it was read from; empty when there was none

	Hosts       int      `toml:"hosts"`       // crawled side by side
	Credentials string   `toml:"credentials"` // path of the file of passwords
	Defaults    Defaults `toml:"defaults"`
	Lists       []List   `toml:"list"`
	Schedule    Schedule `toml:"schedule"`
	Metrics     Metrics  `toml:"metrics"`
	Alerts      Alerts   `toml:"alerts"`
	Serve       Serve    `toml:"serve"`

	Engine     Engine     `toml:"engine"`
	OpenSearch OpenSearch `toml:"opensearch"`
}

// Options are what every list may have of its own.
type Options struct {
	Delay       *Duration   `toml:"delay"`
	Attachments Attachments `toml:"attachments"`
	Via         Via         `toml:"via"`
}

// Defaults hold for every list whose entry does not say otherwise.
type Defaults struct {
	Options
	Parallel  int    `toml:"parallel"`
	UserAgent string `toml:"user-agent"`
	Contact   string `toml:"contact"`
}

// List is one list to crawl.
type List struct {
	URL  URL    `toml:"url"`
	Name string `toml:"name"` // instead of the one in its URL
	Options
}

// Schedule is when the daemon crawls.
type Schedule struct {
	At     []Crontab `toml:"at"`
	Zone   Zone      `toml:"zone"` // of At; empty means the machine's
	Jitter *Duration `toml:"jitter"`
}

// Metrics is where the figures for monitoring go.
type Metrics struct {
	Address string `toml:"address"`
	File    string `toml:"file"`
}

// Alerts is how watches tell what they found.
type Alerts struct {
	Late *Duration `toml:"late"` // how late a message may come and still be news
	Mail Mail      `toml:"mail"`
}

// Mail is the server that takes mails.
type Mail struct {
	Host        string `toml:"host"` // "mail.example.org:587"
	TLS         string `toml:"tls"`  // starttls, tls or none
	From        string `toml:"from"`
	Unsubscribe string `toml:"unsubscribe"` // an address, or an https URL
}

// Serve is how bxserve serves.
type Serve struct {
	Listen         string    `toml:"listen"`
	URL            string    `toml:"url"`
	Title          string    `toml:"title"`
	TLSCert        string    `toml:"tls-cert"`
	TLSKey         string    `toml:"tls-key"`
	Users          string    `toml:"users"`
	Tokens         string    `toml:"tokens"`
	TrustedProxies []string  `toml:"trusted-proxy"`
	CORS           []string  `toml:"cors"`
	Rate           *float64  `toml:"rate"`
	Timeout        *Duration `toml:"timeout"`
	Searches       int       `toml:"searches"`
	Cache          *int      `toml:"cache"` // megabytes
}

// OpenSearch is where the cluster is whose index is searched, and how that is kept.
type OpenSearch struct {
	URLs         []string  `toml:"url"` // a path is the prefix
	User         string    `toml:"user"`
	PasswordFile string    `toml:"password-file"`
	CA           string    `toml:"ca"`
	Cert         string    `toml:"cert"`
	Key          string    `toml:"key"`
	Shards       int       `toml:"shards"`
	Replicas     *int      `toml:"replicas"`
	Refresh      *Duration `toml:"refresh"`
}

// Cluster is what the file says of OpenSearch, but for its addresses and passwords.
func (f *File) Cluster() index.Cluster {
	o := f.OpenSearch
	c := index.Cluster{User: o.User, CAFile: o.CA, CertFile: o.Cert, KeyFile: o.Key, Shards: o.Shards}
	if o.Replicas != nil {
		if c.Replicas = *o.Replicas; c.Replicas == 0 {
			c.Replicas = -1
		}
	}
	if o.Refresh != nil {
		c.Refresh = o.Refresh.Duration
	}
	return c
}

// Find returns the path of the file that holds when none is named: the one in
// the data directory, else the user's. It is empty if there is neither.
// getenv is os.Getenv or a stand-in.
func Find(dataDir string, getenv func(string) string) string {
	base := getenv("XDG_CONFIG_HOME")
	// The specification says to ignore a relative path.
	if !filepath.IsAbs(base) {
		base = filepath.Join(getenv("HOME"), ".config")
	}
	for _, path := range []string{filepath.Join(dataDir, FileName), filepath.Join(base, "bxsearch", "config.toml")} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return ""
}

// Load reads the file at path. The error is a *Error where the content is at
// fault.
func Load(path string) (*File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	f := &File{Path: path}
	if err := decode(path, text, f); err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, &Error{Path: path, Msg: err.Error()}
	}
	for _, file := range []*string{&f.Credentials, &f.Metrics.File, &f.Serve.TLSCert, &f.Serve.TLSKey, &f.Serve.Users, &f.Serve.Tokens,
		&f.OpenSearch.PasswordFile, &f.OpenSearch.CA, &f.OpenSearch.Cert, &f.OpenSearch.Key} {
		*file = beside(path, *file)
	}
	return f, nil
}

// beside resolves a relative path against the folder of the file that names it.
func beside(file, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

// check looks at what no value can tell by itself.
func (f *File) check() error {
	urls, names := map[URL]bool{}, map[string]bool{}
	for i, l := range f.Lists {
		switch {
		case l.URL.String() == "":
			return fmt.Errorf("list %d has no url", i+1)
		case urls[l.URL]:
			return fmt.Errorf("the list %s is there twice", l.URL)
		case l.Name != "" && names[l.Name]:
			return fmt.Errorf("two lists have the name %q", l.Name)
		}
		urls[l.URL], names[l.Name] = true, true
	}
	switch {
	case f.Hosts < 0:
		return fmt.Errorf("hosts is %d: must be 1 or more", f.Hosts)
	case f.Defaults.Parallel < 0:
		return fmt.Errorf("defaults.parallel is %d: must be 1 or more", f.Defaults.Parallel)
	case f.OpenSearch.Shards < 0:
		return fmt.Errorf("opensearch.shards is %d: must be 1 or more", f.OpenSearch.Shards)
	case f.OpenSearch.Replicas != nil && *f.OpenSearch.Replicas < 0:
		return fmt.Errorf("opensearch.replicas is %d: must not be negative", *f.OpenSearch.Replicas)
	}
	return nil
}
