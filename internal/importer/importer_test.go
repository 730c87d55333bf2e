package importer

import (
	"bytes"
	"compress/gzip"
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
	"github.com/klauspost/compress/zstd"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/mail"
)

func newArchive(t testing.TB) *archive.Archive {
	t.Helper()
	a, err := archive.Open(t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

// imports imports paths and reads the messages.
func imports(t testing.TB, a *archive.Archive, cfg Config, paths ...string) Stats {
	t.Helper()
	cfg.Archive = a
	im, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var all Stats
	for _, p := range paths {
		s, err := im.Import(t.Context(), p)
		if err != nil {
			t.Fatal(err)
		}
		all.Format, all.Lists = s.Format, append(all.Lists, s.Lists...)
		all.Read, all.New, all.Known = all.Read+s.Read, all.New+s.New, all.Known+s.Known
		all.Older, all.Unlisted = all.Older+s.Older, all.Unlisted+s.Unlisted
		all.Problems, all.ProblemTotal = append(all.Problems, s.Problems...), all.ProblemTotal+s.ProblemTotal
	}
	derive(t, a)
	if _, err := im.Attachments(t.Context()); err != nil {
		t.Fatal(err)
	}
	derive(t, a)
	return all
}

func derive(t testing.TB, a *archive.Archive) archive.DeriveStats {
	t.Helper()
	stats, err := a.Derive(t.Context(), mail.Parser{})
	if err != nil {
		t.Fatal(err)
	}
	return stats
}

func messages(t testing.TB, a *archive.Archive) map[archive.ID]*archive.Message {
	t.Helper()
	out := map[archive.ID]*archive.Message{}
	for m, err := range a.Messages(t.Context(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		out[m.ID] = m
	}
	return out
}

func write(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// rfc822 is a fixture's message as its sender's server would have sent it.
func rfc822(m fixtures.Message) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Received: from x.example by lists.example.org; %s\n", m.Date.Format(time.RFC1123Z))
	fmt.Fprintf(&b, "From: %q <%s>\nDate: %s\nSubject: %s\n", m.Name, m.Address, m.Date.Format(time.RFC1123Z), m.Subject)
	if m.ID != "" {
		fmt.Fprintf(&b, "Message-ID: <%s>\n", m.ID)
	}
	if m.InReplyTo != "" {
		fmt.Fprintf(&b, "In-Reply-To: <%s>\n", m.InReplyTo)
	}
	if len(m.References) > 0 {
		fmt.Fprintf(&b, "References: <%s>\n", strings.Join(m.References, ">\n\t<"))
	}
	b.WriteString("List-Id: <breachexchange.lists.example.org>\nContent-Type: multipart/mixed; boundary=xyz\n")
	for _, text := range append([]string{m.Text}, inlineTexts(m)...) {
		b.WriteString("\n--xyz\nContent-Type: text/plain; charset=utf-8\n\n" + text)
	}
	return b.String() + "\n--xyz--\n"
}

func inlineTexts(m fixtures.Message) []string {
	var texts []string
	for _, p := range m.Parts {
		if p.Kind == fixtures.PartInline {
			texts = append(texts, p.Body)
		}
	}
	return texts
}

// mboxOf quotes mails as mboxrd does.
func mboxOf(mails ...string) string {
	var b strings.Builder
	for _, m := range mails {
		b.WriteString("From x@y.example Fri Mar  5 12:30:00 2021\n")
		for line := range strings.Lines(m) {
			if strings.HasPrefix(strings.TrimLeft(line, ">"), "From ") {
				line = ">" + line
			}
			b.WriteString(line)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func breachMails(site *fixtures.Site) []string {
	var mails []string
	for i := range site.Len() {
		mails = append(mails, rfc822(site.Message(i)))
	}
	return mails
}

func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// TestMailboxes: the same mails in any kind of mailbox are the same messages,
// and a second import of any of them changes nothing.
func TestMailboxes(t *testing.T) {
	mails := breachMails(fixtures.BreachExchange())
	mbox := mboxOf(mails...)
	enc, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, m := range mails {
		sub := []string{"cur", "new"}[i%2]
		if err := errors.Join(os.MkdirAll(filepath.Join(dir, "cur"), 0o755), os.MkdirAll(filepath.Join(dir, "new"), 0o755),
			os.WriteFile(filepath.Join(dir, sub, fmt.Sprintf("%d.x:2,S", i)), []byte(m), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	ref := newArchive(t)
	imports(t, ref, Config{}, write(t, "any.mbox", mbox))
	want := messages(t, ref)
	if len(want) < 60 {
		t.Fatalf("only %d messages", len(want))
	}
	for name, path := range map[string]string{
		"gzip":        write(t, "a.mbox.gz", gzipped(mbox)),
		"gzip, twice": write(t, "a.mbox", gzipped(gzipped(mbox))),
		"zstd":        write(t, "a.zst", string(enc.EncodeAll([]byte(mbox), nil))),
		"CRLF":        write(t, "a", strings.ReplaceAll(mbox, "\n", "\r\n")),
		"Maildir":     dir,
	} {
		t.Run(name, func(t *testing.T) {
			a := newArchive(t)
			s := imports(t, a, Config{}, path)
			if s.Read != len(mails) || s.New+s.Known != len(mails) || s.ProblemTotal > 0 || !slices.Equal(s.Lists, []string{"breachexchange"}) {
				t.Errorf("stats %+v", s)
			}
			if diff := cmp.Diff(want, messages(t, a)); diff != "" {
				t.Errorf("-mbox +%s\n%s", name, diff)
			}
			before, _ := a.Position(t.Context())
			if again := imports(t, a, Config{}, path); again.New != 0 || again.Known != len(mails) {
				t.Errorf("the second import: %+v", again)
			}
			imports(t, a, Config{}, write(t, "any.mbox", mbox))
			if after, _ := a.Position(t.Context()); name != "CRLF" && after != before {
				t.Errorf("the position was %v, after the same mails again it is %v", before, after)
			}
		})
	}
}

// crawl crawls a tree that is served on loopback.
func crawl(t testing.TB, a *archive.Archive, base, path string, cfg crawler.Config) string {
	t.Helper()
	cfg.Archive, cfg.Delay, cfg.Parallel, cfg.Attachments = a, crawler.NoDelay, 4, crawler.AttachmentsAll
	c, err := crawler.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	url := base + "/" + path + "/"
	stats, err := c.Crawl(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	derive(t, a)
	if _, err := c.Attachments(t.Context(), stats.List); err != nil {
		t.Fatal(err)
	}
	derive(t, a)
	return url
}

// TestCrawlAndImport: a list that was crawled and the mails of it are the same
// messages, whichever came first.
func TestCrawlAndImport(t *testing.T) {
	site := fixtures.BreachExchange()
	base, stop := fixtures.Serve(fixtures.Handler(site, nil))
	defer stop()
	path := write(t, "old.mbox", mboxOf(breachMails(site)...))
	crawled, mailed := newArchive(t), newArchive(t)
	crawl(t, crawled, base, site.Path(), crawler.Config{})
	want := slices.Sorted(maps.Keys(messages(t, crawled)))
	imports(t, mailed, Config{}, path)
	ids := messages(t, mailed)
	known := 0
	for i := range site.Len() {
		if site.Message(i).ID != "" {
			known++
		}
	}
	same := 0
	for _, id := range want {
		if ids[id] != nil {
			same++
		}
	}
	if same < known-1 { // two of one Message-ID may have their IDs from each other
		t.Errorf("of %d messages %d have the same ID in a mailbox", known, same)
	}
	imports(t, crawled, Config{}, path)
	crawl(t, mailed, base, site.Path(), crawler.Config{})
	if diff := cmp.Diff(messages(t, crawled), messages(t, mailed)); diff != "" {
		t.Errorf("-crawled, then imported +imported, then crawled\n%s", diff)
	}
	if lists, err := mailed.Lists(t.Context()); err != nil || len(lists) != 1 {
		t.Errorf("lists %+v, %v", lists, err)
	}
	if extra := len(messages(t, crawled)) - len(want); extra > len(want)-known {
		t.Errorf("%d messages are two", extra)
	}
}

// TestFolderIsACrawl: what is read of a saved folder is what a crawl of it
// finds.
func TestFolderIsACrawl(t *testing.T) {
	sites := map[string]*fixtures.Site{
		"hand-written":           fixtures.BreachExchange(),
		"a copier's marks (P16)": fixtures.Generate(fixtures.Spec{Messages: 60, List: fixtures.List{Name: "copied", Copier: "mirror.example", Twice: true, Text: fixtures.TextNone}}),
		"0.05, weeks":            fixtures.Generate(fixtures.Spec{Messages: 60, List: fixtures.List{Name: "old", Version: fixtures.Pipermail005, Periods: fixtures.Weekly, Text: fixtures.TextNone}}),
		"German":                 fixtures.Generate(fixtures.Spec{Messages: 60, List: fixtures.List{Name: "deutsch", Language: "de", Text: fixtures.TextNone}}),
	}
	for name, site := range sites {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if err := site.Save(dir); err != nil {
				t.Fatal(err)
			}
			base, stop := fixtures.Serve(fixtures.Handler(os.DirFS(dir), nil))
			defer stop()
			crawled, saved := newArchive(t), newArchive(t)
			url := crawl(t, crawled, base, site.Path(), crawler.Config{Via: crawler.ViaPages})
			folder := filepath.Join(dir, filepath.FromSlash(site.Path()))
			s := imports(t, saved, Config{URL: url}, folder)
			if s.Format != FormatFolder || s.Read == 0 || s.ProblemTotal > 0 {
				t.Errorf("stats %+v", s)
			}
			want, got := messages(t, crawled), messages(t, saved)
			if name == "hand-written" { // text files tell more than pages do
				for id := range want {
					if got[id] == nil {
						t.Errorf("%s is not there", id)
					}
				}
			} else if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-crawled +imported\n%s", diff)
			}
			if again := imports(t, saved, Config{URL: url}, folder); again.New != 0 {
				t.Errorf("the second import: %+v", again)
			}
			crawl(t, saved, base, site.Path(), crawler.Config{Via: crawler.ViaPages})
			if diff := cmp.Diff(got, messages(t, saved)); diff != "" {
				t.Errorf("a crawl of the imported list changes it: -before +after\n%s", diff)
			}
		})
	}
}

// TestUnlistedPages: pages that no index lists are left out and counted, and
// taken on demand.
func TestUnlistedPages(t *testing.T) {
	site := fixtures.BreachExchange()
	dir := t.TempDir()
	if err := site.Save(dir); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(dir, filepath.FromSlash(site.Path()))
	page, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(site.PagePath(0))))
	if err != nil {
		t.Fatal(err)
	}
	period := filepath.Base(filepath.Dir(site.PagePath(0)))
	if err := os.WriteFile(filepath.Join(folder, period, "999999.html"), page, 0o644); err != nil {
		t.Fatal(err)
	}
	const url = "https://lists.example.org/pipermail/breachexchange/"
	a := newArchive(t)
	if s := imports(t, a, Config{URL: url}, folder); s.Unlisted != 1 {
		t.Errorf("stats %+v", s)
	}
	if s := imports(t, a, Config{URL: url, Unlisted: true}, folder); s.Unlisted != 0 || s.New != 1 {
		t.Errorf("on demand: %+v", s)
	}
	m := messages(t, a)
	if i := slices.IndexFunc(slices.Collect(maps.Values(m)), func(m *archive.Message) bool { return len(m.URLs) == 2 }); i < 0 {
		t.Error("no message has two pages")
	}
}

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
