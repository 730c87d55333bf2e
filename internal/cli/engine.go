package cli

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// The engines that --engine takes.
const (
	engineBleve      = "bleve"
	engineOpenSearch = "opensearch"
)

// EngineFlags are the flags that say which engine searches.
type EngineFlags struct {
	engine string
	urls   []string
}

// EngineFlags adds --engine and --opensearch-url to a command and those below it.
func (e *Env) EngineFlags(cmd *cobra.Command) *EngineFlags {
	var f EngineFlags
	flags := cmd.PersistentFlags()
	flags.StringVar(&f.engine, "engine", "", "`engine` that finds messages: bleve, whose index is in the data folder, or opensearch; the default is bleve, or opensearch where its address is given")
	flags.StringSliceVar(&f.urls, "opensearch-url", nil, "`address` of an OpenSearch node, such as https://host:9200, or https://host:9200/prefix; several with commas; $BX_OPENSEARCH_URL sets another default")
	return &f
}

// EngineFile is what a configuration file says of the engine.
type EngineFile struct {
	Engine       string
	URLs         []string
	PasswordFile string
	index.Cluster
}

// Cluster returns where OpenSearch is, or nil where the embedded engine is meant.
// Flags come before the environment, that before the file. Passwords have no
// flag: others can read it.
func (f *EngineFlags) Cluster(e *Env, file EngineFile) (*index.Cluster, error) {
	urls := file.URLs
	if text := e.Getenv("BX_OPENSEARCH_URL"); text != "" {
		urls = []string{text}
	}
	if len(f.urls) > 0 {
		urls = f.urls
	}
	switch engine := cmp.Or(f.engine, file.Engine); {
	case engine == engineBleve, engine == "" && len(urls) == 0:
		if engine == engineBleve && len(f.urls) > 0 {
			return nil, Usagef("--engine bleve has no --opensearch-url: take one of them")
		}
		return nil, nil
	case engine != "" && engine != engineOpenSearch:
		return nil, Usagef("--engine %s: must be %s or %s", engine, engineBleve, engineOpenSearch)
	}
	at, err := index.ParseCluster(urls...)
	if err != nil {
		return nil, &UsageError{err}
	}
	c := file.Cluster
	c.Addresses, c.Prefix = at.Addresses, cmp.Or(at.Prefix, c.Prefix)
	c.User = cmp.Or(e.Getenv("BX_OPENSEARCH_USER"), at.User, c.User)
	c.CAFile = cmp.Or(e.Getenv("BX_OPENSEARCH_CA"), c.CAFile)
	c.CertFile = cmp.Or(e.Getenv("BX_OPENSEARCH_CERT"), c.CertFile)
	c.KeyFile = cmp.Or(e.Getenv("BX_OPENSEARCH_KEY"), c.KeyFile)
	if (c.CertFile == "") != (c.KeyFile == "") {
		return nil, Usagef("a client's certificate and its key go together: set both $BX_OPENSEARCH_CERT and $BX_OPENSEARCH_KEY")
	}
	c.Password, err = e.clusterPassword(file)
	if err == nil && c.Password != "" && c.User == "" {
		err = Usagef("there is a password for OpenSearch and no user: set $BX_OPENSEARCH_USER")
	}
	return &c, err
}

// Place is where messages are searched.
type Place struct {
	Dir     string         // the data folder; empty for none
	Cluster *index.Cluster // nil means that the index is in Dir
}

// Place returns what the flags and --data name for searching. What --data names
// may be OpenSearch, by its URL.
func (f *EngineFlags) Place(e *Env, data string, file EngineFile) (Place, error) {
	at := *f
	if search.IsURL(data) {
		if len(at.urls) > 0 {
			return Place{}, Usagef("--data %s and --opensearch-url: take one of them", data)
		}
		at.urls, data = []string{data}, ""
	}
	c, err := at.Cluster(e, file)
	return Place{data, c}, err
}

// Open opens it for searching.
func (p Place) Open(ctx context.Context, opts *search.Options) (*search.Searcher, error) {
	if p.Cluster != nil {
		return search.OpenCluster(ctx, *p.Cluster, p.Dir, opts)
	}
	return search.Open(p.Dir, opts)
}

// clusterPassword takes the password from the environment, or from a file.
func (e *Env) clusterPassword(file EngineFile) (string, error) {
	password, path := e.Getenv("BX_OPENSEARCH_PASSWORD"), e.Getenv("BX_OPENSEARCH_PASSWORD_FILE")
	switch {
	case password != "" && path != "":
		return "", Usagef("$BX_OPENSEARCH_PASSWORD and $BX_OPENSEARCH_PASSWORD_FILE: take one of them")
	case password != "":
		return password, nil
	}
	if path = cmp.Or(path, file.PasswordFile); path == "" {
		return "", nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("read the password for OpenSearch: %w", err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("others can read %s, which has the password for OpenSearch (mode %04o): chmod 600 %s", path, info.Mode().Perm(), path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read the password for OpenSearch: %w", err)
	}
	return strings.TrimRight(string(text), "\r\n"), nil
}
