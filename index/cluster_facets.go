package index

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
)

// Bounds of counting by facets. OpenSearch answers with 65,535 values in all.
const (
	maxFacetValues = 10_000  // of one facet that are listed, or numbered exactly
	facetReach     = 10_000  // values that each shard counts
	facetFarReach  = 200_000 // that it counts where the above makes counts inexact
	maxSpellings   = 1_000   // of one value that each shard counts
	monthsAtOnce   = 10_000
	numbersExactly = 40_000 // values that OpenSearch numbers without a list, all but exactly
)

// clusterCounted is the field that a facet is counted by. Those with spellings
// are counted by what is the same, and then asked for how it is spelled.
func clusterCounted(f Facet) (field string, spelled bool) {
	switch f {
	case FacetList, FacetAuthor:
		return string(f), true
	case FacetAttachment:
		return clusterShown(f), false
	}
	return string(f.Field()), false
}

// clusterFacets counts the matches of one search.
type clusterFacets struct {
	*clusterSearch
	limit  int
	total  uint64 // matches
	out    []FacetCounts
	counts []clusterCounts // as out
	months []month
}

// clusterCounts is what is known of a facet's values.
type clusterCounts struct {
	values  []clusterBucket // the most frequent ones
	number  uint64          // of all values
	crowded bool            // there are more than were listed
	short   uint64          // at most so many messages of a value were left out
}

// clusterBucket is a value with what was counted of it.
type clusterBucket struct {
	Key     string
	Count   uint64 `json:"doc_count"`
	Spelled struct{ Buckets []clusterSpelling }
}

type clusterSpelling struct{ Key string }

// countFacets counts all matches as facetCounter does. It returns how many there
// are, too.
func (s *clusterSearch) countFacets(ctx context.Context) ([]FacetCounts, uint64, error) {
	r := s.request
	f := &clusterFacets{clusterSearch: s, limit: r.FacetLimit, out: make([]FacetCounts, len(r.Facets)), counts: make([]clusterCounts, len(r.Facets))}
	if f.limit <= 0 {
		f.limit = defaultFacetLimit
	}
	f.limit = min(f.limit, maxFacetValues)
	for i, facet := range r.Facets {
		if facet != FacetDate && !slices.Contains(columnOrder[:], facet) {
			return nil, 0, fmt.Errorf("index: there is no facet %q", facet)
		}
		f.out[i].Facet = facet
	}
	for _, ask := range []func(context.Context) error{f.learnMonths, f.count, f.spell} {
		if err := ask(ctx); err != nil {
			return nil, 0, err
		}
	}
	return f.out, f.total, nil
}

// count asks for the values, and for the months. To list them all is less work
// than to count them twice: for the most frequent ones and for their number.
func (f *clusterFacets) count(ctx context.Context) error {
	for _, reach := range []int{facetReach, facetFarReach} {
		answer, err := f.counted(ctx, f.wanted(reach))
		if err != nil {
			return err
		}
		sure := true
		f.total = answer.Hits.Total.Value
		for i, facet := range f.request.Facets {
			if facet == FacetDate {
				continue
			}
			if err := f.take(i, answer); err != nil {
				return err
			}
			sure = sure && f.counts[i].sure(f.limit)
		}
		if err := f.takeMonths(ctx, answer); err != nil || sure {
			return err
		}
	}
	return nil
}

// wanted is what is counted, where each shard counts so many values.
func (f *clusterFacets) wanted(reach int) clause {
	aggs := clause{}
	for i, facet := range f.request.Facets {
		if facet == FacetDate {
			continue
		}
		field, _ := clusterCounted(facet)
		n := strconv.Itoa(i)
		aggs["all"+n] = clause{"terms": clause{"field": field, "size": maxFacetValues, "shard_size": reach}}
		if facet == FacetAttachment {
			aggs["none"+n] = clause{"missing": clause{"field": field}}
		}
	}
	if first := f.months[:min(len(f.months), monthsAtOnce)]; len(first) > 0 {
		aggs["months"] = monthRanges(first)
	}
	return aggs
}

// counted asks for aggregations over all matches, without what is not read of
// the answer.
func (s *clusterSearch) counted(ctx context.Context, aggs clause) (*clusterAnswer, error) {
	body := clause{"size": 0, "track_total_hits": true, "query": filter(s.query.clause)}
	if len(aggs) > 0 {
		body["aggs"] = aggs
	}
	return s.ask(ctx, body, url.Values{"filter_path": {"-aggregations.months.buckets.key,-aggregations.months.buckets.from*,-aggregations.months.buckets.to*"}})
}

// take reads what was counted of a facet. Of all but attachments a message has
// one value at most, so those that have none are what is left.
func (f *clusterFacets) take(i int, answer *clusterAnswer) error {
	n, c := strconv.Itoa(i), &f.counts[i]
	all := answer.Aggregations["all"+n]
	var values []clusterBucket
	if err := json.Unmarshal(all.Buckets, &values); err != nil {
		return fmt.Errorf("index: OpenSearch counts %s: %w", f.out[i].Facet, err)
	}
	c.number, c.crowded, c.short = uint64(len(values)), all.Beyond > 0, uint64(max(all.Error, 0))
	if none, ok := answer.Aggregations["none"+n]; ok {
		f.out[i].None = none.Count
	} else {
		f.out[i].None = f.total - min(all.Beyond, f.total)
		for _, v := range values {
			f.out[i].None -= min(v.Count, f.out[i].None)
		}
	}
	most := f.limit
	if c.short > 0 {
		most = f.listed()
	}
	c.values = values[:min(len(values), most)]
	return nil
}

// listed is how many values are looked at where shards left some out: more than
// are wanted, to know that no other one is among the most frequent.
func (f *clusterFacets) listed() int { return min(2*f.limit+50, maxFacetValues) }

// sure tells whether the most frequent values are among those that were listed,
// whatever the shards left out.
func (c *clusterCounts) sure(limit int) bool {
	return c.short == 0 || len(c.values) > limit && c.values[limit-1].Count > c.values[len(c.values)-1].Count+c.short
}

// spell asks how the values are spelled, and counts once more what may not have
// been counted whole: of values that are named, each shard counts all.
func (f *clusterFacets) spell(ctx context.Context) error {
	if err := f.learnSpellings(ctx); err != nil {
		return err
	}
	aggs := clause{}
	for i, facet := range f.request.Facets {
		c, n := &f.counts[i], strconv.Itoa(i)
		field, spelled := clusterCounted(facet)
		if c.crowded {
			aggs["number"+n] = clause{"cardinality": clause{"field": field, "precision_threshold": numbersExactly}}
		}
		spelled = spelled && f.spelledVariously(facet, c.values)
		if len(c.values) == 0 || !spelled && c.short == 0 {
			continue
		}
		keys := keysOf(c.values)
		agg := clause{"terms": clause{"field": field, "include": keys, "size": len(keys)}}
		if spelled {
			agg["aggs"] = clause{"spelled": clause{"terms": clause{"field": clusterShown(facet), "size": 1, "shard_size": maxSpellings}}}
		}
		aggs["top"+n] = agg
	}
	answer := &clusterAnswer{}
	if len(aggs) > 0 {
		var err error
		if answer, err = f.counted(ctx, aggs); err != nil {
			return err
		}
	}
	for i, facet := range f.request.Facets {
		if facet == FacetDate {
			continue
		}
		if err := f.settle(i, answer.Aggregations); err != nil {
			return err
		}
	}
	return nil
}

func keysOf(values []clusterBucket) []string {
	keys := make([]string, len(values))
	for i, v := range values {
		keys[i] = v.Key
	}
	return keys
}

// settle makes the counts of a facet of all that was asked.
func (f *clusterFacets) settle(i int, from map[string]clusterAggregation) error {
	c, n := &f.counts[i], strconv.Itoa(i)
	if again, ok := from["top"+n]; ok {
		c.values = nil
		if err := json.Unmarshal(again.Buckets, &c.values); err != nil {
			return fmt.Errorf("index: OpenSearch spells %s: %w", f.out[i].Facet, err)
		}
	}
	top := topValues{limit: f.limit}
	for _, v := range c.values {
		value := FacetValue{v.Key, v.Count}
		if spelling := f.facts.spelling(f.out[i].Facet, v.Key); spelling != "" {
			value.Value = spelling
		}
		if len(v.Spelled.Buckets) > 0 {
			value.Value = v.Spelled.Buckets[0].Key
		}
		top.add(v.Key, value)
	}
	if number, ok := from["number"+n]; ok { // about
		all, err := number.Value.Int64()
		if err != nil {
			return fmt.Errorf("index: OpenSearch numbers %s: %w", f.out[i].Facet, err)
		}
		c.number = max(c.number, uint64(max(all, 0)))
	}
	f.out[i].Values, f.out[i].More = top.values, max(int(c.number)-len(top.values), 0)
	return nil
}
