package cli

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"
)

// Main runs a command with the process's arguments and returns its exit code.
// The first SIGINT or SIGTERM ends the work in good order, a second one ends
// the process.
func Main(command func(*Env) *cobra.Command) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	env := System()
	return env.run(ctx, command(env), os.Args[1:])
}

// run executes a command and tells what went wrong.
func (e *Env) run(ctx context.Context, cmd *cobra.Command, args []string) int {
	if !cmd.HasSubCommands() {
		args = queryArgs(cmd, args)
	}
	cmd.SetArgs(args)
	cmd.SetIn(e.Stdin)
	cmd.SetOut(e.Stdout)
	cmd.SetErr(e.Stderr)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.Version = version()
	cmd.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usagef("%w; see %s --help", err, c.CommandPath())
	})
	err := cmd.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if _, told := errors.AsType[*reportedError](err); err != nil && !told {
		e.say("%s", e.explain(cmd.Name(), err))
	}
	return exitCode(err)
}

// version is what the Go tool wrote into the binary.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}
