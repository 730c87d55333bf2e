// Bxsearch searches the archive that bxcrawl filled.
package main

import (
	"os"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() {
	os.Exit(cli.Main(cli.Search))
}
