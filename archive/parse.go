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
	for one := range queue {
		if err := d.store(ctx, <-one); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (d *deriving) store(ctx context.Context, g *parsedGroup) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.err != nil {
		d.a.log.Warn("period not parsed; its messages stay as they are", "list", d.l.name, "period", g.group.name, "error", g.err)
		d.failed[g.group.id] = fmt.Errorf("parse %s %s: %w", d.l.name, g.group.name, g.err)
		d.stats.Problems++
		return nil
	}
	var stats DeriveStats
	err := d.a.writable(ctx, func(t *tx) error {
		s, err := d.a.newStoring(t, d.l)
		if err == nil {
			err = s.storeGroup(g)
		}
		if err == nil {
			stats = s.stats
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("store %s: %w", g.group.name, err)
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
	emit := func(p Parsed) error {
		s, err := d.source(ctx, g, &p)
		if err == nil {
			out.sources = append(out.sources, s)
		}
		return err
	}
	report := func(p Problem) {
		p.URL = d.l.relative(p.URL)
		out.problems = append(out.problems, p)
	}
	evidence, err := d.p.Parse(ctx, group, total, emit, report)
	if err != nil {
		out.err = err
		return out
	}
	text, err := json.Marshal(evidence)
	out.evidence, out.err = string(text), err
	return out
}

// source makes a source of what the parser emits.
func (d *deriving) source(ctx context.Context, g groupRow, p *Parsed) (source, error) {
	m := &p.Message
	s := source{group: g.name, url: d.l.relative(m.URL)}
	for i := range m.Attachments {
		m.Attachments[i].URL = d.l.relative(m.Attachments[i].URL)
	}
	record := appendRecord(make([]byte, 0, len(m.Body)+1024), m)
	s.sourceKey = sourceKey{
		base:    baseKey(d.l.name, p),
		content: hash64("bx:content", p.Content),
		kin:     hash64("bx:kin", strings.TrimSpace(m.FromName), m.FromAddress, cmp.Or(m.BaseSubject, m.Subject)),
		date:    m.Date.Unix(),
		listed:  p.Listed,
		digest:  hash64("bx:record", string(record)),
	}
	pack, err := d.a.packer(d.l.id, packRecords)
	if err != nil {
		return s, err
	}
	s.fresh = &fresh{ties: tiesOf(d.l, m)}
	s.fresh.data, s.fresh.dict, err = pack.pack(ctx, d.a, record, true)
	return s, err
}
