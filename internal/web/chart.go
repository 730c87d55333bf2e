package web

import (
	"fmt"
	"time"

	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/search"
)

// The bounds of a chart: so many months are bars of their own, and a date that somebody's
// clock made up does not squeeze the others into one corner.
const (
	mostMonths = 120
	mostYears  = 50
)

// chart counts messages by month or year.
type chart struct {
	Unit    string // "month" or "year"
	Width   int    // of the picture: barWidth for each bar
	Bars    []bar
	Most    int
	First   string // what is at the ends
	Last    string
	Outside int // messages before and after
}

// barWidth and barHeight are in the units of the picture.
const (
	barWidth  = 10
	barHeight = 100
)

// bar is one month or year.
type bar struct {
	X, Y, Height int
	Label        string
	Count        int
	Href         string // empty where there is nothing to find
}

// chartOf draws the months that a search counted; href says where a bar leads, given
// its part of a query. It is nil where there is nothing to compare.
func chartOf(months []search.FacetValue, href func(part string) string) *chart {
	months, outside := trim(months)
	if len(months) == 0 {
		return nil
	}
	c := &chart{Unit: "month", Outside: outside}
	values := filled(months, "2006-01", 1)
	if len(values) > mostMonths {
		c.Unit, values = "year", filled(years(months), "2006", 12)
	}
	if len(values) < 2 {
		return nil
	}
	for _, v := range values {
		c.Most = max(c.Most, v.Count)
	}
	for i, v := range values {
		b := bar{X: i * barWidth, Label: monthName(v.Value), Count: v.Count}
		if v.Count > 0 {
			b.Height = max(2, v.Count*barHeight/c.Most)
			b.Href = href(v.Query)
		}
		b.Y = barHeight - b.Height
		c.Bars = append(c.Bars, b)
	}
	c.Width = len(c.Bars) * barWidth
	c.First, c.Last = c.Bars[0].Label, c.Bars[len(c.Bars)-1].Label
	return c
}

// trim takes off years at the ends while there are too many, those with fewer messages
// first.
//
// QUIRK: P11, P12: archives have messages of 1945 and of 2062.
func trim(months []search.FacetValue) (kept []search.FacetValue, outside int) {
	for len(months) > 0 && yearOf(months[len(months)-1])-yearOf(months[0]) >= mostYears {
		first, last := months[0], months[len(months)-1]
		if first.Count <= last.Count {
			outside, months = outside+first.Count, months[1:]
		} else {
			outside, months = outside+last.Count, months[:len(months)-1]
		}
	}
	return months, outside
}

func yearOf(v search.FacetValue) (year int) {
	_, _ = fmt.Sscanf(v.Value, "%4d", &year) // it is a date of ours
	return year
}

// years adds months up.
func years(months []search.FacetValue) []search.FacetValue {
	var out []search.FacetValue
	for _, m := range months {
		year := m.Value[:4]
		if n := len(out); n == 0 || out[n-1].Value != year {
			out = append(out, search.FacetValue{Value: year, Query: search.FacetQuery(search.FacetDate, year)})
		}
		out[len(out)-1].Count += m.Count
	}
	return out
}

// filled adds the months or years in which nobody wrote. There are not many: see trim.
func filled(values []search.FacetValue, layout string, step int) []search.FacetValue {
	var out []search.FacetValue
	for _, v := range values {
		at, err := time.Parse(layout, v.Value)
		for err == nil && len(out) > 0 {
			last, _ := time.Parse(layout, out[len(out)-1].Value)
			next := last.AddDate(0, step, 0)
			if !next.Before(at) {
				break
			}
			out = append(out, search.FacetValue{Value: next.Format(layout)})
		}
		out = append(out, v)
	}
	return out
}

// narrowed is a link to a search with a part added. What cannot be added leads to the
// part alone.
func (s *Site) narrowed(q search.Query, part string) string {
	text := q.Text
	if text == "" {
		text = "*"
	}
	if narrow, err := search.Narrow(withoutWider(text, part, s.cfg.Options), part, s.cfg.Options); err == nil {
		part = narrow
	}
	q.Text, q.After = part, ""
	return s.cfg.Links.Search(q, link.HTML)
}

// withoutWider takes the year out of a query that gets one of its months.
func withoutWider(text, part string, opts *search.Options) string {
	parts, err := search.Parts(text, opts)
	if err != nil {
		return text
	}
	for _, p := range parts {
		if p.Field == "date" && len(p.Text) == len("date:2021") && len(part) > len(p.Text) && part[:len(p.Text)] == p.Text {
			if p.Without == "" {
				return "*"
			}
			return p.Without
		}
	}
	return text
}
