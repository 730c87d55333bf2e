// Package e2e runs the whole way over real archives: those in the folder that
// BX_SITES names, unpacked, one folder a list. It takes nothing from them but
// counts.
package e2e

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/crawler"
	"github.com/bxsearch/bxsearch/fixtures"
	"github.com/bxsearch/bxsearch/internal/pipermail"
)

// sitesRoot is the folder that holds a folder a list.
func sitesRoot(t testing.TB) string {
	t.Helper()
	root := os.Getenv("BX_SITES")
	if root == "" {
		t.Skip("skipped: set BX_SITES to a folder of unpacked Pipermail archives to run over real ones")
	}
	if sub := filepath.Join(root, "pipermail"); isDir(sub) {
		root = sub
	}
	return root
}

func isDir(p string) bool {
	fi, err := os.Stat(p)
	return err == nil && fi.IsDir()
}

func siteNames(t testing.TB, root string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(root, "*", "index.html"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no lists in %s", root)
	}
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = filepath.Base(filepath.Dir(f))
	}
	sort.Strings(names)
	return names
}

// crawlSite crawls one list from loopback into a new archive. The log has the
// server's side of it.
func crawlSite(t *testing.T, root, name string, via crawler.Via) (*archive.Archive, string, crawler.Stats, *fixtures.Log) {
	t.Helper()
	ctx := context.Background()
	log := &fixtures.Log{}
	base, stop := fixtures.Serve(log.Wrap(fixtures.Handler(os.DirFS(root), nil)))
	t.Cleanup(stop)
	a, err := archive.Open(t.TempDir(), &archive.Options{Write: true, Create: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	c, err := crawler.New(crawler.Config{Archive: a, Via: via, Delay: crawler.NoDelay, Parallel: 8})
	if err != nil {
		t.Fatal(err)
	}
	list := base + "/" + name + "/"
	stats, err := c.Crawl(ctx, list)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Derive(ctx, pipermail.Parser{}); err != nil {
		t.Fatal(err)
	}
	return a, list, stats, log
}

var listedLink = regexp.MustCompile(`(?i)<LI>\s*<A HREF="(?:[^"]*/)?(\d+\.html)"`)
var periodLink = regexp.MustCompile(`(?i)href="([^"]+)/date\.html"`)

// listedPages reads, with nothing but regular expressions, which pages the
// date indexes of the periods on the contents page list.
func listedPages(t *testing.T, dir string) map[string]bool {
	t.Helper()
	contents, err := os.ReadFile(filepath.Join(dir, "index.html"))
	if err != nil {
		t.Fatal(err)
	}
	pages := map[string]bool{}
	for _, p := range periodLink.FindAllStringSubmatch(string(contents), -1) {
		b, err := os.ReadFile(filepath.Join(dir, p[1], "date.html"))
		if err != nil {
			t.Logf("%s is on the contents page, but has no date index", p[1])
			continue
		}
		for _, m := range listedLink.FindAllStringSubmatch(string(b), -1) {
			pages[p[1]+"/"+m[1]] = true
		}
	}
	return pages
}

// TestRealSites crawls each site both ways and holds every message against its
// page. By text files, all sites together take robots.txt, the contents page,
// 2.2 requests a period at most, and the pages that cannot be done without.
func TestRealSites(t *testing.T) {
	root := sitesRoot(t)
	requests, most := 0, 0.0
	for _, name := range siteNames(t, root) {
		for _, via := range []crawler.Via{crawler.ViaPages, crawler.ViaAuto} {
			t.Run(name+"/"+string(via), func(t *testing.T) {
				stats := realSite(t, root, name, via)
				if via == crawler.ViaAuto {
					requests += stats.Requests
					most += 2 + 2.2*float64(stats.PeriodsTotal) + float64(stats.Fallback)
				}
			})
		}
	}
	if float64(requests) > most {
		t.Errorf("%d requests, want %.0f at most", requests, most)
	}
}

func realSite(t *testing.T, root, name string, via crawler.Via) crawler.Stats {
	a, list, stats, log := crawlSite(t, root, name, via)
	held, messages := map[string]bool{}, 0
	check := newChecker(t, root, name)
	check.byText = via == crawler.ViaAuto
	for m, err := range a.Messages(context.Background(), archive.Filter{}) {
		if err != nil {
			t.Fatal(err)
		}
		messages++
		for _, u := range m.URLs {
			held[strings.TrimPrefix(u, list)] = true
		}
		check.message(m, strings.TrimPrefix(m.URL, list))
	}
	failed := map[string]string{}
	for _, f := range stats.Failed {
		failed[strings.TrimPrefix(f.URL, list)] = f.Reason
	}
	listed := listedPages(t, filepath.Join(root, name))
	for p := range listed {
		switch _, err := os.Stat(filepath.Join(root, name, p)); {
		case held[p]:
		case os.IsNotExist(err) && failed[p] != "":
			t.Logf("the server has no %s: %s", p, failed[p])
		default:
			t.Errorf("%s is listed and on the server, but not held: %q", p, failed[p])
		}
	}
	for p := range problems(t, a) {
		t.Logf("problem: %s", p)
	}
	for p, err := range a.Verify(context.Background()) {
		t.Errorf("verify: %+v, %v", p, err)
	}
	bytes := 0
	for _, r := range log.Requests() {
		bytes += r.Bytes
	}
	t.Logf("%-22s %-5s listed %5d  held %5d  messages %5d  failed %d  periods %3d  requests %5d  bytes %9d  joined %5d  fallback %4d  %s",
		name, via, len(listed), len(held), messages, len(stats.Failed), stats.PeriodsTotal, stats.Requests, bytes, stats.Joined, stats.Fallback, check.summary())
	return stats
}

func problems(t *testing.T, a *archive.Archive) map[string]int {
	out := map[string]int{}
	for p, err := range a.Problems(context.Background(), "") {
		if err != nil {
			t.Fatal(err)
		}
		out[p.Kind+" "+p.URL+" "+p.Detail]++
	}
	return out
}

// checker holds each message against its page, read by means of its own.
type checker struct {
	t        *testing.T
	dir      string
	byText   bool
	decoded  int // mails whose page shows encoded source, which is decoded
	reported int
	letters  int
	dropped  int // letters of the page that are not in the body
}

func newChecker(t *testing.T, root, name string) *checker {
	return &checker{t: t, dir: filepath.Join(root, name)}
}

func (c *checker) summary() string {
	return fmt.Sprintf("letters %d, taken out %.2f %%, decoded %d", c.letters, 100*float64(c.dropped)/float64(max(c.letters, 1)), c.decoded)
}

func (c *checker) errorf(format string, args ...any) {
	if c.reported++; c.reported <= 20 {
		c.t.Errorf(format, args...)
	}
}

var (
	noticeWords = regexp.MustCompile(`(?i)(?:scrubbed\.\.\.|scrubbed and removed|-{6,} ?(?:next part|nächster teil|próxima parte|section suivante|parte successiva|következő rész|следующая часть) ?-{4,}|^Skipped content of type )`)
	articleOf   = regexp.MustCompile(`(?is)<!--beginarticle-->(.*)<!--endarticle-->`)
	tags        = regexp.MustCompile(`(?s)<[^>]*>`)
	sourceFFFD  = regexp.MustCompile("\uFFFD|&#65533;|=EF=BF=BD")
	encoded     = regexp.MustCompile(`(?m)^Content-(?:Type|Transfer-Encoding):|=(?:3D|20|[ \t]*$)|(?i)&lt;(?:html|!doctype|div|p|body|head)`)
	notLetters  = regexp.MustCompile(`[^A-Za-z0-9]+`)
	removable   = regexp.MustCompile(`(?i)^-{4,}.*-{4,}$|scrubbed|wurde abgetrennt|se ha (?:borrado|eliminado)|^(?:name|dateiname|dateityp|dateigr|beschreibung|type|size|desc|url|from|subject|date|nombre|tipo|tama|descripci)[^:]{0,12}:|attachments/\d{8}/|^skipped content|^_{20,}$|listinfo|mailing list|^[\w.+-]+ (?:at|en) [\w.-]+$|^\t=\?`)
)

// message checks what must hold for every message's text.
func (c *checker) message(m *archive.Message, page string) {
	for line := range strings.Lines(m.Body) {
		if !strings.HasPrefix(strings.TrimSpace(line), ">") && noticeWords.MatchString(line) {
			c.errorf("%s: a scrub notice is left: %q", page, line)
		}
	}
	at := 0
	for _, b := range m.Blocks {
		if b.Start != at || b.End < b.Start {
			c.errorf("%s: the blocks do not cover the body", page)
		}
		at = b.End
	}
	if at != len(m.Body) || m.Date.IsZero() {
		c.errorf("%s: blocks to %d of %d, date %v", page, at, len(m.Body), m.Date)
	}
	src, err := os.ReadFile(filepath.Join(c.dir, page))
	if c.byText && os.IsNotExist(err) {
		c.t.Logf("%s: only the text file has it", page)
		return
	}
	if err != nil {
		c.errorf("%s: %v", page, err)
		return
	}
	if strings.ContainsRune(m.Subject+m.FromName+m.Body, '\uFFFD') && !sourceFFFD.Match(src) {
		c.errorf("%s: U+FFFD that is not in the source", page)
	}
	if strings.Contains(m.Body, "&nbsp") && !strings.Contains(string(src), "&amp;nbsp") && !strings.Contains(string(src), "&amp;amp;nbsp") {
		c.errorf("%s: an undecoded no-break space", page)
	}
	c.text(m, page, src)
}

// hiding is the word in the place of an "@". A page and its text file may have
// it in different languages, and a page shows some addresses whole.
var hiding = regexp.MustCompile(`\b(?:at|en|a)\b`)

// key is what counts of a line.
func (c *checker) key(s string) string {
	if c.byText {
		s = hiding.ReplaceAllString(s, "")
	}
	return notLetters.ReplaceAllString(s, "")
}

// text checks that the body says what the page says: each line of the page is
// in the body, but for lines of notices and footers.
func (c *checker) text(m *archive.Message, page string, src []byte) {
	art := articleOf.FindSubmatch(src)
	if art == nil {
		c.errorf("%s: the page has no article", page)
		return
	}
	text := html.UnescapeString(tags.ReplaceAllString(string(art[1]), ""))
	if encoded.MatchString(text) || encoded.Match(art[1]) {
		c.decoded++
		return
	}
	body := c.key(m.Body)
	footer := false
	for line := range strings.Lines(text) {
		key := c.key(line)
		c.letters += len(key)
		footer = footer || strings.HasPrefix(line, "____________________")
		if key == "" || strings.Contains(body, key) {
			continue
		}
		c.dropped += len(key)
		if !removable.MatchString(strings.TrimSpace(line)) && !footer && line[0] != '\t' {
			c.errorf("%s: a line of the page is not in the body: %q", page, strings.TrimSpace(line))
		}
	}
}
