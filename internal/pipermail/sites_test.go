package pipermail

import (
	"fmt"
	"html"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"testing"

	"github.com/bxsearch/bxsearch/internal/clean"
)

// TestJoinRealSites joins the text files of real archives (those in BX_SITES)
// and holds every pair against its page.
func TestJoinRealSites(t *testing.T) {
	root := os.Getenv("BX_SITES")
	if root == "" {
		t.Skip("skipped: set BX_SITES to a folder of unpacked Pipermail archives to run over real ones")
	}
	found, _ := filepath.Glob(filepath.Join(root, "pipermail", "*", "index.html"))
	if len(found) == 0 {
		found, _ = filepath.Glob(filepath.Join(root, "*", "index.html"))
	}
	for _, f := range found {
		dir := filepath.Dir(f)
		t.Run(filepath.Base(dir), func(t *testing.T) {
			s := &joinSite{t: t, dir: dir, count: map[string]int{}}
			periods, _ := filepath.Glob(filepath.Join(dir, "*", "thread.html"))
			for _, p := range periods {
				s.period(filepath.Base(filepath.Dir(p)))
			}
			s.report(filepath.Base(dir))
		})
	}
}

// joinSite counts what joining one list gives.
type joinSite struct {
	t     *testing.T
	dir   string
	rows  int
	pairs int
	texts int
	wrong int
	count map[string]int
}

func (s *joinSite) period(name string) {
	folder := filepath.Join(s.dir, name)
	body, err := os.ReadFile(filepath.Join(folder, "thread.html"))
	if err != nil {
		s.t.Fatal(err)
	}
	index, err := ParsePeriodIndex(Page{URL: "http://h/l/" + name + "/thread.html", Body: body})
	if err != nil {
		s.t.Logf("%s: %v", name, err)
		return
	}
	text, err := s.text(folder)
	if err != nil {
		s.t.Errorf("%s: %v", name, err)
	}
	texts := collectTexts(text, false)
	j := Join(index, texts)
	s.rows, s.texts, s.pairs = s.rows+len(index.Rows), s.texts+len(texts), s.pairs+len(j.Pairs)
	for _, u := range j.Rows {
		s.count["row "+u.Reason]++
	}
	for _, u := range j.Texts {
		s.count["text "+u.Reason]++
	}
	for _, p := range j.Pairs {
		if p.Page != "" {
			s.count["page "+p.Page]++
		}
		s.check(name, index, p, texts[p.Text])
	}
}

func (s *joinSite) text(folder string) ([]byte, error) {
	for _, ext := range []string{".txt.gz", ".txt"} {
		if b, err := os.ReadFile(folder + ext); err == nil {
			return Unpack(b, 0)
		}
	}
	return nil, nil
}

// check holds a pair against the row's page: a page of another mail has other
// words, or another ID.
func (s *joinSite) check(period string, index *PeriodIndex, p Pair, m TextMessage) {
	row := index.Rows[p.Row]
	file := filepath.Base(row.URL)
	b, err := os.ReadFile(filepath.Join(s.dir, period, file))
	if err != nil {
		s.count["page missing"]++
		return
	}
	page, _ := readMessagePage(Page{URL: row.URL, Body: b})
	mail := readTextMessage(m, index.declared)
	a, c := clean.Split(page.text, page.subject), clean.Split(mail.text, mail.subject)
	told := mail.id != "" && (row.MessageID == mail.id || page.replyTo == mail.id)
	switch {
	case digest(a) == digest(c):
	case !told && distant(html.UnescapeString(page.text), html.UnescapeString(mail.text)):
		s.wrong++
		s.t.Errorf("%s/%s is joined to message %d, which says something else", period, file, m.Number)
	case p.Page == "":
		s.compare("digest", period+"/"+file, a.Body, c.Body)
	}
	s.compare("subject", period+"/"+file, page.subject, mail.subject)
	s.compare("author", period+"/"+file, page.author, mail.author)
	s.compare("address", period+"/"+file, page.address, mail.address)
	s.compare("text", period+"/"+file, strings.Join(strings.Fields(a.Body), " "), strings.Join(strings.Fields(c.Body), " "))
	if row.MessageID != "" {
		s.compare("id", period+"/"+file, row.MessageID, mail.id)
	} else if page.replyTo != "" {
		s.compare("link", period+"/"+file, page.replyTo, mail.id)
	}
}

func (s *joinSite) compare(what, where, page, text string) {
	if page == text {
		return
	}
	s.count["diff "+what]++
	if os.Getenv("BX_VERBOSE") == what || os.Getenv("BX_VERBOSE") == "all" {
		x, y := firstDifference(page, text)
		s.t.Logf("%s %s:\n  %q\n  %q", what, where, x, y)
	}
}

// firstDifference is where two texts part.
func firstDifference(a, b string) (string, string) {
	i := 0
	for i < len(a) && i < len(b) && a[i] == b[i] {
		i++
	}
	i = max(i-30, 0)
	return shorten(a[i:], 120), shorten(b[i:], 120)
}

// distant reports whether two texts have hardly a line in common.
func distant(a, b string) bool {
	have := map[string]bool{}
	for l := range strings.Lines(b) {
		have[reduce(l)] = true
	}
	lines, common := 0, 0
	for l := range strings.Lines(a) {
		if k := reduce(l); k != "" {
			lines++
			if have[k] {
				common++
			}
		}
	}
	return common*2 < lines
}

func (s *joinSite) report(name string) {
	var notes []string
	for k, n := range s.count {
		notes = append(notes, fmt.Sprintf("%s %d", k, n))
	}
	sort.Strings(notes)
	s.t.Logf("%-22s rows %5d  texts %5d  pairs %5d  wrong %d  without pair %.2f %%  %s", name, s.rows, s.texts, s.pairs, s.wrong,
		100*float64(s.rows-s.pairs)/float64(max(s.rows, 1)), strings.Join(notes, ", "))
}
