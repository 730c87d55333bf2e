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
	return env.Run(ctx, command(env), os.Args[1:])
}

// Run executes a command and tells what went wrong.
func (e *Env) Run(ctx context.Context, cmd *cobra.Command, args []string) int {
	if !cmd.HasSubCommands() {
		args = queryArgs(cmd, args)
	}
	cmd.SetArgs(args)
	cmd.SetIn(e.Stdin)
	cmd.SetOut(e.Stdout)
	cmd.SetErr(e.Stderr)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.Version = Version()
	cmd.SetVersionTemplate("{{.Name}} {{.Version}}\n")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return Usagef("%w; see %s --help", err, c.CommandPath())
	})
	err := cmd.ExecuteContext(ctx)
	if err != nil && ctx.Err() != nil {
		err = errInterrupted
	}
	if _, told := errors.AsType[*ReportedError](err); err != nil && !told {
		e.Say("%s", e.explain(cmd.Name(), err))
	}
	return ExitCode(err)
}

// Version is what the Go tool wrote into the binary.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(unknown version)"
	}
	return info.Main.Version
}
