package pipermail

import (
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// maxRows bounds one index page (H8).
const maxRows = 1_000_000

// PeriodIndex is what an index page of a period lists.
type PeriodIndex struct {
	Order    string // thread, date, subject or author, by the page's name; else empty
	Declared int    // the page's own count of messages; -1 where it gives none
	Form     string // of the thread comments: FormNumber, FormMessageID, FormTime or ""
	Rows     []Row  // in the page's order; a message listed twice stands once

	declared []string // character sets that the page claims, the likeliest first
}

// The forms of the thread index's comments (P8), which tell how old the
// archiver was.
const (
	FormNumber    = "number" // 01088696586.507-
	FormMessageID = "id"     // 01088696586/1234@example.com-
	FormTime      = "time"   // 01088696586-
)

// Row is one listed message.
type Row struct {
	URL       string // absolute
	Number    int
	Subject   string
	Author    string
	MessageID string    // older thread indexes only
	Time      time.Time // the message's instant in UTC; thread index only, else zero
	Depth     int       // as shown; never more than 3, whatever the real depth
	Parent    string    // the URL of the message this one answers; thread index only
}

var (
	countLine = regexp.MustCompile(`(?i)<b>[^<]{1,60}:\s*</b>\s*(\d{1,7})\s*<p>`)
	ownKey    = regexp.MustCompile(`^(\d{9,11})([./][^\n]*)?$`)
)

// ParsePeriodIndex reads any of a period's index pages. The error is a
// *NotPipermailError when the page is something else.
func ParsePeriodIndex(p Page) (*PeriodIndex, error) {
	doc, _, err := p.document()
	if err != nil {
		return nil, &NotPipermailError{URL: p.URL, Found: "a page that cannot be read: " + err.Error()}
	}
	if !isPeriodIndex(doc, p.URL) {
		return nil, &NotPipermailError{URL: p.URL, Found: describe(p)}
	}
	pi := &PeriodIndex{Order: orderOf(p.URL), Declared: -1, declared: declaredCharsets(head(p.Body), p.ContentType)}
	if m := countLine.FindSubmatch(p.Body); m != nil {
		pi.Declared, _ = strconv.Atoi(string(m[1]))
	}
	r := rowReader{page: p, base: p.URL[:strings.LastIndexByte(p.URL, '/')+1], index: pi, seen: map[string]int{}, chains: map[string]string{}}
	for _, root := range doc.Nodes {
		walk(root, r.node)
	}
	return pi, nil
}

func orderOf(u string) string {
	name := strings.TrimSuffix(u[strings.LastIndexByte(u, '/')+1:], ".html")
	switch name {
	case "thread", "date", "subject", "author":
		return name
	case "index", "":
		return "thread"
	}
	return ""
}

// isPeriodIndex tells an index page by its shape: it links its own sister
// pages and is no message page.
func isPeriodIndex(doc *goquery.Document, pageURL string) bool {
	if doc.Find(`link[rel="made" i]`).Length() > 0 {
		return false
	}
	period, sisters := periodOf(pageURL), map[string]bool{}
	doc.Find("a[href]").EachWithBreak(func(_ int, a *goquery.Selection) bool {
		// QUIRK P16: a copier may have made the links absolute.
		href, _, _ := strings.Cut(a.AttrOr("href", ""), "#")
		if file := path.Base(href); isIndexFile(file) && (file == href || periodOf(href) == period) {
			sisters[file] = true
		}
		return len(sisters) < 2
	})
	return len(sisters) >= 2
}

// periodOf is the folder that a URL is in.
func periodOf(u string) string {
	if strings.HasSuffix(u, "/") {
		return path.Base(u)
	}
	return path.Base(path.Dir(u))
}

// rowReader gathers rows while the page is walked: a comment with the row's
// place in the thread, the link, then the author in italics.
type rowReader struct {
	page   Page
	base   string
	index  *PeriodIndex
	seen   map[string]int    // URL → row
	chains map[string]string // thread chain → URL
	depth  int
	chain  string // of the comment just read; empty when used up
	cur    int    // the row that waits for its author, plus one
}

func (r *rowReader) node(n *html.Node) bool {
	switch {
	case n.Type == html.CommentNode:
		r.comment(strings.TrimSpace(n.Data))
	case n.Type == html.ElementNode && n.Data == "a":
		r.link(n)
	case n.Type == html.ElementNode && n.Data == "i" && r.cur > 0:
		r.index.Rows[r.cur-1].Author = line(textOf(n))
		r.cur = 0
	}
	return len(r.index.Rows) < maxRows
}

func (r *rowReader) comment(s string) {
	depth, chain, ok := strings.Cut(s, " ")
	d, err := strconv.Atoi(depth)
	if !ok || err != nil || d < 0 || d > 1000 {
		return
	}
	r.depth, r.chain = d, strings.TrimSuffix(strings.TrimSpace(chain), "-")
}

func (r *rowReader) link(n *html.Node) {
	href := attr(n, "href")
	if href == "" || n.Parent == nil || n.Parent.Data != "li" {
		return
	}
	u := resolve(r.page.URL, href)
	if _, ok := within(r.base, u); !ok {
		// QUIRK P16: an absolute link that a copier made; the page is beside us.
		file := u[strings.LastIndexByte(u, '/')+1:]
		period := periodOf(r.base)
		if !strings.HasPrefix(u, "http") || !strings.HasSuffix(u, "/"+period+"/"+file) {
			return
		}
		u = r.base + file
	}
	number, err := numberOf(u)
	if err != nil || strings.LastIndexByte(u, '/') != len(r.base)-1 {
		return
	}
	chain := r.chain
	r.chain = ""
	if _, dup := r.seen[u]; dup { // QUIRK P16, P10: a row may be repeated
		return
	}
	row := Row{URL: u, Number: number, Subject: line(textOf(n)), Depth: r.depth}
	r.place(&row, chain)
	r.seen[u] = len(r.index.Rows)
	r.index.Rows = append(r.index.Rows, row)
	r.cur = len(r.index.Rows)
}

// place reads the row's instant, Message-ID and parent from its chain: the
// keys of all ancestors and of the message itself, joined by "-". The nesting
// on the page stops at three, the chain does not.
func (r *rowReader) place(row *Row, chain string) {
	if chain == "" {
		return
	}
	own := chain
	// Message-IDs contain "-" (P8): the longest chain already read that this
	// one continues is the parent's, and the rest is the message's own key.
	for i := strings.LastIndexByte(chain, '-'); i > 0; i = strings.LastIndexByte(chain[:i], '-') {
		if u, ok := r.chains[chain[:i]]; ok {
			row.Parent, own = u, chain[i+1:]
			break
		}
	}
	if row.Parent == "" && row.Depth > 0 {
		own = lastKey(chain)
	}
	r.chains[chain] = row.URL
	m := ownKey.FindStringSubmatch(own)
	if m == nil {
		return
	}
	if sec, err := strconv.ParseInt(m[1], 10, 64); err == nil {
		row.Time = time.Unix(sec, 0).UTC()
	}
	form := FormTime
	switch {
	case strings.HasPrefix(m[2], "/"):
		form = FormMessageID
		row.MessageID = cleanMessageID(m[2][1:])
	case strings.HasPrefix(m[2], "."):
		form = FormNumber
	}
	if r.index.Form == "" {
		r.index.Form = form
	}
}

// lastKey is the last "-0…" of a chain whose parent is not known.
func lastKey(chain string) string {
	for i := strings.LastIndexByte(chain, '-'); i >= 0; i = strings.LastIndexByte(chain[:i], '-') {
		if ownKey.MatchString(chain[i+1:]) {
			return chain[i+1:]
		}
	}
	return chain
}

func numberOf(u string) (int, error) {
	file, ok := strings.CutSuffix(u[strings.LastIndexByte(u, '/')+1:], ".html")
	if !ok || strings.HasPrefix(file, "-") || strings.HasPrefix(file, "+") {
		return 0, strconv.ErrSyntax
	}
	return strconv.Atoi(file)
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// textOf joins the text below n.
func textOf(n *html.Node) string {
	var b strings.Builder
	walk(n, func(c *html.Node) bool {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
		return true
	})
	return b.String()
}
