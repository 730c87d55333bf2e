// Bxcrawl brings mailing lists archived by Pipermail into a searchable archive.
package main

import (
	"os"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.Crawl))
}
