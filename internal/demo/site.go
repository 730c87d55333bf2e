package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
)

// look starts bxserve, looks at the page of a search, and stops it; or leaves
// that to a person.
func look(data, program, query string, stay bool) error {
	interrupted, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	ctx, end := context.WithCancel(interrupted)
	defer end()
	fmt.Println("$ bxserve")
	cmd := exec.CommandContext(ctx, program, "--quiet", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "BX_DATA="+data)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	lines := bufio.NewReader(said)
	first, err := lines.ReadString('\n')
	if err == nil {
		fmt.Print(first)
		err = visit(strings.TrimSpace(strings.TrimPrefix(first, "bxserve: ")), query)
	}
	if err == nil && stay {
		fmt.Println("It stays up until Ctrl-C.")
		<-ctx.Done()
	}
	end()
	_, _ = io.Copy(os.Stderr, lines)
	if waited := cmd.Wait(); err == nil && !errors.Is(waited, context.Canceled) {
		err = waited
	}
	if err != nil {
		return fmt.Errorf("bxserve: %w", err)
	}
	return nil
}

// visit looks for the words of the query in the page of its search.
func visit(home, query string) error {
	address := home + "search?" + url.Values{"q": {query}}.Encode()
	res, err := http.Get(address)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	page, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	fmt.Printf("%s\n%s, %d bytes\n\n", address, res.Status, len(page))
	for _, word := range strings.Fields(query) {
		if res.StatusCode != http.StatusOK || !strings.Contains(strings.ToLower(string(page)), strings.ToLower(word)) {
			return fmt.Errorf("the page does not have %q; it should", word)
		}
	}
	return nil
}
