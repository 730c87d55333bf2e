package pipermail

import (
	"cmp"
	"slices"
	"time"
)

// candidates are the rows and messages without a partner that have something
// in common, each in its own order.
type candidates struct{ rows, texts []int }

// open groups what has no partner yet by what key gives for it; ok false
// leaves it out.
func open[K comparable](j *joiner, row func(*joinRow) (K, bool), text func(*joinText) (K, bool)) []*candidates {
	groups := map[K]*candidates{}
	var out []*candidates
	at := func(k K) *candidates {
		g := groups[k]
		if g == nil {
			g = &candidates{}
			groups[k] = g
			out = append(out, g)
		}
		return g
	}
	for _, i := range j.order {
		if k, ok := row(&j.rows[i]); ok && j.textOf[i] < 0 {
			g := at(k)
			g.rows = append(g.rows, i)
		}
	}
	for i := range j.texts {
		if k, ok := text(&j.texts[i]); ok && j.rowOf[i] < 0 && j.source[i].Separator != nil {
			g := at(k)
			g.texts = append(g.texts, i)
		}
	}
	return out
}

func (j *joiner) byKey() []*candidates {
	return open(j, func(r *joinRow) (joinKey, bool) { return r.key, true },
		func(t *joinText) (joinKey, bool) { return t.key, true })
}

// byID joins on the Message-ID, where the thread index has it (P8). What
// shares an ID may be different mails (P13): they have to be told apart by
// their time.
func (j *joiner) byID() {
	groups := open(j, func(r *joinRow) (string, bool) { return r.id, r.id != "" },
		func(t *joinText) (string, bool) { return t.id, t.id != "" })
	for _, g := range groups {
		if len(g.rows) == 1 && len(g.texts) == 1 {
			if j.plausible(g.rows[0], g.texts[0]) {
				j.pair(g.rows[0], g.texts[0])
			}
			continue
		}
		for _, c := range j.sameInstant(g, 0, func(t *joinText) int64 { return t.time }) {
			if j.alike(c) {
				j.resolve(c.rows, c.texts)
			}
		}
	}
}

// alike reports whether all of c have one subject and author.
func (j *joiner) alike(c *candidates) bool {
	if len(c.rows) == 0 {
		return false
	}
	key := j.rows[c.rows[0]].key
	for _, r := range c.rows {
		if j.rows[r].key != key {
			return false
		}
	}
	for _, t := range c.texts {
		if j.texts[t].key != key {
			return false
		}
	}
	return true
}

// byTime joins on the instant, subject and author.
func (j *joiner) byTime(within time.Duration) {
	for _, g := range j.byKey() {
		for _, c := range j.sameInstant(g, within, func(t *joinText) int64 { return t.time }) {
			j.resolve(c.rows, c.texts)
		}
	}
}

// bySubject joins what has a subject and author that nothing else in the
// period has, where the time does not forbid it.
func (j *joiner) bySubject() {
	for _, g := range j.byKey() {
		if len(g.rows) > 0 && len(g.texts) >= len(g.rows) && j.allFit(g) {
			j.resolve(g.rows, g.texts)
		}
	}
}

func (j *joiner) allFit(g *candidates) bool {
	for _, r := range g.rows {
		for _, t := range g.texts {
			if !j.timeFits(&j.rows[r], &j.texts[t]) {
				return false
			}
		}
	}
	return true
}

// byServerTime joins on clocks without a zone (P12), which are off by the
// server's zone: it is the same for all messages, or for half of the year, and
// the pairs that there are already show it.
func (j *joiner) byServerTime() {
	for _, zone := range j.serverZones() {
		for _, g := range j.byKey() {
			for i := range 2 {
				clock := func(t *joinText) int64 {
					if i >= len(t.local) {
						return noTime
					}
					return t.local[i] - zone
				}
				for _, c := range j.sameInstant(j.unpaired(g), dateTolerance, clock) {
					j.resolve(c.rows, c.texts)
				}
			}
		}
	}
}

// unpaired is what is left of g.
func (j *joiner) unpaired(g *candidates) *candidates {
	out := &candidates{}
	for _, r := range g.rows {
		if j.textOf[r] < 0 {
			out.rows = append(out.rows, r)
		}
	}
	for _, t := range g.texts {
		if j.rowOf[t] < 0 {
			out.texts = append(out.texts, t)
		}
	}
	return out
}

// maxZones is how many offsets of its clock a server may have in a period:
// winter's and summer's.
const maxZones = 2

// serverZones are the commonest differences, in seconds, between the
// separators' clocks and the instants of their rows.
func (j *joiner) serverZones() []int64 {
	count := map[int64]int{}
	var zones []int64
	for r, t := range j.textOf {
		if t < 0 || j.rows[r].time == noTime || len(j.texts[t].local) == 0 {
			continue
		}
		off := j.texts[t].local[0] - j.rows[r].time
		if off%900 == 0 && near(off, 0, 14*time.Hour) {
			if count[off]++; count[off] == 1 {
				zones = append(zones, off)
			}
		}
	}
	slices.SortFunc(zones, func(a, b int64) int { return cmp.Or(-cmp.Compare(count[a], count[b]), cmp.Compare(a, b)) })
	return zones[:min(len(zones), maxZones)]
}

// sameInstant divides g by time: what is within the tolerance of its neighbour
// belongs together.
func (j *joiner) sameInstant(g *candidates, within time.Duration, clock func(*joinText) int64) []*candidates {
	if len(g.rows) == 0 || len(g.texts) == 0 {
		return nil
	}
	type event struct {
		at    int64
		index int
		row   bool
	}
	var events []event
	for _, r := range g.rows {
		if at := j.rows[r].time; at != noTime {
			events = append(events, event{at, r, true})
		}
	}
	for _, t := range g.texts {
		if at := clock(&j.texts[t]); at != noTime {
			events = append(events, event{at, t, false})
		}
	}
	slices.SortStableFunc(events, func(a, b event) int { return cmp.Compare(a.at, b.at) })
	var out []*candidates
	for i, e := range events {
		if i == 0 || !near(e.at, events[i-1].at, within) {
			out = append(out, &candidates{})
		}
		c := out[len(out)-1]
		if e.row {
			c.rows = append(c.rows, e.index)
		} else {
			c.texts = append(c.texts, e.index)
		}
	}
	return out
}

// byOrder joins what stands between two pairs: as many rows as messages, in
// the order of numbers and of arrival (P9), each pair verified.
func (j *joiner) byOrder() {
	for start := 0; start < len(j.order); {
		if j.textOf[j.order[start]] >= 0 {
			start++
			continue
		}
		end := start
		for end < len(j.order) && j.textOf[j.order[end]] < 0 {
			end++
		}
		first, last := -1, len(j.texts)
		if start > 0 {
			first = j.textOf[j.order[start-1]]
		}
		if end < len(j.order) {
			last = j.textOf[j.order[end]]
		}
		j.fill(j.order[start:end], first+1, last)
		start = end
	}
}

// fill pairs rows with the messages [from, to), if every one of them fits its
// place and none could change places with another.
func (j *joiner) fill(rows []int, from, to int) {
	if to-from != len(rows) {
		return
	}
	seen := map[joinKey]bool{}
	for i, r := range rows {
		if j.rowOf[from+i] >= 0 || !j.plausible(r, from+i) || seen[j.rows[r].key] {
			return
		}
		seen[j.rows[r].key] = true
	}
	for i, r := range rows {
		j.pair(r, from+i)
	}
}
