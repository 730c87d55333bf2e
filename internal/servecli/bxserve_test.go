package servecli

import (
	"io"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/internal/cli"
	"github.com/bxsearch/bxsearch/internal/web/serve"
)

// settle returns the options that hold for a command line.
func settle(t testing.TB, vars map[string]string, args ...string) (*options, error) {
	t.Helper()
	e := &env{Env: &cli.Env{Stderr: io.Discard, LookupEnv: func(name string) (string, bool) { v, ok := vars[name]; return v, ok }}}
	cmd := &cobra.Command{}
	o := options{data: e.DataFlag(cmd)}
	o.flags(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	return o.settled(cmd, e)
}

func write(t testing.TB, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "bxsearch.toml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Flags come before the environment, that before the file, that before defaults.
func TestWhatHolds(t *testing.T) {
	file := write(t, "[serve]\nlisten = \":1\"\nurl = \"https://file.example\"\nrate = 0\ncache = 0\nusers = \"users\"\ntrusted-proxy = []\ntimeout = \"7s\"\n")
	vars := map[string]string{"BX_LISTEN": ":2", "BX_URL": "https://env.example"}
	for _, tt := range []struct {
		name string
		vars map[string]string
		args []string
		want []any
	}{
		{"defaults", nil, nil, []any{"127.0.0.1:8080", "", 20.0, 64, 2, 2 * time.Second}},
		{"the file", nil, []string{"--config", file}, []any{":1", "https://file.example", 0.0, 0, 0, 7 * time.Second}},
		{"the environment", vars, []string{"--config", file}, []any{":2", "https://env.example", 0.0, 0, 0, 7 * time.Second}},
		{"flags", vars, []string{"--config", file, "--listen", ":3", "--url", "/x", "--rate", "5", "--cache", "1", "--trusted-proxy", "10.0.0.1", "--timeout", "1s"},
			[]any{":3", "/x", 5.0, 1, 1, time.Second}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := settle(t, tt.vars, tt.args...)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, []any{o.listen, o.url, o.rate, o.cacheMB, len(o.trust), o.timeout}); d != "" {
				t.Error(d)
			}
			if len(tt.args) > 0 && o.users != filepath.Join(filepath.Dir(file), "users") {
				t.Errorf("a path in the file is not beside it: %s", o.users)
			}
		})
	}
}

// Browsers get in by the public name; by that of this machine where nobody else
// is listened to; by any where all the world is.
func TestNamesOfTheSite(t *testing.T) {
	at := func(text string) net.Addr { return net.TCPAddrFromAddrPort(netip.MustParseAddrPort(text)) }
	for _, tt := range []struct {
		url, at string
		want    []string
	}{
		{"https://Lists.example.org:8443/archive", "127.0.0.1:80", []string{"lists.example.org"}},
		{"/archive", "127.0.0.1:80", []string{"localhost"}},
		{"", "[::1]:80", []string{"localhost"}},
		{"", "0.0.0.0:80", nil},
	} {
		o, err := settle(t, nil, "--url", tt.url)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(tt.want, o.hosts(at(tt.at))); d != "" {
			t.Errorf("%s at %s: %s", tt.url, tt.at, d)
		}
	}
}

// A line that `bxserve password` makes opens the door.
func TestPasswordLine(t *testing.T) {
	var out strings.Builder
	e := &cli.Env{Stdin: strings.NewReader("correct horse\n"), Stdout: &out, Stderr: io.Discard, LookupEnv: func(string) (string, bool) { return "", false }}
	if code := e.Run(t.Context(), Command(e), []string{"password", "ann"}); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	if _, err := serve.New(serve.Config{Users: write(t, out.String())}); err != nil {
		t.Errorf("%q: %v", out.String(), err)
	}
}

// What is deployed starts with a command line that is taken.
func TestDeployedCommandLine(t *testing.T) {
	unit, err := os.ReadFile("../../deploy/bxserve.service")
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`(?m)^ExecStart=/usr/local/bin/bxserve (.*)$`).FindSubmatch(unit)
	if line == nil {
		t.Fatal("the unit starts nothing")
	}
	cmd := Command(cli.System())
	if err := cmd.ParseFlags(strings.Fields(string(line[1]))); err != nil || cmd.Flags().NArg() > 0 {
		t.Errorf("%s: %v", line[1], err)
	}
}
