package index

import (
	"strings"
	"time"
)

// dateRange matches the days of the range by their terms, whole years and
// months by one each; of the days at its edges it looks at the dates.
func (c *compiler) dateRange(q DateRange) (matcher, error) {
	if q.After.IsZero() && q.Before.IsZero() {
		return allMatcher{}, nil
	}
	if err := c.span(); err != nil {
		return nil, err
	}
	from, to := c.bounds(q)
	if !from.Before(to) {
		return noneMatcher{}, nil
	}
	inner, edges := cover(from, to)
	m, err := c.terms(fieldDay, inner)
	if err != nil || len(edges) == 0 {
		return m, err
	}
	days, err := c.terms(fieldDay, edges)
	if err != nil {
		return nil, err
	}
	first, last := whenOf(from), whenOf(to)
	edge := newFilter(days, func() keeper {
		dates := &columnCursor{columnSet: c.columns}
		return func(doc uint64) (bool, error) {
			when := dates.when(doc)
			return first <= when && when < last, nil
		}
	})
	return &orMatcher{parts: []matcher{m, edge}}, nil
}

// bounds closes an open range at the first and last day that the index holds.
func (c *compiler) bounds(q DateRange) (from, to time.Time) {
	from, to = q.After.UTC(), q.Before.UTC()
	if first := c.firstDay; from.IsZero() || from.Before(first) {
		from = first
	}
	if last := c.lastDay.AddDate(0, 0, 1); q.Before.IsZero() || to.After(last) {
		to = last
	}
	return from, to
}

// cover returns terms for the whole days in [from, to), and the days of which
// only some is in it.
func cover(from, to time.Time) (inner, edges []string) {
	day := from.Truncate(24 * time.Hour)
	if !day.Equal(from) {
		edges = append(edges, day.Format(time.DateOnly))
		day = day.AddDate(0, 0, 1)
	}
	for day.Before(to) {
		term, next := longest(day, to)
		if next.After(to) {
			edges = append(edges, term)
		} else {
			inner = append(inner, term)
		}
		day = next
	}
	return inner, edges
}

// longest returns the year, month or day that begins at day and ends by to;
// failing all, the day.
func longest(day, to time.Time) (term string, next time.Time) {
	term = day.Format(time.DateOnly)
	if next = day.AddDate(1, 0, 0); day.YearDay() == 1 && !next.After(to) {
		return strings.TrimSuffix(term, "-01-01"), next
	}
	if next = day.AddDate(0, 1, 0); day.Day() == 1 && !next.After(to) {
		return strings.TrimSuffix(term, "-01"), next
	}
	return term, day.AddDate(0, 0, 1)
}
