package servecli

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/web/mcp"
	"github.com/bxsearch/bxsearch/internal/web/status"
	"github.com/bxsearch/bxsearch/search"
)

func mcpCommand(e *env, data *string, engine *cli.EngineFlags) *cobra.Command {
	o := options{data: data, engine: engine, listen: defaultListen, log: "text", timeout: defaultTimeout}
	cmd := &cobra.Command{
		Use:   "mcp",
		Short: "Let an assistant on this machine search, over a pipe",
		Long: `Speaks the Model Context Protocol over its input and output, for an assistant that
starts it by itself. The tools are search, get_message, get_thread, timeline and
status; all they do is read. An assistant elsewhere finds the same at /mcp of the
site.

What people wrote in mails comes marked as untrusted. It may still try to
give orders: do not let an assistant that reads strangers' mail do more than read.`,
		Example: `  {"mcpServers": {"lists": {"command": "bxserve", "args": ["mcp", "--data", "/var/lib/bxsearch"]}}}`,
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			return settled.runMCP(cmd.Context(), e)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.configPath, "config", "", "configuration `file`; else bxsearch.toml in the data folder, else bxsearch/config.toml in $XDG_CONFIG_HOME")
	f.StringVar(&o.url, "url", "", "public `address` of the site, if there is one: answers link to its pages; $BX_URL sets another default")
	f.DurationVar(&o.timeout, "timeout", defaultTimeout, "`time` that one search may take")
	f.BoolVarP(&o.verbose, "verbose", "v", false, "log more")
	return cmd
}

// runMCP answers until the pipe or ctx ends.
func (o *options) runMCP(ctx context.Context, e *env) error {
	log := o.logger(e)
	opts := &search.Options{Location: time.UTC, Now: e.Now, Timeout: o.timeout, Logger: log}
	at, err := o.engine.Place(e.Env, *o.data, o.file)
	if err != nil {
		return err
	}
	s, err := at.Open(ctx, opts)
	if err != nil {
		return err
	}
	k := status.New(status.Config{Searcher: s, Version: cli.Version(), Now: e.Now})
	server := mcp.New(mcp.Config{Searcher: s, Options: opts, Status: k, Links: o.links, Version: cli.Version(), Log: log})
	return errors.Join(server.Run(ctx, io.NopCloser(e.Stdin), unclosed{e.Stdout}), s.Close())
}

// unclosed is an output that is not ours to close.
type unclosed struct{ io.Writer }

// Close implements io.Closer.
func (unclosed) Close() error { return nil }
