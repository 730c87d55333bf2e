package feed

import (
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"maps"
	"slices"
	"strings"
)

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Links    []atomLink  `xml:"link"`
	Program  string      `xml:"generator"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr,omitempty"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID        string         `xml:"id"`
	Title     string         `xml:"title"`
	Links     []atomLink     `xml:"link"`
	Author    atomPerson     `xml:"author"`
	Published string         `xml:"published,omitempty"`
	Updated   string         `xml:"updated"`
	Tags      []atomCategory `xml:"category"`
	Summary   string         `xml:"summary,omitempty"`
	Content   *atomText      `xml:"content"`
}

type atomPerson struct {
	Name string `xml:"name"`
}

type atomCategory struct {
	Term string `xml:"term,attr"`
}

type atomText struct {
	Type string `xml:"type,attr"`
	Text string `xml:",chardata"`
}

// Atom writes the feed as RFC 4287 has it.
func (f *Feed) Atom(w io.Writer) error {
	out := atomFeed{
		ID: f.ID, Title: title(f.Title, "untitled"), Subtitle: title(f.Subtitle, ""), Updated: f.updated(), Program: "bxsearch",
		Links: atomLinks(atomLink{"self", AtomType, f.Self}, atomLink{"alternate", "text/html", f.Page}, atomLink{"next", AtomType, f.Next}),
	}
	for _, kind := range slices.Sorted(maps.Keys(f.Others)) {
		out.Links = append(out.Links, atomLinks(atomLink{"alternate", kind, f.Others[kind]})...)
	}
	for i := range f.Items {
		out.Entries = append(out.Entries, f.Items[i].atom())
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	_, err := io.WriteString(w, xml.Header)
	if err == nil {
		err = enc.Encode(out)
	}
	if err == nil {
		_, err = io.WriteString(w, "\n")
	}
	if err != nil {
		return fmt.Errorf("write an Atom feed: %w", err)
	}
	return nil
}

func (i *Item) atom() atomEntry {
	e := atomEntry{
		ID: i.ID, Title: title(i.Title, "(no subject)"), Author: atomPerson{i.author()}, Updated: otherwise(i.updated())(never), Summary: title(i.Summary, ""),
		Links: atomLinks(atomLink{"alternate", "text/html", i.Page}, atomLink{"via", "", i.Original}, atomLink{"related", "", i.Article}),
	}
	e.Published, _ = i.published()
	for _, tag := range i.Tags {
		if tag = title(tag, ""); tag != "" {
			e.Tags = append(e.Tags, atomCategory{tag})
		}
	}
	if text := content(i.Content); text != "" {
		e.Content = &atomText{"html", paragraphs(text)}
	}
	return e
}

// atomLinks leaves out the links that lead nowhere.
func atomLinks(all ...atomLink) []atomLink {
	var out []atomLink
	for _, l := range all {
		if l.Href = web(l.Href); l.Href != "" {
			// Readers compare it with "application/atom+xml".
			l.Type, _, _ = strings.Cut(l.Type, ";")
			out = append(out, l)
		}
	}
	return out
}

// paragraphs makes HTML of a text: readers join the lines of what is called text.
func paragraphs(text string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(text, "\n\n") {
		if part = strings.Trim(part, "\n"); part != "" {
			b.WriteString("<p>" + strings.ReplaceAll(html.EscapeString(part), "\n", "<br>\n") + "</p>\n")
		}
	}
	return b.String()
}
