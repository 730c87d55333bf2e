package archive

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
)

// DeriveStats says what a Derive did.
type DeriveStats struct {
	Groups   int // parsed
	Messages int // found on their pages
	New      int
	Changed  int // in their words, their pages or their place in a thread, and older than this Archive value
	Deleted  int // that no page holds any more
	Problems int
}

func (s *DeriveStats) add(o DeriveStats) {
	s.Groups += o.Groups
	s.Messages += o.Messages
	s.New += o.New
	s.Changed += o.Changed
	s.Deleted += o.Deleted
	s.Problems += o.Problems
}

// maxPasses bounds how often a verdict may change within one Derive. One
// change is usual; evidence does not depend on it, so a second is a defect.
const maxPasses = 4

// Derive brings the messages in line with what was fetched: it parses the
// groups that have new pages, or all when the parser's version or verdict
// changed. It may be ended at any point and run again. A group that cannot be
// parsed keeps its messages, and Derive goes on with the next; the error names
// all of them.
func (a *Archive) Derive(ctx context.Context, p Parser) (DeriveStats, error) {
	a.derive.Lock()
	defer a.derive.Unlock()
	var stats DeriveStats
	if a.write == nil {
		return stats, fmt.Errorf("derive: %w: it was opened for reading", ErrReadOnly)
	}
	lists, err := a.Lists(ctx)
	if err != nil {
		return stats, fmt.Errorf("derive: %w", err)
	}
	var failed []error
	for _, info := range lists {
		d := &deriving{a: a, p: p, info: info, stats: &stats, failed: make(map[int64]error)}
		if d.l, err = listByName(a.read, info.Name); err == nil {
			err = d.list(ctx)
		}
		if err != nil {
			return stats, fmt.Errorf("derive %s: %w", info.Name, err)
		}
		for _, err := range d.failed {
			failed = append(failed, err)
		}
	}
	return stats, errors.Join(failed...)
}

// deriving is the work on one list.
type deriving struct {
	a      *Archive
	p      Parser
	info   ListInfo
	l      listRow
	stats  *DeriveStats
	failed map[int64]error // by group
}

// groupRow is a group to be parsed.
type groupRow struct {
	id    int64
	name  string
	stale int64
}

// list parses until every group was read under the verdict of the whole list's
// evidence: so the outcome does not depend on the way there.
func (d *deriving) list(ctx context.Context) error {
	for pass := range maxPasses {
		total, known, err := d.evidence(ctx)
		if err != nil {
			return err
		}
		due, err := d.due(ctx, d.p.Verdict(total))
		if err != nil || len(due) == 0 {
			return err
		}
		if pass == 0 && known == 0 && len(due) > 2*sampleGroups {
			if total, err = d.sample(ctx, due); err != nil {
				return err
			}
		}
		verdict := d.p.Verdict(total)
		if err := d.parseAll(ctx, due, total, verdict); err != nil {
			return err
		}
		after, _, err := d.evidence(ctx)
		if err != nil || d.p.Verdict(after) == verdict {
			return err // what a crawler has fetched meanwhile is the next Derive's
		}
	}
	return fmt.Errorf("the parser's verdict does not settle after %d passes", maxPasses)
}

// evidence adds up what the groups say that this version has read, and counts
// them.
func (d *deriving) evidence(ctx context.Context) (Evidence, int, error) {
	texts, err := scanAll(ctx, d.a.read, func(r *sql.Rows) (s string, err error) { return s, r.Scan(&s) },
		`SELECT evidence FROM grp WHERE list = ? AND version = ?`, d.l.id, d.p.Version())
	if err != nil {
		return nil, 0, err
	}
	total := make(Evidence)
	for _, text := range texts {
		var e Evidence
		if err := json.Unmarshal([]byte(text), &e); err != nil {
			return nil, 0, fmt.Errorf("evidence: %w", err)
		}
		total.add(e)
	}
	return total, len(texts), nil
}

func (e Evidence) add(o Evidence) {
	for k, n := range o {
		e[k] += n
	}
}

// due returns the groups to parse, by name.
func (d *deriving) due(ctx context.Context, verdict string) ([]groupRow, error) {
	groups, err := scanAll(ctx, d.a.read, func(r *sql.Rows) (g groupRow, err error) {
		return g, r.Scan(&g.id, &g.name, &g.stale)
	}, `SELECT id, name, stale FROM grp WHERE list = ? AND name <> '' AND (stale OR version <> ? OR verdict <> ?) ORDER BY name`,
		d.l.id, d.p.Version(), verdict)
	due := groups[:0]
	for _, g := range groups {
		if d.failed[g.id] == nil {
			due = append(due, g)
		}
	}
	return due, err
}

// sampleGroups is how many groups are read for their evidence alone when
// nothing is known yet: a right first guess saves parsing everything twice.
const sampleGroups = 6

func (d *deriving) sample(ctx context.Context, due []groupRow) (Evidence, error) {
	total := make(Evidence)
	for i := range sampleGroups {
		g := due[i*len(due)/sampleGroups]
		group, err := d.group(ctx, g)
		if err != nil {
			return nil, err
		}
		e, err := d.testimony(ctx, group)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		} else if err == nil {
			total.add(e)
		}
	}
	return total, nil
}

// testimony is a group's evidence alone.
func (d *deriving) testimony(ctx context.Context, g Group) (Evidence, error) {
	if w, ok := d.p.(Witness); ok {
		return w.Evidence(ctx, g)
	}
	return d.p.Parse(ctx, g, Evidence{}, func(Parsed) error { return nil }, func(Problem) {})
}
