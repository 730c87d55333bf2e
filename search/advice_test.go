package search_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

func clinicMails() []mail {
	return []mail{
		{N: 1, List: "l", Date: at(1), From: "Ann Lee", Subject: "hospital hit", Text: "It had no MFA."},
		{N: 2, List: "l", Date: at(2), From: "B", Subject: "hospital", Text: "It had no two-factor authentication."},
		{N: 3, List: "l", Date: at(3), From: "C", Subject: "clinic", Text: "A hospital too."},
		{N: 4, List: "l", Date: at(4), From: "C", Subject: "clinic", Text: "Also a hospital, and an xgang leak."},
	}
}

func TestAdvice(t *testing.T) {
	s := open(t, clinicMails()...)
	tests := []struct {
		query, didYouMean string
		want              []search.Advice
	}{
		{"hosptal clinic", "hospital clinic", []search.Advice{
			{Text: "hosptal", Without: 2, Similar: []string{"hospital"}},
			{Text: "clinic", Alone: 2},
		}},
		{"hospital nosuchword", "", []search.Advice{
			{Text: "hospital", Alone: 4},
			{Text: "nosuchword", Without: 4},
		}},
		{"hospital", "", nil},
		{"hospital author:smith", "", []search.Advice{{Text: "hospital", Alone: 4}, {Text: "author:smith", Without: 4}}},
		{"hospital author:lee", "hospital from:lee", []search.Advice{{Text: "hospital", Alone: 4}, {Text: "author:lee", Without: 4}}},
	}
	for _, test := range tests {
		t.Run(test.query, func(t *testing.T) {
			res, err := s.Search(t.Context(), search.Query{Text: test.query})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, res.Advice); diff != "" {
				t.Error(diff)
			}
			if res.DidYouMean != test.didYouMean {
				t.Errorf("did you mean %q, want %q", res.DidYouMean, test.didYouMean)
			}
		})
	}
}

// Synonyms are found, named, marked in the snippet, and explained.
func TestSynonymsAreShown(t *testing.T) {
	s := open(t, clinicMails()...)
	res, err := s.Search(t.Context(), search.Query{Text: "mfa", Explain: true})
	if err != nil || len(res.Hits) != 2 || len(res.Meanings) != 1 {
		t.Fatalf("%+v, %v", res, err)
	}
	second := res.Hits[1]
	f := second.Snippet.Fragments[0]
	if len(f.Marks) != 1 || f.Text[f.Marks[0][0]:f.Marks[0][1]] != "two-factor authentication" {
		t.Errorf("marked in %q: %v", f.Text, f.Marks)
	}
	if why := strings.Join(second.Explanation, "\n"); !strings.Contains(why, "synonym") {
		t.Errorf("explained by %s", why)
	}
}

func TestOwnSynonyms(t *testing.T) {
	dir := t.TempDir()
	if err := put(dir, clinicMails()...); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, search.SynonymsFile)
	if err := os.WriteFile(file, []byte("other gang => xgang\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	s, err := search.Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if diff := cmp.Diff([]int{4}, numbers(t, s, search.Query{Text: "other gang"})); diff != "" {
		t.Error(diff)
	}
	if err := os.WriteFile(file, []byte("# mine\nalone\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	if _, err := search.Open(dir, nil); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("a mistake in the file gives %v, want an error that names line 2", err)
	}
}
