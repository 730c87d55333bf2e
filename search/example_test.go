package search_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/bxsearch/bxsearch/search"
)

// exampleData makes the archive of docs/query.md in a folder of its own.
func exampleData() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "bxsearch-example")
	if err != nil {
		log.Fatal(err)
	}
	mails, err := sample()
	if err == nil {
		err = put(dir, mails...)
	}
	if err != nil {
		log.Fatal(err)
	}
	return dir, func() { os.RemoveAll(dir) }
}

func Example() {
	dir, remove := exampleData() // yours is what bxcrawl filled
	defer remove()

	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()
	res, err := s.Search(context.Background(), search.Query{Text: "multifactor authentication"})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Total, "found")
	for _, h := range res.Hits {
		fmt.Printf("%d. %s, %s: %s\n", h.Rank, h.Message.Date.Format(time.DateOnly), h.Message.FromName, h.Message.Subject)
	}
	// Output:
	// 2 found
	// 1. 2020-11-20, Alice Smith: Hospital hit by ransomware
	// 2. 2021-03-06, Carol Díaz: Multifactor authentication
}

func ExampleSearcher_Search_pages() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	q := search.Query{Text: "stolen", Sort: search.ByDateDesc, Limit: 3}
	for {
		res, err := s.Search(context.Background(), q)
		if err != nil {
			log.Fatal(err)
		}
		for _, h := range res.Hits {
			fmt.Println(h.Rank, h.Message.Subject)
		}
		if res.Next == "" {
			break
		}
		fmt.Println("-- next page")
		q.After = res.Next
	}
	// Output:
	// 1 Backups
	// 2 The Who: tickets stolen
	// 3 Re: Hospital hit by ransomware
	// -- next page
	// 4 Hospital hit by ransomware
}

func ExampleSearcher_Hits() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	for h, err := range s.Hits(context.Background(), search.Query{Text: "clinic", Sort: search.ByDateAsc}) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(h.Message.URL)
	}
	// Output:
	// https://lists.example.org/pipermail/breach/2021-March/000002.html
	// https://lists.example.org/pipermail/help/2021-March/000007.html
}

func ExampleSearcher_Search_facets() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, &search.Options{Location: time.UTC})
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	q := search.Query{Text: "stolen OR fined", Limit: 1, Facets: []search.Facet{search.FacetAuthor, search.FacetDate}, FacetLimit: 2}
	res, err := s.Search(context.Background(), q)
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range res.Facets {
		fmt.Printf("%s, and %d more\n", f.Facet, f.More)
		for _, v := range f.Values {
			fmt.Printf("  %d %s\n", v.Count, v.Query)
		}
	}
	// A click on the first author:
	narrow, err := search.Narrow(q.Text, res.Facets[0].Values[0].Query, nil)
	fmt.Println(narrow, err)
	// Output:
	// author, and 2 more
	//   2 author:"Alice Smith"
	//   1 author:"Bob Jones"
	// date, and 0 more
	//   2 date:2020-11
	//   1 date:2021-03
	//   1 date:2021-12
	//   1 date:2022-06
	// (stolen OR fined) author:"Alice Smith" <nil>
}

func ExampleSearcher_Thread() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	th, err := s.Thread(context.Background(), "<2@mail.example.org>")
	if err != nil {
		log.Fatal(err)
	}
	for _, e := range th.Messages {
		fmt.Printf("%*s%s\n", 2*e.Depth, "", e.Message.Subject)
	}
	// Output:
	// Hospital hit by ransomware
	//   Re: Hospital hit by ransomware
}

func ExampleParse() {
	tree, err := search.Parse("clinic AND (stolen OR lost) from: alice", nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(search.Format(tree))
	// Output: clinic (stolen OR lost) from:alice
}

func ExampleSyntaxError() {
	_, err := search.Parse(`stolen form:alice`, nil)
	var bad *search.SyntaxError
	if errors.As(err, &bad) {
		fmt.Println(bad.Query)
		fmt.Printf("%*s\n", bad.Pos+1, "^")
		fmt.Println(bad.Msg)
		fmt.Println(bad.Hint)
	}
	// Output:
	// stolen form:alice
	//        ^
	// there is no field form:
	// did you mean from:? If not, write "form:alice" to search for it as text
}

func ExampleFragment() {
	dir, remove := exampleData()
	defer remove()
	s, err := search.Open(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	defer s.Close()

	res, err := s.Search(context.Background(), search.Query{Text: "passwords"})
	if err != nil {
		log.Fatal(err)
	}
	for _, f := range res.Hits[0].Snippet.Fragments {
		at := 0
		for _, m := range f.Marks {
			fmt.Print(f.Text[at:m[0]], "<", f.Text[m[0]:m[1]], ">")
			at = m[1]
		}
		fmt.Println(f.Text[at:])
	}
	// Output: An email asked for the <password> at http://x/login
}
