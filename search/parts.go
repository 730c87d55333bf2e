package search

import (
	"slices"

	"github.com/bxsearch/bxsearch/index"
)

// Part is one of the parts of a query that a message must match all of.
type Part struct {
	Text    string // as Format writes it
	Field   string // that it asks for, "author", "date"; empty for words anywhere, and where there are several
	Without string // the query without it, empty if it is all there is
}

// Parts takes a query apart, so that each part can be taken back. An error is a
// *SyntaxError.
func Parts(query string, opts *Options) ([]Part, error) {
	tree, err := Parse(query, opts)
	if err != nil {
		return nil, err
	}
	all, ok := tree.(index.And)
	if !ok {
		all = index.And{tree}
	}
	parts := make([]Part, len(all))
	for i, q := range all {
		parts[i] = Part{Text: format(q, true), Field: fieldOf(q)}
		if len(all) > 1 {
			parts[i].Without = Format(and(slices.Delete(slices.Clone(all), i, i+1)))
		}
	}
	return parts, nil
}

// fieldOf returns the field that a part of a query asks for.
func fieldOf(q index.Query) string {
	switch q := q.(type) {
	case index.Word:
		return string(q.Field)
	case index.Phrase:
		return string(q.Field)
	case index.Prefix:
		return string(q.Field)
	case index.Fuzzy:
		return string(q.Field)
	case index.DateRange:
		return fieldDate
	case index.InThread:
		return fieldThread
	}
	return ""
}
