package web

import (
	"fmt"
	"strings"
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

// narrower adds parts to one query, as search.Narrow does; a page does so for each of
// its bars and values.
type narrower struct {
	links link.Links
	query search.Query
	opts  *search.Options
	years []search.Part // of the query: a month takes the place of its year
	plain bool          // a part can be written behind the query as it stands
}

func (s *Site) narrower(q search.Query) *narrower {
	q.After = ""
	if q.Text == "" {
		q.Text = "*"
	}
	n := &narrower{links: s.cfg.Links, query: q, opts: s.cfg.Options}
	const probe = "list:x"
	if text, err := search.Narrow(q.Text, probe, n.opts); err == nil {
		n.plain = text == q.Text+" "+probe
	}
	parts, err := search.Parts(q.Text, n.opts)
	for _, p := range parts {
		if err == nil && p.Field == "date" && len(p.Text) == len("date:2021") {
			n.years = append(n.years, p)
		}
	}
	return n
}

// with is a link to the search with a part added. What cannot be added leads to the
// part alone.
func (n *narrower) with(part string) string {
	q := n.query
	switch text, ok := n.inYear(part); {
	case ok:
		q.Text = text
	case n.plain:
		q.Text += " " + part
	default:
		q.Text = narrowed(q.Text, part, n.opts)
	}
	return n.links.Search(q, link.HTML)
}

// inYear puts a month in the place of its year, if the query has that.
func (n *narrower) inYear(part string) (string, bool) {
	for _, year := range n.years {
		if strings.HasPrefix(part, year.Text+"-") {
			if year.Without == "" {
				return part, true
			}
			return narrowed(year.Without, part, n.opts), true
		}
	}
	return "", false
}

func narrowed(text, part string, opts *search.Options) string {
	if narrow, err := search.Narrow(text, part, opts); err == nil {
		return narrow
	}
	return part
}
