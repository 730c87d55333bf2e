package index

import (
	"math"
	"slices"
	"strings"
)

// clause is a query in OpenSearch's language.
type clause map[string]any

// everything and nothing match so, and add nothing to a score.
func everything() clause { return clause{"match_all": clause{"boost": 0}} }
func nothing() clause    { return clause{"match_none": clause{}} }

// filter matches what a clause does, without scores.
func filter(of ...clause) clause { return clause{"bool": clause{"filter": of}} }

// every matches what all of some clauses match, and adds up their scores.
func every(of ...clause) clause { return clause{"bool": clause{"must": of}} }

// some matches what one of some clauses matches, and adds up their scores.
func some(of ...clause) clause {
	if len(of) == 1 {
		return of[0]
	}
	return clause{"bool": clause{"should": of, "minimum_should_match": 1}}
}

// bestOf matches what one of some clauses matches, and takes the best score.
func bestOf(of ...clause) clause {
	if len(of) == 1 {
		return of[0]
	}
	return clause{"dis_max": clause{"queries": of}}
}

// flat gives all that a clause matches the same score.
func flat(of clause, score float64) clause {
	return clause{"constant_score": clause{"filter": of, "boost": float32(max(score, 0))}}
}

// oneTerm matches a term, by its BM25 times a boost.
func oneTerm(field, term string, boost float64) clause {
	return clause{"term": clause{field: clause{"value": term, "boost": float32(boost)}}}
}

// anyOf matches exact terms, without scores.
func anyOf(field string, terms []string) clause {
	return filter(clause{"terms": clause{field: terms}})
}

// stacked matches one of several terms as if they were one: Lucene adds up how
// often they are there before it scores.
func stacked(field string, terms []string, boost float64) clause {
	if len(terms) == 1 {
		return oneTerm(field, terms[0], boost)
	}
	return clause{"match": clause{field: clause{"query": strings.Join(terms, string(termSign)), "boost": float32(boost)}}}
}

// sequence matches terms at successive places, several at one place standing
// for each other.
type sequence [][]string

func (s sequence) text() string {
	places := make([]string, len(s))
	for i, terms := range s {
		places[i] = strings.Join(terms, string(termSign))
	}
	return strings.Join(places, string(placeSign))
}

func (s sequence) in(field string, boost float64) clause {
	return clause{"match_phrase": clause{field: clause{"query": s.text(), "boost": float32(boost)}}}
}

// clusterForms are the forms of a word or a phrase as OpenSearch is asked for
// them.
type clusterForms struct {
	terms     []string   // of those of one place
	sequences []sequence // those of several
}

// clusterTermOf is a term of Expand as it stands in OpenSearch.
func clusterTermOf(term string) string {
	if stem, ok := strings.CutPrefix(term, StemMark); ok {
		return clusterStem + stem
	}
	return term
}

// newClusterForms puts forms that differ in their last place only into one.
func newClusterForms(forms [][]string) clusterForms {
	var out clusterForms
	begins := map[string]int{}
	for _, form := range forms {
		last := len(form) - 1
		end := clusterTermOf(form[last])
		if last == 0 {
			out.add(end)
			continue
		}
		begin := strings.Join(form[:last], " ")
		i, ok := begins[begin]
		if !ok {
			i = len(out.sequences)
			begins[begin] = i
			var s sequence
			for _, term := range form[:last] {
				s = append(s, []string{term})
			}
			out.sequences = append(out.sequences, append(s, nil))
		}
		ends := &out.sequences[i][last]
		if !slices.Contains(*ends, end) {
			*ends = append(*ends, end)
		}
	}
	return out
}

func (f *clusterForms) add(term string) {
	if !slices.Contains(f.terms, term) {
		f.terms = append(f.terms, term)
	}
}

// luceneIDF is the IDF that BM25 counts with there.
func luceneIDF(docs, all uint64) float64 { return math.Max(idf(docs, all), 1e-9) }
