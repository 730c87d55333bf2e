package clean

import (
	"regexp"
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

var (
	ttLayer  = regexp.MustCompile(`(?is)^\s*<tt>`)
	preLayer = regexp.MustCompile(`(?is)^\s*<pre>(.*)</pre>\s*$`)
)

// innerHTML undoes the layer that Mailman puts round HTML source by default.
// ok is false for what has no such layer.
//
// QUIRK P6: the source is escaped as HTML, its spaces are &nbsp;, older also
// &nbsp without semicolon, its lines end in <BR>. An outer text/html mail is
// escaped inside <PRE>.
func innerHTML(source string) (inner string, ok bool) {
	switch {
	case ttLayer.MatchString(source):
		return unescapeLayer(source), true
	case preLayer.MatchString(source):
		inner = unescapeLayer(source)
		return inner, LooksHTML(skipProlog(inner))
	case !strings.Contains(source, "<") && strings.Contains(source, "&lt;"):
		inner = unescapeLayer(source)
		return inner, LooksHTML(skipProlog(inner))
	}
	return source, false
}

// unescapeLayer is the text of HTML, its lines as they are: <BR> ends one, with
// or without a line end behind it.
func unescapeLayer(source string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	broken := true // a <BR> or the top of the file came just before
	for {
		switch z.Next() {
		case html.ErrorToken:
			return strings.ReplaceAll(b.String(), "\u00a0", " ")
		case html.TextToken:
			text := string(z.Text())
			if broken {
				text = strings.TrimPrefix(strings.TrimPrefix(text, "\r"), "\n")
			}
			broken = false
			b.WriteString(text)
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			switch string(name) {
			case "br":
				b.WriteByte('\n')
				broken = true
			case "plaintext", "textarea", "title", "xmp", "script", "style", "iframe", "noembed", "noframes", "noscript":
				z.NextIsNotRawText() // the tokenizer must not swallow what follows
			}
		}
	}
}

// articleText is what a person reads of an HTML part: of a web page the main
// article, of anything else all of it, without what programs put there to be
// unseen.
func articleText(source string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(source))
	if err != nil {
		return unescapeLayer(source) // nested beyond the parser's bound
	}
	doc.Find("head, script, style, noscript, template, svg, iframe, object").Remove()
	doc.Find("[style]").FilterFunction(func(_ int, s *goquery.Selection) bool {
		style, _ := s.Attr("style")
		return unseen.MatchString(style)
	}).Remove()
	whole := textOf(doc.Nodes)
	if doc.Find(pageMarks).Length() > 0 {
		if article, ok := mainArticle(doc); ok {
			return article
		}
		return whole
	}
	removeChores(doc)
	markQuotes(doc)
	return orWhole(textOf(doc.Nodes), whole)
}

var (
	unseen = regexp.MustCompile(`(?i)(?:^|;)\s*(?:display\s*:\s*none|mso-hide\s*:\s*all)`)
	chores = regexp.MustCompile(`(?i)\b(?:unsubscribe|opt[ -]?out|manage (?:your |my )?(?:subscription|preferences)|update (?:your |my )?preferences|email preferences|view (?:it |this (?:email|message|newsletter) )?(?:in|with) (?:your|a|the) (?:web ?)?browser|newsletter abbestellen|vom newsletter abmelden|im browser (?:ansehen|anzeigen|öffnen)|se désabonner|se désinscrire|darse de baja|cancelar suscripción)\b`)
)

// pageMarks are what web pages have and mails have not.
const pageMarks = "nav, main, article, [role=main], [role=navigation], [role=contentinfo]"

// chrome is what stands round the article of a web page.
const chrome = "nav, aside, form, footer, [role=navigation], [role=banner], [role=contentinfo], [role=complementary], [role=search]"

// maxChores bounds how many links are looked at for chores; they are few, and
// at the top or the bottom.
const maxChores = 20

// removeChores takes out the small elements that are only about the newsletter
// itself: where to read it in a browser, how to be rid of it.
func removeChores(doc *goquery.Document) {
	links := doc.Find("a").FilterFunction(func(_ int, a *goquery.Selection) bool { return chores.MatchString(a.Text()) })
	if links.Length() > maxChores {
		links = links.Slice(links.Length()-maxChores, links.Length())
	}
	links.Each(func(_ int, a *goquery.Selection) {
		block := a.Closest("td, p, div")
		if block.Find("table, p, div, td").Length() == 0 && len(strings.Join(strings.Fields(block.Text()), " ")) < 400 {
			block.Remove()
		}
	})
}

// The bounds of the web pages whose article is looked for: the search takes
// time by the square of either.
const (
	maxElements = 10_000
	maxDepth    = 64
)

// mainArticle lets readability find the article of a web page. It must keep
// nearly all words outside of links and of the page's own furniture: what is
// cut wrongly cannot be found again. Over mails it keeps less than two thirds
// of the words of every fifth, so it is asked about web pages only.
func mainArticle(doc *goquery.Document) (string, bool) {
	page := goquery.CloneDocument(doc)
	page.Find(chrome).Remove()
	rest := textOf(page.Nodes)
	if deeper(doc.Nodes[0], maxDepth) {
		return rest, rest != ""
	}
	parser := readability.NewParser()
	parser.MaxElemsToParse = maxElements
	found, err := parser.ParseAndMutate(doc.Nodes[0], nil)
	if err != nil || found.Node == nil {
		return rest, rest != ""
	}
	article := textOf([]*html.Node{found.Node})
	page.Find("a").Remove()
	if kept, all := len(strings.Fields(article)), len(strings.Fields(textOf(page.Nodes))); kept*10 < all*9 {
		return rest, rest != ""
	}
	return article, article != ""
}

func textOf(nodes []*html.Node) string {
	var w textWriter
	for _, n := range nodes {
		w.write(n)
	}
	return strings.TrimSpace(w.b.String())
}

func orWhole(part, whole string) string {
	if part == "" {
		return whole
	}
	return part
}

// deeper reports whether elements below root are nested deeper than most.
func deeper(root *html.Node, most int) bool {
	depth := 0
	for n := root; n != nil && depth <= most; {
		if n.FirstChild != nil {
			n, depth = n.FirstChild, depth+1
			continue
		}
		for n != root && n.NextSibling == nil {
			n, depth = n.Parent, depth-1
		}
		if n == root {
			return false
		}
		n = n.NextSibling
	}
	return true
}
