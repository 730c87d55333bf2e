package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// pipeline measures crawl, parse and index as a whole, then the stages that
// can be run alone.
func (b *bench) pipeline() error {
	crawl := func(data, via string) (usage, error) {
		return b.commandIn(data, "bxcrawl", append([]string{"--delay", "0", "--parallel", "16", "--attachments", "none", "--quiet", "--via", via}, b.urls(b.base)...)...)
	}
	byText, err := crawl(b.data+"-text", "auto")
	if err != nil {
		return err
	}
	whole, err := crawl(b.data, "pages")
	if err != nil {
		return err
	}
	messages, text, err := b.count()
	if err != nil {
		return err
	}
	parse, err := b.parse()
	if err != nil {
		return err
	}
	reindex, err := b.command("bxcrawl", "reindex")
	if err != nil {
		return err
	}
	fmt.Println("| stage | messages/s | seconds | CPU seconds | peak memory |\n|---|---|---|---|---|")
	row := func(name string, u usage) {
		peak := "–"
		if u.peak > 0 {
			peak = mb(u.peak)
		}
		fmt.Printf("| %s | %.0f | %.1f | %.1f | %s |\n", name, float64(messages)/u.wall.Seconds(), u.wall.Seconds(), u.cpu.Seconds(), peak)
	}
	row("whole by pages: fetch, keep, parse, index", whole)
	row("whole by text files", byText)
	row("parse alone, one core", parse)
	row("index alone (`bxcrawl reindex`)", reindex)
	db, index := sizeOf(filepath.Join(b.data, "archive.db")), sizeOf(filepath.Join(b.data, "index"))
	fmt.Printf("\n%d messages, %s of text. On disk: archive %s (%.2f × the text), index %s (%.2f ×).\n\n",
		messages, mb(text), mb(db), float64(db)/float64(text), mb(index), float64(index)/float64(text))
	return nil
}

// count tells how many messages there are, and the bytes of their text.
func (b *bench) count() (messages int, text int64, err error) {
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return 0, 0, err
	}
	defer a.Close()
	for m, err := range a.Messages(b.ctx, archive.Filter{}) {
		if err != nil {
			return 0, 0, err
		}
		messages++
		text += int64(len(m.Subject) + len(m.Body))
	}
	return messages, text, nil
}

// parse runs the parser over all that is held, without storing anything. The
// pages are read beforehand, a list at a time.
func (b *bench) parse() (usage, error) {
	a, err := archive.Open(b.data, nil)
	if err != nil {
		return usage{}, err
	}
	defer a.Close()
	lists, err := a.Lists(b.ctx)
	if err != nil {
		return usage{}, err
	}
	var u usage
	for _, l := range lists {
		groups, bodies := map[string]*archive.Group{}, map[string][]byte{}
		for r, err := range a.Raws(b.ctx, l.Name) {
			if err != nil {
				return u, err
			}
			if r.SHA256 == "" || r.Group == "" {
				continue
			}
			if bodies[r.URL], err = a.Body(b.ctx, r); err != nil {
				return u, err
			}
			if groups[r.Group] == nil {
				groups[r.Group] = &archive.Group{List: l, Name: r.Group, Body: func(r archive.Raw) ([]byte, error) { return bodies[r.URL], nil }}
			}
			groups[r.Group].Raws = append(groups[r.Group].Raws, r)
		}
		start := time.Now()
		for _, g := range groups {
			if _, err := (pipermail.Parser{}).Parse(b.ctx, *g, nil, func(archive.Parsed) error { return nil }, func(archive.Problem) {}); err != nil {
				return u, err
			}
		}
		u.wall += time.Since(start)
	}
	u.cpu = u.wall
	return u, nil
}

// flat measures the peak memory over lists of two sizes.
func (b *bench) flat(work string) error {
	fmt.Println("\n| generated list | messages/s | peak memory |\n|---|---|---|")
	for _, n := range []int{5_000, 50_000} {
		site := fixtures.Generate(fixtures.Spec{Seed: 2, Messages: n})
		server, err := prepare(site, nil)
		if err != nil {
			return err
		}
		base, stop, err := server.serve()
		if err != nil {
			return err
		}
		for _, via := range []string{"pages", "auto"} {
			u, err := b.commandIn(filepath.Join(work, fmt.Sprint("flat", n, via)), "bxcrawl", "--delay", "0", "--parallel", "16", "--attachments", "none", "--quiet", "--via", via, base+"/"+site.Path()+"/")
			if err != nil {
				stop()
				return err
			}
			fmt.Printf("| %d messages by %s | %.0f | %s |\n", n, map[string]string{"pages": "pages", "auto": "text files"}[via], float64(n)/u.wall.Seconds(), mb(u.peak))
		}
		stop()
	}
	return nil
}

// sizeOf is the size of a file, or of all files below a folder.
func sizeOf(path string) int64 {
	var n int64
	_ = filepath.WalkDir(path, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if fi, err := d.Info(); err == nil {
				n += fi.Size()
			}
		}
		return nil
	})
	return n
}
