package main

import (
	"bufio"
	"context"
	_ "embed"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

// What the load is.
const (
	loadQueries     = 10_000 // different ones
	loadRepeated    = 100
	slowConnections = 1000
	crawledAlong    = 10 // a crawl brings that part of the messages meanwhile: a tenth
)

//go:embed load.lua
var loadScript []byte

// load measures bxserve with wrk: searches that nobody asked before, and ones
// that are asked again and again, undisturbed, beside a thousand slow
// connections, and beside a crawl.
func load(b *bench, work string, size, connections int, span time.Duration) error {
	if _, err := exec.LookPath("wrk"); err != nil {
		return fmt.Errorf("the load is made by wrk: apt-get install wrk")
	}
	if err := b.loadData(size); err != nil {
		return err
	}
	messages, _, err := b.count()
	if err != nil {
		return err
	}
	mix, err := b.questions(2 * loadQueries)
	if err != nil {
		return err
	}
	distinct := different(mix, loadQueries)
	script := filepath.Join(work, "load.lua")
	if err := os.WriteFile(script, loadScript, 0o600); err != nil {
		return err
	}
	l := &loader{bench: b, work: work, script: script, span: span, connections: connections}
	fmt.Printf("%d messages, %d different queries, %d connections, %s each, wrk on the same processors\n\n", messages, len(distinct), connections, span)
	fmt.Println("| load | searches/s | median | p99 | errors | processor time a search | peak memory |\n|---|---|---|---|---|---|---|")
	for _, step := range []struct {
		name, path string
		queries    []string
		flags      []string
		beside     func(ctx context.Context, address string) error
	}{
		{"API, each query anew", "/api/v1/search", distinct, []string{"--cache", "0"}, nil},
		{"pages, each query anew", "/search", distinct, []string{"--cache", "0"}, nil},
		{"pages, beside 1,000 slow connections", "/search", distinct, []string{"--cache", "0"}, slow},
		{"pages, beside a crawl", "/search", distinct, []string{"--cache", "0"}, b.crawlAlong},
		{"pages, repeated", "/search", distinct[:loadRepeated], nil, nil},
		{"pages, repeated, beside a crawl", "/search", distinct[:loadRepeated], nil, b.crawlAlong},
	} {
		if err := l.measure(step.name, step.path, step.queries, step.flags, step.beside); err != nil {
			return err
		}
	}
	return nil
}

// different takes the first n queries that differ.
func different(mix []question, n int) (out []string) {
	seen := map[string]bool{}
	for _, q := range mix {
		v := url.Values{"q": {q.ours.Text}}
		if q.ours.Sort != "" {
			v.Set("sort", string(q.ours.Sort))
		}
		if text := v.Encode(); !seen[text] && len(out) < n {
			seen[text] = true
			out = append(out, text)
		}
	}
	return out
}

// loadData makes the data directory, unless there is one: the real list
// twisted-web, where $BX_SITES has it, and generated messages.
func (b *bench) loadData(size int) error {
	if exists(filepath.Join(b.data, "archive.db")) {
		return nil
	}
	site := fixtures.Generate(fixtures.Spec{Seed: 1, Messages: size})
	base, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	urls := []string{base + "/" + strings.Trim(site.Path(), "/") + "/"}
	root := filepath.Join(os.Getenv("BX_SITES"), "twisted-web")
	if os.Getenv("BX_SITES") != "" && exists(root) {
		lists, stop := fixtures.Serve(fixtures.Handler(os.DirFS(filepath.Dir(root)), nil))
		defer stop()
		urls = append(urls, lists+"/twisted-web/")
	}
	_, err := b.command("bxcrawl", append([]string{"--delay", "0", "--parallel", "16", "--via", "text", "--attachments", "none", "--quiet"}, urls...)...)
	return err
}

// loader runs wrk against servers of its own.
type loader struct {
	*bench
	work, script string
	span         time.Duration
	connections  int
}

// measure starts a server, warms it, loads it and prints a row.
func (l *loader) measure(name, path string, queries, flags []string, beside func(context.Context, string) error) error {
	file := filepath.Join(l.work, "paths")
	if err := os.WriteFile(file, []byte(path+"?"+strings.Join(queries, "\n"+path+"?")+"\n"), 0o600); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(l.ctx)
	defer cancel()
	server, address, err := l.serve(ctx, flags)
	if err != nil {
		return err
	}
	if _, err := l.wrk("http://"+address, file, 2*time.Second); err != nil { // warm
		return err
	}
	var others sync.WaitGroup
	var trouble error
	if beside != nil {
		others.Go(func() { trouble = beside(ctx, address) })
	}
	before := processorTime(server.Process.Pid)
	out, err := l.wrk("http://"+address, file, l.span)
	took := processorTime(server.Process.Pid) - before
	peak := highWater(server.Process.Pid)
	cancel()
	others.Wait()
	_ = server.Wait()
	if err != nil {
		return err
	}
	if trouble != nil {
		return fmt.Errorf("%s: %w", name, trouble)
	}
	r := readWrk(out)
	fmt.Printf("| %s | %s | %s | %s | %s | %.2f ms | %s |\n", name, r.rate, r.median, r.p99, r.errors, took.Seconds()*1000/max(r.requests, 1), mb(peak))
	if r.errors != "none" {
		return fmt.Errorf("%s: not every search was answered", name)
	}
	return nil
}

// serve starts bxserve and tells where it listens.
func (l *loader) serve(ctx context.Context, flags []string) (*exec.Cmd, string, error) {
	cmd := exec.CommandContext(ctx, filepath.Join(l.bin, "bxserve"), append([]string{"--data", l.data, "--listen", "127.0.0.1:0", "--quiet"}, flags...)...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = 20 * time.Second
	said, err := cmd.StderrPipe()
	if err != nil {
		return nil, "", err
	}
	if err := cmd.Start(); err != nil {
		return nil, "", err
	}
	lines := bufio.NewScanner(said)
	if !lines.Scan() {
		return nil, "", fmt.Errorf("bxserve did not start: %w", cmd.Wait())
	}
	go func() {
		for lines.Scan() {
			fmt.Fprintln(os.Stderr, lines.Text())
		}
	}()
	at := strings.TrimSuffix(strings.TrimPrefix(lines.Text(), "bxserve: http://"), "/")
	return cmd, at, nil
}

func (l *loader) wrk(base, file string, span time.Duration) (string, error) {
	out, err := exec.CommandContext(l.ctx, "wrk", "-t2", fmt.Sprintf("-c%d", l.connections), fmt.Sprintf("-d%ds", int(span.Seconds())), "--latency", "-s", l.script, base, "--", file).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("wrk: %w\n%s", err, out)
	}
	return string(out), nil
}

// wrkReport is what wrk says.
type wrkReport struct {
	rate, median, p99, errors string
	requests                  float64
}

func readWrk(out string) (r wrkReport) {
	find := func(pattern string) string {
		if m := regexp.MustCompile(pattern).FindStringSubmatch(out); m != nil {
			return m[1]
		}
		return ""
	}
	r.rate, r.median, r.p99 = find(`Requests/sec:\s+(\S+)`), find(`(?m)^\s+50%\s+(\S+)`), find(`(?m)^\s+99%\s+(\S+)`)
	var errors []string
	for _, e := range []string{find(`(Non-2xx.*)`), find(`(Socket errors.*)`)} {
		if e != "" {
			errors = append(errors, e)
		}
	}
	r.errors = "none"
	if len(errors) > 0 {
		r.errors = strings.Join(errors, "; ")
	}
	fmt.Sscan(find(`(\d+) requests in`), &r.requests)
	return r
}

// processorTime is what a process has had so far.
func processorTime(pid int) time.Duration {
	stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 13 {
		return 0
	}
	var user, system int64
	fmt.Sscan(fields[11], &user)
	fmt.Sscan(fields[12], &system)
	return time.Duration(user+system) * time.Second / 100 // ticks are a hundredth on Linux
}

// slow keeps connections that say half a word and wait; the server closes them,
// and they come again.
func slow(ctx context.Context, address string) error {
	var all sync.WaitGroup
	for range slowConnections {
		all.Go(func() {
			for ctx.Err() == nil {
				c, err := (&net.Dialer{}).DialContext(ctx, "tcp", address)
				if err != nil {
					return
				}
				stop := context.AfterFunc(ctx, func() { c.Close() })
				fmt.Fprint(c, "GET /search?q=x HTTP/1.1\r\nHost: loc")
				_, _ = c.Read(make([]byte, 100)) // until it is closed
				stop()
				c.Close()
			}
		})
	}
	all.Wait()
	return nil
}

// crawlAlong crawls another list into the archive, to its end.
func (b *bench) crawlAlong(context.Context, string) error {
	size, _, err := b.count()
	if err != nil {
		return err
	}
	site := fixtures.Generate(fixtures.Spec{List: fixtures.List{Name: "along"}, Seed: 2, Messages: size / crawledAlong})
	base, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	_, err = b.command("bxcrawl", "--delay", "0", "--parallel", "4", "--attachments", "none", "--quiet", base+"/"+strings.Trim(site.Path(), "/")+"/")
	return err
}
