package link

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/search"
)

// The bounds of what a URL may ask for.
const (
	maxText  = 4096 // bytes of a query
	maxRef   = 2048 // bytes of a reference or a cursor
	maxLimit = 100  // hits a page
)

// ParamError is a parameter of a URL that cannot be read.
type ParamError struct {
	Name string // of the parameter
	Msg  string // what is wrong with it
	Hint string // how to get out of it
}

func (e *ParamError) Error() string {
	return fmt.Sprintf("parameter %s: %s: %s", e.Name, e.Msg, e.Hint)
}

// Search is a search, in one of the formats HTML, JSON, CSV, MboxGzip, Atom and
// JSONFeed. What is at its default is left out, so that the same search always
// has the same URL. Of q it takes what ReadSearch gives.
func (l Links) Search(q search.Query, f Format) string {
	return withQuery(l.prefix+"/search"+string(f), SearchValues(q))
}

// SearchValues are the parameters of a search, as ReadSearch reads them.
func SearchValues(q search.Query) url.Values {
	v := url.Values{}
	for _, p := range params(&q) {
		if *p.value != "" && *p.value != p.otherwise {
			v.Set(p.name, *p.value)
		}
	}
	if q.Limit > 0 && q.Limit != defaultLimit {
		v.Set("limit", strconv.Itoa(q.Limit))
	}
	return v
}

// defaultLimit is the number of hits on a page that search has without one.
const defaultLimit = 20

// ReadSearch reads the parameters of a search: q (the query), like and similar
// (the messages that others are to be like), sort, group, after (a cursor) and
// limit. An error is a *ParamError; what is no text, order or group is search's
// to say. Parameters that it does not know, it leaves alone.
func ReadSearch(v url.Values) (search.Query, error) {
	var q search.Query
	for _, p := range params(&q) {
		*p.value = strings.TrimSpace(v.Get(p.name))
		if len(*p.value) > p.most {
			*p.value = ""
			return q, &ParamError{p.name, fmt.Sprintf("it is longer than %d bytes", p.most), "shorten it"}
		}
	}
	limit := v.Get("limit")
	if limit == "" {
		return q, nil
	}
	n, err := strconv.Atoi(limit)
	if err != nil || n < 1 || n > maxLimit {
		return q, &ParamError{"limit", fmt.Sprintf("%q is no number of hits", limit), fmt.Sprintf("give one from 1 to %d", maxLimit)}
	}
	q.Limit = n
	return q, nil
}

// param is a parameter of a search and where its value is.
type param struct {
	name      string
	value     *string
	most      int    // bytes
	otherwise string // what it means to leave it out
}

func params(q *search.Query) []param {
	return []param{
		{"q", &q.Text, maxText, ""},
		{"like", &q.Like, maxRef, ""},
		{"similar", &q.SimilarSubject, maxRef, ""},
		{"sort", (*string)(&q.Sort), maxRef, string(search.ByRelevance)},
		{"group", (*string)(&q.Group), maxRef, string(search.GroupCopy)},
		{"after", &q.After, maxRef, ""},
	}
}
