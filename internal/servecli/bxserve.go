// Package servecli is the command bxserve: its options, and what it puts
// together: a Searcher, the handlers over it, and the server around them.
package servecli

import (
	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/cli"
)

// env is what the commands see of the world.
type env struct {
	*cli.Env
	// listening hears where the server is, once it answers; nil is nobody.
	listening func(address string)
}

// Command returns the command bxserve with its subcommands.
func Command(e *cli.Env) *cobra.Command { return command(&env{Env: e}) }

func command(e *env) *cobra.Command {
	o := options{}
	cmd := &cobra.Command{
		Use:   "bxserve",
		Short: "Make a web site of the mailing lists that bxcrawl has fetched",
		Long: `bxserve shows an archive in the browser: search, messages, threads, lists by
month; the same for programs, as JSON, feeds and MCP. It only reads. A crawl may
write at the same time, and what is new shows within seconds.

It listens on this machine alone. To let others in, put a web server before it
(docs/operations.md has examples for nginx and Caddy), or give it an address, a
certificate, and passwords:

    bxserve --listen :443 --tls-cert cert.pem --tls-key key.pem --users users

Each line of the file of users is made by "bxserve password NAME". Passwords,
tokens and certificates are read again when their files change.

Whoever watches it asks /healthz (does it live?), /readyz (can it search?) and
/metrics (figures for Prometheus). SIGTERM lets the answers under way come to
their end.`,
		Example: `  bxserve
  bxserve --data /var/lib/bxsearch --listen 127.0.0.1:8080
  bxserve --url https://lists.example.org/archive     behind a proxy, under a path
  bxserve mcp                                         for an assistant on this machine`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			settled, err := o.settled(cmd, e)
			if err != nil {
				return err
			}
			return settled.run(cmd.Context(), e)
		},
	}
	cmd.SuggestionsMinimumDistance = 2
	o.data = e.DataFlag(cmd)
	o.engine = e.EngineFlags(cmd)
	o.flags(cmd)
	cmd.AddCommand(passwordCommand(e), mcpCommand(e, o.data, o.engine))
	return cmd
}

// noArgs is cobra.NoArgs as a mistake in usage.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return cli.Usagef("%s takes no argument, such as %q; see %s --help", cmd.CommandPath(), args[0], cmd.CommandPath())
	}
	return nil
}
