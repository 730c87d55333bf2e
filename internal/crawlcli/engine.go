package crawlcli

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/neutral"
)

// readEngine settles which engine is meant.
func (o *crawlOptions) readEngine(e *env) (err error) {
	o.cluster, err = o.engine.Cluster(e.Env, cli.EngineFile{
		Engine: o.config.Engine.String(), URLs: o.config.OpenSearch.URLs, PasswordFile: o.config.OpenSearch.PasswordFile, Cluster: o.config.Cluster(),
	})
	return err
}

// openIndex opens the index of an archive.
func (o *crawlOptions) openIndex(ctx context.Context, a *archive.Archive, log *slog.Logger) (index.Engine, error) {
	opts := &index.Options{Logger: log}
	if o.cluster == nil {
		return index.OpenBleve(o.indexDir(), opts)
	}
	at, err := a.Position(ctx)
	if err != nil {
		return nil, err
	}
	c := *o.cluster
	c.Archive = at.Archive
	return index.OpenCluster(ctx, c, opts)
}

// withIndex opens the index of an archive, calls do and closes it.
func (o *crawlOptions) withIndex(ctx context.Context, a *archive.Archive, log *slog.Logger, do func(index.Engine) error) error {
	engine, err := o.openIndex(ctx, a, log)
	if err != nil {
		return err
	}
	return errors.Join(do(engine), engine.Close())
}

// indexDir is the folder of the embedded index.
func (o *crawlOptions) indexDir() string { return filepath.Join(*o.data, "index") }

// engineRows are the settings of the engine, as `bxcrawl config` shows them. Of
// the password, it is whether there is one.
func (o *crawlOptions) engineRows(e *env) [][]string {
	c := o.cluster
	if c == nil {
		return [][]string{{"engine", "bleve", o.engineFrom(e, "engine", "", o.config.Engine.String() != "")}}
	}
	f, password := o.config.OpenSearch, "-"
	if c.Password != "" {
		password = "(secret)"
	}
	replicas := "1 if there are several nodes"
	if c.Replicas != 0 {
		replicas = strconv.Itoa(max(c.Replicas, 0))
	}
	rows := [][]string{{"engine", "opensearch", o.engineFrom(e, "engine", "BX_OPENSEARCH_URL", o.config.Engine.String() != "" || len(f.URLs) > 0)}}
	for _, s := range []struct {
		name, value, variable string
		file                  bool
	}{
		{"opensearch-url", cmp.Or(strings.Join(c.Addresses, ","), "http://127.0.0.1:9200"), "BX_OPENSEARCH_URL", len(f.URLs) > 0},
		{"opensearch.prefix", cmp.Or(c.Prefix, "bxsearch"), "BX_OPENSEARCH_URL", len(f.URLs) > 0},
		{"opensearch.user", c.User, "BX_OPENSEARCH_USER", f.User != ""},
		{"opensearch.password", password, "BX_OPENSEARCH_PASSWORD", f.PasswordFile != ""},
		{"opensearch.ca", c.CAFile, "BX_OPENSEARCH_CA", f.CA != ""},
		{"opensearch.cert", c.CertFile, "BX_OPENSEARCH_CERT", f.Cert != ""},
		{"opensearch.key", c.KeyFile, "BX_OPENSEARCH_KEY", f.Key != ""},
		{"opensearch.shards", strconv.Itoa(max(c.Shards, 1)), "", f.Shards != 0},
		{"opensearch.replicas", replicas, "", f.Replicas != nil},
		{"opensearch.refresh", c.Refresh.String(), "", f.Refresh != nil},
	} {
		rows = append(rows, []string{s.name, neutral.OneLine(cmp.Or(s.value, "-")), o.engineFrom(e, s.name, s.variable, s.file)})
	}
	return rows
}

// engineFrom says where a setting of the engine comes from.
func (o *crawlOptions) engineFrom(e *env, flag, variable string, file bool) string {
	switch {
	case o.given(flag) || variable == "BX_OPENSEARCH_URL" && o.given("opensearch-url"):
		return "flag"
	case variable != "" && (e.Getenv(variable) != "" || e.Getenv(variable+"_FILE") != ""):
		return "$" + variable
	case file:
		return neutral.OneLine(o.config.Path)
	}
	return "default"
}
