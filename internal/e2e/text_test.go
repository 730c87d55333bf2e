package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/clean"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// TestTextEqualsPages derives each real list twice: from all its pages, and
// from its text files with only those pages that they cannot stand in for. The
// messages must be the same.
func TestTextEqualsPages(t *testing.T) {
	root := sitesRoot(t)
	for _, name := range siteNames(t, root) {
		t.Run(name, func(t *testing.T) {
			c := newTwoWays(t, filepath.Join(root, name))
			c.run(name)
			c.report(name)
		})
	}
}

// TestTextEqualsPagesOfEveryKind does the same with generated lists of every
// version, language and setting, where no difference is allowed.
func TestTextEqualsPagesOfEveryKind(t *testing.T) {
	for _, tt := range []struct {
		name   string
		spec   fixtures.Spec
		needed int // percent of the pages at most
	}{
		{name: "plain"},
		{name: "plain addresses", spec: fixtures.Spec{List: fixtures.List{Addresses: fixtures.AddressPlain}}},
		{name: "spanish", spec: fixtures.Spec{List: fixtures.List{Language: "es", Zone: "Europe/Madrid", Text: fixtures.TextPlain}}},
		{name: "hungarian", spec: fixtures.Spec{List: fixtures.List{Language: "hu", Periods: fixtures.Quarterly}}},
		{name: "russian", spec: fixtures.Spec{List: fixtures.List{Language: "ru", Periods: fixtures.Weekly}}},
		{name: "japanese", spec: fixtures.Spec{List: fixtures.List{Language: "ja", Periods: fixtures.Yearly}}},
		{name: "older", spec: fixtures.Spec{List: fixtures.List{Version: fixtures.Pipermail009Old, Zone: "America/New_York"}}},
		{name: "oldest", spec: fixtures.Spec{List: fixtures.List{Version: fixtures.Pipermail005}}, needed: 100},
		{name: "inline", spec: fixtures.Spec{List: fixtures.List{Sanitizer: fixtures.SanitizeInline}}, needed: 10},
		{name: "charsets", spec: fixtures.Spec{Charsets: []string{"utf-8", "iso-8859-1", "koi8-r", "us-ascii"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.spec.Messages, tt.spec.List.Name = 300, "users"
			site := fixtures.Generate(tt.spec)
			c := newTwoWays(t, saved(t, site))
			c.run("users")
			c.report(tt.name)
			if c.listed != 300 || 100*c.pages > tt.needed*c.listed {
				t.Errorf("of %d messages %d pages are needed: %v", c.listed, c.pages, c.needs)
			}
			if len(c.count) > 0 {
				t.Errorf("differences: %v", c.count)
			}
		})
	}
}

// TestTextEqualsPagesOfOddMail does so with mails that were written to be odd:
// prose like separators and forged ones, repeated and missing Message-IDs,
// attacks on whoever shows them.
func TestTextEqualsPagesOfOddMail(t *testing.T) {
	for name, site := range map[string]*fixtures.Site{"breachexchange": fixtures.BreachExchange(), "hostile": fixtures.Hostile()} {
		t.Run(name, func(t *testing.T) {
			c := newTwoWays(t, saved(t, site))
			c.run(name)
			c.report(name)
			if len(c.count) > 0 {
				t.Errorf("differences: %v", c.count)
			}
		})
	}
}

// saved writes a site to disk and returns the list's folder.
func saved(t *testing.T, site *fixtures.Site) string {
	t.Helper()
	root := t.TempDir()
	if err := site.Save(root); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(root, filepath.FromSlash(site.Path()))
}

func newTwoWays(t *testing.T, dir string) *twoWays {
	return &twoWays{t: t, dir: dir, list: "http://lists.example.org/" + filepath.Base(dir) + "/", count: map[string]int{}}
}

func (c *twoWays) run(name string) {
	pages, text := c.open(name), c.open(name)
	c.fill(pages, text, name)
	c.compare(c.messages(pages), c.messages(text))
}

// twoWays compares the messages of one list by pages and by text files.
type twoWays struct {
	t         *testing.T
	dir, list string
	pages     int // that the fast way needs
	listed    int
	count     map[string]int // differences by kind
	needs     map[string]int
}

func (c *twoWays) open(name string) *archive.Archive {
	c.t.Helper()
	a, err := archive.Open(c.t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		c.t.Fatal(err)
	}
	c.t.Cleanup(func() { a.Close() })
	return a
}

// fill puts each period into both archives.
func (c *twoWays) fill(pages, text *archive.Archive, name string) {
	ctx := context.Background()
	var writers errgroup.Group // which share commits
	writers.SetLimit(32)
	put := func(a *archive.Archive, r archive.Raw, body []byte) {
		r.List, r.Fetched, r.Status = name, time.Unix(1_700_000_000, 0), 200
		writers.Go(func() error {
			_, err := a.PutRaw(ctx, r, body)
			return err
		})
	}
	contents, err := os.ReadFile(filepath.Join(c.dir, "index.html"))
	if err != nil {
		c.t.Fatal(err)
	}
	c.needs = map[string]int{}
	periods, _ := filepath.Glob(filepath.Join(c.dir, "*", "thread.html"))
	for _, a := range []*archive.Archive{pages, text} {
		if _, err := a.AddList(ctx, archive.ListInfo{Name: name, URL: c.list}); err != nil {
			c.t.Fatal(err)
		}
		put(a, archive.Raw{Kind: archive.RawList, URL: c.list}, contents)
	}
	for _, p := range periods {
		c.period(filepath.Dir(p), func(fast bool, r archive.Raw, body []byte) {
			if fast {
				put(text, r, body)
			} else {
				put(pages, r, body)
			}
		})
	}
	if err := writers.Wait(); err != nil {
		c.t.Fatal(err)
	}
	for _, a := range []*archive.Archive{pages, text} {
		if _, err := a.Derive(ctx, pipermail.Parser{}); err != nil {
			c.t.Fatal(err)
		}
	}
}

func (c *twoWays) period(folder string, put func(fast bool, r archive.Raw, body []byte)) {
	group := filepath.Base(folder)
	url := c.list + group + "/thread.html"
	body, err := os.ReadFile(filepath.Join(folder, "thread.html"))
	if err != nil {
		c.t.Fatal(err)
	}
	index, err := pipermail.ParsePeriodIndex(pipermail.Page{URL: url, Body: body})
	if err != nil {
		c.t.Logf("%s: %v", group, err)
		return
	}
	for _, fast := range []bool{false, true} {
		put(fast, archive.Raw{Group: group, Kind: archive.RawPeriod, URL: url}, body)
	}
	need := map[string]bool{}
	if text, ext := textOf(folder); text != nil {
		needs, err := pipermail.Needs(index, text)
		if err != nil {
			c.t.Fatal(err)
		}
		for _, n := range needs {
			need[n.URL] = true
			c.needs[n.Reason]++
		}
		put(true, archive.Raw{Group: group, Kind: archive.RawText, URL: c.list + group + ext}, text)
	} else {
		for _, row := range index.Rows {
			need[row.URL] = true
		}
	}
	c.listed += len(index.Rows)
	c.pages += len(need)
	for _, row := range index.Rows {
		page, err := os.ReadFile(filepath.Join(folder, filepath.Base(row.URL)))
		if err != nil {
			continue
		}
		r := archive.Raw{Group: group, Kind: archive.RawMessage, URL: row.URL}
		put(false, r, page)
		if need[row.URL] {
			put(true, r, page)
		}
	}
}

func textOf(folder string) ([]byte, string) {
	for _, ext := range []string{".txt.gz", ".txt"} {
		if b, err := os.ReadFile(folder + ext); err == nil {
			return b, ext
		}
	}
	return nil, ""
}

// messages are those of an archive by URL; those without a page are counted
// apart.
func (c *twoWays) messages(a *archive.Archive) map[string]*archive.Message {
	out := map[string]*archive.Message{}
	for m, err := range a.Messages(context.Background(), archive.Filter{}) {
		if err != nil {
			c.t.Fatal(err)
		}
		for _, u := range m.URLs {
			out[u] = m
		}
	}
	return out
}

func (c *twoWays) compare(pages, text map[string]*archive.Message) {
	urls := make([]string, 0, len(pages))
	for u := range pages {
		urls = append(urls, u)
	}
	sort.Strings(urls)
	for _, u := range urls {
		p, q := pages[u], text[u]
		if q == nil {
			c.differ("missing", u, p.Subject, "")
			continue
		}
		c.equal("subject", u, p.Subject, q.Subject)
		c.equal("author", u, p.FromName, q.FromName)
		c.equal("address", u, p.FromAddress, q.FromAddress)
		c.equal("instant", u, p.Date.UTC().String(), q.Date.UTC().String())
		c.text(u, strings.Join(strings.Fields(p.Body), " "), strings.Join(strings.Fields(q.Body), " "))
		c.equal("source", u, p.SourceURL, q.SourceURL)
		c.equal("parts", u, fmt.Sprint(p.Attachments), fmt.Sprint(q.Attachments))
		if p.MessageID != "" {
			c.equal("message-id", u, p.MessageID, q.MessageID)
			c.equal("id", u, string(p.ID), string(q.ID))
		}
		if len(p.URLs) != len(q.URLs) && !slices.ContainsFunc(q.URLs, func(s string) bool { return strings.Contains(s, "#") }) {
			c.differ("urls", u, fmt.Sprint(p.URLs), fmt.Sprint(q.URLs))
		}
	}
	for u, m := range text {
		if pages[u] == nil && m.URL == u {
			c.differ("unlisted", u, "", m.Subject)
		}
	}
}

// text names the kind of a difference between two texts.
func (c *twoWays) text(url, a, b string) {
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if r >= 0x80 || r == '?' || r == ' ' {
				return -1
			}
			return r
		}, s)
	}
	switch {
	case a == b:
	case plain(a) == plain(b) && strings.Count(a, "?") < strings.Count(b, "?"):
		c.differ("letters lost", url, a, b)
	case plain(a) == plain(b):
		c.differ("charset", url, a, b)
	case pipermail.Digest(clean.Mail{Body: a}) == pipermail.Digest(clean.Mail{Body: b}):
		c.differ("hidden addresses", url, a, b)
	default:
		c.differ("text", url, a, b)
	}
}

func (c *twoWays) equal(what, url, a, b string) {
	if a != b {
		c.differ(what, url, a, b)
	}
}

func (c *twoWays) differ(what, url, a, b string) {
	c.count[what]++
	if v := os.Getenv("BX_VERBOSE"); v == what || v == "all" {
		i := 0
		for i < len(a) && i < len(b) && a[i] == b[i] {
			i++
		}
		i = max(i-30, 0)
		c.t.Logf("%s %s\n  pages %.120q\n  text  %.120q", what, strings.TrimPrefix(url, c.list), a[i:], b[i:])
	}
}

func (c *twoWays) report(name string) {
	notes := func(m map[string]int) string {
		var out []string
		for k, n := range m {
			out = append(out, fmt.Sprintf("%s %d", k, n))
		}
		sort.Strings(out)
		return strings.Join(out, ", ")
	}
	c.t.Logf("%-22s listed %5d  pages needed %4d (%.1f %%: %s)  differences: %s", name, c.listed, c.pages,
		100*float64(c.pages)/float64(max(c.listed, 1)), notes(c.needs), notes(c.count))
}
