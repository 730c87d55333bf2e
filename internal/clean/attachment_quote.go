package clean

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

var quoteBorder = regexp.MustCompile(`(?i)border-left\s*:`)

// The bounds of the quotes of an HTML part that are marked: how many, and how
// deep in each other.
const (
	maxQuotes     = 200
	maxQuoteDepth = 20
)

// markQuotes puts "> " before the lines of what an HTML mail quotes, as a mail
// of text has it. A blockquote without a mailer's marks is left alone: articles
// have those.
func markQuotes(doc *goquery.Document) {
	quotes := doc.Find("blockquote").FilterFunction(func(_ int, q *goquery.Selection) bool {
		class, _ := q.Attr("class")
		style, _ := q.Attr("style")
		kind, _ := q.Attr("type")
		if q.ParentsFiltered("blockquote").Length() >= maxQuoteDepth {
			return false
		}
		return kind == "cite" || strings.Contains(class, "gmail_quote") || quoteBorder.MatchString(style)
	}).Nodes
	if len(quotes) > maxQuotes {
		return
	}
	// Inner quotes come after outer ones, so they are marked first and the
	// outer ones' mark comes before theirs.
	for i := len(quotes) - 1; i >= 0; i-- {
		markQuote(quotes[i])
	}
}

func markQuote(q *html.Node) {
	text := textOf([]*html.Node{q})
	for q.FirstChild != nil {
		q.RemoveChild(q.FirstChild)
	}
	if text == "" {
		return
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight("> "+l, " ")
	}
	pre := &html.Node{Type: html.ElementNode, Data: "pre"}
	pre.AppendChild(&html.Node{Type: html.TextNode, Data: strings.Join(lines, "\n")})
	q.AppendChild(pre)
}
