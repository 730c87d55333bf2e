package wire

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

func TestM4NoCellIsAFormula(t *testing.T) {
	for in, want := range map[string]string{
		"plain, \"quoted\"":      "plain, \"quoted\"",
		`=HYPERLINK("http://x")`: `'=HYPERLINK("http://x")`,
		"\u200b+1":               "'+1",
		"\t @SUM(A1)":            "'@SUM(A1)",
		"-1-2":                   "'-1-2",
		"＝1":                     "'＝1",
		"a;=1":                   "a;'=1",
		`a; "=1"`:                `a; "'=1"`,
		`"=1"`:                   `"'=1"`,
		"Re: a-b = c":            "Re: a-b = c",
		"two\nlines\x1b":         "two lines␛",
	} {
		if got := Cell(in); got != want {
			t.Errorf("Cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCSVCanBeReadBack(t *testing.T) {
	h := search.Hit{Rank: 1, Message: &archive.Message{
		ID: "abcdefghijklmnop", List: "announce", FromName: "Ann Lee", FromAddress: "ann@mail.example", Subject: "A \"quoted\", long\nsubject; =1",
		URL: "https://lists.example.org/1.html", MessageID: "1@mail.example", Date: time.Date(2021, 3, 5, 9, 30, 0, 0, time.FixedZone("", -5*3600)),
	}}
	none := search.Hit{Rank: 2, Message: &archive.Message{ID: "q"}}
	var b bytes.Buffer
	hits := func(yield func(search.Hit, error) bool) { _ = yield(h, nil) && yield(none, nil) }
	if err := WriteCSV(&b, hits); err != nil {
		t.Fatal(err)
	}
	got, err := csv.NewReader(&b).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{
		{"rank", "date", "list", "from_name", "from_address", "subject", "url", "id", "message_id"},
		{"1", "2021-03-05T09:30:00-05:00", "announce", "Ann Lee", "ann@mail.example", `A "quoted", long subject; '=1`,
			"https://lists.example.org/1.html", "abcdefghijklmnop", "1@mail.example"},
		{"2", "", "", "", "", "", "", "q", ""},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows: -want +got\n%s", diff)
	}
}

func TestCSVEndsWithTheSearch(t *testing.T) {
	broken := errors.New("the disk is gone")
	hits := func(yield func(search.Hit, error) bool) { yield(search.Hit{}, broken) }
	if err := WriteCSV(io.Discard, hits); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
}
