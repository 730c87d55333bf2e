// Bxserve makes a web site of an archive made by bxcrawl.
package main

import (
	"os"

	"github.com/bxsearch/bxsearch/internal/servecli"

	"github.com/bxsearch/bxsearch/internal/cli"
)

func main() { os.Exit(cli.Main(servecli.Command)) }
