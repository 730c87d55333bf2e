package archive

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// export is everything that a user can see of an archive's messages, as text.
func export(t testing.TB, a *Archive) []string {
	t.Helper()
	var out []string
	for _, m := range all(t, a.Messages(t.Context(), Filter{})) {
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

// fetch is one page to be put.
type fetch struct {
	group  string
	number int
	page   page
}

// tangle makes pages of all the kinds that are hard to tell apart: the same
// Message-ID twice (P13) and met twice (P10), none, references to what comes
// later, never or in a circle, replies by subject alone.
func tangle(r *rand.Rand, n int) []fetch {
	mid := func() string { return fmt.Sprintf("m%d@x", r.IntN(n/2+1)) }
	var out []fetch
	for i := range n {
		p := page{MID: mid(), From: fmt.Sprint("f", r.IntN(2)), Date: 1e6 + int64(r.IntN(40)), Content: fmt.Sprint(r.IntN(3)),
			Subject: "s", Base: fmt.Sprint("s", r.IntN(4)), Reply: r.IntN(2) == 0, Unlisted: r.IntN(4) == 0, Body: fmt.Sprint(r.IntN(5))}
		switch r.IntN(6) {
		case 0:
			p.MID, p.Fallback = "", fmt.Sprint("raw", r.IntN(3))
		case 1:
			p.Refs = []string{mid(), mid(), mid()}
		case 2:
			p.IRT = mid()
		case 3:
			p.Parent = pageURL(fmt.Sprintf("2020-%02d", r.IntN(5)), r.IntN(n))
		case 4:
			p.Date = 0
		}
		out = append(out, fetch{fmt.Sprintf("2020-%02d", r.IntN(5)), i, p})
	}
	return out
}

// TestOutcomeDependsOnWhatIsHeldAlone fetches the same pages in different
// orders, derives after different portions, and with pages that are replaced
// on the way, and wants the same messages, threads and URLs each time.
func TestOutcomeDependsOnWhatIsHeldAlone(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint("seed", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 0))
			pages := tangle(r, 5+r.IntN(40))
			verdict := func(e Evidence) string { return fmt.Sprint(e["pages"] > 10) }
			whole := openTest(t, t.TempDir())
			for _, f := range pages {
				put(t, whole, f.group, f.number, f.page)
			}
			derive(t, whole, jsonParser{verdict: verdict})
			want := export(t, whole)
			wantSound(t, whole)
			for range 2 {
				a := openTest(t, t.TempDir())
				for _, i := range r.Perm(len(pages)) {
					f := pages[i]
					if r.IntN(5) == 0 { // an older page at this URL, and perhaps derived
						put(t, a, f.group, f.number, tangle(r, len(pages))[0].page)
					}
					if r.IntN(5) == 0 {
						derive(t, a, jsonParser{verdict: verdict})
					}
					put(t, a, f.group, f.number, f.page)
					if r.IntN(3) == 0 {
						derive(t, a, jsonParser{verdict: verdict})
					}
				}
				derive(t, a, jsonParser{verdict: verdict})
				if diff := cmp.Diff(want, export(t, a)); diff != "" {
					t.Fatalf("another way there gave another outcome:\n%s", diff)
				}
				wantSound(t, a)
				wantThreads(t, a)
			}
		})
	}
}

// wantSound runs the archive's own check.
func wantSound(t testing.TB, a *Archive) {
	t.Helper()
	for _, p := range all(t, a.Verify(t.Context())) {
		t.Errorf("verify: %+v", p)
	}
}

// wantThreads computes all threads anew, in the plainest way, and compares.
func wantThreads(t testing.TB, a *Archive) {
	t.Helper()
	ms := all(t, a.Messages(t.Context(), Filter{}))
	parent := make(map[ID]ID)
	place := make(map[ID]int)
	for i, m := range ms {
		place[m.ID] = i
	}
	for i, m := range ms {
		parent[m.ID] = plainParent(ms, i)
	}
	for _, m := range ms {
		seen := []ID{}
		at := m.ID
		for parent[at] != "" && !slices.Contains(seen, at) {
			seen = append(seen, at)
			if _, held := place[parent[at]]; !held {
				at = parent[at]
				break
			}
			at = parent[at]
		}
		if i := slices.Index(seen, at); i >= 0 { // a circle: its earliest message
			at = slices.MinFunc(seen[i:], func(a, b ID) int { return place[a] - place[b] })
		}
		if m.Thread != at {
			t.Errorf("message %s is in thread %s, want %s", m.ID, m.Thread, at)
		}
	}
}

func plainParent(ms []*Message, i int) ID {
	m := ms[i]
	held := func(mid string) ID { // the one that kept the base
		for _, o := range ms {
			if o.MessageID == mid && o.ID == midKey("test", mid).id() && o != m {
				return o.ID
			}
		}
		return ""
	}
	names := slices.DeleteFunc(slices.Clone(m.References), func(s string) bool { return s == m.MessageID })
	for _, ref := range slices.Backward(names) {
		if id := held(ref); id != "" {
			return id
		}
	}
	if m.InReplyTo != "" && m.InReplyTo != m.MessageID {
		names = append(names, m.InReplyTo)
		if id := held(m.InReplyTo); id != "" {
			return id
		}
	}
	for _, o := range ms {
		if m.IndexParent != "" && o != m && slices.Contains(o.URLs, m.IndexParent) {
			return o.ID
		}
	}
	if len(names) > 0 {
		return midKey("test", names[0]).id()
	}
	for j := i - 1; j >= 0 && m.Reply && !m.Date.IsZero(); j-- {
		o := ms[j]
		if o.BaseSubject == m.BaseSubject && !o.Date.IsZero() && m.Date.Sub(o.Date).Hours() <= 180*24 {
			return o.ID
		}
	}
	return ""
}

// TestChangesTellWhatMessagesSay follows an archive by its changes alone and
// wants to end with what a reader sees.
func TestChangesTellWhatMessagesSay(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	a := openTest(t, t.TempDir())
	copied := make(map[ID]string)
	var last uint64
	for _, f := range tangle(r, 60) {
		put(t, a, f.group, f.number%20, f.page) // pages are replaced: messages go
		if r.IntN(3) > 0 {
			continue
		}
		derive(t, a, jsonParser{})
		for _, c := range all(t, a.Changes(t.Context(), last)) {
			if c.Seq <= last {
				t.Fatalf("sequence %d after %d", c.Seq, last)
			}
			if last = c.Seq; c.Deleted {
				delete(copied, c.ID)
				continue
			}
			text, _ := json.Marshal(c.Message)
			copied[c.ID] = string(text)
		}
		var got []string
		for _, text := range copied {
			got = append(got, text)
		}
		want := export(t, a)
		slices.Sort(got)
		slices.Sort(want)
		if diff := cmp.Diff(strings.Join(want, "\n"), strings.Join(got, "\n")); diff != "" {
			t.Fatal(diff)
		}
		if p, _ := a.Position(t.Context()); p.Seq != last && len(copied) > 0 {
			t.Fatalf("position %d, last change %d", p.Seq, last)
		}
	}
}
