package index

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

func TestNeeds(t *testing.T) {
	word := func(text string) Word { return Word{Text: text} }
	tests := []struct {
		name string
		of   Query
		want string
	}{
		{"a word as written", Word{Text: "Breaches", Exact: true}, `{"terms":{"any":["breaches"]}}`},
		{"the words of a phrase", Phrase{Text: "Halden Group", Exact: true}, `{"bool":{"filter":[{"terms":{"any":["halden"]}},{"terms":{"any":["group"]}}]}}`},
		{"a field of its own", Word{Field: FieldSubject, Text: "AT&T", Exact: true}, `{"terms":{"subject":["at&t"]}}`},
		{"a field among others", Word{Field: FieldQuoted, Text: "x1y", Exact: true}, `{"terms":{"any":["x1y"]}}`},
		{"a value", Word{Field: FieldHost, Text: "Halden.example"}, `{"terms":{"host":["halden.example"]}}`},
		{"a beginning", Prefix{Text: "the ransom"}, `{"bool":{"filter":[{"prefix":{"any":"ransom"}},{"terms":{"any":["the"]}}]}}`},
		{"a similar word", Fuzzy{Text: "haldem", Edits: 1}, `{"fuzzy":{"any":{"value":"haldem","fuzziness":1,"rewrite":"constant_score"}}}`},
		{"one too short to be similar", Fuzzy{Text: "bank", Edits: 2}, `{"match_all":{}}`},
		{"what must not be", And{Word{Text: "x1", Exact: true}, Not{word("y")}}, `{"terms":{"any":["x1"]}}`},
		{"what is excluded only", Not{word("y")}, `{"match_all":{}}`},
		{"a choice of which one is anything", Or{word("x"), DateRange{After: time.Unix(0, 0)}}, `{"match_all":{}}`},
		{"dates", And{Word{Text: "x1", Exact: true}, DateRange{After: time.Unix(0, 0)}}, `{"terms":{"any":["x1"]}}`},
		{"threads", InThread{word("x")}, `{"match_all":{}}`},
		{"no words", word("!!!"), `{"match_all":{}}`},
		{"a field that nobody knows", Word{Field: "x", Text: "y"}, `{"match_all":{}}`},
		{"nothing", Or{}, `{"match_none":{}}`},
		{"what cannot be asked", Near{Parts: []Query{word("x")}}, `{"match_all":{}}`},
		{"more words than OpenSearch takes", Phrase{Text: strings.Repeat("x1 ", maxNeeded+1), Exact: true}, `{"match_all":{}}`},
	}
	w := &needWriter{asked: map[string]int{}}
	w.count(nil)
	for _, tt := range tests {
		w.count(needOf(tt.of, nil))
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := string(w.append(nil, needOf(tt.of, nil))); got != tt.want {
				t.Errorf("%s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestNeedOfMany: among very many queries, a name is found by what makes it one.
func TestNeedOfMany(t *testing.T) {
	w := &needWriter{asked: map[string]int{}}
	for i := range 3 * rareQueries {
		w.count(needOf(Phrase{Text: fmt.Sprintf("name%d bank group", i), Exact: true}, nil))
	}
	for _, tt := range []struct{ text, want string }{
		{"Bank name7", `{"terms":{"any":["name7"]}}`},
		{"Bank Group", `{"bool":{"filter":[{"terms":{"any":["bank"]}},{"terms":{"any":["group"]}}]}}`},
	} {
		if got := string(w.append(nil, needOf(Phrase{Text: tt.text, Exact: true}, nil))); got != tt.want {
			t.Errorf("%s: %s\nwant %s", tt.text, got, tt.want)
		}
	}
	some := And{Prefix{Text: "hal"}, Or{Word{Text: "name8", Exact: true}, Word{Text: "name9", Exact: true}}}
	if got, want := string(w.append(nil, needOf(some, nil))), `{"bool":{"should":[{"terms":{"any":["name8"]}},{"terms":{"any":["name9"]}}]}}`; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

// TestNeedOfCompounds: what a word also finds does as well, in each language.
func TestNeedOfCompounds(t *testing.T) {
	n := needOf(And{Word{Text: "multi"}, Word{Text: "factor"}, Word{Text: "authentication"}}, DefaultSynonyms())
	w := &needWriter{asked: map[string]int{}}
	w.count(n)
	need := string(w.append(nil, n))
	for _, term := range []string{`"multifactor"`, `"multi"`, `"factor"`, `"~~~authent"`, `"~~~de~`, `"~~~ru~`, `"mfa"`} {
		if !strings.Contains(need, term) {
			t.Errorf("%s is not in %s", term, need)
		}
	}
}

func TestStandingDocument(t *testing.T) {
	m := &archive.Message{
		ID: "m1", List: "News", Subject: "Breaches, breaches", Body: "Die Häuser\n", FromName: `Ann "A" Lee`,
		SourceURL: "https://halden.example/a", MessageID: "1@x", Blocks: []archive.Block{{Kind: archive.BlockOwn, Start: 0, End: 11}},
	}
	var got map[string]any
	if err := json.Unmarshal(newStandingWriter().append(nil, m), &got); err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]any{
		"subject": "breaches ~~~breach ", "list": []any{"news"}, "mid": []any{"1@x"}, "outlet": []any{"halden.example"},
	} {
		if diff := cmp.Diff(want, got[field]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", field, diff)
		}
	}
	any, _ := got["any"].(string)
	for _, term := range []string{"hauser", "breaches", "~~~breach", "lee"} {
		if strings.Count(" "+any, " "+term+" ") != 1 {
			t.Errorf("%s is not once in %q", term, any)
		}
	}
}

func FuzzStandingDocument(f *testing.F) {
	f.Add("Subject", "Body \"\\ \x00 日本語", "list", "1@x")
	f.Fuzz(func(t *testing.T, subject, body, list, id string) {
		m := &archive.Message{ID: "m", List: list, Subject: subject, Body: body, MessageID: id, FromName: body, SourceURL: subject}
		if doc := newStandingWriter().append(nil, m); !json.Valid(doc) {
			t.Errorf("no JSON: %s", doc)
		}
	})
}

// TestStandingInCluster stores queries, and looks after what becomes of them.
func TestStandingInCluster(t *testing.T) {
	s := OpenTestStanding(t, "0000-AA")
	ctx := t.Context()
	queries := map[int64]Query{1: Word{Text: "halden"}, 2: Word{Text: "borg"}, 3: Word{Text: "halden"}, 4: Not{Word{Text: "halden"}}}
	message := []*archive.Message{{ID: "m", Subject: "Halden"}}
	sync := func(what string) {
		t.Helper()
		if err := s.Sync(ctx, StandingQueries(queries)); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
	choose := func(what string, want ...int64) {
		t.Helper()
		got, err := s.Choose(ctx, message)
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		chosen := map[int64]bool{}
		for _, id := range want {
			chosen[id] = true
		}
		if diff := cmp.Diff(chosen, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	call := func(method, path string, body any) {
		t.Helper()
		if err := s.engine.calls.Do(ctx, method, "/"+s.name+path, nil, body, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Choose(ctx, message); err == nil {
		t.Error("it chooses, and knows no query")
	}
	sync("new")
	choose("new", 1, 3, 4)
	first := s.is.UUID

	delete(queries, 1)
	queries[5] = Word{Text: "halde~", Field: FieldSubject}
	queries[6] = Prefix{Text: "hal"}
	sync("changed")
	choose("changed", 3, 4, 6)
	if n, err := s.count(ctx); n != 5 || err != nil {
		t.Errorf("%d are stored, %v", n, err)
	}
	if s.is.UUID != first {
		t.Error("made anew for a change")
	}

	// A query that went and came back.
	kept := queries[2]
	delete(queries, 2)
	sync("one less")
	queries[2] = kept
	sync("one more")
	message = append(message, &archive.Message{ID: "n", Subject: "Borg"})
	choose("one more", 2, 3, 4, 6)

	// Somebody who deletes a query is noticed, at the latest by the next run.
	call(http.MethodPost, "/_delete_by_query?refresh=true", clause{"query": clause{"term": clause{standingKeyed: s.key(fmt.Sprintf("%#v", queries[2]))}}})
	sync("after a loss")
	choose("after a loss", 2, 3, 4, 6)

	// An index that came about by itself has fields that it guessed.
	call(http.MethodDelete, "", nil)
	call(http.MethodPut, "/_doc/1?refresh=true", clause{standingQuery: "halden"})
	if _, err := s.Choose(ctx, message); err == nil {
		t.Error("an index of somebody else's chooses")
	}
	sync("foreign")
	choose("foreign", 2, 3, 4, 6)

	// Another process that has other queries.
	other := newStanding(s.engine)
	if err := other.Sync(ctx, StandingQueries(map[int64]Query{9: Word{Text: "x"}})); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Choose(ctx, message); err == nil || !strings.Contains(err.Error(), "changed by somebody else") {
		t.Errorf("another's queries: %v", err)
	}

	// Messages' indexes know nothing of it.
	if all, err := s.engine.indexes(ctx); err != nil || len(all) > 0 {
		t.Errorf("%v, %v", all, err)
	}
	clear(queries)
	sync("none")
	choose("none")
	if is, err := s.find(ctx); is != nil || err != nil {
		t.Errorf("%v is left, %v", is, err)
	}
}
