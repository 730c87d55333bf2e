// Package link says where everything on the web site is: it writes the URLs of
// the pages, of their twins in other formats, and reads the parameters of a
// search. Pages, feeds, the API and alerts all take their URLs from here, so
// that a reader can go from each to each.
//
//	/                      home
//	/search                a search; .json, .csv, .mbox.gz, .atom and .feed.json are the same in other formats
//	/m/ID                  a message; .json, .md, .mbox
//	/mid/MESSAGE-ID        leads to the message of that Message-ID
//	/t/ID                  a thread; .json, .md, .mbox.gz, .atom
//	/l/LIST/               the months of a list
//	/l/LIST/2021-03        the messages of a month, in the zone of the server (search.Options.Location); /l/LIST/undated: those without a date
//	/p/                    who writes most
//	/watch/NAME.atom       what a saved search found
//	/api/v1/…              the JSON API
//	/help, /static/…, /openapi.json, /llms.txt, /mcp, /healthz, /readyz, /metrics
//
// Handlers see these paths: whoever serves a site under a prefix takes that off
// before (http.StripPrefix). Links puts it on.
package link

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// Format is one of the shapes that a page comes in.
type Format string

// The formats. Not every page has each: see the package comment.
const (
	HTML     Format = ""
	JSON     Format = ".json"
	Markdown Format = ".md"
	CSV      Format = ".csv"
	Atom     Format = ".atom"
	JSONFeed Format = ".feed.json"
	Mbox     Format = ".mbox"    // one message
	MboxGzip Format = ".mbox.gz" // many
)

// Undated is the month of the messages without a known date.
const Undated = "undated"

// Links writes the URLs of one site. The zero value is a site at the root of a
// host whose name is not known.
type Links struct {
	origin string // "https://lists.example.org", or empty
	prefix string // "/archive", or empty
}

// New returns the links of a site at a public address: an origin with or without
// a path ("https://lists.example.org/archive"), a path alone ("/archive"), or
// nothing.
func New(public string) (Links, error) {
	u, err := url.Parse(public)
	switch {
	case err != nil:
		return Links{}, fmt.Errorf("public address %q: %w", public, err)
	case u.RawQuery != "" || u.Fragment != "" || u.User != nil || u.Opaque != "":
		return Links{}, fmt.Errorf("public address %q: give scheme, host and path alone, as in https://lists.example.org/archive", public)
	case (u.Scheme == "") != (u.Host == ""), u.Scheme != "" && u.Scheme != "http" && u.Scheme != "https":
		return Links{}, fmt.Errorf("public address %q: it begins with https:// or http://, or is a path such as /archive", public)
	case u.Path != "" && u.Path[0] != '/':
		return Links{}, fmt.Errorf("public address %q: a path begins with a slash", public)
	}
	l := Links{prefix: strings.TrimRight(u.EscapedPath(), "/")}
	if u.Host != "" {
		l.origin = u.Scheme + "://" + u.Host
	}
	return l, nil
}

// Prefix is the path that the site is under, without a slash at its end; empty
// at the root.
func (l Links) Prefix() string { return l.prefix }

// Origin is scheme and host, or empty where they are not known.
func (l Links) Origin() string { return l.origin }

// WithOrigin returns the same links with the origin that a request came to,
// unless one is known already.
func (l Links) WithOrigin(origin string) Links {
	if l.origin == "" {
		l.origin = origin
	}
	return l
}

// Absolute makes a URL of a link that another method wrote, for feeds, mails and
// other places that are read elsewhere. Without an origin it stays a path.
func (l Links) Absolute(link string) string { return l.origin + link }

// Home is the first page.
func (l Links) Home() string { return l.prefix + "/" }

// Help is the page about the query language.
func (l Links) Help() string { return l.prefix + "/help" }

// Message is the page of one message.
func (l Links) Message(id archive.ID, f Format) string {
	return l.prefix + "/m/" + url.PathEscape(string(id)) + string(f)
}

// MessagePart is the page with the nth part of a long message, from 1.
func (l Links) MessagePart(id archive.ID, n int) string {
	if n <= 1 {
		return l.Message(id, HTML)
	}
	return fmt.Sprintf("%s?part=%d", l.Message(id, HTML), n)
}

// MessageID leads to the message of a Message-ID, written without angle brackets.
func (l Links) MessageID(mid string) string { return l.prefix + "/mid/" + url.PathEscape(mid) }

// Thread is the page of a thread.
func (l Links) Thread(id archive.ID, f Format) string {
	return l.prefix + "/t/" + url.PathEscape(string(id)) + string(f)
}

// ThreadPage is one page of a thread, from 1, as a tree or flat.
func (l Links) ThreadPage(id archive.ID, flat bool, page int) string {
	v := url.Values{}
	if flat {
		v.Set("view", "flat")
	}
	setNumber(v, "page", page)
	return withQuery(l.Thread(id, HTML), v)
}

// List is the page with the months of a list.
func (l Links) List(name string) string { return l.prefix + "/l/" + url.PathEscape(name) + "/" }

// Period is one page of the messages of a month, "2021-03", or Undated: the first,
// or the one behind a cursor of search.Results.
func (l Links) Period(name, month, after string) string {
	v := url.Values{}
	if after != "" {
		v.Set("after", after)
	}
	return withQuery(l.List(name)+url.PathEscape(month), v)
}

// People is the page of those who write most, on one list or, if it is empty, on all.
func (l Links) People(list string) string {
	v := url.Values{}
	if list != "" {
		v.Set("list", list)
	}
	return withQuery(l.prefix+"/p/", v)
}

// Static is a file of the site itself.
func (l Links) Static(name string) string { return l.prefix + "/static/" + name }

// Watch is the feed of a saved search.
func (l Links) Watch(name string) string {
	return l.prefix + "/watch/" + url.PathEscape(name) + string(Atom)
}

// API is a path of the JSON API, given from behind its version: "search",
// "messages/ID".
func (l Links) API(path string) string { return l.prefix + "/api/v1/" + path }

// OpenAPI describes the JSON API.
func (l Links) OpenAPI() string { return l.prefix + "/openapi.json" }

// LLMs tells programs that read how to use the site.
func (l Links) LLMs() string { return l.prefix + "/llms.txt" }

// MCP is where tools speak the Model Context Protocol.
func (l Links) MCP() string { return l.prefix + "/mcp" }

// setNumber leaves out the number that a page has without it.
func setNumber(v url.Values, name string, n int) {
	if n > 1 {
		v.Set(name, fmt.Sprint(n))
	}
}

func withQuery(path string, v url.Values) string {
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}
