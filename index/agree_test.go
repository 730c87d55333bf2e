package index_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// TestEnginesAgree asks both engines random queries over the same random messages:
// they find the same ones.
func TestEnginesAgree(t *testing.T) {
	cluster := index.OpenTestCluster(t)
	embedded := openBleve(t, t.TempDir())
	g := &guesses{rand.New(rand.NewPCG(5, 6))}
	src := enginetest.NewSource("agree")
	var messages []*archive.Message
	for i := range 1200 {
		messages = append(messages, g.message(i))
	}
	src.Put(messages...)
	for _, e := range []index.Engine{embedded, cluster} {
		if _, err := e.Update(t.Context(), src); err != nil {
			t.Fatal(err)
		}
	}
	some := 0
	for range 400 {
		r := &index.Request{Query: g.query(3), Sort: index.ByDateDesc, Limit: len(messages)}
		want, err := embedded.Search(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", written(r.Query), err)
		}
		got, err := cluster.Search(t.Context(), r)
		if err != nil {
			t.Fatalf("%s: %v", written(r.Query), err)
		}
		if diff := cmp.Diff(ids(want), ids(got)); diff != "" {
			t.Errorf("%s: %d and %d messages (-embedded +OpenSearch):\n%s", written(r.Query), want.Total, got.Total, diff)
		}
		if want.Total > 0 && want.Total < uint64(len(messages)) {
			some++
		}
	}
	if some < 200 {
		t.Errorf("only %d of 400 queries find some messages and not all", some)
	}
}

func ids(r *index.Result) []archive.ID {
	out := []archive.ID{}
	for _, h := range r.Hits {
		out = append(out, h.ID)
	}
	return out
}

// guesses makes messages and queries by chance.
type guesses struct{ *rand.Rand }

func (g *guesses) one(of string) string {
	words := strings.Split(of, "|")
	return words[g.IntN(len(words))]
}

func (g *guesses) word() string {
	return g.one("breach|breaches|breached|bank|banks|data|leak|leaks|multi-factor|multifactor|multi|factor|vendor|CVE-2024-3400|10.1.2.3|" +
		"mail.example.com|example.com|windows7|C++|AT&T|Łódź|café|ops@example.com|https://www.example.net/a/b.html|/etc/passwd|ransomware|ransom ware|MFA|" +
		"Haus|Häuser|Bücher|und|die|der|ist|nicht|the|of|and|to|don't|1,000|e-mail|日本語|情報漏洩")
}

func (g *guesses) words(n int) string {
	var out []string
	for range n {
		out = append(out, g.word())
	}
	return strings.Join(out, g.one(" | | |, |\n"))
}

func (g *guesses) message(i int) *archive.Message {
	body := g.words(3+g.IntN(20)) + "\n"
	if g.IntN(3) == 0 {
		body += "> " + strings.ReplaceAll(g.words(1+g.IntN(8)), "\n", " ") + "\n"
	}
	date := ""
	if g.IntN(20) > 0 {
		date = time.Date(2015+g.IntN(8), 1, 1+g.IntN(360), 0, 0, 0, 0, time.UTC).Format(time.DateOnly)
	}
	m := enginetest.Message(fmt.Sprintf("m%04d", i), date, g.words(1+g.IntN(4)), body)
	m.List = g.one("news|Other|announce")
	m.Thread = archive.ID(fmt.Sprintf("m%04d", i-i%(1+g.IntN(4))))
	m.FromName = g.one("Ann Lee|Bob Müller|Mária Kovács")
	if g.IntN(4) == 0 {
		m.Attachments = []archive.Attachment{{Kind: g.one("html|text"), Name: "report.html", Text: g.words(1 + g.IntN(10))}}
	}
	return m
}

func (g *guesses) field() index.Field {
	return index.Field(g.one("||||subject|body|quoted|attachment|from"))
}

// query makes a query of so many levels at most.
func (g *guesses) query(levels int) index.Query {
	if levels > 0 && g.IntN(2) == 0 {
		var parts []index.Query
		for range 1 + g.IntN(3) {
			parts = append(parts, g.query(levels-1))
		}
		switch g.IntN(5) {
		case 0, 1:
			return index.And(parts)
		case 2, 3:
			return index.Or(parts)
		}
		return index.Not{Of: parts[0]}
	}
	f := g.field()
	switch g.IntN(14) {
	case 0, 1:
		return index.Phrase{Field: f, Text: g.words(2)}
	case 2:
		return index.Word{Field: f, Text: g.word(), Exact: true}
	case 3:
		return index.Prefix{Field: f, Text: g.one("br|breach|mu|multi|ex|10.1|ba|vend|win|hau")}
	case 4:
		return index.Fuzzy{Field: f, Text: g.one("breahc|bnak|vendro|multifactr|leek|exmaple"), Edits: 1 + g.IntN(2)}
	case 5:
		return index.Near{Parts: g.parts(f), Distance: 1 + g.IntN(8), Ordered: g.IntN(2) == 0}
	case 6:
		from := time.Date(2015+g.IntN(8), time.Month(1+g.IntN(12)), 1, g.IntN(24), 0, 0, 0, time.UTC)
		return index.DateRange{After: from, Before: from.AddDate(0, g.IntN(30), g.IntN(30))}
	case 7:
		return index.InThread{Of: index.Word{Text: g.word()}}
	case 8:
		return index.Word{Field: index.FieldList, Text: g.one("news|Other|nosuch")}
	case 9:
		return index.Word{Field: index.Field(g.one("has|is|lang|author")), Text: g.one("html|attachment|link|starter|reply|de|en|Ann Lee")}
	}
	return index.Word{Field: f, Text: g.word()}
}

func (g *guesses) parts(f index.Field) []index.Query {
	var out []index.Query
	for range 2 + g.IntN(2) {
		switch g.IntN(4) {
		case 0:
			out = append(out, index.Phrase{Field: f, Text: g.words(2)})
		case 1:
			out = append(out, index.Prefix{Field: f, Text: g.one("br|vend|ba|exam")})
		default:
			out = append(out, index.Word{Field: f, Text: g.word()})
		}
	}
	return out
}

// written tells a query from others, in a message about it.
func written(q index.Query) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(fmt.Sprintf("%+v", q)), func(s string) bool { return s == "Field:" || s == "Exact:false" }), " ")
}
