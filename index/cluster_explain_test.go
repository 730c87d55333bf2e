package index_test

import (
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// TestClusterExplains expects of each hit what it is that it has, and where.
func TestClusterExplains(t *testing.T) {
	e := index.OpenTestCluster(t)
	src := enginetest.NewSource("archive")
	src.Put(enginetest.Message("m1", "2021-03-01", "Breaches at the clinic", "The hospital wrote of two breaches. Multi factor authentication was off."))
	src.Put(enginetest.Message("m2", "2021-03-02", "News", "MFA was off at the clinic, and nothing else is known."))
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	word := func(text string) index.Query { return index.Word{Text: text} }
	for _, test := range []struct {
		name  string
		query index.Query
		want  []string // of the best hit
		never string
	}{
		{"forms and fields", word("breach"), []string{"breach, in about 1 of 2 messages", "once in the subject of 4 words (weight", ": breaches", "once in the sender's own text"}, "quoted"},
		{"nearness", index.And{word("hospital"), word("breaches")}, []string{"near each other", "within 5 words, in the query's order"}, ""},
		{"a phrase", index.Phrase{Text: "the hospital"}, []string{`"the hospital"`, ": the hospital"}, ""},
		{"a compound in words", index.And{word("multi"), word("factor")}, []string{": multi factor"}, ""},
		{"a synonym", index.And{word("mfa"), word("hospital")}, []string{"a synonym of mfa", ": multi factor authentication"}, "  mfa, in"},
		{"what was asked to be near", index.Near{Parts: []index.Query{word("two"), word("breaches")}, Distance: 2}, []string{"within 2 of each other"}, ""},
		{"beginnings", index.Prefix{Text: "hosp"}, []string{"words that begin with hosp"}, ""},
		{"no words", index.All{}, nil, "in about"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := e.Search(t.Context(), &index.Request{Query: test.query, Explain: true})
			if err != nil || len(res.Hits) == 0 {
				t.Fatalf("%d hits, %v", len(res.Hits), err)
			}
			why := strings.Join(res.Hits[0].Explanation, "\n")
			for _, part := range test.want {
				if !strings.Contains(why, part) {
					t.Errorf("it does not say %q:\n%s", part, why)
				}
			}
			if test.never != "" && strings.Contains(why, test.never) {
				t.Errorf("it says %q:\n%s", test.never, why)
			}
		})
	}
}
