package feed

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"github.com/mmcdole/gofeed"
)

var when = time.Date(2021, 3, 5, 9, 30, 0, 0, time.FixedZone("", -5*3600))

func example() *Feed {
	return &Feed{
		ID: ID("search", "breach"), Title: "breach", Subtitle: "2 messages", Page: "https://x.example/search?q=breach",
		Self: "https://x.example/search.atom?q=breach", Next: "https://x.example/search.atom?q=breach&after=c",
		Others: map[string]string{"application/feed+json": "https://x.example/search.feed.json?q=breach"},
		Items: []Item{
			{ID: MessageID("abcdefgh22345672"), Title: "Re: a <b> & \"c\"", Page: "https://x.example/m/abcdefgh22345672", Original: "https://l.example/000001.html",
				Article: "https://news.example/a?b=c&d", Author: "Ann Lee", Published: when, Updated: when.Add(time.Hour), Summary: "a … snippet",
				Content: "one\ntwo <script>alert(1)</script>\n\nthree", Tags: []string{"announce"}},
			{ID: MessageID("bbcdefgh22345672"), Title: "second", Page: "https://x.example/m/bbcdefgh22345672", Published: when.Add(-time.Hour)},
		},
	}
}

// read has a feed reader of others read what was written.
func read(t *testing.T, f *Feed, write func(*Feed, io.Writer) error) *gofeed.Feed {
	t.Helper()
	var b bytes.Buffer
	if err := write(f, &b); err != nil {
		t.Fatal(err)
	}
	got, err := gofeed.NewParser().Parse(bytes.NewReader(b.Bytes()))
	if err != nil {
		t.Fatalf("a feed reader cannot read it: %v\n%s", err, &b)
	}
	return got
}

func TestReadersUnderstandIt(t *testing.T) {
	for name, write := range map[string]func(*Feed, io.Writer) error{"atom": (*Feed).Atom, "json": (*Feed).JSON} {
		t.Run(name, func(t *testing.T) {
			got := read(t, example(), write)
			if got.FeedType != name || got.Title != "breach" || len(got.Items) != 2 {
				t.Fatalf("the reader sees %s %q with %d items", got.FeedType, got.Title, len(got.Items))
			}
			item := got.Items[0]
			if item.GUID != MessageID("abcdefgh22345672") || item.Title != `Re: a <b> & "c"` || item.Authors[0].Name != "Ann Lee" {
				t.Errorf("the reader sees %q %q by %+v", item.GUID, item.Title, item.Authors[0])
			}
			if item.Link != "https://x.example/m/abcdefgh22345672" || !item.PublishedParsed.Equal(when) || !item.UpdatedParsed.Equal(when.Add(time.Hour)) {
				t.Errorf("the reader sees %s of %v, %v", item.Link, item.PublishedParsed, item.UpdatedParsed)
			}
			if strings.Contains(item.Content, "<script") && name == "atom" || !strings.Contains(item.Content, "three") {
				t.Errorf("the reader shows %q", item.Content)
			}
			if diff := cmp.Diff([]string{"announce"}, item.Categories); diff != "" {
				t.Errorf("tags: -want +got\n%s", diff)
			}
		})
	}
}

func TestAtomLeadsOn(t *testing.T) {
	var b bytes.Buffer
	if err := example().Atom(&b); err != nil {
		t.Fatal(err)
	}
	var got atomFeed
	if err := xml.Unmarshal(b.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	want := []atomLink{
		{"self", "application/atom+xml", "https://x.example/search.atom?q=breach"},
		{"alternate", "text/html", "https://x.example/search?q=breach"},
		{"next", "application/atom+xml", "https://x.example/search.atom?q=breach&after=c"},
		{"alternate", "application/feed+json", "https://x.example/search.feed.json?q=breach"},
	}
	if diff := cmp.Diff(want, got.Links); diff != "" {
		t.Errorf("links: -want +got\n%s", diff)
	}
	want = []atomLink{{"alternate", "text/html", "https://x.example/m/abcdefgh22345672"}, {"via", "", "https://l.example/000001.html"}, {"related", "", "https://news.example/a?b=c&d"}}
	if diff := cmp.Diff(want, got.Entries[0].Links); diff != "" {
		t.Errorf("links of an entry: -want +got\n%s", diff)
	}
	if got.Updated != "2021-03-05T10:30:00-05:00" {
		t.Errorf("updated %s, want when the newest entry was", got.Updated)
	}
}

func TestIDsStay(t *testing.T) {
	// Readers know what was read by these: they are a promise.
	if got := MessageID("abcdefgh22345672"); got != "urn:uuid:a7e69bb4-d512-503c-8ccc-af9bc13a230d" {
		t.Errorf("the ID of a message became %s", got)
	}
	if ID("a", "bc") == ID("ab", "c") || ID("message", "x") == ID("search", "x") {
		t.Error("two things have one ID")
	}
}

func TestP12DatesThatAreNone(t *testing.T) {
	f := example()
	f.Items = []Item{{ID: ID("a"), Title: "undated"}, {ID: ID("b"), Title: "far", Published: time.Date(60000, 1, 1, 0, 0, 0, 0, time.UTC)}}
	for _, item := range read(t, f, (*Feed).Atom).Items {
		if item.Updated != never {
			t.Errorf("%s was updated %q, want a date that stays", item.Title, item.Updated)
		}
	}
	for _, item := range read(t, f, (*Feed).JSON).Items {
		if item.PublishedParsed != nil || item.UpdatedParsed != nil {
			t.Errorf("%s is published %q, updated %q", item.Title, item.Published, item.Updated)
		}
	}
}

func TestM4HostileMail(t *testing.T) {
	evil := "\x00\x08\x1b[2J\u202eexe.\ufffe\xff]]><script>alert(1)</script>&#0;"
	f := &Feed{ID: ID("x"), Title: evil, Subtitle: evil, Page: "javascript:alert(1)", Self: "https://x.example/\x00", Items: []Item{{
		ID: ID("y"), Title: strings.Repeat(evil, 1000), Page: "data:text/html,x", Original: "//x.example/", Article: "javascript://x.example/%0aalert(1)",
		Author: evil, Summary: evil, Content: strings.Repeat("x", 1<<20) + evil, Tags: []string{evil, "\u202e"},
	}}}
	for name, write := range map[string]func(*Feed, io.Writer) error{"atom": (*Feed).Atom, "json": (*Feed).JSON} {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := write(f, &b); err != nil {
				t.Fatal(err)
			}
			if b.Len() > 64<<10 || !utf8.Valid(b.Bytes()) {
				t.Errorf("%d bytes, valid %v", b.Len(), utf8.Valid(b.Bytes()))
			}
			if name == "atom" && strings.Contains(b.String(), "\ufffe") {
				t.Error("XML forbids U+FFFE")
			}
			for _, bad := range []string{"\x00", "\x1b", "\u202e", "javascript:", "data:", "<script", `\u0000`, `\u001b`} {
				if strings.Contains(b.String(), bad) {
					t.Errorf("%q is left in:\n%.500s", bad, &b)
				}
			}
			read(t, f, write)
		})
	}
}

func FuzzFeed(f *testing.F) {
	f.Add("title", "https://x.example/", "text\n\n\x1b")
	f.Fuzz(func(t *testing.T, text, link, body string) {
		feed := &Feed{ID: ID(text), Title: text, Self: link, Page: link, Items: []Item{{ID: ID(body), Title: text, Page: link, Article: link, Content: body, Summary: body, Tags: []string{text}}}}
		var b bytes.Buffer
		if err := feed.Atom(&b); err != nil {
			t.Fatal(err)
		}
		dec := xml.NewDecoder(&b)
		for {
			if _, err := dec.Token(); errors.Is(err, io.EOF) {
				break
			} else if err != nil {
				t.Fatalf("no XML: %v", err)
			}
		}
		b.Reset()
		if err := feed.JSON(&b); err != nil {
			t.Fatal(err)
		}
		if !json.Valid(b.Bytes()) {
			t.Errorf("no JSON: %q", &b)
		}
	})
}
