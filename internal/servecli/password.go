package servecli

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/crypto/bcrypt"
	"golang.org/x/term"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func passwordCommand(e *env) *cobra.Command {
	return &cobra.Command{
		Use:   "password NAME",
		Short: "Make a line for the file of users",
		Long: `Asks for a password, or takes the first line of its input, and prints the line
for that user: the name and a bcrypt hash, as htpasswd -B would.`,
		Example: `  bxserve password ann >>users && chmod o= users
  openssl rand -base64 18 | tee /dev/tty | bxserve password ann >>users`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" || strings.ContainsAny(args[0], ":\n\r#") {
				return cli.Usagef("give one name, without a colon; see %s --help", cmd.CommandPath())
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			password, err := readPassword(e)
			if err != nil {
				return err
			}
			hash, err := bcrypt.GenerateFromPassword(password, bcrypt.DefaultCost)
			if errors.Is(err, bcrypt.ErrPasswordTooLong) {
				return cli.Usagef("the password is longer than 72 bytes, and bcrypt would ignore the rest")
			} else if err != nil {
				return fmt.Errorf("hash the password: %w", err)
			}
			_, err = fmt.Fprintf(e.Stdout, "%s:%s\n", args[0], hash)
			return err
		},
	}
}

// readPassword asks for a password, unseen on a terminal.
func readPassword(e *env) ([]byte, error) {
	var password []byte
	var err error
	if f, ok := e.Stdin.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		fmt.Fprint(e.Stderr, "Password: ")
		password, err = term.ReadPassword(int(f.Fd()))
		fmt.Fprintln(e.Stderr)
	} else {
		password, err = bufio.NewReader(io.LimitReader(e.Stdin, 1000)).ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		return nil, fmt.Errorf("read the password: %w", err)
	}
	if password = bytes.TrimRight(password, "\r\n"); len(password) < 8 {
		return nil, cli.Usagef("the password has less than eight characters")
	}
	return password, nil
}
