package index

import (
	"slices"
	"strings"
)

// FieldOutlet is whose article a mail reports: the site of its URL, as Outlet
// gives it.
const FieldOutlet Field = "outlet"

// registries are the names below which countries let domains be registered:
// "example.co.uk" is somebody's, "co.uk" is nobody's.
//
// The public suffix list knows more. But it changes, and what it says would
// then differ between the messages of one index; and the package that has it
// loads all of net/http.
var registries = []string{
	"ac", "asn", "co", "com", "edu", "gob", "gouv", "gov", "govt", "gub", "info", "ltd", "me", "mil", "ne", "net", "nhs", "nic",
	"nom", "or", "org", "plc", "sch", "go",
}

// platforms are the domains below which everybody has a site of their own.
var platforms = []string{
	"appspot.com", "blogspot.com", "github.io", "gitlab.io", "herokuapp.com", "livejournal.com", "medium.com", "netlify.app",
	"pages.dev", "substack.com", "tumblr.com", "typepad.com", "vercel.app", "web.app", "wordpress.com",
}

// Outlet is the site that a URL or a host belongs to: of
// "https://www.example.co.uk/news" it is "example.co.uk", the domain that
// somebody registered. Of an address, or a name without dots, it is the host.
// It is empty where there is none.
func Outlet(link string) string {
	if _, rest, ok := strings.Cut(link, "://"); ok {
		link = rest
	}
	host := hostBefore(strings.TrimSpace(link))
	labels := strings.Split(host, ".")
	n := len(labels)
	if n < 3 || isDigit(host[len(host)-1]) {
		return host
	}
	own := 2
	if last := labels[n-1]; len(last) == 2 && slices.Contains(registries, labels[n-2]) || slices.Contains(platforms, labels[n-2]+"."+last) {
		own = 3
	}
	return strings.Join(labels[n-own:], ".")
}
