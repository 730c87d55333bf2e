package archive

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"runtime"
	"strings"
)

// parseAll parses on all processors and stores in the order of the groups, so
// that the archive does not depend on who was faster. At most a few parsed
// groups wait at a time.
func (d *deriving) parseAll(ctx context.Context, due []groupRow, total Evidence, verdict string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	workers := runtime.GOMAXPROCS(0)
	queue := make(chan chan *parsedGroup, workers)
	go func() {
		defer close(queue)
		for _, g := range due {
			one := make(chan *parsedGroup, 1)
			select {
			case queue <- one:
				go func() { one <- d.parse(ctx, g, maps.Clone(total), verdict) }()
			case <-ctx.Done():
				return
			}
		}
	}()
	var batch []*parsedGroup
	found := 0
	for one := range queue {
		g := <-one
		if err := ctx.Err(); err != nil {
			return err
		}
		if g.err != nil {
			d.refuse(g)
			continue
		}
		batch = append(batch, g)
		if found += len(g.sources) + 1; found < storeAtOnce {
			continue
		}
		if err := d.store(ctx, batch); err != nil {
			return err
		}
		batch, found = nil, 0
	}
	return d.store(ctx, batch)
}

// refuse notes a group that could not be parsed.
func (d *deriving) refuse(g *parsedGroup) {
	d.a.log.Warn("period not parsed; its messages stay as they are", "list", d.l.name, "period", g.group.name, "error", g.err)
	d.failed[g.group.id] = fmt.Errorf("parse %s %s: %w", d.l.name, g.group.name, g.err)
	d.stats.Problems++
}

// storeAtOnce is how many sources share a commit: each writes the same pages of
// the indexes again. Fetches wait for it meanwhile.
const storeAtOnce = 1000

func (d *deriving) store(ctx context.Context, groups []*parsedGroup) error {
	if err := ctx.Err(); err != nil || len(groups) == 0 {
		return err
	}
	var stats DeriveStats
	name := ""
	err := d.a.writable(ctx, func(t *tx) error {
		stats = DeriveStats{}
		for _, g := range groups {
			name = g.group.name
			s, err := d.a.newStoring(t, d.l)
			if err == nil {
				err = s.storeGroup(g)
			}
			if err != nil {
				return err
			}
			stats.add(s.stats)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("store %s: %w", name, err)
	}
	d.stats.add(stats)
	return nil
}

// group gathers what the parser is given.
func (d *deriving) group(ctx context.Context, g groupRow) (Group, error) {
	raws, err := scanAll(ctx, d.a.read, func(r *sql.Rows) (Raw, error) { return scanRaw(r) },
		rawColumns+`WHERE r.seq IN (SELECT held FROM page WHERE grp = ? AND held IS NOT NULL) ORDER BY p.url`, g.id)
	if err != nil {
		return Group{}, err
	}
	body := func(r Raw) ([]byte, error) { return d.a.Body(ctx, r) }
	// Counts would make the outcome depend on the way there.
	list := ListInfo{Name: d.info.Name, URL: d.info.URL, Title: d.info.Title}
	return Group{List: list, Name: g.name, Raws: raws, Body: body}, nil
}

// parse runs the parser on one group and packs what it finds.
func (d *deriving) parse(ctx context.Context, g groupRow, total Evidence, verdict string) *parsedGroup {
	out := &parsedGroup{group: g, version: d.p.Version(), verdict: verdict}
	group, err := d.group(ctx, g)
	if err != nil {
		out.err = err
		return out
	}
	frames, err := d.newFraming(ctx, out)
	if err != nil {
		out.err = err
		return out
	}
	var record []byte
	emit := func(p Parsed) error {
		out.emitted++
		record = d.toRecord(record[:0], &p)
		return frames.add(d.source(g, &p, record), record)
	}
	report := func(p Problem) {
		p.URL = d.l.relative(p.URL)
		out.problems = append(out.problems, p)
	}
	evidence, err := d.p.Parse(ctx, group, total, emit, report)
	if err == nil {
		err = frames.finish()
	}
	if err != nil {
		out.err = err
		return out
	}
	text, err := json.Marshal(evidence)
	out.evidence, out.err = string(text), err
	return out
}

// toRecord appends the record of what the parser emits, with URLs as the
// page table has them.
func (d *deriving) toRecord(b []byte, p *Parsed) []byte {
	for i := range p.Message.Attachments {
		p.Message.Attachments[i].URL = d.l.relative(p.Message.Attachments[i].URL)
	}
	return appendRecord(b, &p.Message)
}

// source makes a source of what the parser emits.
func (d *deriving) source(g groupRow, p *Parsed, record []byte) source {
	m := &p.Message
	return source{group: g.name, ties: tiesOf(d.l, m), sourceKey: sourceKey{
		url:     d.l.relative(m.URL),
		base:    baseKey(d.l.name, p),
		content: hash64("bx:content", p.Content),
		kin:     hash64("bx:kin", strings.TrimSpace(m.FromName), m.FromAddress, cmp.Or(m.BaseSubject, m.Subject)),
		date:    m.Date.Unix(),
		listed:  p.Listed,
		digest:  hashBytes("bx:record", record),
	}}
}
