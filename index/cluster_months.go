package index

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Months are counted as ranges of clusterWhen, whose bounds are made here: the
// zones that OpenSearch knows are those of its Java, which may have other rules
// than ours, and a time.Location may have no name at all.

// aMonth is about one, in seconds: the index is asked once which of these
// stretches have messages.
const aMonth = 4 * quarterMonth

// learnMonths finds out which months to count.
func (f *clusterFacets) learnMonths(ctx context.Context) error {
	if !slices.Contains(f.request.Facets, FacetDate) {
		return nil
	}
	stretches, err := f.dated(ctx)
	if err != nil {
		return err
	}
	f.months = monthsOver(stretches, f.request.Location)
	return nil
}

// dated lists the beginnings of the stretches of aMonth that have messages, in
// seconds since 1970.
func (a *clusterAsker) dated(ctx context.Context) ([]int64, error) {
	a.facts.mu.Lock()
	known := a.facts.dated
	a.facts.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known = []int64{}
	composite := clause{"size": monthsAtOnce, "sources": []clause{{"m": clause{"histogram": clause{"field": clusterWhen, "interval": aMonth}}}}}
	for {
		answer, err := a.ask(ctx, clause{"size": 0, "track_total_hits": false, "aggs": clause{"a": clause{"composite": composite}}}, nil)
		if err != nil {
			return nil, err
		}
		var buckets []struct{ Key struct{ M float64 } }
		if err := json.Unmarshal(answer.Aggregations["a"].Buckets, &buckets); err != nil {
			return nil, fmt.Errorf("index: OpenSearch lists months: %w", err)
		}
		for _, b := range buckets {
			known = append(known, int64(b.Key.M)-whenOffset)
		}
		if len(buckets) < monthsAtOnce {
			break
		}
		composite["after"] = answer.Aggregations["a"].After
	}
	a.facts.mu.Lock()
	defer a.facts.mu.Unlock()
	a.facts.dated = known
	return known, nil
}

// monthsOver lists the months of a zone that stretches of aMonth, in order, are
// in. Years of other than four digits have none: see months.values.
func monthsOver(stretches []int64, loc *time.Location) (out []month) {
	zone, last := newMonths(loc), 0
	for _, start := range stretches {
		for at := start; at < start+aMonth; {
			m := zone.monthOf(at)
			if year := m.number / 12; year >= 1000 && year <= 9999 && m.number > last {
				out, last = append(out, m), m.number
			}
			at = max(m.end, at+3600)
		}
	}
	return out
}

func monthRanges(months []month) clause {
	ranges := make([]clause, len(months))
	for i, m := range months {
		ranges[i] = clause{"from": m.start + whenOffset, "to": m.end + whenOffset}
	}
	return clause{"range": clause{"field": clusterWhen, "ranges": ranges}}
}

// takeMonths reads the counts of months. Those beyond the first ones, which
// only an archive with a message in every month of centuries has, it asks for.
func (f *clusterFacets) takeMonths(ctx context.Context, answer *clusterAnswer) error {
	at := slices.Index(f.request.Facets, FacetDate)
	if at < 0 {
		return nil
	}
	total, values := answer.Hits.Total.Value, []FacetValue(nil)
	for months := range slices.Chunk(f.months, monthsAtOnce) {
		if months[0].number != f.months[0].number {
			var err error
			if answer, err = f.counted(ctx, clause{"months": monthRanges(months)}); err != nil {
				return err
			}
		}
		var buckets []clusterCount
		if err := json.Unmarshal(answer.Aggregations["months"].Buckets, &buckets); err != nil {
			return fmt.Errorf("index: OpenSearch counts months: %w", err)
		}
		if len(buckets) != len(months) {
			return fmt.Errorf("index: OpenSearch counted %d months and not %d", len(buckets), len(months))
		}
		for i, b := range buckets {
			if b.Count > 0 {
				number := months[i].number
				values = append(values, FacetValue{fmt.Sprintf("%04d-%02d", number/12, number%12+1), b.Count})
				total -= min(b.Count, total)
			}
		}
	}
	for i, facet := range f.request.Facets {
		if facet == FacetDate {
			f.out[i].Values, f.out[i].None = values, total
		}
	}
	return nil
}

// clusterCount is what a bucket counts.
type clusterCount struct {
	Count uint64 `json:"doc_count"`
}
