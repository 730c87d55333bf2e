package enginetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// holding returns an engine over messages with these bodies: m0, m1, and so on.
func holding(t *testing.T, open Factory, bodies ...string) index.Engine {
	t.Helper()
	var messages []*archive.Message
	for i, body := range bodies {
		messages = append(messages, Message(fmt.Sprint("m", i), "2021-01-01", "-", body))
	}
	return filled(t, open, messages...)
}

// found searches, and returns the messages in the order of their IDs.
func found(t *testing.T, e index.Engine, q index.Query) ([]string, *index.Result) {
	t.Helper()
	res := search(t, e, index.Request{Query: q})
	got := ids(res)
	slices.Sort(got)
	return got, res
}

// allOf requires each word of a text.
func allOf(text string) index.Query {
	var q index.And
	for word := range strings.FieldsSeq(text) {
		q = append(q, index.Word{Text: word})
	}
	return q
}

// testSynonyms searches for the built-in synonyms.
func testSynonyms(t *testing.T, open Factory) {
	e := holding(t, open,
		"They had no MFA in place.",
		"They had no two-factor authentications in place.",
		"They had no multi factor authentication in place.",
		"A data leak at the clinic.",
		"A data breach at the clinic.",
		"BlackCat struck again.",
		"apt install the package, the advanced tool of persistent people; no threat",
		"It was an advanced persistent threat.",
	)
	tests := []struct {
		name  string
		query index.Query
		want  []string
	}{
		{"an abbreviation", allOf("mfa"), []string{"m0", "m1", "m2"}},
		{"a phrase", allOf("multifactor authentication"), []string{"m0", "m1", "m2"}},
		{"a phrase in a query", allOf("no multi-factor authentication place"), []string{"m0", "m1", "m2"}},
		{"plural", allOf("data breaches clinic"), []string{"m3", "m4"}},
		{"a name", allOf("alphv"), []string{"m5"}},
		{"one way", allOf("apt"), []string{"m6", "m7"}},
		{"not the other", allOf("advanced persistent threat install"), []string{"m6"}},
		{"exact", index.Word{Text: "mfa", Exact: true}, []string{"m0"}},
		{"a phrase in quotation marks", index.Phrase{Text: "data breach"}, []string{"m4"}},
		{"what is excluded is what is written", index.And{allOf("place"), index.Not{Of: allOf("mfa")}}, []string{"m1", "m2"}},
		{"in a field", index.Word{Field: index.FieldSubject, Text: "mfa"}, []string{}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := found(t, e, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, res := found(t, e, allOf("clinic data leak"))
	if len(res.Meanings) != 1 || res.Meanings[0].Text != "data leak" || !slices.Contains(res.Meanings[0].Also, "data breach") {
		t.Errorf("Meanings = %+v", res.Meanings)
	}
}

// testLanguages searches by each language's endings, which make no difference
// in messages of that language, and only there.
func testLanguages(t *testing.T, open Factory) {
	e := holding(t, open,
		"Die Häuser und die Verträge sind nicht so wie wir es gern gehabt hätten, aber das ist nun mal so.",
		"Les sociétés piratées ne sont pas celles que nous avons vues dans le journal, mais c'est tout.",
		"Las investigaciones de los ataques no se han hecho por la empresa, pero hay una que está en curso.",
		"As investigações dos ataques não foram feitas pela empresa, mas já há uma que está em curso.",
		"Le violazioni dei dati non sono state comunicate, ma questo è quello che si dice anche nel rapporto.",
		"Утечки данных были обнаружены, и никто не знал о русских серверах.",
		"The house dates from the time of the war and it has been in the family for as long as we know.",
		"Der Muenchener Server war nicht erreichbar, und das ist nicht gut für uns alle, die wir ihn brauchen.",
		"The piratas of the sea, as they say in the south, have been there for as long as we know it.",
	)
	tests := []struct {
		query string
		want  []string
	}{
		{"Haus", []string{"m0"}},
		{"Vertrag", []string{"m0"}},
		{"piraté", []string{"m1"}},
		{"société", []string{"m1"}},
		{"investigación", []string{"m2"}},
		{"investigação", []string{"m3"}},
		{"violazione", []string{"m4"}},
		{"утечка", []string{"m5"}},
		{"русский", []string{"m5"}},
		{"data", []string{"m4"}}, // dati, of one stem in Italian; not the English "dates"
		{"Münchener", []string{"m7"}},
		{"houses", []string{"m6"}},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			got, _ := found(t, e, allOf(test.query))
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// testInside searches for words that no message has.
func testInside(t *testing.T, open Factory) {
	e := holding(t, open,
		"Der Geschäftsführer schrieb 76622d820f58e56453e51a8bd1d0127f7f4e5d32 auf.",
		"The screen has 800x600 dots.",
		"führung",
	)
	tests := []struct {
		name  string
		query index.Query
		want  []string
	}{
		{"second half of a compound", allOf("führer"), []string{"m0"}},
		{"part of a hash", allOf("d820f58e56453e51"), []string{"m0"}},
		{"with others", allOf("screen x600"), []string{"m1"}},
		{"a word that messages have stays a word", allOf("führung"), []string{"m2"}},
		{"too short", allOf("x60"), []string{}},
		{"exact", index.Word{Text: "führer", Exact: true}, []string{}},
		{"what is excluded", index.And{allOf("screen"), index.Not{Of: allOf("x600")}}, []string{"m1"}},
		{"what is an alternative", index.Or{allOf("führung"), allOf("x600")}, []string{"m2"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _ := found(t, e, test.query)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	_, res := found(t, e, allOf("screen x600"))
	if diff := cmp.Diff([]index.Inside{{Text: "x600", Words: []string{"800x600"}}}, res.Inside); diff != "" {
		t.Error(diff)
	}
}

// testAdvice asks what is wrong with a query that finds next to nothing.
func testAdvice(t *testing.T, open Factory) {
	e := holding(t, open, "The hospital was hit.", "A hospital in Ohio.", "The clinic was hit.", "hospitals", "A ransom was paid to the hospital")
	res, err := e.Search(context.Background(), &index.Request{Query: allOf("hosptal hit"), Advise: true})
	if err != nil {
		t.Fatal(err)
	}
	want := []index.Advice{
		{Part: index.Word{Text: "hosptal"}, Without: 2, Similar: []string{"hospital"}},
		{Part: index.Word{Text: "hit"}, Alone: 2},
	}
	if diff := cmp.Diff(want, res.Advice); diff != "" {
		t.Error(diff)
	}
	if res, err = e.Search(context.Background(), &index.Request{Query: allOf("hospital"), Advise: true}); err != nil || len(res.Advice) > 0 {
		t.Errorf("a search with 4 hits gets advice %+v, %v", res.Advice, err)
	}
}

// testExplained asks why hits rank where they do. The words are the engine's.
func testExplained(t *testing.T, open Factory) {
	e := holding(t, open, "Two-factor authentication at the clinic.", "MFA at the clinic: clinic, clinic.")
	for _, h := range search(t, e, index.Request{Query: allOf("mfa clinic"), Explain: true}).Hits {
		if why := strings.Join(h.Explanation, "\n"); !strings.Contains(why, "clinic") || len(h.Explanation) < 2 {
			t.Errorf("%s is explained by\n%s", h.ID, why)
		}
	}
	for _, h := range search(t, e, index.Request{Query: allOf("mfa clinic")}).Hits {
		if len(h.Explanation) > 0 {
			t.Errorf("%s is explained and nobody asked", h.ID)
		}
	}
}

// testCompounds holds that a compound ranks the same however a query spells it,
// and goes before its words where they do not stand together (M2).
func testCompounds(t *testing.T, open Factory) {
	e := holding(t, open,
		"Multi vendor deals were a factor. Authentication of guests is slow, and the multi vendor factor counts for authentication.",
		"Our multifactor authentication went live. Multifactor authentication it is.",
		"Some multi-factor authentication came late to the party of the long and winding sentence.",
		"They had multi factor authentication, it seems.",
	)
	var want []string
	for _, text := range []string{"multifactor authentication", "multi-factor authentication", "multi factor authentication"} {
		got := ids(search(t, e, index.Request{Query: allOf(text)}))
		if want == nil {
			want = slices.DeleteFunc(slices.Clone(got), func(id string) bool { return id == "m0" })
		}
		if diff := cmp.Diff(want, got[:min(3, len(got))]); diff != "" {
			t.Errorf("%s (-as one word +so):\n%s", text, diff)
		}
	}
}
