// Man writes what a package of the programs needs beside them: manual pages
// and completions for bash, zsh and fish, in the folders where they belong
// below a prefix's share.
//
//	man DIR
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/bxsearch/bxsearch/internal/crawlcli"
	"github.com/bxsearch/bxsearch/internal/searchcli"
	"github.com/bxsearch/bxsearch/internal/servecli"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: man DIR")
		os.Exit(2)
	}
	for _, command := range []func(*cli.Env) *cobra.Command{crawlcli.Command, searchcli.Command, servecli.Command} {
		if err := write(command(documented()), os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "man:", err)
			os.Exit(1)
		}
	}
}

// documented is an environment whose defaults read well on any machine.
func documented() *cli.Env {
	env := cli.System()
	env.LookupEnv = func(name string) (string, bool) {
		if name == "HOME" {
			return "~", true
		}
		return "", false
	}
	return env
}

// write makes the pages and completions of one command.
func write(cmd *cobra.Command, dir string) error {
	for _, sub := range []string{"man/man1", "bash-completion/completions", "zsh/site-functions", "fish/vendor_completions.d"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return err
		}
	}
	cmd.DisableAutoGenTag = true
	// A fixed date makes two builds give the same files.
	date := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	header := &doc.GenManHeader{Section: "1", Source: "bxsearch", Manual: "bxsearch", Date: &date}
	if err := doc.GenManTree(cmd, header, filepath.Join(dir, "man/man1")); err != nil {
		return err
	}
	if err := cmd.GenBashCompletionFileV2(filepath.Join(dir, "bash-completion/completions", cmd.Name()), true); err != nil {
		return err
	}
	if err := cmd.GenZshCompletionFile(filepath.Join(dir, "zsh/site-functions", "_"+cmd.Name())); err != nil {
		return err
	}
	return cmd.GenFishCompletionFile(filepath.Join(dir, "fish/vendor_completions.d", cmd.Name()+".fish"), true)
}
