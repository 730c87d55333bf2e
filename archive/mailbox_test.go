package archive

import "testing"

// TestListWithoutURL: a list that was imported and is crawled later stays one
// list, and a page that both name is one page.
func TestListWithoutURL(t *testing.T) {
	ctx := t.Context()
	a, err := Open(t.TempDir(), &Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	l, err := a.AddList(ctx, ListInfo{Name: "test"})
	if err != nil || l.URL != "" || !l.Mailbox() {
		t.Fatalf("added %+v, %v", l, err)
	}
	if other, err := a.AddList(ctx, ListInfo{Name: "other"}); err != nil || other.Name != "other" {
		t.Fatalf("added %+v, %v", other, err)
	}
	put(t, a, "2004-March", 1, page{MID: "1@x", From: "Ann", Subject: "s", Date: 1078000000})
	derive(t, a, jsonParser{})
	l, err = a.AddList(ctx, ListInfo{Name: "test", URL: "https://lists.example/pipermail/test/"})
	if err != nil || l.Name != "test" || l.URL != testList || l.Messages != 1 {
		t.Fatalf("the crawled list is %+v, %v", l, err)
	}
	put(t, a, "2004-March", 1, page{MID: "1@x", From: "Ann", Subject: "s", Date: 1078000000})
	derive(t, a, jsonParser{})
	lists, err := a.Lists(ctx)
	if err != nil || len(lists) != 2 {
		t.Fatalf("lists %+v, %v", lists, err)
	}
	for m, err := range a.Messages(ctx, Filter{}) {
		if err != nil || len(m.URLs) != 1 || m.URL != testList+"2004-March/000001.html" {
			t.Errorf("message %+v, %v", m, err)
		}
	}
	if l, err = a.AddList(ctx, ListInfo{Name: "test"}); err != nil || l.URL != testList {
		t.Errorf("the list by its name is %+v, %v", l, err)
	}
	if l, err = a.AddList(ctx, ListInfo{Name: "test", URL: "https://elsewhere.example/test/"}); err != nil || l.Name == "test" {
		t.Errorf("another host's list is %+v, %v", l, err)
	}
}

// TestHeldIn: what two lists received is held in each for itself.
func TestHeldIn(t *testing.T) {
	ctx := t.Context()
	a, err := Open(t.TempDir(), &Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	for _, name := range []string{"one", "two"} {
		if _, err := a.AddList(ctx, ListInfo{Name: name}); err != nil {
			t.Fatal(err)
		}
	}
	const url = "ni:///sha-256;x"
	if _, err := a.PutRaw(ctx, Raw{List: "one", Group: "2004-March", Kind: RawMail, URL: url}, []byte("mail")); err != nil {
		t.Fatal(err)
	}
	if _, ok, err := a.HeldIn(ctx, "one", url); !ok || err != nil {
		t.Errorf("not held where it was put: %v", err)
	}
	if _, ok, err := a.HeldIn(ctx, "two", url); ok || err != nil {
		t.Errorf("held where it was not put, %v", err)
	}
}
