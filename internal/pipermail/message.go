package pipermail

import (
	"bytes"
	"io"
	"mime"
	"net/url"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/bxsearch/bxsearch/internal/clean"
)

const (
	beginMark = "<!--beginarticle-->"
	endMark   = "<!--endarticle-->"
)

var navigation = regexp.MustCompile(`(?i)<hr>\s*<p>\s*<ul>`)

// messagePage is what a message page shows, decoded.
type messagePage struct {
	subject  string
	author   string
	address  string
	date     string // as shown
	replyTo  string // the In-Reply-To of the answer link: whose ID it is, the archive's age decides (P7)
	hasReply bool   // the link has an In-Reply-To, be it empty
	text     string // the article
	charset  string
	fallback string // Date, From and Subject as written, undecoded
	problems []string
}

// readMessagePage reads a message page of any Pipermail. ok is false when the
// page is none; problems name what is wrong with one that is.
func readMessagePage(p Page) (m messagePage, ok bool) {
	headBytes, article, cut := cutPage(p.Body)
	if article == nil {
		return m, false
	}
	declared := func() []string { return declaredCharsets(head(headBytes), p.ContentType) }
	headText, _ := decodeBy(headBytes, declared)
	text, charset := decodeBy(article, declared)
	m.charset = charset
	m.readHead(headText)
	m.text = articleText(text)
	m.fallback = rawIdentity(headBytes)
	if cut {
		m.problems = append(m.problems, "cut-off: the page ends within the article")
	}
	return m, m.subject != "" || m.date != "" || m.author != ""
}

// cutPage divides a page into what stands above the article and the article.
func cutPage(b []byte) (head, article []byte, cut bool) {
	if start := indexFold(b, beginMark); start >= 0 {
		head, article = b[:start], b[start+len(beginMark):]
		if end := lastIndexFold(article, endMark); end >= 0 {
			return head, article[:end], false
		}
		if nav := navigation.FindIndex(article); nav != nil {
			return head, article[:nav[0]], false
		}
		return head, article, true
	}
	// QUIRK P16: a copier may drop comments; the article is the <PRE>.
	start := indexFold(b, "<pre>")
	if start < 0 || !isMessagePage(b) {
		return nil, nil, false
	}
	head, article = b[:start], b[start:]
	if end := lastIndexFold(article, "</pre>"); end >= 0 {
		return head, article[:end], false
	}
	return head, article, true
}

// indexFold finds a mark in any case. Most pages have it as it is written
// here, so that is tried first.
func indexFold(b []byte, mark string) int {
	if i := bytes.Index(b, []byte(mark)); i >= 0 {
		return i
	}
	return bytes.Index(lowerASCII(b), []byte(strings.ToLower(mark)))
}

func lastIndexFold(b []byte, mark string) int {
	if i := bytes.LastIndex(b, []byte(mark)); i >= 0 {
		return i
	}
	return bytes.LastIndex(lowerASCII(b), []byte(strings.ToLower(mark)))
}

// lowerASCII lower-cases ASCII and leaves all other bytes, and so all
// positions, as they are.
func lowerASCII(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		out[i] = c
	}
	return out
}

// indexTag finds the start of a tag, in any case.
func indexTag(b []byte, tag string) int {
	for at := 0; ; at++ {
		i := bytes.IndexByte(b[at:], '<')
		if i < 0 || at+i+len(tag) > len(b) {
			return -1
		}
		if at += i; foldsTo(b[at:at+len(tag)], tag) {
			return at
		}
	}
}

// foldsTo reports whether b is tag, which is in lower case, but for the case
// of ASCII letters.
func foldsTo(b []byte, tag string) bool {
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c != tag[i] {
			return false
		}
	}
	return true
}

// readHead takes subject, author, address and date from the top of the page,
// where they follow each other: H1, B, A, I.
func (m *messagePage) readHead(text string) {
	text = fromHeadline(text)
	h, ok := plainHead(text)
	if !ok {
		var err error
		if h, err = treeHead(text); err != nil {
			m.problems = append(m.problems, "bad-html: "+err.Error())
			return
		}
	}
	m.date = line(h.date)
	if m.subject = line(h.subject); m.subject == "" {
		m.subject = line(h.title)
	}
	m.subject, m.author = decodeWords(m.subject), clean.Name(decodeWords(line(h.author)))
	m.address = clean.Address(line(h.address))
	if h.linked {
		m.readLink(h.href)
	}
}

// treeHead reads the top of any page.
func treeHead(text string) (h headline, err error) {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(text))
	if err != nil {
		return h, err
	}
	var seenH1, seenB, seenI bool
	for _, root := range doc.Nodes {
		walk(root, func(n *html.Node) bool {
			if n.Type != html.ElementNode {
				return true
			}
			switch {
			case n.Data == "title":
				h.title = textOf(n)
			case n.Data == "h1" && !seenH1:
				seenH1, h.subject = true, textOf(n)
			case n.Data == "b" && seenH1 && !seenB:
				seenB, h.author = true, textOf(n)
			case n.Data == "a" && seenB && !h.linked:
				h.linked, h.address, h.href = true, textOf(n), attr(n, "href")
			case n.Data == "i" && seenB && !seenI:
				seenI, h.date = true, textOf(n)
			}
			return !seenI
		})
	}
	return h, nil
}

// fromHeadline leaves out what stands above the headline, which has the
// title's text and more.
func fromHeadline(text string) string {
	if i := strings.Index(text, "<H1>"); i >= 0 {
		return text[i:]
	}
	return text[max(indexFold([]byte(text), "<H1>"), 0):]
}

// readLink takes the In-Reply-To out of the link that answers the message.
func (m *messagePage) readLink(href string) {
	written, ok := replyParam(href)
	if !ok {
		return
	}
	v, err := url.PathUnescape(written)
	if err != nil {
		v = written
	}
	m.replyTo, m.hasReply = cleanMessageID(v), true
}

// replyParam finds the parameter In-Reply-To of a link, as it is written.
func replyParam(href string) (string, bool) {
	const name = "In-Reply-To="
	for {
		i := strings.IndexAny(href, "?&")
		if i < 0 {
			return "", false
		}
		href = href[i+1:]
		rest := href
		if len(rest) >= 4 && strings.EqualFold(rest[:4], "amp;") {
			rest = rest[4:]
		}
		if len(rest) >= len(name) && strings.EqualFold(rest[:len(name)], name) {
			rest = rest[len(name):]
			if end := strings.IndexAny(rest, `"&`); end >= 0 {
				rest = rest[:end]
			}
			return rest, true
		}
	}
}

// articleText is the text of the article, its white space kept: Pipermail
// shows it in <PRE>.
func articleText(source string) string {
	if text, ok := plainArticle(source); ok {
		return text
	}
	return treeText(source)
}

// treeText is the text of any article.
func treeText(source string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(source))
	if err != nil {
		return stripTags(source)
	}
	var b strings.Builder
	for _, root := range doc.Nodes {
		walk(root, func(n *html.Node) bool {
			switch {
			case n.Type == html.TextNode && !hiddenParent(n):
				b.WriteString(n.Data)
			case n.Type == html.ElementNode && (n.Data == "br" || n.Data == "p"):
				b.WriteByte('\n')
			}
			return true
		})
	}
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

func hiddenParent(n *html.Node) bool {
	return n.Parent != nil && (n.Parent.Data == "script" || n.Parent.Data == "style")
}

// stripTags is for pages that nest their tags beyond the parser's bound.
func stripTags(source string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}

// rawIdentity joins the Date, From and Subject lines as the page has them,
// byte for byte but for white space: what identifies a message that has no
// Message-ID. Decoded text would change when decoding improves.
func rawIdentity(head []byte) string {
	head = head[max(indexFold(head, "<H1>"), 0):]
	field := func(open, end string) string {
		start := indexTag(head, open)
		if start < 0 {
			return ""
		}
		rest := head[start+len(open):]
		stop := indexTag(rest, end)
		if stop < 0 {
			return ""
		}
		head = rest[stop:]
		return line(html.UnescapeString(string(rest[:stop])))
	}
	subject := field("<h1>", "</h1>")
	name := field("<b>", "</b>")
	anchor := field("<a", "</a>")
	return field("<i>", "</i>") + "\n" + name + " " + anchor[strings.LastIndexByte(anchor, '>')+1:] + "\n" + subject
}

var words = mime.WordDecoder{CharsetReader: func(charset string, in io.Reader) (io.Reader, error) {
	b, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	s, _ := decode(b, []string{charset})
	return strings.NewReader(s), nil
}}

var encodedGap = regexp.MustCompile(`(\?=)\s+(=\?)`)

// decodeWords decodes MIME encoded-words (RFC 2047) that the archive left as
// they were; what does not decode stays as it is.
func decodeWords(s string) string {
	// QUIRK P14: some mailers encode what is encoded already.
	for range 2 {
		if !strings.Contains(s, "=?") {
			break
		}
		d, err := words.DecodeHeader(encodedGap.ReplaceAllString(s, "$1$2"))
		if err != nil {
			break
		}
		// QUIRK P15: "=?utf-8?q?caf=E9?=" is not UTF-8, but for its name.
		s = line(clean.ValidText(d))
	}
	return s
}
