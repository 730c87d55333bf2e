package clean

import (
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
)

// blockTags start a line of their own.
var blockTags = map[string]bool{
	"address": true, "article": true, "blockquote": true, "br": true, "center": true, "dd": true, "div": true, "dl": true, "dt": true,
	"fieldset": true, "figcaption": true, "figure": true, "footer": true, "form": true, "h1": true, "h2": true, "h3": true,
	"h4": true, "h5": true, "h6": true, "header": true, "hr": true, "li": true, "main": true, "nav": true, "ol": true, "p": true,
	"pre": true, "section": true, "table": true, "td": true, "th": true, "title": true, "tr": true, "ul": true,
}

// paragraphTags have an empty line round them.
var paragraphTags = map[string]bool{
	"p": true, "h1": true, "h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "blockquote": true, "ul": true, "ol": true, "table": true,
}

// HTMLText is what a person reads of an HTML document: paragraphs apart, no
// scripts, styles or head, white space folded, no-break spaces as spaces.
func HTMLText(source string) string {
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(source))
	if err != nil {
		return source // nested beyond the parser's bound: better with its tags than not at all
	}
	doc.Find("head, script, style, noscript, template, svg, iframe, object").Remove()
	var w textWriter
	for _, n := range doc.Nodes {
		w.write(n)
	}
	return strings.TrimSpace(w.b.String())
}

// LooksHTML reports whether a text is HTML source: that of a mail whose only
// part was HTML, which some archives show escaped (P6).
func LooksHTML(s string) bool {
	t := strings.TrimSpace(s[:min(len(s), 4096)])
	if !strings.HasPrefix(t, "<") {
		return false
	}
	t = strings.ToLower(t)
	for _, p := range []string{"<!doctype html", "<html", "<head", "<body", "<meta ", "<div", "<p>", "<table", "<font", "<span"} {
		if strings.HasPrefix(t, p) {
			return strings.Contains(strings.ToLower(s), "</")
		}
	}
	return false
}

// textWriter writes the text of nodes, folding white space and counting the
// line breaks that are due.
type textWriter struct {
	b      strings.Builder
	breaks int  // line breaks wanted before the next text
	space  bool // a space is wanted before the next text
	pre    int  // depth of <pre>
}

// write walks iteratively: the nesting is a stranger's.
func (w *textWriter) write(root *html.Node) {
	for n := root; n != nil; {
		w.open(n)
		if n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		w.close(n)
		for n != root && n.NextSibling == nil {
			n = n.Parent
			w.close(n)
		}
		if n == root {
			return
		}
		n = n.NextSibling
	}
}

func (w *textWriter) open(n *html.Node) {
	switch {
	case n.Type == html.TextNode && w.pre > 0:
		w.verbatim(n.Data)
	case n.Type == html.TextNode:
		w.folded(n.Data)
	case n.Type == html.ElementNode:
		if n.Data == "pre" {
			w.pre++
		}
		if n.Data == "br" {
			w.breaks++
		}
		w.tag(n.Data)
	}
}

func (w *textWriter) close(n *html.Node) {
	if n.Type != html.ElementNode || n.Data == "br" {
		return
	}
	if n.Data == "pre" {
		w.pre--
	}
	w.tag(n.Data)
}

func (w *textWriter) tag(name string) {
	switch {
	case paragraphTags[name]:
		w.breaks = max(w.breaks, 2)
	case blockTags[name]:
		w.breaks = max(w.breaks, 1)
	}
}

func (w *textWriter) folded(s string) {
	s = strings.ReplaceAll(s, "\u00a0", " ")
	words := strings.Fields(s)
	if len(words) == 0 {
		w.space = w.space || s != ""
		return
	}
	w.lead(w.space || strings.TrimLeft(s, " \t\r\n") != s)
	w.b.WriteString(strings.Join(words, " "))
	w.space = strings.TrimRight(s, " \t\r\n") != s
}

func (w *textWriter) verbatim(s string) {
	w.lead(false)
	w.b.WriteString(strings.ReplaceAll(s, "\u00a0", " "))
	w.space = false
}

// lead writes the breaks or the space that are due.
func (w *textWriter) lead(space bool) {
	switch {
	case w.b.Len() == 0:
	case w.breaks > 0:
		w.b.WriteString(strings.Repeat("\n", min(w.breaks, 2)))
	case space:
		w.b.WriteByte(' ')
	}
	w.breaks = 0
}
