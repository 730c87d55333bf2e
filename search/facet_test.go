package search_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
	_ "time/tzdata" // zones with summer time, wherever the tests run

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

// TestFacets counts the mails of docs/query.md.
func TestFacets(t *testing.T) {
	mails, err := sample()
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, mails...)
	res, err := s.Search(t.Context(), search.Query{Text: "stolen OR fined", Limit: 1, Facets: search.Facets(), FacetLimit: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []search.FacetCounts{
		{Facet: "list", Values: []search.FacetValue{{Value: "breach", Count: 4, Query: "list:breach"}, {Value: "help", Count: 1, Query: "list:help"}}},
		{Facet: "date", Values: []search.FacetValue{
			{Value: "2020-11", Count: 2, Query: "date:2020-11"}, {Value: "2021-03", Count: 1, Query: "date:2021-03"},
			{Value: "2021-12", Count: 1, Query: "date:2021-12"}, {Value: "2022-06", Count: 1, Query: "date:2022-06"}}},
		{Facet: "author", Values: []search.FacetValue{
			{Value: "Alice Smith", Count: 2, Query: `author:"Alice Smith"`}, {Value: "Bob Jones", Count: 1, Query: `author:"Bob Jones"`}}, More: 2},
		{Facet: "outlet", Values: []search.FacetValue{{Value: "example.com", Count: 1, Query: "outlet:example.com"}}, None: 4},
		{Facet: "attachment", Values: []search.FacetValue{{Value: "html", Count: 1, Query: "has:html"}}, None: 4},
		{Facet: "language", Values: []search.FacetValue{{Value: "en", Count: 3, Query: "lang:en"}}, None: 2},
	}
	if diff := cmp.Diff(want, res.Facets); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// TestMonths: a histogram may want the months of a long time.
func TestMonths(t *testing.T) {
	mails := []mail{{N: 1, List: "l", Date: time.Date(2001, 2, 3, 0, 0, 0, 0, time.UTC), Text: "a"}, {N: 2, List: "l", Date: at(1), Text: "a"}}
	s := open(t, mails...)
	for months, want := range map[bool]string{false: "date:2001", true: "date:2001-02"} {
		res, err := s.Search(t.Context(), search.Query{Text: "a", Facets: []search.Facet{search.FacetDate}, Months: months})
		if err != nil {
			t.Fatal(err)
		}
		if got := res.Facets[0].Values; len(got) != 2 || got[0].Query != want {
			t.Errorf("months %v: %+v, want %s first", months, got, want)
		}
	}
}

// nastyNames are senders whose names a query has to get over.
var nastyNames = []string{
	"Ann Lee", "ann  lee", `"Lee, Ann"`, "Zoë Müller", "ZOE MULLER", "O'Brien (IT)", "***", "AND", "NOT", "-bob", "bob*", "bob~1", "=bob",
	"a:b", "from:x", "x@y.example", "“Curly”", "日本 太郎", "{thread}", "\u202eevil\u200b name", "tab\there", "\x1b[2J", "ﬁ ligature", "½ man", "\\", "",
}

// variedMails are mails of many senders, lists, outlets and times.
func variedMails(n int) []mail {
	rnd := rand.New(rand.NewPCG(5, 6))
	hosts := []string{"", "https://www.example.com/a", "http://news.example.co.uk/b", "https://192.0.2.1:8080/c", "http://localhost/", "https://a.b.example.org/", "http://bücher.example/"}
	var out []mail
	for i := range n {
		m := mail{
			N: i + 1, List: []string{"news", "Help", "with-dash"}[rnd.IntN(3)], From: nastyNames[rnd.IntN(len(nastyNames))],
			Subject: "subject", Text: fmt.Sprint("alpha w", rnd.IntN(5)), Source: hosts[rnd.IntN(len(hosts))],
			Date: time.Date(2020, time.Month(1+rnd.IntN(12)), 1+rnd.IntN(31), rnd.IntN(24), rnd.IntN(60), 0, 0, time.UTC),
		}
		if rnd.IntN(3) == 0 {
			m.Attached = "file"
		}
		if rnd.IntN(4) == 0 {
			m.Text += " Ich habe eine Frage an euch: wie kann man das mit dem neuen Server machen, wenn er nicht läuft und die Daten noch auf dem alten sind?"
		}
		if rnd.IntN(50) == 0 {
			m.Date = m.Date.AddDate(-30, 0, 0)
		}
		out = append(out, m)
	}
	return out
}

// TestFacetsFindWhatTheyCount holds that the query of each value, added to the
// search, finds as many messages as were counted, and that no message is left
// out, in zones whose months begin at other times and for queries that want
// parentheses.
func TestFacetsFindWhatTheyCount(t *testing.T) {
	dir := t.TempDir()
	if err := put(dir, variedMails(600)...); err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{"UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Kiritimati"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		s, err := search.Open(dir, &search.Options{Location: loc})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		for _, text := range []string{"*", "alpha", "w1 OR w2", "-w1", "w1 OR -author:ann", "date:2020 alpha", "date:2020", "nosuchword", "list:news from:", `w1 OR "w2 alpha"`} {
			t.Run(zone+" "+text, func(t *testing.T) { checkFacets(t, s, search.Query{Text: text}) })
		}
		for _, like := range []search.Query{{Text: "*", Like: "7@mail.example.org"}, {Text: "-w1", SimilarSubject: "7@mail.example.org"}} {
			t.Run(zone+" like", func(t *testing.T) { checkFacets(t, s, like) })
		}
	}
}

func checkFacets(t *testing.T, s *search.Searcher, q search.Query) {
	t.Helper()
	q.Limit, q.Facets, q.FacetLimit = 1, search.Facets(), 1000
	res, err := s.Search(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Facets {
		sum := f.None
		for _, v := range f.Values {
			sum += v.Count
			narrow, err := search.Narrow(q.Text, v.Query, nil)
			if err != nil {
				t.Fatalf("Narrow(%q, %q): %v", q.Text, v.Query, err)
			}
			if n, err := s.Count(t.Context(), search.Query{Text: narrow, Like: q.Like, SimilarSubject: q.SimilarSubject}); err != nil || n != v.Count {
				t.Errorf("%s %q: %d counted, %s finds %d, %v", f.Facet, v.Value, v.Count, narrow, n, err)
			}
		}
		if sum != res.Total {
			t.Errorf("%s: %d counted of %d", f.Facet, sum, res.Total)
		}
	}
}

func TestNarrow(t *testing.T) {
	for _, c := range []struct{ query, part, want string }{
		{"stolen", "list:breach", "stolen list:breach"},
		{"*", "list:breach", "list:breach"},
		{"clinic OR stolen", "list:breach", "(clinic OR stolen) list:breach"},
		{"clinic (a OR b)", "date:2021", "clinic (a OR b) date:2021"},
		{"stolen from:", "list:breach", "stolen from: list:breach"},
		{"stolen from:", "clinic", "(stolen from:) clinic"},
		{"a OR :)", "list:breach", "(a OR :) ) list:breach"},
	} {
		got, err := search.Narrow(c.query, c.part, nil)
		if err != nil || got != c.want {
			t.Errorf("Narrow(%q, %q) is %q, %v; want %q", c.query, c.part, got, err, c.want)
		}
	}
	if _, err := search.Narrow("(", "list:x", nil); err == nil {
		t.Error("a query that cannot be read gave no error")
	}
}
