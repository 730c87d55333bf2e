package api

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/search"
)

// The parameters of a search, and those that only JSON has a place for.
var (
	searchParams = []string{"q", "like", "similar", "sort", "group", "after", "limit"}
	jsonParams   = append(slices.Clone(searchParams), "facets", "facet_limit", "snippet", "explain")
	facetParams  = []string{"q", "like", "similar", "facets", "facet_limit"}
	threadParams = []string{"after", "limit"}
)

// elsewhere are names that other APIs have for the same.
var elsewhere = map[string]string{
	"query": "q", "search": "q", "text": "q", "s": "q", "cursor": "after", "page": "after", "offset": "after", "start": "after", "next": "after",
	"count": "limit", "size": "limit", "per_page": "limit", "n": "limit", "max": "limit", "order": "sort", "orderby": "sort", "sort_by": "sort",
	"fold": "group", "facet": "facets", "similar_subject": "similar",
}

// params reads the parameters of a request: only those that are known, and each
// once.
func params(r *http.Request, known ...string) (url.Values, error) {
	v, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, &Problem{Status: http.StatusBadRequest, name: "parameter", Title: "The parameters cannot be read", Detail: quote(err.Error()), Hint: "Write % and ; in them as %25 and %3B."}
	}
	for name, values := range v {
		if !slices.Contains(known, name) {
			return nil, unknown(name, known)
		}
		if len(values) > 1 {
			return nil, wrong(name, fmt.Sprintf("it is given %d times", len(values)), "give it once")
		}
	}
	return v, nil
}

// unknown is a parameter that there is not.
func unknown(name string, known []string) *Problem {
	p := &Problem{
		Status: http.StatusBadRequest, name: "parameter", Title: "There is no such parameter", Detail: "The parameter " + quote(name) + " means nothing here.",
		Hint: "There are no parameters here.", Parameter: name, Proposal: nearest(name, known),
	}
	if len(known) > 0 {
		p.Hint = "The parameters are " + strings.Join(known, ", ") + "."
	}
	if r := []rune(name); len(r) > 100 {
		p.Parameter = string(r[:100])
	}
	if p.Proposal != "" {
		p.Hint = "Did you mean " + p.Proposal + "? " + p.Hint
	}
	return p
}

// nearest returns the known name that may be meant, or nothing.
func nearest(name string, known []string) string {
	name = strings.ToLower(name)
	if slices.Contains(known, name) {
		return name
	}
	if other := elsewhere[name]; slices.Contains(known, other) {
		return other
	}
	best, least := "", 3
	for _, k := range known {
		if d := distance(name, k); d < least && d < len(k) {
			best, least = k, d
		}
	}
	return best
}

// distance is how many letters have to be changed, put in or left out to make one
// name of the other; 3 stands for more than two.
func distance(a, b string) int {
	if len(a)-len(b) > 2 || len(b)-len(a) > 2 {
		return 3
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		above := row[0]
		row[0] = i + 1
		for j := range len(b) {
			next := above
			if a[i] != b[j] {
				next = 1 + min(above, row[j], row[j+1])
			}
			above, row[j+1] = row[j+1], next
		}
	}
	return min(row[len(b)], 3)
}

// number reads a number between bounds; otherwise where there is none.
func number(v url.Values, name string, otherwise, most int) (int, error) {
	text := v.Get(name)
	if text == "" {
		return otherwise, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, wrong(name, quote(text)+" is not such a number", fmt.Sprintf("give one from 1 to %d", most))
	}
	return n, nil
}

// truth reads true or false.
func truth(v url.Values, name string) (bool, error) {
	switch v.Get(name) {
	case "", "false", "0":
		return false, nil
	case "true", "1":
		return true, nil
	}
	return false, wrong(name, quote(v.Get(name))+" is neither true nor false", "give true or false")
}

// facets reads the names of facets: separated by commas, or "all".
func facets(v url.Values, otherwise []search.Facet) ([]search.Facet, error) {
	text := v.Get("facets")
	switch text {
	case "":
		return otherwise, nil
	case "all":
		return search.Facets(), nil
	}
	names := make([]string, 0, len(search.Facets()))
	for _, f := range search.Facets() {
		names = append(names, string(f))
	}
	var out []search.Facet
	for name := range strings.SplitSeq(text, ",") {
		if !slices.Contains(names, name) {
			p := wrong("facets", "there is no facet "+quote(name), "the facets are "+strings.Join(names, ", ")+"; or give all")
			p.Proposal = nearest(name, names)
			return nil, p
		}
		if f := search.Facet(name); !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out, nil
}
