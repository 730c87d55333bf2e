package archive

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// only returns the one message that is held, of these senders if any are given.
func only(t *testing.T, a *Archive, from ...string) *Message {
	t.Helper()
	ms := all(t, a.Messages(t.Context(), Filter{}))
	if len(from) > 0 {
		ms = slices.DeleteFunc(ms, func(m *Message) bool { return !slices.Contains(from, m.FromName) })
	}
	if len(ms) != 1 {
		t.Fatalf("%d messages, want one", len(ms))
	}
	return ms[0]
}

// A page that told no Message-ID tells one now, and the other way round: either
// ID finds the message, wherever an ID may be given.
func TestOldIDsFindTheMessage(t *testing.T) {
	nameless := page{Fallback: "Date and From", From: "Ann", Subject: "s", Date: 1000, Content: "1"}
	named := nameless
	named.MID = "a@x"
	a := openTest(t, t.TempDir())
	ids := map[ID]bool{}
	for i, p := range []page{nameless, named, nameless, named} {
		put(t, a, "2020-May", 1, p)
		stats := derive(t, a, jsonParser{})
		if want := (DeriveStats{Groups: 1, Messages: 1, New: oneOf(i == 0)}); stats != want {
			t.Errorf("step %d: stats %+v, want %+v", i, stats, want)
		}
		m := only(t, a)
		ids[m.ID] = true
		for id := range ids {
			got, err := a.Message(t.Context(), id)
			if diff := cmp.Diff(m, got); err != nil || diff != "" {
				t.Errorf("step %d: message %s: %v %s", i, id, err, diff)
			}
			if found, err := a.Find(t.Context(), string(id)); err != nil || len(found) != 1 || found[0] != m.ID {
				t.Errorf("step %d: find %s = %v, %v, want %s", i, id, found, err, m.ID)
			}
			if th, err := a.Thread(t.Context(), id); err != nil || len(th.Messages) != 1 {
				t.Errorf("step %d: thread %s: %+v, %v", i, id, th, err)
			}
			if r, ok, err := a.SourceOf(t.Context(), id); err != nil || !ok || r.URL != m.URL {
				t.Errorf("step %d: source of %s: %s, %t, %v", i, id, r.URL, ok, err)
			}
		}
	}
	if len(ids) != 2 {
		t.Fatalf("the message had the IDs %v, want two", ids)
	}
	wantSound(t, a)
}

// Who kept an ID learns which one the message has now, be it after several
// changes, and deleted since.
func TestRenames(t *testing.T) {
	nameless := page{Fallback: "Date and From", From: "Ann", Subject: "s", Date: 1000, Content: "1"}
	named := nameless
	named.MID = "a@x"
	a := openTest(t, t.TempDir())
	renames := func(after uint64) []Rename {
		t.Helper()
		all, err := a.Renames(t.Context(), after)
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	put(t, a, "2020-May", 1, nameless)
	put(t, a, "2020-May", 2, page{MID: "b@x", From: "Bob", Date: 2000, Content: "2"})
	derive(t, a, jsonParser{})
	before := only(t, a, "Ann").ID
	if got := renames(0); len(got) != 0 {
		t.Errorf("before: %v", got)
	}
	at, err := a.Position(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	put(t, a, "2020-May", 1, named)
	derive(t, a, jsonParser{})
	want := []Rename{{Was: before, Now: only(t, a, "Ann").ID}}
	if got := renames(at.Seq); !cmp.Equal(got, want) || want[0].Was == want[0].Now {
		t.Errorf("renamed: %v, want %v", got, want)
	}
	if err := a.Delete(t.Context(), want[0].Now, "asked to"); err != nil {
		t.Fatal(err)
	}
	if got := renames(0); !cmp.Equal(got, want) {
		t.Errorf("deleted since: %v, want %v", got, want)
	}
	if at, err = a.Position(t.Context()); err != nil || len(renames(at.Seq)) > 0 {
		t.Errorf("nothing since then: %v", err)
	}
}

func oneOf(b bool) int { return int(oneIf(b)) }

// What a person has deleted does not come back under another ID, and can be
// deleted by its old one.
func TestDeletedStaysSoUnderAnotherID(t *testing.T) {
	nameless := page{Fallback: "Date and From", From: "Ann", Date: 1000, Content: "1"}
	named := nameless
	named.MID = "a@x"
	for _, before := range []bool{true, false} {
		a := openTest(t, t.TempDir())
		put(t, a, "2020-May", 1, nameless)
		derive(t, a, jsonParser{})
		id := only(t, a).ID
		forget := func() {
			if err := a.Delete(t.Context(), id, "asked to"); err != nil {
				t.Fatal(err)
			}
		}
		if before {
			forget()
		}
		put(t, a, "2020-May", 1, named)
		derive(t, a, jsonParser{})
		if !before {
			forget()
		}
		put(t, a, "2020-May", 1, nameless)
		derive(t, a, jsonParser{})
		if ms := all(t, a.Messages(t.Context(), Filter{})); len(ms) > 0 {
			t.Errorf("deleted before %t: %s is back", before, ms[0].ID)
		}
		if _, err := a.Message(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("deleted before %t: message %s: %v", before, id, err)
		}
		wantSound(t, a)
	}
}

// P10: the same URL may hold another message, which the old ID must not name.
func TestP10AnotherMessageIsNoSuccessor(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{Fallback: "first", From: "Ann", Subject: "s", Date: 1000, Content: "1"})
	derive(t, a, jsonParser{})
	id := only(t, a).ID
	put(t, a, "2020-May", 1, page{MID: "b@x", From: "Bob", Subject: "t", Date: 1000, Content: "2"})
	derive(t, a, jsonParser{})
	if m, err := a.Message(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("the ID of a message that is gone gives %+v, %v", m, err)
	}
	put(t, a, "2020-May", 2, page{MID: "a@x", From: "Ann", Subject: "s", Date: 1000, Content: "1"})
	derive(t, a, jsonParser{})
	if _, err := a.Message(t.Context(), id); !errors.Is(err, ErrNotFound) {
		t.Errorf("a message that was gone has a successor: %v", err)
	}
}

// P13: of several messages under one Message-ID those with IDs of their own may
// get others when more is held of them.
func TestP13OldIDsOfRepeatedMessageIDs(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", From: "Ann", Date: 1000, Content: "1", Body: "first"})
	put(t, a, "2020-May", 2, page{MID: "a@x", From: "Bob", Date: 2000, Content: "2", Body: "second"})
	derive(t, a, jsonParser{})
	old := all(t, a.Messages(t.Context(), Filter{}))[1]
	for i := range 20 { // its smallest digest counts: some page has a smaller one
		put(t, a, "2020-May", 10+i, page{MID: "a@x", From: "Bob", Date: 2000, Content: fmt.Sprint("other", i), Body: "second", Unlisted: true})
	}
	derive(t, a, jsonParser{})
	ms := all(t, a.Messages(t.Context(), Filter{}))
	if len(ms) != 2 || ms[1].ID == old.ID {
		t.Fatalf("%d messages, the second %s before and %s after", len(ms), old.ID, ms[1].ID)
	}
	if m, err := a.Message(t.Context(), old.ID); err != nil || m.ID != ms[1].ID {
		t.Errorf("the old ID gives %+v, %v", m, err)
	}
}

// TestEveryIDEverGivenFinds has pages gain and lose what IDs are made of, and
// move to other URLs, in any order.
func TestEveryIDEverGivenFinds(t *testing.T) {
	for seed := range uint64(8) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			a := openTest(t, t.TempDir())
			given := map[ID]string{}
			for range 40 {
				for range 1 + r.IntN(6) {
					n := r.IntN(30)
					p := page{From: fmt.Sprint("f", n), Subject: fmt.Sprint("s", n), Date: int64(1e6 + n), Content: fmt.Sprint("c", n), Body: fmt.Sprint("body ", n)}
					switch r.IntN(4) {
					case 0:
						p.MID = fmt.Sprintf("m%d@x", n)
					case 1:
						p.Fallback = fmt.Sprint("lines of the page ", n)
					case 2:
						p.Fallback = fmt.Sprint("lines of the text file ", n)
					case 3: // other words of the same mail
						p.MID, p.Content = fmt.Sprintf("m%d@x", n), fmt.Sprint("d", n)
					}
					put(t, a, fmt.Sprint("2020-0", n%3), n, p)
				}
				derive(t, a, jsonParser{})
				for _, m := range all(t, a.Messages(t.Context(), Filter{})) {
					given[m.ID] = m.Body
				}
				for id, body := range given {
					if m, err := a.Message(t.Context(), id); err != nil || m.Body != body {
						t.Fatalf("%s was %q and gives %+v, %v", id, body, m, err)
					}
				}
			}
			if n := len(all(t, a.Messages(t.Context(), Filter{}))); len(given) < 2*n {
				t.Errorf("%d IDs for %d messages: the test changes too few", len(given), n)
			}
			wantSound(t, a)
		})
	}
}
