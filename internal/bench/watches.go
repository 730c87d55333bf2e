package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/bxsearch/bxsearch/fixtures"
)

// newMessages is how many messages the watches are asked about.
const newMessages = 499

// watchList is how many vendors one file of them may have.
const watchList = 20_000

// watches measures how so many watches are asked of new messages: each of them by
// the embedded engine, and those that a cluster chooses, for the first time and
// once the cluster knows them.
func (b *bench) watches(addresses, work string, sizes []int) error {
	first, _, _ := strings.Cut(addresses, ",")
	c := &cluster{first: strings.TrimSuffix(first, "/"), prefix: fmt.Sprintf("bench-%d", time.Now().Unix())}
	c.url = strings.TrimSuffix(addresses, "/") + "/" + c.prefix
	config := filepath.Join(work, "late.toml")
	if err := os.WriteFile(config, []byte("[alerts]\nlate = \"900000h\"\n"), 0o600); err != nil {
		return err
	}
	before, after := filepath.Join(work, "before"), filepath.Join(work, "after")
	err := b.news(before, after)
	if err == nil {
		_, err = b.commandIn(after, "bxcrawl", "reindex", "--opensearch-url", c.url)
	}
	fmt.Printf("| watches | of %d new messages | alerts | seconds | CPU seconds of bxcrawl | of the nodes | peak memory of bxcrawl |\n|---|---|---|---|---|---|---|\n", newMessages)
	for _, n := range sizes {
		if err == nil {
			err = b.vendors(before, work, n)
		}
		for _, way := range []struct {
			name string
			args []string
		}{
			{"each is asked", []string{"--engine", "bleve"}},
			{"OpenSearch chooses, for the first time", []string{"--opensearch-url", c.url}},
			{"OpenSearch chooses, again", []string{"--opensearch-url", c.url}},
		} {
			if err == nil {
				err = b.askWatches(c, n, way.name, before, after, append([]string{"watch", "run", "--config", config}, way.args...))
			}
		}
	}
	return errors.Join(err, c.remove())
}

// news makes two folders of one archive, the second with messages more.
func (b *bench) news(before, after string) error {
	if err := b.crawlGenerated(before, 1); err != nil {
		return err
	}
	if err := os.CopyFS(after, os.DirFS(before)); err != nil {
		return err
	}
	return b.crawlGenerated(after, 1+newMessages)
}

// crawlGenerated crawls the first messages of a list.
func (b *bench) crawlGenerated(data string, n int) error {
	site := fixtures.Generate(fixtures.Spec{Seed: 3, Messages: n, PerMonth: 1 + newMessages, Start: time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC)})
	base, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	// The list is the same one wherever it is served from: that is what it is crawled by.
	_, err := b.commandIn(data, "bxcrawl", "--delay", "0", "--parallel", "8", "--engine", "bleve", "--quiet", base+"/"+strings.Trim(site.Path(), "/")+"/")
	return err
}

// askWatches has the watches of one folder asked of what another has more.
func (b *bench) askWatches(c *cluster, n int, how, before, after string, args []string) error {
	book, err := os.ReadFile(filepath.Join(before, "watch.db"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(after, "watch.db"), book, 0o600); err != nil {
		return err
	}
	nodes, err := c.nodes()
	if err != nil {
		return err
	}
	u, err := b.commandIn(after, "bxcrawl", args...)
	if err != nil {
		return err
	}
	done, err := c.nodes()
	if err != nil {
		return err
	}
	fmt.Printf("| %d | %s | %s | %.1f | %.1f | %.1f | %s |\n", n, how, said(u.said), u.wall.Seconds(), u.cpu.Seconds(), (done.cpu - nodes.cpu).Seconds(), mb(u.peak))
	return nil
}

// said takes the number of alerts out of what a run says.
func said(text string) string {
	_, rest, _ := strings.Cut(text, "messages; ")
	n, _, _ := strings.Cut(rest, " alert")
	return cmp.Or(n, "?")
}

// vendors gives the archive in data that many watches.
func (b *bench) vendors(data, work string, n int) error {
	if err := os.Remove(filepath.Join(data, "watch.db")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	for at := 0; at < n; at += watchList {
		var list bytes.Buffer
		for i := at; i < min(at+watchList, n); i++ {
			list.WriteString(vendor(i))
		}
		name := filepath.Join(work, fmt.Sprintf("vendors-%d.csv", at/watchList))
		if err := os.WriteFile(name, list.Bytes(), 0o600); err != nil {
			return err
		}
		if _, err := b.commandIn(data, "bxcrawl", "watch", "import", name, "--engine", "bleve"); err != nil {
			return err
		}
	}
	return nil
}

// vendor writes one line of a watch list. Most names are nowhere in the messages, but
// what stands behind them is; one of ten has an alias of two words that are
// frequent there, and one of fifty is in the news.
func vendor(i int) string {
	syllables := strings.Fields("bel cor dra fen gal har jor kes lin mar nor ost pel quin ros sol tav ulm ver wex yar zen al bri cam del er fal")
	kinds := strings.Fields("Bank Health Logistics Telecom Foods Insurance Motors University Hotels Energy Software Airlines")
	plain := strings.Fields("data system network server security hospital backup service account group police council city market")
	s := len(syllables)
	name := syllables[i%s] + syllables[i/s%s]
	if i%50 != 0 {
		name += syllables[i/s/s%s]
	}
	kind := kinds[(i+i/s/s/s)%len(kinds)]
	aliases := name + " " + plain[i%len(plain)]
	if i%10 == 3 {
		aliases += ";" + plain[i/10%len(plain)] + " " + plain[i/10/len(plain)%len(plain)]
	}
	if i%50 == 0 {
		kind += fmt.Sprint(" ", i)
		aliases += ";" + name + " " + kinds[i/50%len(kinds)]
	}
	return fmt.Sprintf("%s %s,%s,%s-%d.example\n", name, kind, aliases, name, i%7)
}
