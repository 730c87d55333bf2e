package pipermail

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// Page is a fetched page: the URL it was asked for under, the server's
// Content-Type, and the bytes as they came.
type Page struct {
	URL         string
	ContentType string
	Body        []byte
}

// NotPipermailError says that a page is not what was expected, and what it is
// instead.
type NotPipermailError struct {
	URL     string
	Found   string  // "a message page", "a bot wall", …
	ListURL string  // where the list's archive probably is; may be empty
	Lists   []Offer // what a site's overview shows; nil for any other page
}

func (e *NotPipermailError) Error() string {
	s := fmt.Sprintf("%s is no Pipermail contents page: found %s", e.URL, e.Found)
	if e.ListURL != "" {
		s += "; the list's archive may be at " + e.ListURL
	}
	return s
}

// document parses a page as one text in one charset.
func (p Page) document() (*goquery.Document, string, error) {
	text, charset := decode(p.Body, declaredCharsets(head(p.Body), p.ContentType))
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return nil, charset, fmt.Errorf("parse %s: %w", p.URL, err)
	}
	return doc, charset, nil
}

func head(b []byte) []byte { return b[:min(len(b), 4096)] }

// line folds a text that the page wraps into one line; a no-break space is a
// space.
func line(s string) string {
	if isLine(s) {
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

// isLine reports whether an ASCII text is as line gives it.
func isLine(s string) bool {
	after := byte(' ')
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= utf8.RuneSelf || c == ' ' && after == ' ' {
			return false
		}
		after = s[i]
	}
	return s == "" || after != ' '
}

// walk calls visit for each node below root in document order until it
// returns false. It does not recurse: pages come from strangers.
func walk(root *html.Node, visit func(*html.Node) bool) {
	for n := root; n != nil; {
		if !visit(n) {
			return
		}
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for n != root && n.NextSibling == nil {
			n = n.Parent
		}
		if n == root {
			return
		}
		n = n.NextSibling
	}
}

// wallSigns are what pages say that stand in front of an archive (P18).
var wallSigns = []struct{ sign, found string }{
	{"making sure you're not a bot", "a bot wall"},
	{"making sure you&#39;re not a bot", "a bot wall"},
	{"checking your browser", "a bot wall"},
	{"just a moment...", "a bot wall"},
	{"verify you are human", "a bot wall"},
	{"enable javascript and cookies to continue", "a bot wall"},
	{"private archives error", "the login page of a private archive"},
	{"private archives authentication", "the login page of a private archive"},
	{`type="password"`, "a login page"},
	{`type=password`, "a login page"},
}

// describe says what a page that is not Pipermail's is.
func describe(p Page) string {
	body := bytes.TrimSpace(p.Body)
	if len(body) == 0 {
		return "an empty page"
	}
	low := strings.ToLower(string(body[:min(len(body), 64<<10)]))
	if ct := strings.ToLower(p.ContentType); ct != "" && !strings.Contains(ct, "html") && !strings.Contains(low, "<html") {
		return "a document of type " + line(p.ContentType)
	}
	for _, w := range wallSigns {
		if strings.Contains(low, w.sign) {
			return w.found
		}
	}
	if doc, _, err := p.document(); err == nil {
		if t := line(doc.Find("title").First().Text()); t != "" {
			return fmt.Sprintf("a page titled %q", shorten(t, 80))
		}
	}
	return "a page without a title"
}

// shorten cuts s to n bytes at most, at a rune.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "…"
}

// isMessagePage tells a message page by the marks round its article, or by
// the link to its author that only message pages have.
func isMessagePage(b []byte) bool {
	return indexFold(b, beginMark) >= 0 || indexFold(b, `REL="made"`) >= 0 && indexFold(b, "<PRE") >= 0
}
