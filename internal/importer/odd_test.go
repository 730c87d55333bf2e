package importer

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
)

// TestMirror: a mirror's folders say where its lists are.
func TestMirror(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"one", "two"} {
		site := fixtures.Generate(fixtures.Spec{Messages: 10, List: fixtures.List{Name: name, Path: "lists.example.org/pipermail/" + name}})
		if err := site.Save(dir); err != nil {
			t.Fatal(err)
		}
	}
	a := newArchive(t)
	if s := imports(t, a, Config{}, dir); !slices.Equal(s.Lists, []string{"one", "two"}) {
		t.Errorf("stats %+v", s)
	}
	lists, err := a.Lists(t.Context())
	if err != nil || len(lists) != 2 || lists[0].URL != "http://lists.example.org/pipermail/one/" {
		t.Errorf("lists %+v, %v", lists, err)
	}
	im, err := New(Config{Archive: newArchive(t), URL: "https://lists.example.org/pipermail/one/"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.Import(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "2 lists") {
		t.Errorf("one address for two lists: %v", err)
	}
}

// TestOlderCopy: an old copy does not take the place of what was fetched later.
func TestOlderCopy(t *testing.T) {
	site := fixtures.BreachExchange()
	const url = "https://lists.example.org/pipermail/breachexchange/"
	save := func(s *fixtures.Site, mtime time.Time) string {
		dir := t.TempDir()
		if err := s.Save(dir); err != nil {
			t.Fatal(err)
		}
		err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
			return errors.Join(err, os.Chtimes(path, mtime, mtime))
		})
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, filepath.FromSlash(site.Path()))
	}
	a := newArchive(t)
	imports(t, a, Config{URL: url}, save(site, time.Date(2022, 1, 1, 0, 0, 0, 0, time.UTC)))
	want := messages(t, a)
	s := imports(t, a, Config{URL: url}, save(site.First(40), time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)))
	if s.Older == 0 {
		t.Errorf("stats %+v", s)
	}
	if diff := cmp.Diff(want, messages(t, a)); diff != "" {
		t.Errorf("-before +after\n%s", diff)
	}
}

// TestWhatIsNoMail: an error says what was found, and nothing is made of it.
func TestWhatIsNoMail(t *testing.T) {
	empty := t.TempDir()
	tests := map[string]struct{ path, want string }{
		"empty":         {write(t, "a.mbox", ""), "an empty file"},
		"blank":         {write(t, "a.mbox", "\n\n\n"), "an empty file"},
		"empty, packed": {write(t, "a.mbox.gz", gzipped("")), "an empty file"},
		"a web page":    {write(t, "a.html", "<!DOCTYPE html><html><body>x</body></html>"), "a web page"},
		"text":          {write(t, "a.txt", "some notes\n\nof mine\n"), "text that is no mail"},
		"prose":         {write(t, "a.txt", "From here on\nit is prose.\n"), "begins with \"From \""},
		"zip":           {write(t, "a.zip", "PK\x03\x04xxxx"), "a zip file"},
		"tar":           {write(t, "a.tar", strings.Repeat("\x00", 257)+"ustar  \x00"), "a tar file"},
		"a folder":      {empty, "a folder without"},
		"nothing":       {filepath.Join(empty, "none"), "no such file"},
		"not packed":    {write(t, "a.gz", "\x1f\x8bxxxxxxxxxxxxxxx"), "unpack"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			im, err := New(Config{Archive: a, List: "l"})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := im.Import(t.Context(), tt.path); err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.path) {
				t.Errorf("error %v, want something with %q", err, tt.want)
			}
			if lists, _ := a.Lists(t.Context()); len(lists) > 0 {
				t.Errorf("it made the list %s", lists[0].Name)
			}
		})
	}
}

// TestDamagedMailbox: what can be read is imported, what cannot is kept and
// named.
func TestDamagedMailbox(t *testing.T) {
	mails := breachMails(fixtures.BreachExchange())
	whole := gzipped(mboxOf(mails...))
	a := newArchive(t)
	s := imports(t, a, Config{}, write(t, "a.mbox.gz", whole[:len(whole)*2/3]))
	if s.Read < 10 || s.Read >= len(mails) || s.ProblemTotal != 1 || !strings.Contains(s.Problems[0].Detail, "cut off") {
		t.Errorf("stats %+v", s)
	}
	imports(t, a, Config{}, write(t, "a.mbox.gz", whole))
	ref := newArchive(t)
	imports(t, ref, Config{}, write(t, "a.mbox.gz", whole))
	if diff := cmp.Diff(slices.Sorted(maps.Keys(messages(t, ref))), slices.Sorted(maps.Keys(messages(t, a)))); diff != "" {
		t.Errorf("after the whole file: -want +got\n%s", diff)
	}
}

// TestLongMail: a mail over the bound is kept in part, and named by the import
// and by the archive.
func TestLongMail(t *testing.T) {
	long := "From: a@x.example\nDate: Fri, 5 Mar 2021 12:30:00 +0100\nMessage-ID: <1@x>\nList-Id: <l.x>\nSubject: long\n\n" + strings.Repeat("words\n", 100_000)
	short := strings.Replace(strings.Replace(long[:200], "<1@x>", "<2@x>", 1), "long", "short", 1)
	a := newArchive(t)
	s := imports(t, a, Config{MaxMail: 100_000}, write(t, "a.mbox", mboxOf(long, short)))
	if s.Read != 2 || s.ProblemTotal != 1 || !strings.Contains(s.Problems[0].Detail, "over the bound") {
		t.Errorf("stats %+v", s)
	}
	if m := messages(t, a); len(m) != 2 {
		t.Errorf("%d messages", len(m))
	}
	var kinds []string
	for p, err := range a.Problems(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, p.Kind)
	}
	if !slices.Contains(kinds, "cut-off") {
		t.Errorf("the archive's problems are %v", kinds)
	}
}

// TestListNames: a mail goes into the list that it names, else into that of
// its file, unless the user says otherwise.
func TestListNames(t *testing.T) {
	named := "From: a@x.example\nMessage-ID: <1@x>\nList-Id: <one.x.example>\nSubject: s\n\nx\n"
	other := strings.NewReplacer("<1@x>", "<2@x>", "<one.", "<two.").Replace(named)
	none := "From: a@x.example\nMessage-ID: <3@x>\nSubject: s\n\nx\n"
	tests := map[string]struct {
		cfg  Config
		mbox string
		want map[string]string // Message-ID to list
	}{
		"each names its own":  {Config{}, mboxOf(named, other), map[string]string{"1@x": "one", "2@x": "two"}},
		"one does not say":    {Config{}, mboxOf(none, named), map[string]string{"1@x": "one", "3@x": "one"}},
		"none says":           {Config{}, mboxOf(none), map[string]string{"3@x": "my-file"}},
		"the user says":       {Config{List: "mine"}, mboxOf(none, named, other), map[string]string{"1@x": "mine", "2@x": "mine", "3@x": "mine"}},
		"the user says where": {Config{URL: "https://x.example/pipermail/one"}, mboxOf(named), map[string]string{"1@x": "one"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			imports(t, a, tt.cfg, write(t, "My File.mbox", tt.mbox))
			got := map[string]string{}
			for _, m := range messages(t, a) {
				got[m.MessageID] = m.List
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestNamesOfHyperKittyFiles: its exports of a list's months are of one list.
func TestNamesOfHyperKittyFiles(t *testing.T) {
	for file, want := range map[string]string{
		"announce@lists.example.org-2021-03.mbox.gz":                          "announce",
		"announce@lists.example.org-2021-03-2021-04.mbox.gz":                  "announce",
		"Announce@lists.example.org-2021-03-01-2021-04-01.mbox":               "announce",
		"announce@lists.example.org-ABCDEFGHIJKLMNOPQRSTUVWXYZ234567.mbox.gz": "announce",
		"announce-2021-03.mbox":                                               "announce-2021-03",
		"announce@lists.example.org.mbox":                                     "announce@lists.example.org",
		"announce@lists.example.org-2021.mbox":                                "announce@lists.example.org-2021",
	} {
		if got := nameOf(file); got != want {
			t.Errorf("%s is of the list %q, want %q", file, got, want)
		}
	}
}

// TestAnotherListOfThatName: mails of a list elsewhere do not slip into one
// that is known.
func TestAnotherListOfThatName(t *testing.T) {
	a := newArchive(t)
	if _, err := a.AddList(t.Context(), archive.ListInfo{Name: "one", URL: "https://a.example/pipermail/one/"}); err != nil {
		t.Fatal(err)
	}
	path := write(t, "x.mbox", mboxOf("From: a@x.example\nMessage-ID: <1@x>\nList-Id: <one.b.example>\nList-Archive: <https://b.example/pipermail/one/>\nSubject: s\n\nx\n"))
	im, err := New(Config{Archive: a})
	if err != nil {
		t.Fatal(err)
	}
	_, err = im.Import(t.Context(), path)
	if _, ok := errors.AsType[*UnknownListError](err); !ok || !strings.Contains(err.Error(), "--list one") {
		t.Errorf("error %v", err)
	}
	imports(t, a, Config{List: "one"}, path)
	imports(t, a, Config{URL: "https://b.example/pipermail/one/"}, path)
	lists, err := a.Lists(t.Context())
	if err != nil || len(lists) != 2 || lists[0].Messages != 1 || lists[1].Messages != 1 {
		t.Errorf("lists %+v, %v", lists, err)
	}
}

// TestStopped: an import that was stopped goes on where it was.
func TestStopped(t *testing.T) {
	var mails []string // more than are under way at once
	for i := range 4 * workers {
		mails = append(mails, fmt.Sprintf("From: a@x.example\nMessage-ID: <%d@x>\nSubject: s\n\nx\n", i))
	}
	path := write(t, "a.mbox", mboxOf(mails...))
	a := newArchive(t)
	ctx, cancel := context.WithCancel(t.Context())
	im, err := New(Config{Archive: a, Progress: func(ev Event) {
		if ev.Read >= 20 {
			cancel()
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := im.Import(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped with %v", err)
	}
	s := imports(t, a, Config{}, path)
	if s.Known < 20 || s.Known+s.New != len(mails) {
		t.Errorf("after the stop: %+v", s)
	}
}
