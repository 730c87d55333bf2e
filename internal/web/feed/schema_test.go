package feed

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/jsonschema-go/jsonschema"
)

// jsonFeedRules are the rules of JSON Feed 1.1.
func jsonFeedRules(t testing.TB) func(text []byte) error {
	t.Helper()
	text, err := os.ReadFile("testdata/jsonfeed-1.1.json")
	var s jsonschema.Schema
	if err == nil {
		err = json.Unmarshal(text, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	rules, err := s.Resolve(nil)
	if err != nil {
		t.Fatal(err)
	}
	return func(text []byte) error {
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return err
		}
		return rules.Validate(value)
	}
}

// TestJSONFeedsKeepTheRules, whatever strangers wrote.
func TestJSONFeedsKeepTheRules(t *testing.T) {
	check := jsonFeedRules(t)
	evil := "\x00\x1b[2J\u202eexe.\ufffe\xff"
	tests := map[string]*Feed{
		"an example":   example(),
		"an empty one": {ID: ID("x")},
		"hostile": {ID: ID("x"), Title: evil, Subtitle: evil, Page: "javascript:alert(1)", Self: "//x.example/", Next: "https:///nohost", Items: []Item{
			{ID: ID("a"), Title: evil, Page: "data:text/html,x", Article: "ftp://x.example/", Author: "\u202e", Summary: evil, Content: evil, Tags: []string{"", evil, "\u202e"}},
			{ID: ID("b"), Published: time.Date(60000, 1, 1, 0, 0, 0, 0, time.UTC), Updated: when},
			{ID: ID("c"), Published: when.In(time.FixedZone("", 23*3600+59*60)), Page: "https://x.example/a b?c=<d>"},
			{ID: ID("d"), Published: time.Date(1, 1, 1, 0, 0, 0, 1, time.UTC), Original: "https://x.example/\n"},
			{ID: ID("e"), Published: when.In(time.FixedZone("", 30*3600)), Updated: when.In(time.FixedZone("", -99*3600-17))},
		}},
	}
	for name, f := range tests {
		var b bytes.Buffer
		if err := f.JSON(&b); err != nil {
			t.Fatal(err)
		}
		if err := check(b.Bytes()); err != nil {
			t.Errorf("%s: %v\n%s", name, err, &b)
		}
	}
}

// TestTheRulesAreRules holds that feeds that break the specification are found.
func TestTheRulesAreRules(t *testing.T) {
	check := jsonFeedRules(t)
	var b bytes.Buffer
	if err := example().JSON(&b); err != nil {
		t.Fatal(err)
	}
	good := b.String()
	for _, change := range [][2]string{
		{`"version": "https://jsonfeed.org/version/1.1"`, `"version": "https://jsonfeed.org/version/1"`},
		{`"title": "breach"`, `"titel": "breach"`},
		{`"content_text"`, `"_content_text"`},
		{`"date_published": "2021-03-05T`, `"date_published": "5 Mar 2021 T`},
		{`"name": "Ann Lee"`, `"_name": {}`},
		{`"url": "https://x.example`, `"url": "/relative`},
		{`"id": "urn`, `"guid": "urn`},
		{`"authors": [`, `"author": [`},
		{`"tags": [`, `"tags": [7, `},
	} {
		bad := strings.Replace(good, change[0], change[1], 1)
		if bad == good {
			t.Fatalf("the example has no %s", change[0])
		}
		if check([]byte(bad)) == nil {
			t.Errorf("nothing is wrong with %s", change[1])
		}
	}
}
