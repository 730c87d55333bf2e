package search

import (
	"time"

	"github.com/bxsearch/bxsearch/index"
)

// Facet is something that messages differ in. Query.Facets asks how the
// messages that match spread over it.
type Facet = index.Facet

// The facets.
const (
	FacetList       = index.FacetList       // "list": the mailing list
	FacetDate       = index.FacetDate       // "date": the month, or the year where they span more than three: see Query.Months
	FacetAuthor     = index.FacetAuthor     // "author": the sender's name, or the address of who gives none
	FacetOutlet     = index.FacetOutlet     // "outlet": whose article the mail reports, "example.com"
	FacetAttachment = index.FacetAttachment // "attachment": its kind, "html"; a message may have several
	FacetLanguage   = index.FacetLanguage   // "language": its code, "en"
)

// Facets returns all facets.
func Facets() []Facet {
	return []Facet{FacetList, FacetDate, FacetAuthor, FacetOutlet, FacetAttachment, FacetLanguage}
}

// FacetCounts says how many of all messages that match, on all pages, have
// which value.
type FacetCounts struct {
	Facet Facet `json:"facet"`
	// Values are the most frequent ones first; months or years in their order.
	Values []FacetValue `json:"values"`
	// More is how many further values there are, beyond Query.FacetLimit.
	More int `json:"more"`
	// None is how many messages have no value: no known date, no article, no
	// attachment, too little text to tell the language.
	None int `json:"none"`
}

// FacetValue is one value of a facet.
type FacetValue struct {
	Value string `json:"value"` // as its sender wrote it; dates as "2021" or "2021-03"
	Count int    `json:"count"`
	// Query finds the messages of this value, as part of a query: `list:news`,
	// `author:"Ann Lee"`, `date:2021-03`. Narrow adds it to one.
	Query string `json:"query"`
}

// The bounds of Query.FacetLimit.
const (
	defaultFacetLimit = 10
	maxFacetLimit     = 1000
)

// monthsShown is the longest span of dates that is counted by months.
const monthsShown = 36

// facetsOf gives what the index counted its queries; months says that dates stay
// counted by months.
func facetsOf(found []index.FacetCounts, months bool) []FacetCounts {
	var out []FacetCounts
	for _, f := range found {
		c := FacetCounts{Facet: f.Facet, Values: []FacetValue{}, More: f.More, None: int(f.None)}
		values := f.Values
		if f.Facet == FacetDate && !months {
			values = byYear(values)
		}
		for _, v := range values {
			c.Values = append(c.Values, FacetValue{Value: v.Value, Count: int(v.Count), Query: FacetQuery(f.Facet, v.Value)})
		}
		out = append(out, c)
	}
	return out
}

// FacetQuery is the query for a value of a facet, as FacetValue.Query has it.
func FacetQuery(f Facet, value string) string {
	if f == FacetDate {
		return fieldDate + ":" + value
	}
	return Format(index.Word{Field: f.Field(), Text: value})
}

// byYear adds months up to years where there are too many to be looked at.
func byYear(months []index.FacetValue) []index.FacetValue {
	if len(months) == 0 || monthsIn(months[0].Value, months[len(months)-1].Value) <= monthsShown {
		return months
	}
	var years []index.FacetValue
	for _, m := range months {
		year := m.Value[:4]
		if n := len(years); n == 0 || years[n-1].Value != year {
			years = append(years, index.FacetValue{Value: year})
		}
		years[len(years)-1].Count += m.Count
	}
	return years
}

// monthsIn is how many months there are from one to another, both included.
func monthsIn(first, last string) int {
	from, err1 := time.Parse("2006-01", first)
	to, err2 := time.Parse("2006-01", last)
	if err1 != nil || err2 != nil {
		return 0
	}
	return 12*(to.Year()-from.Year()) + int(to.Month()) - int(from.Month()) + 1
}

// Narrow adds a part, such as FacetValue.Query, to a query: it finds what both
// find. Parentheses come where they are needed. Of a query that cannot be read,
// Parse gives the error.
func Narrow(query, part string, opts *Options) (string, error) {
	whole, err := Parse(query, opts)
	if err != nil {
		return "", err
	}
	more, err := Parse(part, opts)
	if err != nil {
		return "", err
	}
	if _, all := whole.(index.All); all {
		return part, nil
	}
	want := Format(and([]index.Query{whole, more}))
	for _, text := range []string{query + " " + part, "(" + query + ") " + part} {
		if got, err := Parse(text, opts); err == nil && Format(got) == want {
			return text, nil
		}
	}
	return want, nil
}
