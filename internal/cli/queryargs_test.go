package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestQueryArgs(t *testing.T) {
	cmd := Search(System())
	tests := []struct{ name, args, want string }{
		{"words", "multifactor authentication", "-- multifactor authentication"},
		{"excluded words are words", "a -b -subject:c", "-- a -b -subject:c"},
		{"flags anywhere", "a --limit 5 -b --json c", "--limit 5 --json -- a -b c"},
		{"a value that looks like a word to exclude", "a --sort -date", "--sort -date -- a"},
		{"a value with an equals sign", "--limit=5 a", "--limit=5 -- a"},
		{"behind two hyphens all is query", "--json -- --limit -h", "--json -- --limit -h"},
		{"the folder as an argument of its own", "--data d a --limit 5", "--data d --limit 5 -- a"},
		{"help", "-h", "-h --"},
		{"a lone hyphen", "a - b", "-- a - b"},
		{"unknown flags are for the flag parser to refuse", "--nosuch a", "--nosuch -- a"},
		{"a flag without its value", "a --limit", "--limit -- a"},
		{"completion asks as it is", "__complete --so", "__complete --so"},
		{"nothing", "", "--"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := queryArgs(cmd, strings.Fields(tt.args))
			if diff := cmp.Diff(strings.Fields(tt.want), got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestDataFolder(t *testing.T) {
	tests := []struct {
		name string
		env  map[string]string
		want string
	}{
		{"BX_DATA first", map[string]string{"BX_DATA": "/srv/bx", "XDG_DATA_HOME": "/xdg", "HOME": "/home/a"}, "/srv/bx"},
		{"then the system's place", map[string]string{"XDG_DATA_HOME": "/xdg", "HOME": "/home/a"}, "/xdg/bxsearch"},
		{"a relative place does not count", map[string]string{"XDG_DATA_HOME": "xdg", "HOME": "/home/a"}, "/home/a/.local/share/bxsearch"},
		{"else below home", map[string]string{"HOME": "/home/a"}, "/home/a/.local/share/bxsearch"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := &Env{LookupEnv: func(name string) (string, bool) { v, ok := tt.env[name]; return v, ok }}
			if got := e.defaultDataDir(); got != tt.want {
				t.Errorf("default data folder %s, want %s", got, tt.want)
			}
		})
	}
}
