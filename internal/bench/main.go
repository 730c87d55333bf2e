// Command bench measures the whole way, from a list server on loopback to an
// answer, and prints tables for README: our figures beside those of SQLite's
// FTS5 over the same messages, in one run.
//
// It works over the real archives in $BX_SITES, or else over generated ones.
package main

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

func main() {
	bin := flag.String("bin", "bin", "folder of the commands")
	copies := flag.Int("copies", 1, "how many times each list is taken")
	size := flag.Int("generated", 65_000, "messages to generate where BX_SITES is not set")
	rank := flag.Bool("ranking", false, "measure the ranking on known items, and nothing else")
	serve := flag.Duration("serve", 0, "load bxserve with searches for that long each, and measure nothing else")
	connections := flag.Int("connections", 64, "with -serve: how many")
	data := flag.String("data", "", "with -serve and -opensearch: data folder, made if need be and left; else a temporary one")
	addresses := flag.String("opensearch", "", "addresses of an OpenSearch cluster: measure it beside the embedded engine, and nothing else")
	sizes := flag.String("sizes", "10000,50000,200000", "with -opensearch: how many messages to generate")
	watched := flag.String("watches", "", "with -opensearch: measure how so many watches are asked, and nothing else, as 1000,10000")
	flag.Parse()
	err := inWork(*bin, func(b *bench, work string) error {
		if *data != "" {
			b.data = *data
		}
		switch {
		case *addresses != "":
			many, err := numbers(*sizes)
			if err != nil {
				return err
			}
			if *watched != "" {
				if many, err = numbers(*watched); err != nil {
					return err
				}
				return b.watches(*addresses, work, many)
			}
			return b.openSearch(*addresses, many)
		case *serve > 0:
			return load(b, work, *size, *connections, *serve)
		case *rank:
			return ranking(b, work)
		}
		return b.all(work, *copies, *size)
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// numbers reads numbers with commas between them.
func numbers(text string) (out []int, err error) {
	for part := range strings.SplitSeq(text, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		out = append(out, n)
	}
	return out, nil
}

// bench is one run's state.
type bench struct {
	ctx   context.Context
	bin   string
	data  string // data directory
	base  string // server's address
	lists []string
}

// inWork gives a run what all have: the commands, and a folder to work in.
func inWork(bin string, do func(b *bench, work string) error) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "bxbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	return do(&bench{ctx: context.Background(), bin: bin, data: filepath.Join(work, "data")}, work)
}

// all measures everything but what has a flag of its own.
func (b *bench) all(work string, copies, size int) error {
	tree, lists, what, err := source(work, copies, size)
	if err != nil {
		return err
	}
	server, err := prepare(tree, lists)
	if err != nil {
		return err
	}
	base, stop, err := server.serve()
	if err != nil {
		return err
	}
	defer stop()
	fmt.Printf("%s; %s, %d cores, %s %s/%s, %s\n\n", what, cpuName(), runtime.NumCPU(), runtime.Version(), runtime.GOOS, runtime.GOARCH, time.Now().Format(time.DateOnly))
	b.base, b.lists = base, lists
	for _, step := range []func() error{b.pipeline, b.queries} {
		if err := step(); err != nil {
			return err
		}
	}
	if err := b.peers(work, base, server); err != nil {
		return err
	}
	return b.flat(work)
}

// source is what is crawled: the real lists, each under several names, or one
// generated list.
func source(work string, copies, size int) (tree fs.FS, lists []string, what string, err error) {
	root := os.Getenv("BX_SITES")
	if root == "" {
		site := fixtures.Generate(fixtures.Spec{Seed: 1, Messages: size})
		return site, []string{"/" + site.Path() + "/"}, fmt.Sprintf("%d generated messages", size), nil
	}
	if sub := filepath.Join(root, "pipermail"); exists(sub) {
		root = sub
	}
	names, err := os.ReadDir(root)
	if err != nil {
		return nil, nil, "", err
	}
	links := filepath.Join(work, "sites")
	if err := os.Mkdir(links, 0o755); err != nil {
		return nil, nil, "", err
	}
	for i := range copies {
		for _, n := range names {
			name := fmt.Sprintf("%s-%d", n.Name(), i+1)
			if err := os.Symlink(filepath.Join(root, n.Name()), filepath.Join(links, name)); err != nil {
				return nil, nil, "", err
			}
			lists = append(lists, "/"+name+"/")
		}
	}
	return os.DirFS(links), lists, fmt.Sprintf("%d real lists, each %d times", len(names), copies), nil
}

func exists(p string) bool {
	_, err := os.Stat(p)
	return err == nil
}

// usage is what a command took.
type usage struct {
	wall time.Duration
	cpu  time.Duration
	peak int64 // bytes
	said string
}

// command runs one of our commands over the data directory.
func (b *bench) command(name string, args ...string) (usage, error) {
	return b.commandIn(b.data, name, args...)
}

func (b *bench) commandIn(data, name string, args ...string) (usage, error) {
	cmd := exec.CommandContext(b.ctx, filepath.Join(b.bin, name), append([]string{"--data", data}, args...)...)
	var errs strings.Builder
	cmd.Stderr = &errs
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	peak := watchPeak(cmd.Process.Pid)
	err := cmd.Wait()
	u := usage{wall: time.Since(start), peak: peak(), said: errs.String()}
	if s := cmd.ProcessState; s != nil {
		u.cpu = s.UserTime() + s.SystemTime()
		if s.ExitCode() == 3 { // done in part: some archives lack a page that they list
			err = nil
		}
	}
	if err != nil {
		return u, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, errs.String())
	}
	return u, nil
}

// watchPeak follows the most memory that a process has had, until the returned
// function asks for it. What the system tells of a process that has ended is no
// use: it counts what the one that started it had.
func watchPeak(pid int) (peak func() int64) {
	stop, done := make(chan struct{}), make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			if n := highWater(pid); n > 0 {
				most = n
			}
			select {
			case <-stop:
				done <- most
				return
			case <-tick.C:
			}
		}
	}()
	return func() int64 { close(stop); return <-done }
}

// highWater is the VmHWM of a process, in bytes; 0 where the system has no such.
func highWater(pid int) int64 {
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(status)) {
		if v, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			n, _ := strconv.ParseInt(strings.Fields(v)[0], 10, 64)
			return n << 10
		}
	}
	return 0
}

func cpuName() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
			return strings.TrimSpace(v)
		}
	}
	return "unknown CPU"
}

func mb(n int64) string { return fmt.Sprintf("%.1f MB", float64(n)/1e6) }
