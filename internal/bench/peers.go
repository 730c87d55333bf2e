package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/archive"
)

// peer is what a tool made of all lists.
type peer struct {
	name     string
	requests int
	seconds  float64
	messages int
	pieces   int // into which it cut the text files; 0 if it does not cut
	lacks    int // Message-IDs that we hold and it does not; -1 if it does not tell
}

// peers fetches the lists with wget and Perceval too, from a server that
// counts. Those that are not installed are left out, and named.
func (b *bench) peers(work, base string, server *prepared) error {
	server.requests.Store(0)
	data := filepath.Join(work, "peers")
	ours := peer{name: "bxcrawl, to searchable"}
	u, err := b.commandIn(data, "bxcrawl", append([]string{"--delay", "0", "--parallel", "16", "--attachments", "none", "--quiet"}, b.urls(base)...)...)
	if err != nil {
		return err
	}
	ours.seconds, ours.requests = u.wall.Seconds(), int(server.requests.Load())
	ids, n, err := messageIDs(b, data)
	if err != nil {
		return err
	}
	ours.messages = n
	all := []peer{ours}
	for _, run := range []func(string, string, map[string]bool) (peer, error){b.perceval, b.wget} {
		server.requests.Store(0)
		p, err := run(work, base, ids)
		if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
			fmt.Printf("\nLeft out: %v.\n", err)
			continue
		}
		if err != nil {
			return err
		}
		p.requests = int(server.requests.Load())
		all = append(all, p)
	}
	printPeers(all)
	return nil
}

func printPeers(all []peer) {
	fmt.Println("\n| over the same server | requests | seconds | messages | text files cut into | Message-IDs that it lacks |\n|---|---|---|---|---|---|")
	for _, p := range all {
		pieces, lacks := "–", "–"
		if p.pieces > 0 {
			pieces = strconv.Itoa(p.pieces)
		}
		if p.lacks >= 0 {
			lacks = strconv.Itoa(p.lacks)
		}
		fmt.Printf("| %s | %d | %.1f | %d | %s | %s |\n", p.name, p.requests, p.seconds, p.messages, pieces, lacks)
	}
}

func (b *bench) urls(base string) []string {
	var urls []string
	for _, l := range b.lists {
		urls = append(urls, base+l)
	}
	return urls
}

// messageIDs returns what we hold: the Message-IDs, and the number of messages.
func messageIDs(b *bench, data string) (map[string]bool, int, error) {
	a, err := archive.Open(data, nil)
	if err != nil {
		return nil, 0, err
	}
	defer a.Close()
	ids, n := map[string]bool{}, 0
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return nil, 0, err
		}
		n++
		if m.MessageID != "" {
			ids[m.MessageID] = true
		}
	}
	return ids, n, nil
}

// wget mirrors the lists. It has no messages, only pages.
func (b *bench) wget(work, base string, _ map[string]bool) (peer, error) {
	p := peer{name: "wget --mirror, pages only", lacks: -1}
	dir := filepath.Join(work, "wget")
	start := time.Now()
	for _, u := range b.urls(base) {
		cmd := exec.CommandContext(b.ctx, "wget", "--mirror", "--no-parent", "--quiet", "--directory-prefix", dir, u)
		if err := cmd.Run(); err != nil {
			// 8: some answer was an error; the rest was fetched.
			if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() != 8 {
				return p, fmt.Errorf("wget: %w", err)
			}
		}
	}
	p.seconds = time.Since(start).Seconds()
	page := regexp.MustCompile(`^\d{6}\.html$`)
	return p, filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && page.MatchString(d.Name()) {
			p.messages++
		}
		return err
	})
}

var percevalDone = regexp.MustCompile(`Done\. \d+/(\d+) messages fetched`)

// perceval fetches the text files and parses them to JSON. It stands in
// bin/peers, where `make peers` installs it.
func (b *bench) perceval(work, base string, ids map[string]bool) (peer, error) {
	p := peer{name: "Perceval, text files to JSON"}
	tool := filepath.Join(b.bin, "peers", "bin", "perceval")
	if _, err := os.Stat(tool); err != nil {
		return p, fmt.Errorf("perceval: %w", err)
	}
	found := map[string]bool{}
	for i, u := range b.urls(base) {
		dir, out := filepath.Join(work, "perceval", strconv.Itoa(i)), filepath.Join(work, fmt.Sprintf("perceval%d.jsonl", i))
		cmd := exec.CommandContext(b.ctx, tool, "-g", "pipermail", u, "--mboxes-path", dir, "--json-line", "-o", out)
		var said strings.Builder
		cmd.Stderr, cmd.Stdout = &said, &said
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return p, fmt.Errorf("perceval %s: %w\n%s", u, err, said.String())
		}
		p.seconds += time.Since(start).Seconds()
		for _, m := range percevalDone.FindAllStringSubmatch(said.String(), -1) {
			n, _ := strconv.Atoi(m[1])
			p.pieces += n
		}
		n, err := readPerceval(out, found)
		if err != nil {
			return p, err
		}
		p.messages += n
	}
	for id := range ids {
		if !found[id] {
			p.lacks++
		}
	}
	return p, nil
}

// readPerceval counts its messages and gathers their Message-IDs.
func readPerceval(file string, found map[string]bool) (int, error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	lines, n := bufio.NewScanner(f), 0
	lines.Buffer(nil, 64<<20)
	for lines.Scan() {
		var item struct {
			Data struct {
				MessageID string `json:"Message-ID"`
			} `json:"data"`
		}
		if err := json.Unmarshal(lines.Bytes(), &item); err != nil {
			return n, fmt.Errorf("perceval's output: %w", err)
		}
		n++
		found[strings.Trim(strings.TrimSpace(item.Data.MessageID), "<>")] = true
	}
	return n, lines.Err()
}
