package searchcli

import (
	"bytes"
	"encoding/csv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/search"
)

func hitOf(subject, url, snippet string) search.Hit {
	return search.Hit{
		Rank: 1,
		Message: &archive.Message{
			ID: "abcdefghijklmnop", List: "announce", FromName: "Ann Lee", FromAddress: "ann@mail.example", Subject: subject, URL: url,
			MessageID: "1@mail.example", Date: time.Date(2021, 3, 5, 9, 30, 0, 0, time.FixedZone("", -5*3600)),
		},
		Snippet: search.Snippet{Fragments: []search.Fragment{{Text: snippet}}},
	}
}

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
		if got := cell(in); got != want {
			t.Errorf("cell(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCSVCanBeReadBack(t *testing.T) {
	h := hitOf("A \"quoted\", long\nsubject; =1", "https://lists.example.org/1.html", "")
	none := search.Hit{Rank: 2, Message: &archive.Message{ID: "q"}}
	var b bytes.Buffer
	if err := writeCSV(&b, []search.Hit{h, none}); err != nil {
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

func TestMarkdown(t *testing.T) {
	const page = "https://lists.example.org/1.html"
	for _, tt := range []struct {
		name, subject, url, snippet string
		want                        string
	}{
		{"ordinary", "Retailer fined", page, "It lost cards.",
			"- [Retailer fined](" + page + ")\\\n  2021-03-05 · Ann Lee · announce\n  > It lost cards.\n\n"},
		{"signs", "[a](b) *c* <b> &amp; `x`", page, "", "- [\\[a\\](b) \\*c\\* \\<b\\> \\&amp; \\`x\\`](" + page + ")\\\n  2021-03-05 · Ann Lee · announce\n\n"},
		{"a snippet that looks like a heading", "S", page, "# one\n- two", "- [S](" + page + ")\\\n  2021-03-05 · Ann Lee · announce\n  > \\# one - two\n\n"},
		{"a snippet that looks like a list", "S", page, "12. one 3. two", "- [S](" + page + ")\\\n  2021-03-05 · Ann Lee · announce\n  > 12\\. one 3. two\n\n"},
		{"an address with brackets", "S", page + "?a=(b) c", "", "- [S](" + page + "?a=%28b%29%20c)\\\n  2021-03-05 · Ann Lee · announce\n\n"},
		{"no address", "", "", "", "- **(no subject)** `abcdefghijklmnop`\\\n  2021-03-05 · Ann Lee · announce\n\n"},
		{"an address that runs", "S", "javascript://h/%0aalert(1)", "", "- **S** `abcdefghijklmnop`\\\n  2021-03-05 · Ann Lee · announce\n\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			h := hitOf(tt.subject, tt.url, tt.snippet)
			var b bytes.Buffer
			if err := (&searchOptions{}).writeMarkdown(&b, &h); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, b.String()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}
