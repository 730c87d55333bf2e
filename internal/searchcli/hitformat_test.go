package searchcli

import (
	"bytes"
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
