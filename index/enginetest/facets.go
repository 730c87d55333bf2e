package enginetest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// town is what the tests of facets count.
func town() []*archive.Message {
	by := func(m *archive.Message, name, address, link string, kinds ...string) *archive.Message {
		m.FromName, m.FromAddress, m.SourceURL = name, address, link
		for _, kind := range kinds {
			m.Attachments = append(m.Attachments, archive.Attachment{Kind: kind, Name: kind})
		}
		return m
	}
	other := by(Message("f", "2021-12-31", "Leak", "bees"), "", "hal@example.org", "")
	other.List, other.Date = "Other", other.Date.Add(11*time.Hour+30*time.Minute) // 23:30 UTC
	return []*archive.Message{
		by(Message("a", "2019-01-31", "Leak", "ants"), "Ann Lee", "ann@example.org", "https://www.news.example.com/1", "html"),
		by(Message("b", "2019-02-01", "Leak", "ants"), "ANN LEE", "", "http://news.example.com:80/2", "html", "binary"),
		by(Message("c", "2021-06-15", "Leak", "ants"), "Ann Lee", "ann@example.net", "https://www.example.co.uk/3", "html", "html"),
		by(Message("d", "2021-06-16", "Leak", "Ich habe eine Frage an euch: wie kann man das mit dem neuen Server machen, wenn er nicht läuft und die Daten noch auf dem alten sind?"), `Bob "the Builder" Müller`, "", "https://192.0.2.7/4"),
		by(Message("e", "", "Leak", "bees"), "***", "hal@example.org", "https://localhost/5", "text", "message"),
		other,
	}
}

// facets are all of them.
var facets = []index.Facet{index.FacetList, index.FacetDate, index.FacetAuthor, index.FacetOutlet, index.FacetAttachment, index.FacetLanguage}

// counted writes down the counts of a facet.
func counted(c index.FacetCounts) string {
	var b strings.Builder
	for _, v := range c.Values {
		fmt.Fprintf(&b, "%s=%d, ", v.Value, v.Count)
	}
	if c.More > 0 {
		fmt.Fprintf(&b, "more=%d, ", c.More)
	}
	return fmt.Sprintf("%snone=%d", b.String(), c.None)
}

func testFacets(t *testing.T, open Factory) {
	e := filled(t, open, town()...)
	zone := time.FixedZone("ahead", 3600)
	tests := []struct {
		name string
		req  index.Request
		want []string // in the order of facets
	}{
		{"all", index.Request{}, []string{
			"news=5, Other=1, none=0",
			"2019-01=1, 2019-02=1, 2021-06=2, 2021-12=1, none=1",
			`Ann Lee=3, hal@example.org=2, Bob "the Builder" Müller=1, none=0`,
			"example.com=2, 192.0.2.7=1, example.co.uk=1, localhost=1, none=1",
			"html=3, binary=1, message=1, text=1, none=2",
			"de=1, none=5",
		}},
		{"of a query", index.Request{Query: index.Word{Text: "bees"}, Limit: 1}, []string{
			"news=1, Other=1, none=0", "2021-12=1, none=1", "hal@example.org=2, none=0", "localhost=1, none=1", "message=1, text=1, none=1", "none=2",
		}},
		{"of nothing", index.Request{Query: index.Word{Text: "giraffe"}}, []string{"none=0", "none=0", "none=0", "none=0", "none=0", "none=0"}},
		{"in a zone", index.Request{Location: zone, FacetLimit: 2}, []string{
			"news=5, Other=1, none=0",
			"2019-01=1, 2019-02=1, 2021-06=2, 2022-01=1, none=1",
			"Ann Lee=3, hal@example.org=2, more=1, none=0",
			"example.com=2, 192.0.2.7=1, more=2, none=1",
			"html=3, binary=1, more=2, none=2",
			"de=1, none=5",
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			test.req.Facets = facets
			res := search(t, e, test.req)
			var got []string
			for i, c := range res.Facets {
				if c.Facet != facets[i] {
					t.Errorf("facet %d is %s, want %s", i, c.Facet, facets[i])
				}
				got = append(got, counted(c))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
	t.Run("found by their field", func(t *testing.T) { testFacetFields(t, e) })
	t.Run("pages do not matter", func(t *testing.T) {
		req := index.Request{Facets: facets, Limit: 2, Sort: index.ByDateDesc}
		first := search(t, e, req)
		req.After = first.Hits[1].SortKey
		if diff := cmp.Diff(first.Facets, search(t, e, req).Facets); diff != "" {
			t.Errorf("-first page +second:\n%s", diff)
		}
	})
	t.Run("unknown", func(t *testing.T) {
		if _, err := e.Search(context.Background(), &index.Request{Facets: []index.Facet{"color"}}); err == nil {
			t.Error("an unknown facet gave no error")
		}
	})
	t.Run("changes", func(t *testing.T) { testFacetChanges(t, open) })
}

// testFacetFields holds that the value of a facet finds as many messages as
// were counted.
func testFacetFields(t *testing.T, e index.Engine) {
	for _, c := range search(t, e, index.Request{Facets: facets}).Facets {
		for _, v := range c.Values {
			var q index.Query = index.Word{Field: c.Facet.Field(), Text: v.Value}
			if c.Facet == index.FacetDate {
				start, err := time.Parse("2006-01", v.Value)
				if err != nil {
					t.Fatal(err)
				}
				q = index.DateRange{After: start, Before: start.AddDate(0, 1, 0)}
			}
			if res := search(t, e, index.Request{Query: q}); res.Total != v.Count {
				t.Errorf("%s %s: %d found, %d counted", c.Facet, v.Value, res.Total, v.Count)
			}
		}
	}
}

// testFacetChanges holds that messages replaced and deleted are not counted,
// in one segment or in merged ones.
func testFacetChanges(t *testing.T, open Factory) {
	e, src := open(t), NewSource("archive")
	for round := range 12 {
		for i := range 40 {
			m := Message(fmt.Sprint("m", (round*7+i)%60), "2020-01-01", "x", "y")
			m.FromName = fmt.Sprint("author ", round, " ", i%3)
			src.Put(m)
		}
		src.Delete(archive.ID(fmt.Sprint("m", round)))
		if _, err := e.Update(context.Background(), src); err != nil {
			t.Fatal(err)
		}
	}
	want, got := map[string]uint64{}, map[string]uint64{}
	for c := range src.Changes(context.Background(), 0) {
		if !c.Deleted {
			want[c.Message.FromName]++
		}
	}
	for _, v := range search(t, e, index.Request{Facets: []index.Facet{index.FacetAuthor}, FacetLimit: 1000}).Facets[0].Values {
		got[v.Value] = v.Count
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-held +counted:\n%s", diff)
	}
}
