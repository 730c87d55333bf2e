package importer

import (
	"bytes"
	"compress/gzip"
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
