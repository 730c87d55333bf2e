package index

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Facet is something that the messages of an archive differ in, and that those
// that match a query can be counted by.
type Facet string

// The facets. All but FacetDate have a field whose value finds what was
// counted; FacetDate counts by months, as a DateRange of a month does.
const (
	FacetList       Facet = "list"       // FieldList
	FacetDate       Facet = "date"       // months, "2021-03", in Request.Location
	FacetAuthor     Facet = "author"     // FieldAuthor
	FacetOutlet     Facet = "outlet"     // FieldOutlet
	FacetAttachment Facet = "attachment" // kinds of attachments: values of FieldHas; a message may have several
	FacetLanguage   Facet = "language"   // FieldLang
)

// Field returns the field whose values the facet counts; it is empty of
// FacetDate.
func (f Facet) Field() Field {
	switch f {
	case FacetAttachment:
		return FieldHas
	case FacetLanguage:
		return FieldLang
	case FacetDate:
		return ""
	}
	return Field(f)
}

// FacetCounts says how many of all messages that match have which value.
type FacetCounts struct {
	Facet  Facet
	Values []FacetValue // the most frequent first, of equals by value; months in their order
	More   int          // values beyond Request.FacetLimit
	None   uint64       // messages without a value
}

// FacetValue is one value of a facet. Of spellings that the field takes for the
// same it is the most frequent one.
type FacetValue struct {
	Value string
	Count uint64
}

// defaultFacetLimit is how many values a Request with no FacetLimit gets.
const defaultFacetLimit = 10

// facetCounter counts the matches of one search.
type facetCounter struct {
	columnCursor
	facets  []Facet
	columns []int // of the facets that have one
	months  *months
	counts  [][len(columnOrder)][]uint32 // by file and the number of the value there
}

// countFacets returns nil where no facets are asked for.
func (s *snapshot) countFacets(r *Request) (*facetCounter, error) {
	if len(r.Facets) == 0 {
		return nil, nil
	}
	f := &facetCounter{columnCursor: columnCursor{columnSet: s.columns}, facets: r.Facets}
	for _, facet := range r.Facets {
		column := slices.Index(columnOrder[:], facet)
		switch {
		case facet == FacetDate:
			f.months = newMonths(r.Location)
		case column < 0:
			return nil, fmt.Errorf("index: there is no facet %q", facet)
		case !slices.Contains(f.columns, column):
			f.columns = append(f.columns, column)
		}
	}
	f.room()
	return f, nil
}

// room makes room for the counts.
func (f *facetCounter) room() {
	f.counts = make([][len(columnOrder)][]uint32, len(f.files))
	for i, file := range f.files {
		for _, column := range f.columns {
			f.counts[i][column] = make([]uint32, file.values[column].count)
		}
	}
}

// count takes a match.
func (f *facetCounter) count(doc uint64) {
	file, n := f.seek(doc)
	counts := &f.counts[f.at]
	for _, i := range f.columns {
		counts[i][file.values[i].ord(n)]++
	}
	if f.months != nil {
		f.months.count(file.when(n))
	}
}

// result adds up what was counted.
func (f *facetCounter) result(limit int) []FacetCounts {
	if f == nil {
		return nil
	}
	if limit <= 0 {
		limit = defaultFacetLimit
	}
	out := make([]FacetCounts, len(f.facets))
	for i, facet := range f.facets {
		if facet == FacetDate {
			out[i].Values, out[i].None = f.months.values()
		} else {
			out[i] = f.column(slices.Index(columnOrder[:], facet), limit)
		}
		out[i].Facet = facet
	}
	return out
}

// column adds up the counts of all files by value.
func (f *facetCounter) column(column, limit int) FacetCounts {
	t := f.table(column)
	counts := make([]uint64, len(t.shown))
	for file := range f.counts {
		for ord, n := range f.counts[file][column] {
			counts[t.numbers[file][ord]] += uint64(n)
		}
	}
	if columnOrder[column] == FacetAttachment {
		return t.members(counts, limit)
	}
	return t.spellings(counts, limit)
}

// spellings adds up the values that are the same to their field.
func (t *facetTable) spellings(counts []uint64, limit int) FacetCounts {
	sums := make([]uint64, len(t.terms))
	best := make([]uint32, len(t.terms)) // the most frequent spelling
	for n, count := range counts {
		term := t.term[n]
		have := counts[best[term]]
		if sums[term] == 0 || count > have || count == have && t.shown[n] < t.shown[best[term]] {
			best[term] = uint32(n)
		}
		sums[term] += count
	}
	top := topValues{limit: limit}
	for term := 1; term < len(t.terms); term++ {
		top.add(t.terms[term], FacetValue{t.shown[best[term]], sums[term]})
	}
	return FacetCounts{Values: top.values, More: top.more, None: sums[0]}
}

// members adds up the values that are sets by what is in them.
func (t *facetTable) members(counts []uint64, limit int) FacetCounts {
	sums := map[string]uint64{}
	for n, count := range counts {
		for member := range strings.SplitSeq(t.shown[n], valueSeparator) {
			sums[member] += count
		}
	}
	top := topValues{limit: limit}
	for member, count := range sums {
		if member != "" {
			top.add(member, FacetValue{member, count})
		}
	}
	return FacetCounts{Values: top.values, More: top.more, None: sums[""]}
}

// topValues keeps the most frequent values, in order.
type topValues struct {
	limit  int
	values []FacetValue
	terms  []string // of the values
	more   int
}

func (t *topValues) add(term string, v FacetValue) {
	if v.Count == 0 {
		return
	}
	n := len(t.values)
	for n > 0 && cmp.Or(cmp.Compare(v.Count, t.values[n-1].Count), strings.Compare(t.terms[n-1], term)) > 0 {
		n--
	}
	if n < t.limit {
		t.values, t.terms = slices.Insert(t.values, n, v), slices.Insert(t.terms, n, term)
	}
	if len(t.values) > t.limit || n >= t.limit {
		t.values, t.terms = t.values[:t.limit], t.terms[:t.limit]
		t.more++
	}
}

// months counts dates by the months of a zone.
type months struct {
	loc    *time.Location
	recent [1024]month // by the quarter of a month, about
	counts map[int]uint64
	none   uint64
}

// month is a month met before.
type month struct {
	start, end int64 // seconds since 1970
	number     int   // since the year 0
	count      uint64
}

func newMonths(loc *time.Location) *months {
	if loc == nil {
		loc = time.UTC
	}
	return &months{loc: loc, counts: map[int]uint64{}}
}

// quarterMonth is in seconds.
const quarterMonth = 657436

// count counts a date, as whenOf gave it.
func (m *months) count(when uint64) {
	if when == 0 {
		m.none++
		return
	}
	at := int64(when) - whenOffset
	slot := &m.recent[at/quarterMonth&int64(len(m.recent)-1)]
	if at < slot.start || at >= slot.end {
		m.counts[slot.number] += slot.count
		*slot = m.monthOf(at)
	}
	slot.count++
}

// settle puts all that was counted into counts.
func (m *months) settle() {
	for i := range m.recent {
		m.counts[m.recent[i].number] += m.recent[i].count
		m.recent[i].count = 0
	}
}

func (m *months) monthOf(at int64) month {
	t := time.Unix(at, 0).In(m.loc)
	start := time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, m.loc)
	end := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, m.loc)
	return month{start: start.Unix(), end: end.Unix(), number: 12*t.Year() + int(t.Month()) - 1}
}

// values returns the months in their order. Years of other than four digits are
// no dates that a query can name, and count as none.
func (m *months) values() (values []FacetValue, none uint64) {
	m.settle()
	none = m.none
	for number, count := range m.counts {
		switch year := number / 12; {
		case count == 0:
		case year < 1000 || year > 9999:
			none += count
		default:
			values = append(values, FacetValue{fmt.Sprintf("%04d-%02d", year, number%12+1), count})
		}
	}
	slices.SortFunc(values, func(a, b FacetValue) int { return cmp.Compare(a.Value, b.Value) })
	return values, none
}
