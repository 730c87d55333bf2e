// Embed searches an archive from a program of its own:
//
//	go run . /var/lib/bxsearch '"multifactor authentication" after:2021'
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/search"
)

func main() {
	if len(os.Args) < 3 {
		log.Fatal("usage: embed DATA-DIRECTORY QUERY…")
	}
	if err := run(os.Args[1], strings.Join(os.Args[2:], " ")); err != nil {
		log.Fatal(err)
	}
}

func run(dir, query string) error {
	s, err := search.Open(dir, nil)
	if err != nil {
		return err
	}
	defer s.Close()
	res, err := s.Search(context.Background(), search.Query{Text: query, Limit: 10})
	if err != nil {
		return err
	}
	for _, h := range res.Hits {
		fmt.Printf("%d. %s  %q\n   %s\n   %q\n", h.Rank, h.Message.Date.Format(time.DateOnly), h.Message.Subject, h.Message.URL, h.Snippet.String())
	}
	fmt.Printf("%d of %d\n", len(res.Hits), res.Total)
	return nil
}
