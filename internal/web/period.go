package web

import (
	"context"
	"net/http"
	"time"

	"github.com/bxsearch/bxsearch/internal/web/link"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// periodView is the messages of a month, by day.
type periodView struct {
	List   archive.ListInfo
	Month  string
	Title  string
	Total  int
	Days   []dayView
	Prev   *choiceLink
	Next   *choiceLink
	Start  string // the first page, on all others
	More   string // the next page
	Search string // the same as a search
}

type dayView struct {
	Name     string
	Messages []periodItem
}

type periodItem struct {
	*archive.Message
	Replies int // messages of its thread
}

// perPeriodPage is how many messages of a month a page has.
const perPeriodPage = 100

// period shows the messages of a month, oldest first.
func (s *Site) period(w http.ResponseWriter, r *http.Request) (*page, error) {
	info, err := s.listNamed(r.Context(), r.PathValue("list"))
	if err != nil {
		return nil, err
	}
	month := r.PathValue("month")
	_, err = time.Parse("2006-01", month)
	if err != nil && month != link.Undated {
		return nil, &notHereError{"A month is written as 2021-03."}
	}
	if s.unchanged(w, r) {
		return nil, nil
	}
	q, err := link.ReadSearch(map[string][]string{"after": {r.URL.Query().Get("after")}})
	if err != nil {
		return nil, err
	}
	list := search.FacetQuery(search.FacetList, info.Name)
	q.Text, q.Sort, q.Group, q.Limit, q.Snippet = list+" "+monthQuery(month), search.ByDateAsc, search.GroupNone, perPeriodPage, 1
	res, err := s.cfg.Searcher.Search(r.Context(), q)
	if err != nil {
		return nil, err
	}
	if res.Total == 0 {
		return nil, &notHereError{"The list has no messages of this month."}
	}
	v := &periodView{List: info, Month: month, Title: monthName(month), Total: res.Total, Days: byDay(res.Hits), Search: s.cfg.Links.Search(search.Query{Text: q.Text, Sort: q.Sort}, link.HTML)}
	if month == link.Undated {
		v.Title = "Without a date"
	}
	if q.After != "" {
		v.Start = s.cfg.Links.Period(info.Name, month, "")
	}
	if res.Next != "" {
		v.More = s.cfg.Links.Period(info.Name, month, res.Next)
	}
	p := &page{Name: "period", Title: v.Title + " – " + short(200, info.Name), Search: search.Query{Text: list + " "}, Body: v, Private: q.After != ""}
	return p, s.neighbours(r.Context(), v, p)
}

// monthQuery finds the messages of a month, or those without a date.
func monthQuery(month string) string {
	if month == link.Undated {
		return "-date:1000..9999"
	}
	return search.FacetQuery(search.FacetDate, month)
}

// neighbours fills in the months before and after in which somebody wrote.
func (s *Site) neighbours(ctx context.Context, v *periodView, p *page) error {
	if v.Month == link.Undated {
		return nil
	}
	months, _, err := s.activity(ctx, search.FacetQuery(search.FacetList, v.List.Name), 1)
	if err != nil {
		return err
	}
	to := func(m search.FacetValue) *choiceLink {
		return &choiceLink{monthName(m.Value), s.cfg.Links.Period(v.List.Name, m.Value, "")}
	}
	for i, m := range months {
		if m.Value != v.Month {
			continue
		}
		if i > 0 {
			v.Prev = to(months[i-1])
			p.Prev = v.Prev.Href
		}
		if i+1 < len(months) {
			v.Next = to(months[i+1])
			p.Next = v.Next.Href
		}
	}
	return nil
}

// byDay puts messages under the day on which they were written, by their senders'
// calendars.
func byDay(hits []search.Hit) []dayView {
	var out []dayView
	for _, h := range hits {
		name := form(h.Message.Date, "Monday, 2 January 2006")
		if n := len(out); n == 0 || out[n-1].Name != name {
			out = append(out, dayView{Name: name})
		}
		d := &out[len(out)-1]
		d.Messages = append(d.Messages, periodItem{h.Message, h.ThreadSize})
	}
	return out
}
