package archive

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Who keeps messages elsewhere gets the same threads.
func TestArrange(t *testing.T) {
	a := openTest(t, t.TempDir())
	for i, p := range []page{
		{MID: "a@x", Date: 1}, {MID: "late@x", Refs: []string{"a@x"}, Date: 9}, {MID: "early@x", Refs: []string{"a@x"}, Date: 2},
		{MID: "below@x", Refs: []string{"a@x", "early@x"}, Date: 10}, {MID: "loose@x", Refs: []string{"a@x", "missing@x"}, Date: 3},
	} {
		p.Content = p.MID
		put(t, a, "2020-May", i, p)
	}
	derive(t, a, jsonParser{})
	var places []Place
	for _, m := range all(t, a.Messages(t.Context(), Filter{})) {
		places = append(places, Place{ID: m.ID, Parent: m.Parent, Date: m.Date})
	}
	want, err := a.Outline(t.Context(), places[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	got, err := Arrange(want.ID, places)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("arranged otherwise (-outline +arranged):\n%s", diff)
	}
}

// A message that gets another parent in the same thread has changed: who keeps
// it elsewhere has to hear of it.
func TestNewParentIsAChange(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "a"})
	put(t, a, "2020-May", 3, page{MID: "c@x", Refs: []string{"a@x", "b@x"}, Date: 3, Content: "c"})
	derive(t, a, jsonParser{})
	before, err := a.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, a, "2020-June", 2, page{MID: "b@x", Refs: []string{"a@x"}, Date: 2, Content: "b"})
	derive(t, a, jsonParser{})
	told := map[string]ID{}
	for c, err := range a.Changes(t.Context(), before.Seq) {
		if err != nil {
			t.Fatal(err)
		}
		told[c.Message.MessageID] = c.Message.Parent
	}
	b := midKey("test", "b@x").id()
	if want := map[string]ID{"b@x": midKey("test", "a@x").id(), "c@x": b}; !cmp.Equal(want, told) {
		t.Errorf("told %v, want %v", told, want)
	}
}
