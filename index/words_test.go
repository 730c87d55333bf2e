package index_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

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

func allOf(text string) index.Query {
	var q index.And
	for word := range strings.FieldsSeq(text) {
		q = append(q, index.Word{Text: word})
	}
	return q
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
