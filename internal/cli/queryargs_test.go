package cli

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
)

func TestQueryArgs(t *testing.T) {
	cmd := &cobra.Command{}
	cmd.Flags().Int("limit", 10, "")
	for _, name := range []string{"sort", "data"} {
		cmd.Flags().String(name, "", "")
	}
	cmd.Flags().Bool("json", false, "")
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
