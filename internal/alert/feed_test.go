package alert_test

import (
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/mmcdole/gofeed"

	"github.com/bxsearch/bxsearch/internal/alert"
	"github.com/bxsearch/bxsearch/internal/searchtest"
)

func TestFeeds(t *testing.T) {
	d := newDesk(t)
	feeds := &alert.Feeds{Dir: d.dir, Log: slog.New(slog.DiscardHandler)}
	get := func(path string, head ...string) *httptest.ResponseRecorder {
		r := httptest.NewRequest("GET", "http://lists.example"+path, nil)
		for i := 0; i+1 < len(head); i += 2 {
			r.Header.Set(head[i], head[i+1])
		}
		w := httptest.NewRecorder()
		feeds.ServeHTTP(w, r)
		return w
	}
	if w := get("/watch/w.atom"); w.Code != 404 {
		t.Errorf("without any watch: %d", w.Code)
	}
	d.add("w", "halden", alert.How{})
	empty := get("/watch/w.atom")
	if _, err := gofeed.NewParser().ParseString(empty.Body.String()); err != nil || empty.Code != 200 {
		t.Errorf("an empty feed: %d, %v", empty.Code, err)
	}
	d.put(searchtest.Mail{Subject: "Halden <b>one</b>", Text: "Halden was hit."})
	d.run()
	d.put(searchtest.Mail{Subject: "Halden two"})
	d.run()
	w := get("/watch/w.atom")
	f, err := gofeed.NewParser().ParseString(w.Body.String())
	if err != nil {
		t.Fatal(err)
	}
	var titles []string
	for _, item := range f.Items {
		titles = append(titles, item.Title)
	}
	if !slices.Equal(titles, []string{"Halden two", "Halden <b>one</b>"}) || f.Title != "Watch: w" {
		t.Errorf("%q, titles %q", f.Title, titles)
	}
	if !strings.HasPrefix(f.Items[0].Link, "http://lists.example/m/") || !strings.Contains(f.Items[1].Description, "Halden was hit. (first mention)") {
		t.Errorf("%+v", f.Items[1])
	}
	if again := get("/watch/w.atom", "If-None-Match", w.Header().Get("ETag")); again.Code != 304 || again.Body.Len() > 0 {
		t.Errorf("again: %d", again.Code)
	}
	if old := get("/watch/w.atom", "If-None-Match", empty.Header().Get("ETag")); old.Code != 200 {
		t.Errorf("with an older one: %d", old.Code)
	}
	for _, path := range []string{"/watch/nobody.atom", "/watch/w", "/watch/w.html", "/watch/..%2fw.atom", "/watch/" + strings.Repeat("x", 5000) + ".atom"} {
		if w := get(path); w.Code != 404 {
			t.Errorf("%.40s: %d", path, w.Code)
		}
	}
}

// TestADeletedMessageIsGone holds that what a person takes out of the archive is
// in no feed, and not delivered.
func TestADeletedMessageIsGone(t *testing.T) {
	d, hook := newDesk(t), newReceiver(t)
	hook.say = status(nil, 409)
	d.add("w", "halden", alert.How{}, hook.url)
	d.put(searchtest.Mail{Subject: "halden, secret"}, searchtest.Mail{Subject: "halden"})
	d.run()
	d.del("halden, secret")
	d.run()
	hook.wants(t, "what is left", "w: halden")
	err := d.with(func(b *alert.Book, _ alert.From) error {
		alerts, err := b.Recent(t.Context(), "w", 10)
		if len(alerts) != 1 {
			t.Errorf("kept: %+v", alerts)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(d.dir, "watch.tmp")); err == nil {
		t.Error("the index of the new messages is left behind")
	}
}
