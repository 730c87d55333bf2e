// Demo shows the whole way from a list's web pages to an answer, without the
// network: it serves the hand-written archive of package fixtures on loopback,
// crawls it into a temporary folder with bxcrawl, searches it with bxsearch, and
// asks bxserve for the same in a page. `make demo` runs it. It fails when an
// answer is wrong.
//
//	demo [--serve] BIN QUERY
//
// BIN is the folder of the programs. With --serve the site stays up until Ctrl-C.
package main

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/bxsearch/bxsearch/fixtures"
)

func main() {
	stay := flag.Bool("serve", false, "leave the site up until Ctrl-C")
	flag.Parse()
	if flag.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: demo [--serve] BIN QUERY")
		os.Exit(2)
	}
	if err := demo(flag.Arg(0), flag.Arg(1), *stay); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

// demo runs the programs as a user would.
func demo(bin, query string, stay bool) error {
	data, err := os.MkdirTemp("", "bxsearch-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	site := fixtures.BreachExchange()
	url, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	fmt.Printf("A hand-written mailing list of %d messages is served at %s\n\n", site.Len(), url)

	list := url + "/" + strings.Trim(site.Path(), "/") + "/"
	if _, err := run(data, filepath.Join(bin, "bxcrawl"), "--delay", "0", list); err != nil {
		return err
	}
	answer, err := run(data, filepath.Join(bin, "bxsearch"), "--limit", "3", query)
	if err != nil {
		return err
	}
	if err := check(answer, query); err != nil {
		return err
	}
	if err := look(data, filepath.Join(bin, "bxserve"), query, stay); err != nil {
		return err
	}
	fmt.Println("The answers are right. Now for a list of your own: bxcrawl URL")
	return nil
}

// run shows a command, runs it on the demo's data and returns what it says.
func run(data, program string, args ...string) (string, error) {
	fmt.Println("$", filepath.Base(program), strings.Join(args, " "))
	var out bytes.Buffer
	cmd := exec.Command(program, args...)
	cmd.Env = append(os.Environ(), "BX_DATA="+data)
	// One writer for both keeps their lines in order.
	cmd.Stdout = io.MultiWriter(os.Stdout, &out)
	cmd.Stderr = cmd.Stdout
	err := cmd.Run()
	fmt.Println()
	if err != nil {
		return "", fmt.Errorf("%s: %w", filepath.Base(program), err)
	}
	return out.String(), nil
}

// check looks for the words of the query in the first hit.
func check(answer, query string) error {
	first, _, _ := strings.Cut(answer, "\n\n")
	for _, word := range strings.Fields(query) {
		if !strings.Contains(strings.ToLower(first), strings.ToLower(word)) {
			return fmt.Errorf("the first hit does not have %q; the answer should", word)
		}
	}
	return nil
}
