package cli

import (
	"strings"

	"github.com/spf13/cobra"
)

// queryArgs orders the arguments of a command that takes a query so that the
// flag parser leaves the words of the query alone.
func queryArgs(cmd *cobra.Command, args []string) []string {
	if len(args) > 0 && strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return args // a shell asks what could come next
	}
	flags, words := splitQuery(cmd, args)
	return append(append(flags, "--"), words...)
}

// splitQuery tells flags from the words of a query, which may begin with "-":
//
//	ransomware -hospital --limit 5 -subject:webinar
//
// is the query "ransomware -hospital -subject:webinar". Only -h and what begins
// with two hyphens is a flag; behind a lone "--" nothing is.
func splitQuery(cmd *cobra.Command, args []string) (flags, words []string) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			return flags, append(words, args[i+1:]...)
		case arg != "-h" && !strings.HasPrefix(arg, "--"):
			words = append(words, arg)
		default:
			flags = append(flags, arg)
			if takesValue(cmd, arg) && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	return flags, words
}

// takesValue reports a flag whose value is the next argument.
func takesValue(cmd *cobra.Command, arg string) bool {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
	f := cmd.Flag(name)
	return f != nil && !hasValue && f.NoOptDefVal == ""
}
