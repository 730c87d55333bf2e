package archive

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestP13OneMessageIDTwoMessages(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", From: "Ann", Subject: "one", Date: 1000, Content: "1", Body: "first"})
	put(t, a, "2020-May", 2, page{MID: "a@x ", From: "Bob", Subject: "two", Date: 2000, Content: "2", Body: "second"})
	put(t, a, "2020-May", 3, page{Fallback: "Date and From", From: "Cid", Date: 3000, Content: "3", Body: "no Message-ID"})
	put(t, a, "2020-May", 4, page{Fallback: "Date and From 2", From: "Cid", Date: 3000, Content: "4", Body: "no Message-ID either"})
	derive(t, a, jsonParser{})
	ms := all(t, a.Messages(t.Context(), Filter{}))
	if len(ms) != 4 {
		t.Fatalf("%d messages, want 4", len(ms))
	}
	ids, err := a.Find(t.Context(), "<a@x>")
	if err != nil || len(ids) != 2 || ids[0] != ms[0].ID || ids[1] != ms[1].ID {
		t.Errorf("Find = %v, %v", ids, err)
	}
}

func TestP10MessageMetTwiceStaysOne(t *testing.T) {
	tests := []struct {
		name string
		twin page
		want int
	}{
		{"same content on another page", page{MID: "a@x", Date: 1000, From: "Ann", Subject: "s", Content: "1"}, 1},
		{"same content, date lost", page{MID: "a@x", From: "Ann", Subject: "s", Content: "1"}, 1},
		{"other rendering, date off by two seconds", page{MID: "a@x", Date: 1002, From: "Ann", Subject: "s", Content: "2"}, 1},
		{"other rendering, date off by three", page{MID: "a@x", Date: 1003, From: "Ann", Subject: "s", Content: "2"}, 2},
		{"other content from somebody else", page{MID: "a@x", Date: 1000, From: "Bob", Subject: "s", Content: "2"}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := openTest(t, t.TempDir())
			put(t, a, "2020-May", 7, page{MID: "a@x", Date: 1000, From: "Ann", Subject: "s", Content: "1", Unlisted: true})
			put(t, a, "2020-May", 9, tt.twin)
			derive(t, a, jsonParser{})
			ms := all(t, a.Messages(t.Context(), Filter{}))
			if len(ms) != tt.want {
				t.Fatalf("%d messages, want %d", len(ms), tt.want)
			}
			if urls := []string{pageURL("2020-May", 7), pageURL("2020-May", 9)}; tt.want == 1 &&
				(ms[0].URL != urls[1] || !slices.Equal(ms[0].URLs, urls)) {
				t.Errorf("URL %s of %v: want the listed one of both", ms[0].URL, ms[0].URLs)
			}
		})
	}
}

func TestP10PageThatShrinksAwayLeavesTombstone(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "1"})
	put(t, a, "2020-May", 2, page{MID: "b@x", IRT: "a@x", Date: 2, Content: "2"})
	derive(t, a, jsonParser{})
	before, _ := a.Position(t.Context())
	gone := all(t, a.Messages(t.Context(), Filter{}))[0].ID
	put(t, a, "2020-May", 1, page{MID: "c@x", From: "Cid", Date: 3, Content: "3"}) // the same URL, another message
	if stats := derive(t, a, jsonParser{}); stats.Deleted != 1 || stats.New != 1 {
		t.Errorf("stats = %+v", stats)
	}
	if _, err := a.Message(t.Context(), gone); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), vanished) {
		t.Errorf("err = %v", err)
	}
	changes := all(t, a.Changes(t.Context(), before.Seq))
	if len(changes) != 2 { // b@x stays in the thread of the missing a@x
		t.Errorf("%d changes, want the deletion and the new message", len(changes))
	}
	put(t, a, "2020-May", 3, page{MID: "a@x", Date: 1, Content: "1"})
	derive(t, a, jsonParser{})
	if m, err := a.Message(t.Context(), gone); err != nil || m.URL != pageURL("2020-May", 3) {
		t.Errorf("the message came back under another page, but: %v", err)
	}
}

func TestDeletedMessageStaysDeleted(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "1"})
	put(t, a, "2020-May", 2, page{MID: "b@x", Refs: []string{"a@x"}, Date: 2, Content: "2"})
	put(t, a, "2020-May", 3, page{MID: "c@x", Refs: []string{"a@x", "b@x"}, Date: 3, Content: "3"})
	derive(t, a, jsonParser{})
	b := all(t, a.Messages(t.Context(), Filter{}))[1]
	if err := a.Delete(t.Context(), b.ID, "asked for by its author"); err != nil {
		t.Fatal(err)
	}
	check := func(when string) {
		t.Helper()
		if _, err := a.Message(t.Context(), b.ID); !errors.Is(err, ErrNotFound) || !strings.Contains(err.Error(), "asked for") {
			t.Errorf("%s: err = %v", when, err)
		}
		th, err := a.Thread(t.Context(), b.Thread)
		if err != nil || len(th.Messages) != 2 || th.Messages[1].Depth != 1 {
			t.Errorf("%s: thread %+v, %v", when, th, err)
		}
		wantThreads(t, a)
		wantSound(t, a)
	}
	check("deleted")
	derive(t, a, jsonParser{version: "2"})
	check("parsed again")
	put(t, a, "2020-June", 9, page{MID: "b@x", Refs: []string{"a@x"}, Date: 2, Content: "2"})
	derive(t, a, jsonParser{version: "2"})
	check("found on another page")
	if err := a.Delete(t.Context(), b.ID, ""); !errors.Is(err, ErrNotFound) {
		t.Errorf("deleting it again: %v", err)
	}
}

func TestUnchangedMessagesKeepTheirNumbers(t *testing.T) {
	a := openTest(t, t.TempDir())
	for i := range 10 {
		put(t, a, "2020-May", i, page{MID: fmt.Sprint(i, "@x"), Date: int64(i + 1), Content: fmt.Sprint(i)})
	}
	derive(t, a, jsonParser{})
	before, _ := a.Position(t.Context())
	put(t, a, "2020-May", 10, page{MID: "new@x", Date: 99, Content: "new"})
	if stats := derive(t, a, jsonParser{}); stats.New != 1 || stats.Changed != 0 {
		t.Errorf("stats = %+v", stats)
	}
	if changes := all(t, a.Changes(t.Context(), before.Seq)); len(changes) != 1 || changes[0].Message.MessageID != "new@x" {
		t.Errorf("changes = %+v", changes)
	}
}

// TestGroupThatCannotBeParsedKeepsItsMessages wants the other groups parsed
// and the failed one tried again by the next Derive.
func TestGroupThatCannotBeParsedKeepsItsMessages(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-01", 1, page{MID: "a@x", Content: "1"})
	put(t, a, "2020-02", 2, page{MID: "b@x", Content: "2"})
	derive(t, a, jsonParser{})
	put(t, a, "2020-01", 3, page{MID: "c@x", Content: "3"})
	put(t, a, "2020-02", 4, page{MID: "d@x", Content: "4"})
	a.writable(t.Context(), func(t *tx) error {
		return t.script(`UPDATE blob SET data = CAST(x'00' AS BLOB) WHERE id = 3`)
	})
	a.recent = recent{} // read it from disk
	_, err := a.Derive(t.Context(), jsonParser{})
	if err == nil || !strings.Contains(err.Error(), "2020-01") || !errors.Is(err, ErrCorrupt) {
		t.Errorf("err = %v", err)
	}
	var mids []string
	for _, m := range all(t, a.Messages(t.Context(), Filter{})) {
		mids = append(mids, m.MessageID)
	}
	slices.Sort(mids)
	if diff := cmp.Diff([]string{"a@x", "b@x", "d@x"}, mids); diff != "" {
		t.Error(diff)
	}
	put(t, a, "2020-01", 3, page{MID: "c@x", Content: "fetched again"})
	if stats := derive(t, a, jsonParser{}); stats.New != 1 {
		t.Errorf("stats = %+v", stats)
	}
}

func TestVerdictSettlesEveryGroup(t *testing.T) {
	a := openTest(t, t.TempDir())
	p := jsonParser{verdict: func(e Evidence) string { return fmt.Sprint(" many=", e["pages"] > 15) }}
	for i := range 20 {
		put(t, a, fmt.Sprintf("2020-%02d", i), i, page{MID: fmt.Sprint(i, "@x"), Content: fmt.Sprint(i)})
		if i%6 == 0 {
			derive(t, a, p)
		}
	}
	derive(t, a, p)
	for _, m := range all(t, a.Messages(t.Context(), Filter{})) {
		if !strings.HasSuffix(m.Body, "many=true") {
			t.Errorf("%s was left as read under another verdict: %q", m.MessageID, m.Body)
		}
	}
	var asked atomic.Int32
	unsettled := jsonParser{version: "2", verdict: func(e Evidence) string { return fmt.Sprint(asked.Add(1)) }}
	if _, err := a.Derive(t.Context(), unsettled); err == nil {
		t.Error("a verdict that never settles went unnoticed")
	}
}
