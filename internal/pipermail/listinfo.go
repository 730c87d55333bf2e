package pipermail

import (
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// maxOffers bounds an overview (H8).
const maxOffers = 20_000

// Offer is a list as its site's overview, Mailman's listinfo page, shows it.
type Offer struct {
	Name        string
	Description string
	InfoURL     string // the list's own listinfo page
	ArchiveURL  string // where its archive is; a guess unless its own page says so
}

// ParseOverview reads the page on which a site shows its lists, in any
// language and theme: rows with a link to listinfo/NAME. It returns nothing
// for any other page.
func ParseOverview(p Page) []Offer {
	doc, _, err := p.document()
	if err != nil {
		return nil
	}
	return overview(doc, p.URL)
}

func overview(doc *goquery.Document, pageURL string) []Offer {
	var offers []Offer
	seen := map[string]bool{}
	doc.Find(`td a[href*="listinfo/"], li a[href*="listinfo/"]`).Each(func(_ int, a *goquery.Selection) {
		// The page is known with and without a slash at its end.
		info := strings.Replace(resolve(pageURL, a.AttrOr("href", "")), "/listinfo/listinfo/", "/listinfo/", 1)
		before, name, ok := cutListinfo(info)
		if !ok || seen[name] || len(offers) >= maxOffers {
			return
		}
		seen[name] = true
		offers = append(offers, Offer{
			Name: name, InfoURL: info, ArchiveURL: before + "/pipermail/" + url.PathEscape(name) + "/",
			Description: line(a.Closest("td").NextFiltered("td").Text()),
		})
	})
	return offers
}

// cutListinfo takes the URL of a list's information page apart: what comes
// before Mailman's own folders, and the list's name.
func cutListinfo(u string) (before, name string, ok bool) {
	before, name, ok = strings.Cut(u, "/listinfo/")
	name, _, _ = strings.Cut(name, "?")
	if n, err := url.PathUnescape(name); err == nil {
		name = n
	}
	name = strings.ToLower(strings.TrimSuffix(name, "/"))
	if !ok || name == "" || strings.ContainsAny(name, "/\\") || !strings.HasPrefix(u, "http") || strings.Trim(name, ".") == "" {
		return "", "", false
	}
	for _, folder := range []string{"/mailman", "/cgi-bin"} {
		before = strings.TrimSuffix(before, folder)
	}
	return before, name, true
}

// ArchiveLink finds the list's archive on its information page, public or
// private. It is empty if there is none.
func ArchiveLink(p Page) string {
	doc, _, err := p.document()
	if err != nil {
		return ""
	}
	return archiveLink(doc, p.URL)
}

func archiveLink(doc *goquery.Document, pageURL string) string {
	found := ""
	doc.Find(`a[href*="/pipermail/"], a[href*="/private/"]`).EachWithBreak(func(_ int, a *goquery.Selection) bool {
		found = resolve(pageURL, a.AttrOr("href", ""))
		return found == ""
	})
	return found
}
