package search_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

// twice returns an article on two lists, and a thread of three mails.
func twice() []mail {
	article := "A retailer was fined for the cards of its customers, which it had lost. " + strings.Join(strings.Fields(
		`It had kept them in a table that all could read, said a report of the regulator, and had not known of it for a year;
		the fine is the highest that the law has for such a case. The retailer will appeal.`), " ")
	return []mail{
		{N: 1, List: "breach", Date: at(1), From: "Ann", Subject: "Retailer fined", Text: article},
		{N: 2, List: "news", Date: at(2), From: "Bob", Subject: "FW: a fine", Text: article},
		{N: 3, List: "help", Date: at(3), From: "Eve", Subject: "Backups", Text: "Who keeps backups of cards?"},
		{N: 4, List: "help", Date: at(4), From: "Dan", Subject: "Re: Backups", Text: "I keep cards.", ReplyTo: 3},
		{N: 5, List: "help", Date: at(5), From: "Eve", Subject: "Re: Backups", Text: "Thanks.", ReplyTo: 4},
	}
}

func TestGroups(t *testing.T) {
	s := open(t, twice()...)
	for group, want := range map[search.Group]string{
		"":                 "4 3 2+1",
		search.GroupCopy:   "4 3 2+1",
		search.GroupNone:   "4 3 2 1",
		search.GroupThread: "4+3 2 1",
	} {
		res, err := s.Search(t.Context(), search.Query{Text: "cards", Sort: search.ByDateDesc, Group: group})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, h := range res.Hits {
			text := fmt.Sprint(number(h.Message))
			for _, id := range h.Folded {
				m, err := s.Message(t.Context(), string(id))
				if err != nil {
					t.Fatal(err)
				}
				text += fmt.Sprint("+", number(m))
			}
			got = append(got, text)
		}
		if strings.Join(got, " ") != want || res.Total != 4 {
			t.Errorf("group %q: %v of %d, want %s of 4", group, got, res.Total, want)
		}
	}
	if _, err := s.Search(t.Context(), search.Query{Text: "a", Group: "author"}); !errors.Is(err, search.ErrGroup) {
		t.Errorf("an unknown group gives %v, want ErrGroup", err)
	}
	var wrong *search.CursorError
	res, err := s.Search(t.Context(), search.Query{Text: "cards", Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Search(t.Context(), search.Query{Text: "cards", Limit: 1, Group: search.GroupNone, After: res.Next}); !errors.As(err, &wrong) {
		t.Errorf("a cursor of folded hits goes on with all of them: %v", err)
	}
}

func TestFoldedJSON(t *testing.T) {
	s := open(t, twice()...)
	res, err := s.Search(t.Context(), search.Query{Text: "cards retailer", Sort: search.ByDateDesc})
	if err != nil {
		t.Fatal(err)
	}
	line, err := json.Marshal(res.Hits[0].JSON())
	if want := fmt.Sprintf(`"folded":["%s"]`, res.Hits[0].Folded[0]); err != nil || !strings.Contains(string(line), want) {
		t.Errorf("%s, %v; want %s in it", line, err, want)
	}
}

func TestLike(t *testing.T) {
	s := open(t, append(twice(), mail{N: 6, List: "help", Date: at(6), From: "Eve", Subject: "backups", Text: "A retailer lost its customers' cards."})...)
	for _, c := range []struct {
		name string
		q    search.Query
		want string
	}{
		{"by URL", search.Query{Like: twice()[0].URL()}, "[6 3]"},
		{"by Message-ID, with words", search.Query{Like: "<1@mail.example.org>", Text: "from:eve customers"}, "[6]"},
		{"subject", search.Query{SimilarSubject: "4@mail.example.org"}, "[6]"},
		{"subject, with words", search.Query{SimilarSubject: "4@mail.example.org", Text: "hospital"}, "[]"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := fmt.Sprint(numbers(t, s, c.q)); got != c.want {
				t.Errorf("finds %s, want %s", got, c.want)
			}
		})
	}
	res, err := s.Search(t.Context(), search.Query{Like: "1@mail.example.org"})
	if err != nil || len(res.Hits[0].Snippet.Fragments[0].Marks) == 0 {
		t.Errorf("nothing is marked in what is like a message: %v", err)
	}
	if _, err := s.Search(t.Context(), search.Query{Like: "nosuch@example.org"}); !errors.Is(err, archive.ErrNotFound) {
		t.Errorf("like no message: %v, want archive.ErrNotFound", err)
	}
}

func ExampleSearcher_Search_like() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	res, err := s.Search(context.Background(), search.Query{Like: "7@mail.example.org", Text: "before:2021"})
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range res.Hits {
		fmt.Println(h.Message.FromName, h.Message.Subject)
	}
	// Output:
	// Alice Smith Hospital hit by ransomware
	// Bob Jones Re: Hospital hit by ransomware
}

func ExampleSearcher_Search_threads() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	res, err := s.Search(context.Background(), search.Query{Text: "patient stolen", Group: search.GroupThread})
	if err != nil {
		log.Fatal(err)
	}
	for _, h := range res.Hits {
		fmt.Printf("%s: %d of %d messages\n", h.Message.Subject, len(h.Folded)+1, h.ThreadSize)
	}
	// Output:
	// Hospital hit by ransomware: 2 of 2 messages
}
