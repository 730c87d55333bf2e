package search_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/searchtest"
	"github.com/bxsearch/bxsearch/search"
)

// mail is a message of a test archive.
type mail = searchtest.Mail

// put adds mails to the archive in dir, made if need be, and indexes them.
func put(dir string, mails ...mail) error {
	return searchtest.Write(context.Background(), dir, mails)
}

// open makes an archive of mails and opens it for searching.
func open(t testing.TB, mails ...mail) *search.Searcher {
	t.Helper()
	return searchtest.Open(t, mails...)
}

// numbers returns the N of the mails that a query finds, in order.
func numbers(t testing.TB, s *search.Searcher, q search.Query) []int {
	t.Helper()
	var out []int
	for h, err := range s.Hits(t.Context(), q) {
		if err != nil {
			t.Fatalf("%s: %v", q.Text, err)
		}
		out = append(out, number(h.Message))
	}
	return out
}

func number(m *archive.Message) (n int) {
	fmt.Sscanf(filepath.Base(m.URL), "%d", &n)
	return n
}

// sample is the archive of docs/query.md.
func sample() ([]mail, error) {
	doc, err := os.ReadFile("../docs/query.md")
	if err != nil {
		return nil, err
	}
	var out []mail
	for _, row := range table(string(doc), "| mail |") {
		m := mail{List: row[1], From: row[3], Subject: row[4], Text: row[5], Attached: row[7]}
		if _, err := fmt.Sscan(row[0], &m.N); err != nil {
			return nil, err
		}
		if m.Date, err = time.Parse(time.DateOnly, row[2]); err != nil {
			return nil, err
		}
		m.Date = m.Date.Add(12 * time.Hour)
		if row[6] != "" {
			m.Text = "> " + row[6] + "\n" + m.Text
		}
		switch m.N {
		case 2:
			m.ReplyTo = 1
		case 3:
			m.Source = "https://news.example.com/2021/retailer"
		}
		out = append(out, m)
	}
	return out, nil
}

// table returns the rows of all tables of a document whose header line begins
// like that.
func table(doc, header string) [][]string {
	var rows [][]string
	inside := false
	for line := range strings.Lines(doc) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, header):
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return rows
}
