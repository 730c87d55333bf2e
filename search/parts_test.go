package search_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

// utc are the options of queries whose dates do not depend on where they are read.
var utc = &search.Options{Location: time.UTC}

func TestParts(t *testing.T) {
	for _, c := range []struct {
		query string
		want  []search.Part
	}{
		{"stolen", []search.Part{{Text: "stolen"}}},
		{`stolen date:2021-03 author:"Ann Lee"`, []search.Part{
			{Text: "stolen", Without: `date:2021-03 author:"Ann Lee"`},
			{Text: "date:2021-03", Field: "date", Without: `stolen author:"Ann Lee"`},
			{Text: `author:"Ann Lee"`, Field: "author", Without: "stolen date:2021-03"},
		}},
		{"(a OR b) list:news", []search.Part{{Text: "(a OR b)", Without: "list:news"}, {Text: "list:news", Field: "list", Without: "a OR b"}}},
		{"-from:bob a", []search.Part{{Text: "NOT from:bob", Without: "a"}, {Text: "a", Without: "NOT from:bob"}}},
	} {
		got, err := search.Parts(c.query, utc)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.query, d)
		}
	}
}

func TestMend(t *testing.T) {
	for query, want := range map[string]string{
		`stolen "data breach`:               `stolen "data breach"`,
		`stolen (clinic`:                    `stolen (clinic)`,
		`stolen clinic)`:                    `stolen clinic`,
		`thread:{from:bob`:                  `thread:{from:bob}`,
		`stolen OR`:                         `stolen`,
		`AND stolen`:                        `stolen`,
		`data NEAR stolen`:                  `data  stolen`,
		`form:alice`:                        `from:alice`,
		`sender:alice`:                      `from:alice`,
		`after:yesterdy`:                    `after:yesterday`,
		`date:2022..2021 x`:                 `date:2021..2022 x`,
		`r*`:                                `"r*"`,
		`date:03/05/2021`:                   ``, // one of two days: not for a program to say
		`lang:klingon`:                      ``,
		`(((((((((((((((((((((((((((((((((`: ``,
	} {
		_, err := search.Parse(query, utc)
		var wrong *search.SyntaxError
		if !errors.As(err, &wrong) {
			t.Fatalf("%s: %v", query, err)
		}
		if got := wrong.Mend(utc); got != want {
			t.Errorf("%s is mended as %q, want %q", query, got, want)
		}
	}
}

// FuzzMend: what is proposed can be read, and so can what is left of a query
// when a part of it is taken back.
func FuzzMend(f *testing.F) {
	for _, q := range []string{`a "b`, `(a (b`, `x NEAR/3`, `date:2021..`, "\xff:\x00", `thread:{a`} {
		f.Add(q)
	}
	f.Fuzz(func(t *testing.T, query string) {
		parts, err := search.Parts(query, utc)
		var wrong *search.SyntaxError
		if errors.As(err, &wrong) {
			if mended := wrong.Mend(utc); mended != "" {
				if _, err := search.Parse(mended, utc); err != nil {
					t.Errorf("%q is mended as %q: %v", query, mended, err)
				}
			}
			return
		}
		for _, p := range parts {
			if _, err := search.Parse(p.Without, utc); err != nil && p.Without != "" {
				t.Errorf("%q without %q is %q: %v", query, p.Text, p.Without, err)
			}
		}
	})
}
