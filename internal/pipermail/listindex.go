package pipermail

import (
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/bxsearch/bxsearch/archive"
)

// maxPeriods bounds a contents page (H8): a daily list reaches it after 130
// years.
const maxPeriods = 50_000

// ListIndex is what a list's contents page says.
type ListIndex struct {
	Name    string // the list's folder name
	Title   string // "The Twisted-web Archives"
	InfoURL string // the list's information page; may be empty
	Charset string
	Periods []Period // in the page's order, newest first as a rule; each once
}

// Period is one row of the contents page.
type Period struct {
	Name     string // the folder, "2004-March"
	Label    string // as the page calls it, "März 2004"
	IndexURL string // the thread index, absolute
	DateURL  string
	TextURL  string // the text file; empty where the row links none
	Size     string // the text file's label, "Gzip'd Text 21 KB": a change of it is a change of the period
	// Start and End bound the period in the server's calendar; zero if the
	// name is not understood.
	Start, End time.Time
}

// ParseListIndex reads the contents page of a list. The error is a
// *NotPipermailError when the page is something else.
func ParseListIndex(p Page) (*ListIndex, error) {
	doc, charset, err := p.document()
	if err != nil {
		return nil, &NotPipermailError{URL: p.URL, Found: "a page that cannot be read: " + err.Error()}
	}
	base := p.URL[:strings.LastIndexByte(p.URL, '/')+1]
	li := &ListIndex{Name: ListName(base), Charset: charset, Title: line(doc.Find("title").First().Text())}
	seen := map[string]int{}
	doc.Find("a[href]").Each(func(_ int, a *goquery.Selection) {
		href := a.AttrOr("href", "")
		if li.InfoURL == "" && strings.Contains(href, "/listinfo") {
			li.InfoURL = resolve(p.URL, href)
		}
		li.addLink(base, p.URL, href, a, seen)
	})
	if len(li.Periods) == 0 && !isEmptyList(doc, li) {
		return nil, li.whatElse(p, doc)
	}
	return li, nil
}

// addLink takes one link of a row into its period.
func (li *ListIndex) addLink(base, pageURL, href string, a *goquery.Selection, seen map[string]int) {
	u := ownURL(base, resolve(pageURL, href))
	at := Locate(base, u)
	if !at.OK || at.Group == "" || (at.Kind != archive.RawPeriod && at.Kind != archive.RawText) {
		return
	}
	i, ok := seen[at.Group]
	if !ok {
		if at.Kind == archive.RawText || len(li.Periods) >= maxPeriods {
			return
		}
		i = len(li.Periods)
		seen[at.Group] = i
		per := Period{Name: at.Group, Label: rowLabel(a)}
		per.Start, per.End = periodRange(at.Group)
		li.Periods = append(li.Periods, per)
	}
	per := &li.Periods[i]
	dir := u[:strings.LastIndexByte(u, '/')+1]
	switch {
	case at.Kind == archive.RawText && per.TextURL == "":
		per.TextURL, per.Size = u, strings.Trim(line(a.Text()), "[] ")
	case at.Kind == archive.RawPeriod && per.IndexURL == "":
		// One link is enough to know them all.
		per.IndexURL, per.DateURL = dir+"thread.html", dir+"date.html"
	}
}

// ownURL maps a link that a site copier made absolute to another host (P16)
// back into the archive at base, when it ends in the list's own path.
func ownURL(base, u string) string {
	if u == "" {
		return u
	}
	if _, ok := within(base, u); ok {
		return u
	}
	name := "/" + path.Base(strings.TrimSuffix(base, "/")) + "/"
	if _, rest, ok := strings.Cut(dropScheme(u), name); ok && strings.HasPrefix(u, "http") {
		return base + rest
	}
	return u
}

func rowLabel(a *goquery.Selection) string {
	label := line(a.Closest("tr").Find("td").First().Text())
	return strings.TrimSuffix(label, ":")
}

// isEmptyList reports whether the page is that of a list without any mail:
// it links the list's information page and asks for nothing.
func isEmptyList(doc *goquery.Document, li *ListIndex) bool {
	if li.InfoURL == "" || doc.Find("form, input").Length() > 0 || doc.Find("h1").Length() == 0 {
		return false
	}
	robots := strings.ToLower(doc.Find(`meta[name="robots" i]`).AttrOr("content", ""))
	empty := strings.Contains(strings.ToLower(doc.Text()), "no archives")
	return empty || (strings.Contains(robots, "noindex") && doc.Find("ul").Length() == 0)
}

// whatElse explains a page without periods: what it is, and where the list's
// archive may be.
func (li *ListIndex) whatElse(p Page, doc *goquery.Document) error {
	e := &NotPipermailError{URL: p.URL}
	up := func(n int) string {
		u := p.URL
		for range n {
			u = u[:strings.LastIndexByte(strings.TrimSuffix(u, "/"), '/')+1]
		}
		return u
	}
	switch {
	case isMessagePage(p.Body):
		e.Found, e.ListURL = "a message page", up(2)
	case isPeriodIndex(doc, p.URL):
		e.Found, e.ListURL = "the index of one period", up(2)
		if strings.HasSuffix(p.URL, "/") {
			e.ListURL = up(1)
		}
	default:
		e.Found, e.ListURL = describe(p), archiveLink(doc, p.URL)
		_, _, isInfo := cutListinfo(p.URL)
		if isInfo && e.ListURL != "" {
			e.Found = "a list's information page"
		} else if e.Lists = overview(doc, p.URL); len(e.Lists) > 0 {
			e.Found, e.ListURL = "a site's overview of its lists", ""
		}
	}
	return e
}

// ListName is a list's name by the URL of its contents page: the last folder.
func ListName(listURL string) string {
	s := strings.TrimSuffix(listURL, "index.html")
	name := path.Base(strings.TrimSuffix(s, "/"))
	if n, err := url.PathUnescape(name); err == nil {
		name = n
	}
	return strings.ToLower(name)
}
