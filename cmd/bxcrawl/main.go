// Bxcrawl brings mailing lists archived by Pipermail into a searchable archive.
package main

import (
	"os"
	"runtime/debug"

	"github.com/bxsearch/bxsearch/internal/crawlcli"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() {
	// A crawl runs beside other things on small machines. Below this much the
	// collector of garbage leaves time to the work; near it, it takes as much as
	// it needs, up to half, and what is free goes back to the system at once.
	if os.Getenv("GOGC") == "" && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(160 << 20)
	}
	os.Exit(cli.Main(crawlcli.Command))
}
