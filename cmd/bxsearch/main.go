// Bxsearch finds messages in an archive made by bxcrawl.
package main

import (
	"os"
	"runtime/debug"

	"github.com/bxsearch/bxsearch/internal/searchcli"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() {
	// A search is over before collecting garbage pays: a fifth of its time
	// went there. The limit, in bytes, is for those that find very much.
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400)
		debug.SetMemoryLimit(150 << 20)
	}
	os.Exit(cli.Main(searchcli.Command))
}
