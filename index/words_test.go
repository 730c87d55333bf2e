package index_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/index/enginetest"
)

// holding returns an engine over messages with these bodies: m0, m1, and so on.
func holding(t *testing.T, bodies ...string) index.Engine {
	t.Helper()
	var messages []*archive.Message
	for i, body := range bodies {
		messages = append(messages, enginetest.Message("m"+string(rune('0'+i)), "2021-01-01", "-", body))
	}
	e := openBleve(t, t.TempDir())
	src := enginetest.NewSource("words")
	src.Put(messages...)
	if _, err := e.Update(t.Context(), src); err != nil {
		t.Fatal(err)
	}
	return e
}

// found searches for words, and returns the messages in the order of their IDs.
func found(t *testing.T, e index.Engine, q index.Query) ([]string, *index.Result) {
	t.Helper()
	res, err := e.Search(t.Context(), &index.Request{Query: q})
	if err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, h := range res.Hits {
		ids = append(ids, string(h.ID))
	}
	slices.Sort(ids)
	return ids, res
}

func allOf(text string) index.Query {
	var q index.And
	for word := range strings.FieldsSeq(text) {
		q = append(q, index.Word{Text: word})
	}
	return q
}

func TestSynonyms(t *testing.T) {
	e := holding(t,
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

func TestParseSynonyms(t *testing.T) {
	s, err := index.ParseSynonyms(strings.NewReader("# comment\n\n Example-Gang,  ExGang \nEG => example gang\n"))
	if err != nil {
		t.Fatal(err)
	}
	for _, query := range []string{"exgang", "eg"} {
		if n, also := s.At(allOf(query).(index.And), 0); n != 1 || len(also) != 1 {
			t.Errorf("%s means %q", query, also)
		}
	}
	if n, also := s.At(allOf("the example gang").(index.And), 1); n != 2 || !slices.Equal(also, []string{"ExGang"}) {
		t.Errorf("example gang: %d words mean %q", n, also)
	}
	for _, bad := range []string{"alone", "a, !!!", "a =>", strings.Repeat("x, ", 20) + "y", strings.Repeat("long ", 2000)} {
		if _, err := index.ParseSynonyms(strings.NewReader("a, b\n" + bad)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%.20q: %v, want an error that names line 2", bad, err)
		}
	}
}

// The built-in file is read without an error, and is in use.
func TestDefaultSynonyms(t *testing.T) {
	if n, _ := index.DefaultSynonyms().At(allOf("mfa").(index.And), 0); n != 1 {
		t.Error("mfa has no synonyms")
	}
}

// Each language's endings, and that they stay in that language's messages.
func TestStemsByLanguage(t *testing.T) {
	e := holding(t,
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

func TestUnknownWordInsideOthers(t *testing.T) {
	e := holding(t,
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

func TestExplain(t *testing.T) {
	e := holding(t, "Two-factor authentication failed at the clinic: MFA fails often.", "They had no two-factor authentication at the clinic.")
	res, err := e.Search(t.Context(), &index.Request{Query: allOf("mfa clinic"), Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	if len(res.Hits) != 2 {
		t.Fatalf("%d hits", len(res.Hits))
	}
	first, second := strings.Join(res.Hits[0].Explanation, "\n"), strings.Join(res.Hits[1].Explanation, "\n")
	for _, want := range []string{"mfa, in about 1 of 2 messages", "once in the sender's own text", "clinic", "near each other"} {
		if !strings.Contains(first, want) {
			t.Errorf("the first hit is not explained by %q:\n%s", want, first)
		}
	}
	if want := "that is a synonym, and counts 70 %"; !strings.Contains(second, want) {
		t.Errorf("the second hit is not explained by %q:\n%s", want, second)
	}
}

// The words of an explanation add up to the score.
func TestExplanationAddsUp(t *testing.T) {
	e := holding(t, "Patients of the hospital were told about the ransomware.", "ransomware", "hospital ransomware hospital")
	res, err := e.Search(t.Context(), &index.Request{Query: allOf("ransomware hospital"), Explain: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range res.Hits {
		sum := 0.0
		for _, line := range h.Explanation {
			if n, err := strconv.ParseFloat(strings.Fields(line)[0], 64); err == nil && strings.Contains(line, ".") {
				sum += n
			}
		}
		if sum < h.Score-0.02 || sum > h.Score+0.02 {
			t.Errorf("%s has %.3f, explained are %.3f:\n%s", h.ID, h.Score, sum, strings.Join(h.Explanation, "\n"))
		}
	}
}

func TestAdvice(t *testing.T) {
	e := holding(t, "The hospital was hit.", "A hospital in Ohio.", "The clinic was hit.", "hospitals", "A ransom was paid to the hospital")
	res, err := e.Search(t.Context(), &index.Request{Query: allOf("hosptal hit"), Advise: true})
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
	if res, err = e.Search(t.Context(), &index.Request{Query: allOf("hospital"), Advise: true}); err != nil || len(res.Advice) > 0 {
		t.Errorf("a search with 4 hits gets advice %+v, %v", res.Advice, err)
	}
}
