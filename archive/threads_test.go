package archive

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// draw shows a thread as a tree, by Message-ID.
func draw(t *testing.T, a *Archive, mid string) string {
	t.Helper()
	ids, err := a.Find(t.Context(), mid)
	if err != nil || len(ids) == 0 {
		t.Fatalf("find %s: %v, %v", mid, ids, err)
	}
	th, err := a.Thread(t.Context(), ids[0])
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, e := range th.Messages {
		fmt.Fprintf(&s, "%s%s\n", strings.Repeat(" ", e.Depth), strings.TrimSuffix(e.Message.MessageID, "@x"))
	}
	return s.String()
}

func TestThreadInReadingOrder(t *testing.T) {
	tests := []struct {
		name  string
		pages []page
		of    string
		want  string
	}{
		{"references, then dates", []page{
			{MID: "a@x", Date: 1}, {MID: "late@x", Refs: []string{"a@x"}, Date: 9}, {MID: "early@x", Refs: []string{"a@x"}, Date: 2},
			{MID: "below@x", Refs: []string{"a@x", "early@x"}, Date: 10},
		}, "below@x", "a\n early\n  below\n late\n"},
		{"the last reference that is held", []page{
			{MID: "a@x", Date: 1}, {MID: "c@x", Refs: []string{"a@x", "missing@x"}, Date: 2},
		}, "a@x", "a\n c\n"},
		{"siblings of a missing parent", []page{
			{MID: "b@x", Refs: []string{"missing@x"}, Date: 1}, {MID: "c@x", IRT: "missing@x", Date: 2},
		}, "c@x", "b\nc\n"},
		{"the index's parent, when nothing is named", []page{
			{MID: "a@x", Date: 1}, {MID: "b@x", Parent: pageURL("2020-May", 0), Date: 2},
		}, "b@x", "a\n b\n"},
		{"a reply by subject alone", []page{
			{MID: "old@x", Base: "s", Date: 1}, {MID: "b@x", Base: "s", Date: 20000000}, {MID: "c@x", Base: "s", Reply: true, Date: 20000001},
		}, "c@x", "b\n c\n"},
		{"a circle is cut above its earliest", []page{
			{MID: "a@x", Refs: []string{"c@x"}, Date: 1}, {MID: "b@x", Refs: []string{"a@x"}, Date: 2}, {MID: "c@x", Refs: []string{"b@x"}, Date: 3},
		}, "c@x", "a\n b\n  c\n"},
		{"P7: one that names itself", []page{
			{MID: "a@x", IRT: "a@x", Date: 1}, {MID: "b@x", Refs: []string{"a@x", "b@x"}, Date: 2},
		}, "a@x", "a\n b\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := openTest(t, t.TempDir())
			for i, p := range tt.pages {
				p.Content = p.MID
				put(t, a, "2020-May", i, p)
			}
			derive(t, a, jsonParser{})
			if diff := cmp.Diff(tt.want, draw(t, a, tt.of)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestThreadKeepsItsIDWhenTheMissingRootArrives(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 2, page{MID: "b@x", IRT: "a@x", Date: 2, Content: "b"})
	derive(t, a, jsonParser{})
	before := all(t, a.Messages(t.Context(), Filter{}))[0].Thread
	if th, err := a.Thread(t.Context(), before); err != nil || len(th.Messages) != 1 {
		t.Errorf("the missing root's thread: %+v, %v", th, err)
	}
	put(t, a, "2020-April", 1, page{MID: "a@x", Date: 1, Content: "a"})
	derive(t, a, jsonParser{})
	if ms := all(t, a.Messages(t.Context(), Filter{})); ms[0].ID != before || ms[1].Thread != before {
		t.Errorf("thread was %s; root has %s, reply is in %s", before, ms[0].ID, ms[1].Thread)
	}
}

// TestThreadOfTenThousand has one root with 10,000 replies, and a chain of
// 10,000, each naming the three before it.
func TestThreadOfTenThousand(t *testing.T) {
	const n = 10000
	for _, chain := range []bool{false, true} {
		t.Run(fmt.Sprintf("chain=%v", chain), func(t *testing.T) {
			var ms []Parsed
			for i := range n {
				m := Message{MessageID: fmt.Sprint(i), URL: pageURL(fmt.Sprint("2020-", i/5000), i), Date: zoned(int64(1e6+i), 0)}
				switch {
				case i > 0 && !chain:
					m.References = []string{"0"}
				case chain:
					for k := max(0, i-3); k < i; k++ {
						m.References = append(m.References, fmt.Sprint(k))
					}
				}
				ms = append(ms, Parsed{Message: m, Content: fmt.Sprint(i)})
			}
			a := openTest(t, t.TempDir())
			for g := range 2 { // the newer half first
				g = 1 - g
				putBody(t, a, fmt.Sprint("2020-", g), g*5000, []byte{1})
				derive(t, a, sliceParser{ms, 5000})
			}
			th, err := a.Thread(t.Context(), midKey("test", "5000").id())
			if err != nil || len(th.Messages) != n || th.ID != midKey("test", "0").id() {
				t.Fatalf("thread %s of %d: %v", th.ID, len(th.Messages), err)
			}
			for i, e := range th.Messages {
				if depth := map[bool]int{true: i, false: min(i, 1)}[chain]; e.Depth != depth || e.Message.MessageID != fmt.Sprint(i) {
					t.Fatalf("entry %d is %s at depth %d, want %d", i, e.Message.MessageID, e.Depth, depth)
				}
			}
		})
	}
}

// TestOutlineIsTheThread: what a page of a long thread is made of says the same
// as the thread.
func TestOutlineIsTheThread(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "a"})
	put(t, a, "2020-May", 2, page{MID: "b@x", IRT: "a@x", Date: 3, Content: "b"})
	put(t, a, "2020-May", 3, page{MID: "c@x", Refs: []string{"a@x", "b@x"}, Content: "c"})
	derive(t, a, jsonParser{})
	id := all(t, a.Messages(t.Context(), Filter{}))[1].ID
	th, err := a.Thread(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	var want []Place
	for _, e := range th.Messages {
		want = append(want, Place{e.Message.ID, e.Parent, e.Depth, e.Message.Date})
	}
	got, err := a.Outline(t.Context(), id)
	if err != nil || got.ID != th.ID {
		t.Fatalf("outline %+v, %v", got, err)
	}
	if diff := cmp.Diff(want, got.Places); diff != "" {
		t.Errorf("-thread +outline:\n%s", diff)
	}
	if _, err := a.Outline(t.Context(), "aaaaaaaaaaaaaaaa"); !errors.Is(err, ErrNotFound) {
		t.Errorf("no such thread: %v", err)
	}
}
