package pipermail

import (
	"net/url"
	"path"
	"strconv"
	"strings"

	"github.com/bxsearch/bxsearch/archive"
)

// Place is what a URL is inside a list's archive.
type Place struct {
	Kind   archive.RawKind
	Group  string // the period, unescaped; empty for the contents page and attachments
	Number int    // article number; message pages only
	OK     bool   // false: outside the list, or nothing that Pipermail makes
}

// Locate tells what u is in the archive at listURL, which ends in "/". Both
// are absolute. http and https are the same place.
//
// QUIRK P20: prefixes are compared as strings, since a list saved by an
// Internet archive has a "//" inside its path that URL libraries fold.
func Locate(listURL, u string) Place {
	rest, ok := within(listURL, u)
	if !ok {
		return Place{}
	}
	rest, _, _ = strings.Cut(rest, "#")
	if strings.ContainsAny(rest, "?\\") || hasDots(rest) {
		return Place{}
	}
	if rest == "" || rest == "index.html" {
		return Place{Kind: archive.RawList, OK: true}
	}
	if strings.HasPrefix(rest, "attachments/") {
		return Place{Kind: archive.RawAttachment, OK: len(rest) > len("attachments/")}
	}
	dir, file := path.Split(rest)
	group := strings.TrimSuffix(dir, "/")
	if g, err := url.PathUnescape(group); err == nil {
		group = g
	}
	switch {
	case group != "" && isIndexFile(file):
		return Place{Kind: archive.RawPeriod, Group: group, OK: true}
	case group != "" && strings.HasSuffix(file, ".html"):
		n, err := strconv.Atoi(strings.TrimSuffix(file, ".html"))
		if err != nil || n < 0 || file[0] == '+' || file[0] == '-' {
			return Place{}
		}
		return Place{Kind: archive.RawMessage, Group: group, Number: n, OK: true}
	case strings.HasSuffix(file, ".txt"), strings.HasSuffix(file, ".txt.gz"):
		name := strings.TrimSuffix(strings.TrimSuffix(rest, ".gz"), ".txt")
		if n, err := url.PathUnescape(name); err == nil {
			name = n
		}
		return Place{Kind: archive.RawText, Group: name, OK: name != ""}
	}
	return Place{}
}

// within returns what follows the list's prefix in u.
func within(listURL, u string) (string, bool) {
	p, q := dropScheme(listURL), dropScheme(u)
	if q+"/" == p {
		return "", true
	}
	// Host names are case-insensitive, paths are not.
	i := strings.IndexByte(p, '/')
	if i < 0 || len(q) < len(p) || !strings.EqualFold(q[:i], p[:i]) || q[i:len(p)] != p[i:] {
		return "", false
	}
	return q[len(p):], true
}

func dropScheme(u string) string {
	if _, rest, ok := strings.Cut(u, "://"); ok {
		return rest
	}
	return u
}

func hasDots(p string) bool {
	low := strings.ToLower(p)
	low = strings.ReplaceAll(low, "%2e", ".")
	low = strings.ReplaceAll(low, "%2f", "/")
	for _, seg := range strings.Split(low, "/") {
		if seg == ".." || seg == "." {
			return true
		}
	}
	return false
}

func isIndexFile(f string) bool {
	switch f {
	case "thread.html", "subject.html", "author.html", "date.html", "index.html":
		return true
	}
	return false
}

// resolve makes ref absolute against the page it stands on. It works on
// strings for the sake of inner "//" (P20) and ignores <base href>, which
// Pipermail does not write and site copiers get wrong (H8).
func resolve(pageURL, ref string) string {
	ref = strings.TrimSpace(ref)
	ref, _, _ = strings.Cut(ref, "#")
	if strings.Contains(ref, "://") {
		return ref
	}
	scheme, rest, _ := strings.Cut(pageURL, "://")
	host, p, _ := strings.Cut(rest, "/")
	switch {
	case ref == "" || isSchemed(ref):
		return ""
	case strings.HasPrefix(ref, "//"):
		return scheme + ":" + ref
	case strings.HasPrefix(ref, "/"):
		return scheme + "://" + host + ref
	}
	dir := "/" + p
	dir = dir[:strings.LastIndexByte(dir, '/')+1]
	for {
		if r, ok := strings.CutPrefix(ref, "./"); ok {
			ref = r
		} else if r, ok := strings.CutPrefix(ref, "../"); ok && dir != "/" {
			ref = r
			d := strings.TrimSuffix(dir, "/")
			dir = d[:strings.LastIndexByte(d, '/')+1]
		} else {
			return scheme + "://" + host + dir + ref
		}
	}
}

// isSchemed reports whether ref starts with a scheme such as mailto: or
// javascript:.
func isSchemed(ref string) bool {
	i := strings.IndexAny(ref, ":/?")
	return i > 0 && ref[i] == ':'
}
