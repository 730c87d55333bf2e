package search_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/search"
)

// TestQueryDocument runs every example of docs/query.md on the mails that it
// shows.
func TestQueryDocument(t *testing.T) {
	doc, err := os.ReadFile("../docs/query.md")
	if err != nil {
		t.Fatal(err)
	}
	mails, err := sample()
	if err != nil || len(mails) == 0 {
		t.Fatal("no mails in the document", err)
	}
	s := open(t, mails...)
	for _, row := range table(string(doc), "| query | finds |") {
		query := strings.Trim(row[0], "`")
		t.Run(query, func(t *testing.T) {
			got := numbers(t, s, search.Query{Text: query})
			slices.Sort(got)
			if text := strings.Trim(fmt.Sprint(got), "[]"); text != row[1] {
				t.Errorf("finds %s, the document says %s", text, row[1])
			}
		})
	}
	for _, row := range table(string(doc), "| query | character |") {
		query := strings.Trim(row[0], "`")
		t.Run(query, func(t *testing.T) {
			_, err := s.Search(t.Context(), search.Query{Text: query})
			var bad *search.SyntaxError
			if !errors.As(err, &bad) {
				t.Fatalf("error is %v, want a *SyntaxError", err)
			}
			if at := fmt.Sprint(utf8.RuneCountInString(query[:bad.Pos]) + 1); at != row[1] || bad.Msg != row[2] {
				t.Errorf("character %s: %s, the document says %s: %s", at, bad.Msg, row[1], row[2])
			}
		})
	}
}
