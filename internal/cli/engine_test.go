package cli

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/bxsearch/bxsearch/index"
)

func TestEngine(t *testing.T) {
	dir := t.TempDir()
	password, open := filepath.Join(dir, "password"), filepath.Join(dir, "open")
	for path, mode := range map[string]os.FileMode{password: 0o600, open: 0o644} {
		if err := os.WriteFile(path, []byte("from file\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	file := EngineFile{URLs: []string{"https://file:9200"}, PasswordFile: password, Cluster: index.Cluster{User: "bx", Prefix: "mails", Shards: 3}}
	tests := []struct {
		name string
		args []string
		env  map[string]string
		file EngineFile
		want *index.Cluster
		err  string
	}{
		{name: "nothing is said"},
		{name: "a flag", args: []string{"--opensearch-url", "a:1,b:2", "--opensearch-url", "c:3"},
			want: &index.Cluster{Addresses: []string{"a:1", "b:2", "c:3"}}},
		{name: "on this machine", args: []string{"--engine", "opensearch"}, want: &index.Cluster{}},
		{name: "the environment", env: map[string]string{"BX_OPENSEARCH_URL": "https://a,https://b/x", "BX_OPENSEARCH_USER": "ann", "BX_OPENSEARCH_PASSWORD": "secret", "BX_OPENSEARCH_CA": "ca.pem", "BX_OPENSEARCH_CERT": "c.pem", "BX_OPENSEARCH_KEY": "k.pem"},
			want: &index.Cluster{Addresses: []string{"https://a", "https://b"}, Prefix: "x", User: "ann", Password: "secret", CAFile: "ca.pem", CertFile: "c.pem", KeyFile: "k.pem"}},
		{name: "a file", file: file,
			want: &index.Cluster{Addresses: []string{"https://file:9200"}, Prefix: "mails", User: "bx", Password: "from file", Shards: 3}},
		{name: "the environment before the file", file: file, env: map[string]string{"BX_OPENSEARCH_URL": "env", "BX_OPENSEARCH_USER": "ann", "BX_OPENSEARCH_PASSWORD": "secret"},
			want: &index.Cluster{Addresses: []string{"env"}, Prefix: "mails", User: "ann", Password: "secret", Shards: 3}},
		{name: "the flag before the environment", args: []string{"--opensearch-url", "flag"}, env: map[string]string{"BX_OPENSEARCH_URL": "env"},
			want: &index.Cluster{Addresses: []string{"flag"}}},
		{name: "the embedded one after all", file: file, args: []string{"--engine", "bleve"}},
		{name: "both", args: []string{"--engine", "bleve", "--opensearch-url", "a"}, err: "take one of them"},
		{name: "no such engine", args: []string{"--engine", "lucene"}, err: "must be bleve or opensearch"},
		{name: "a password in the address", args: []string{"--opensearch-url", "https://a:secret@b"}, err: "has a password in it"},
		{name: "two passwords", args: []string{"--engine", "opensearch"}, env: map[string]string{"BX_OPENSEARCH_PASSWORD": "secret", "BX_OPENSEARCH_PASSWORD_FILE": password}, err: "take one of them"},
		{name: "a file that others read", args: []string{"--engine", "opensearch"}, env: map[string]string{"BX_OPENSEARCH_USER": "a", "BX_OPENSEARCH_PASSWORD_FILE": open}, err: "chmod 600"},
		{name: "a password of nobody", args: []string{"--engine", "opensearch"}, env: map[string]string{"BX_OPENSEARCH_PASSWORD": "secret"}, err: "no user"},
		{name: "half a certificate", args: []string{"--engine", "opensearch"}, env: map[string]string{"BX_OPENSEARCH_KEY": "k"}, err: "go together"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Env{LookupEnv: func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }}
			cmd := &cobra.Command{}
			flags := e.EngineFlags(cmd)
			if err := cmd.ParseFlags(tt.args); err != nil {
				t.Fatal(err)
			}
			got, err := flags.Cluster(e, tt.file)
			if tt.err != "" {
				if err == nil || !strings.Contains(err.Error(), tt.err) || strings.Contains(err.Error(), "secret") {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPlace(t *testing.T) {
	user := map[string]string{"BX_OPENSEARCH_USER": "ann"}
	tests := []struct {
		name, data string
		args       []string
		want       Place
		err        string
	}{
		{name: "a folder", data: "/d", want: Place{Dir: "/d"}},
		{name: "a folder, and the engine elsewhere", data: "/d", args: []string{"--opensearch-url", "a:1"},
			want: Place{Dir: "/d", Cluster: &index.Cluster{Addresses: []string{"a:1"}, User: "ann"}}},
		{name: "an address", data: "opensearch://a:1,b:2/mails",
			want: Place{Cluster: &index.Cluster{Addresses: []string{"http://a:1", "http://b:2"}, Prefix: "mails", User: "ann"}}},
		{name: "two addresses", data: "https://a", args: []string{"--opensearch-url", "b"}, err: "take one of them"},
		{name: "an address of the other engine", data: "https://a", args: []string{"--engine", "bleve"}, err: "take one of them"},
		{name: "no address", data: "ftp://a", err: "no address of OpenSearch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Env{LookupEnv: func(name string) (string, bool) { v, ok := user[name]; return v, ok }}
			cmd := &cobra.Command{}
			flags := e.EngineFlags(cmd)
			if err := cmd.ParseFlags(tt.args); err != nil {
				t.Fatal(err)
			}
			got, err := flags.Place(e, tt.data, EngineFile{})
			if tt.err != "" {
				if _, usage := errors.AsType[*UsageError](err); !usage || !strings.Contains(err.Error(), tt.err) {
					t.Errorf("error %v, want %q", err, tt.err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}
