package archive

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestRawComesBackAsItWas(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	want := Raw{List: "test", Group: "2020-May", Kind: RawMessage, URL: pageURL("2020-May", 1), FinalURL: "https://cdn.example/1",
		Fetched: time.Date(2020, 5, 1, 2, 3, 4, 5, time.UTC), Status: 200, ETag: `"e"`, LastModified: "Fri", ContentType: "text/html"}
	put, err := a.PutRaw(t.Context(), want, []byte("body"))
	if err != nil {
		t.Fatal(err)
	}
	want.Seq, want.Size, want.SHA256 = 1, 4, "230d8358dc8e8890b4c58deeb62912ee2f20357ae92a5cc861b98e68fe31acb5"
	a.Close()
	a, err = Open(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	got, ok, err := a.LastFetch(t.Context(), want.URL)
	if err != nil || !ok || put != want || got != want {
		t.Errorf("put %+v\ngot %+v, %v, %v", put, got, ok, err)
	}
	if body, err := a.Body(t.Context(), got); err != nil || string(body) != "body" {
		t.Errorf("body %q, %v", body, err)
	}
}

func TestFetchWithoutBodyKeepsWhatIsHeld(t *testing.T) {
	a := openTest(t, t.TempDir())
	ctx := t.Context()
	first := putBody(t, a, "2020-May", 1, []byte("kept"))
	putBody(t, a, "2020-May", 2, nil)
	for number, status := range map[int]int{1: 304, 2: 404, 3: 410, 4: 403, 5: 503} {
		r := Raw{List: "test", Group: "2020-May", Kind: RawMessage, URL: pageURL("2020-May", number), Status: status, Fetched: time.Unix(2e9, 0)}
		if _, err := a.PutRaw(ctx, r, nil); err != nil {
			t.Fatal(err)
		}
	}
	held, ok, err := a.Held(ctx, first.URL)
	if err != nil || !ok || held.Seq != first.Seq {
		t.Errorf("held = %+v, %v, %v", held, ok, err)
	}
	if last, ok, _ := a.LastFetch(ctx, first.URL); !ok || last.Status != 304 {
		t.Errorf("last = %+v", last)
	}
	if _, ok, err := a.Held(ctx, pageURL("2020-May", 2)); ok || err != nil {
		t.Errorf("a page that was not found is held: %v", err)
	}
	urls, _ := a.HeldURLs(ctx, "test", "2020-May")
	if diff := cmp.Diff(map[string]bool{first.URL: true}, urls); diff != "" {
		t.Error(diff)
	}
	missing, _ := a.Missing(ctx, "test", "2020-May")
	want := []string{pageURL("2020-May", 2), pageURL("2020-May", 3), pageURL("2020-May", 4)}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(missing))); diff != "" {
		t.Error(diff)
	}
	stats, err := a.Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	l := stats.Lists[0]
	if l.Raws != 7 || l.Pages != 1 || l.Bodies != 4 || !maps.Equal(l.Failures, map[int]int{404: 1, 410: 1, 403: 1, 503: 1}) {
		t.Errorf("stats = %+v", l)
	}
}

func TestSameBodyIsNotParsedAgain(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x"})
	derive(t, a, jsonParser{})
	put(t, a, "2020-May", 1, page{MID: "a@x"})
	if stats := derive(t, a, jsonParser{}); stats.Groups != 0 {
		t.Errorf("stats = %+v", stats)
	}
}

func TestDictionariesSurviveTheProcess(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		a := openTest(t, dir)
		for i := range 100 {
			putBody(t, a, "2020-May", round*100+i, somePage(round*100+i))
		}
		for r := range rawsOf(t, a) {
			if body, err := a.Body(t.Context(), r); err != nil || string(body) != string(somePage(int(r.Seq)-1)) {
				t.Fatalf("round %d, %s: %v", round, r.URL, err)
			}
		}
		a.Close()
	}
}

func TestListsAreKnownByURL(t *testing.T) {
	a := openTest(t, t.TempDir())
	ctx := t.Context()
	add := func(name, url, title string) ListInfo {
		t.Helper()
		l, err := a.AddList(ctx, ListInfo{Name: name, URL: url, Title: title})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	putBody(t, a, "2020-May", 1, []byte("x"))
	if l := add("test", testList, "A title"); l.Name != "test" || l.Title != "A title" {
		t.Errorf("again: %+v", l)
	}
	if l := add("test", "http://lists.example/pipermail/test", ""); l.Name != "test" || l.Title != "A title" {
		t.Errorf("under http: %+v", l)
	}
	for _, scheme := range []string{"http", "https"} {
		if _, ok, err := a.Held(ctx, scheme+"://lists.example/pipermail/test/2020-May/000001.html"); !ok || err != nil {
			t.Errorf("%s: %v, %v", scheme, ok, err)
		}
	}
	held, _ := a.HeldURLs(ctx, "test", "2020-May")
	if !held["http://lists.example/pipermail/test/2020-May/000001.html"] {
		t.Errorf("URLs are not those of the scheme last used: %v", held)
	}
	if l := add("Test", "https://other.example/test/", ""); l.Name != "Test@other.example" {
		t.Errorf("same name elsewhere: %+v", l)
	}
	if l := add("", "https://other.example/web/2022id_/http://h.example/pipermail/quiet/", ""); l.Name != "quiet" {
		t.Errorf("P20: %+v", l)
	}
	if err := a.MarkChecked(ctx, "quiet", time.Unix(5, 0)); err != nil {
		t.Fatal(err)
	}
	lists, err := a.Lists(ctx)
	if err != nil || len(lists) != 3 || lists[0].Name != "quiet" || lists[0].Checked.Unix() != 5 {
		t.Errorf("lists = %+v, %v", lists, err)
	}
	if _, err := a.PutRaw(ctx, Raw{List: "nobody", URL: "https://x.example/"}, nil); !errors.Is(err, ErrNotFound) {
		t.Errorf("unknown list: %v", err)
	}
}

func TestStateIsKeptPerList(t *testing.T) {
	dir := t.TempDir()
	a := openTest(t, dir)
	ctx := t.Context()
	for _, kv := range []string{"run", "period/b", "period/a", "periodical"} {
		if err := a.SetState(ctx, "test", kv, []byte("v "+kv)); err != nil {
			t.Fatal(err)
		}
	}
	a.SetState(ctx, "", "run", []byte{})
	a.SetState(ctx, "test", "periodical", nil)
	a.Close()
	a = openTest(t, dir)
	if v, ok, err := a.State(ctx, "test", "run"); !ok || err != nil || string(v) != "v run" {
		t.Errorf("run: %q, %v, %v", v, ok, err)
	}
	if v, ok, _ := a.State(ctx, "", "run"); !ok || len(v) != 0 {
		t.Errorf("an empty note: %q, %v", v, ok)
	}
	if _, ok, _ := a.State(ctx, "test", "periodical"); ok {
		t.Error("a note that was taken away is there")
	}
	want := []Note{{"period/a", []byte("v period/a")}, {"period/b", []byte("v period/b")}}
	if diff := cmp.Diff(want, all(t, a.States(ctx, "test", "period/"))); diff != "" {
		t.Error(diff)
	}
}

func TestFindByAnyName(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "A.b-c@x", Date: 1, Content: "1"})
	derive(t, a, jsonParser{})
	id := all(t, a.Messages(t.Context(), Filter{List: "TEST"}))[0].ID
	for _, ref := range []string{string(id), "A.b-c@x", " <A.b-c@x> ", pageURL("2020-May", 1), pageURL("2020-May", 1) + "#start",
		"http://lists.example/pipermail/test/2020-May/000001.html"} {
		if ids, err := a.Find(t.Context(), ref); err != nil || !slices.Equal(ids, []ID{id}) {
			t.Errorf("%q: %v, %v", ref, ids, err)
		}
	}
	for _, ref := range []string{"", "nobody@x", pageURL("2020-May", 2), "aaaaaaaaaaaaaaaa", "https://", "%zz"} {
		if ids, err := a.Find(t.Context(), ref); err != nil || len(ids) != 0 {
			t.Errorf("%q: %v, %v", ref, ids, err)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	a := openTest(t, t.TempDir())
	done := make(chan error)
	for w := range 4 {
		go func() {
			for i := range 40 {
				p := page{MID: fmt.Sprint(w, i, "@x"), Content: fmt.Sprint(w, i), IRT: fmt.Sprint(i, w, "@x")}
				put(t, a, fmt.Sprint("2020-0", w), w*100+i, p)
				if i%10 == w {
					if _, err := a.Derive(t.Context(), jsonParser{}); err != nil {
						done <- err
						return
					}
				}
				for range a.Messages(t.Context(), Filter{}) {
					break
				}
			}
			done <- nil
		}()
	}
	for range 4 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	derive(t, a, jsonParser{})
	if n := len(all(t, a.Messages(t.Context(), Filter{}))); n != 160 {
		t.Errorf("%d messages, want 160", n)
	}
	wantThreads(t, a)
	wantSound(t, a)
}

// TestSourceOf: a reader can ask for the fetch that a message was read from.
func TestSourceOf(t *testing.T) {
	a := openTest(t, t.TempDir())
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "a"})
	put(t, a, "2020-May", 1, page{MID: "a@x", Date: 1, Content: "a", Body: "once more"})
	derive(t, a, jsonParser{})
	m := all(t, a.Messages(t.Context(), Filter{}))[0]
	r, ok, err := a.SourceOf(t.Context(), m.ID)
	if err != nil || !ok || r.URL != m.URL || r.SHA256 == "" || r.Fetched.IsZero() {
		t.Fatalf("source of %s is %+v, %v, %v", m.ID, r, ok, err)
	}
	if body, err := a.Body(t.Context(), r); err != nil || !bytes.Contains(body, []byte("once more")) {
		t.Errorf("its body is %s, %v: want the newest", body, err)
	}
	if r, ok, err := a.SourceOf(t.Context(), "aaaaaaaaaaaaaaaa"); ok || err != nil {
		t.Errorf("of no message: %+v, %v", r, err)
	}
}
