package web

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bxsearch/bxsearch/internal/neutral"
	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/search"
)

// facetValues is how many values of a facet a page shows.
const facetValues = 8

// facetView is what the messages found differ in, each value a link to fewer.
type facetView struct {
	Name   string
	Values []facetLink
	More   int // further values
	None   int // messages without one
}

type facetLink struct {
	Text  string
	Count int
	Share int    // per cent of the most frequent value, for a bar
	Href  string // empty where it would change nothing
}

var facetNames = map[search.Facet]string{
	search.FacetList: "List", search.FacetDate: "Date", search.FacetAuthor: "Author",
	search.FacetOutlet: "Reported from", search.FacetAttachment: "Attachment", search.FacetLanguage: "Language",
}

// facets leaves out what all messages found have in common.
func facets(narrow *narrower, res *search.Results) []facetView {
	var out []facetView
	for _, f := range res.Facets {
		values := f.Values
		if f.Facet == search.FacetDate {
			values = dates(values)
		}
		if len(values) == 0 || len(values) == 1 && values[0].Count == res.Total {
			continue
		}
		v := facetView{Name: facetNames[f.Facet], More: f.More, None: f.None}
		most := slices.MaxFunc(values, func(a, b search.FacetValue) int { return a.Count - b.Count }).Count
		for _, value := range values {
			l := facetLink{Text: valueName(f.Facet, value.Value), Count: value.Count, Share: 100 * value.Count / most}
			if value.Count < res.Total {
				l.Href = narrow.with(value.Query)
			}
			v.Values = append(v.Values, l)
		}
		out = append(out, v)
	}
	return out
}

// dates are years, or months of a single year; the latest first.
func dates(months []search.FacetValue) []search.FacetValue {
	out := years(months)
	if len(out) == 1 {
		out = slices.Clone(months)
	}
	slices.Reverse(out)
	return out
}

// valueName is what a reader calls a value.
func valueName(f search.Facet, value string) string {
	if f == search.FacetDate {
		return monthName(value)
	}
	return short(60, value)
}

// chips are the parts of a query that are no plain words: what facets have added, and
// what the reader knew to write.
func (s *Site) chips(q search.Query) []chip {
	parts, err := search.Parts(q.Text, s.cfg.Options)
	if err != nil {
		return nil
	}
	var out []chip
	for _, p := range parts {
		if p.Field == "" || len(parts) == 1 && q.Like+q.SimilarSubject == "" {
			continue
		}
		without := q
		without.Text, without.After = p.Without, ""
		out = append(out, chip{short(80, p.Text), s.cfg.Links.Search(without, link.HTML)})
	}
	return out
}

// adviceView is what to do about a search that finds next to nothing.
type adviceView struct {
	Text  string
	Links []choiceLink
}

// advice says which part of a query is to blame, and leads to what else to try.
func (s *Site) advice(q search.Query, res *search.Results) ([]adviceView, *choiceLink) {
	to := func(text string) string {
		next := q
		next.Text, next.After = text, ""
		return s.cfg.Links.Search(next, link.HTML)
	}
	var meant *choiceLink
	if res.DidYouMean != "" {
		meant = &choiceLink{neutral.OneLine(res.DidYouMean), to(res.DidYouMean)}
	}
	without := map[string]string{}
	if parts, err := search.Parts(q.Text, s.cfg.Options); err == nil {
		for _, p := range parts {
			without[p.Text] = p.Without
		}
	}
	var out []adviceView
	for _, a := range res.Advice {
		v := adviceView{Text: "Few messages have " + short(80, a.Text) + " together with the rest."}
		if a.Alone == 0 {
			v.Text = "No message has " + short(80, a.Text) + "."
		}
		if rest := without[a.Text]; rest != "" && a.Without > res.Total {
			v.Links = append(v.Links, choiceLink{"Without it: " + plural(a.Without, "message"), to(rest)})
		}
		for _, word := range a.Similar {
			if meant == nil {
				v.Links = append(v.Links, choiceLink{"Try “" + short(60, word) + "”", to(strings.TrimSpace(without[a.Text] + " " + word))})
			}
		}
		if len(v.Links) > 0 || a.Alone == 0 {
			out = append(out, v)
		}
	}
	return out, meant
}

// notes say how a query was read where that may surprise.
func notes(q search.Query, res *search.Results) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, neutral.OneLine(fmt.Sprintf(format, args...))) }
	if len(res.Ignored) > 0 {
		add("Not looked for, as they mean nothing here: %s.", strings.Join(res.Ignored, ", "))
	}
	for _, in := range res.Inside {
		add("No message has the word %s; found inside of: %s.", in.Text, strings.Join(in.Words, ", "))
	}
	for _, m := range res.Meanings {
		add("Looked for %s and what means the same: %s.", m.Text, strings.Join(m.Also, ", "))
	}
	if len(res.Cut) > 0 {
		add("Only the most frequent words were looked for in place of: %s.", strings.Join(res.Cut, ", "))
	}
	if strings.ContainsAny(q.Text, "@:") && strings.Contains(res.Understood, "date:") != strings.Contains(q.Text, "date:") ||
		strings.Contains(q.Text, "date:") && !strings.Contains(q.Text, res.Understood) && res.Understood != q.Text {
		add("Read as: %s", res.Understood)
	}
	return out
}
