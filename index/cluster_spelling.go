package index

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// Nearly all values are spelled in one way in the whole index, which is asked
// once. Of the others it is asked how the matches of a search spell them.

// spellingOf is a value of a facet that has spellings.
type spellingOf struct {
	facet Facet
	value string
}

// various is the spelling of a value that has several ones.
const various = ""

// spelling is that of a value which has just one; else "".
func (f *clusterFacts) spelling(facet Facet, value string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.spellings[spellingOf{facet, value}]
}

// spelledVariously tells whether one of some values has several spellings.
func (f *clusterFacets) spelledVariously(facet Facet, values []clusterBucket) bool {
	return slices.ContainsFunc(values, func(v clusterBucket) bool { return f.facts.spelling(facet, v.Key) == various })
}

// unspelled are those of some values of which it is not known how they are spelled.
func (f *clusterFacts) unspelled(facet Facet, values []clusterBucket) (out []string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, v := range values {
		if _, known := f.spellings[spellingOf{facet, v.Key}]; !known {
			out = append(out, v.Key)
		}
	}
	return out
}

// learnSpellings asks for the spellings of the values, in all messages.
func (f *clusterFacets) learnSpellings(ctx context.Context) error {
	aggs, having := clause{}, []clause{}
	for i, facet := range f.request.Facets {
		field, spelled := clusterCounted(facet)
		keys := f.facts.unspelled(facet, f.counts[i].values)
		if !spelled || len(keys) == 0 {
			continue
		}
		having = append(having, clause{"terms": clause{field: keys}})
		aggs[string(facet)] = clause{
			"terms": clause{"field": field, "include": keys, "size": len(keys)},
			"aggs":  clause{"spelled": clause{"terms": clause{"field": clusterShown(facet), "size": 2}}},
		}
	}
	if len(aggs) == 0 {
		return nil
	}
	answer, err := f.ask(ctx, clause{"size": 0, "track_total_hits": false, "query": filter(some(having...)), "aggs": aggs}, nil)
	if err != nil {
		return err
	}
	learnt := map[spellingOf]string{}
	for facet, agg := range answer.Aggregations {
		var values []clusterBucket
		if err := json.Unmarshal(agg.Buckets, &values); err != nil {
			return fmt.Errorf("index: OpenSearch spells %s: %w", facet, err)
		}
		for _, v := range values {
			as := various
			if len(v.Spelled.Buckets) == 1 {
				as = v.Spelled.Buckets[0].Key
			}
			learnt[spellingOf{Facet(facet), v.Key}] = as
		}
	}
	f.facts.spell(learnt)
	return nil
}

// spell adds spellings.
func (f *clusterFacts) spell(learnt map[spellingOf]string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.spellings = added(f.spellings, learnt)
}
