package pipermail

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const overviewPage = `<HTML><HEAD><TITLE>lists.example.org Mailing Lists</TITLE></HEAD><BODY><table><tr><td colspan="2"><center><b>lists.example.org Mailing Lists</b></center></td></tr>
<tr><td colspan="2"><p>Welcome! Below is a listing. <a href="mailto:mailman@lists.example.org">mailman</a></td></tr>
<tr><td><strong>List</strong></td><td><strong>Description</strong></td></tr>
<tr bgcolor="#dddddd"><td><a href="listinfo/announce"><strong>Announce</strong></a></td><td><em>What is
 new</em></td></tr>
<tr><td><a href="http://lists.example.org/mailman/listinfo/Dev"><strong>Dev</strong></a></td><td><em>[no description available]</em></td></tr>
<tr><td><a href="listinfo/announce">again</a></td><td></td></tr>
</table></BODY></HTML>`

func TestOverviewOfASite(t *testing.T) {
	got := ParseOverview(Page{URL: "http://lists.example.org/mailman/listinfo", ContentType: "text/html", Body: []byte(overviewPage)})
	want := []Offer{
		{"announce", "What is new", "http://lists.example.org/mailman/listinfo/announce", "http://lists.example.org/pipermail/announce/"},
		{"dev", "[no description available]", "http://lists.example.org/mailman/listinfo/Dev", "http://lists.example.org/pipermail/dev/"},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestOverviewInAnotherLanguageAndPlace(t *testing.T) {
	page := "<html><head><title>Listes de diffusion</title></head><body><table><tr><td><a href=\"/cgi-bin/mailman/listinfo/nouvelles\">Nouvelles</a></td><td>Les actualit\xe9s</td></tr></table></body></html>"
	got := ParseOverview(Page{URL: "https://l.example/cgi-bin/mailman/listinfo/", ContentType: "text/html; charset=iso-8859-1", Body: []byte(page)})
	want := []Offer{{"nouvelles", "Les actualités", "https://l.example/cgi-bin/mailman/listinfo/nouvelles", "https://l.example/pipermail/nouvelles/"}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// The contents page's reader says what to do with an information page.
func TestInformationPagesInThePlaceOfAContentsPage(t *testing.T) {
	_, err := ParseListIndex(Page{URL: "http://lists.example.org/mailman/listinfo", ContentType: "text/html", Body: []byte(overviewPage)})
	npe, ok := errors.AsType[*NotPipermailError](err)
	if !ok || len(npe.Lists) != 2 || !strings.Contains(npe.Error(), "found a site's overview of its lists") {
		t.Errorf("a site's overview: %v", err)
	}
	for _, link := range []string{"http://lists.example.org/pipermail/announce/", "https://lists.example.org/mailman/private/announce/"} {
		page := fmt.Sprintf(`<html><head><title>Announce Info Page</title></head><body><table><tr><td>To see the collection visit the <a href="%s">Announce Archives</a>.
<a href="/mailman/listinfo">Overview of all lists</a><form method="POST" action="../subscribe/announce"><input type="password" name="pw"></form></td></tr></table></body></html>`, link)
		_, err := ParseListIndex(Page{URL: "http://lists.example.org/mailman/listinfo/announce", ContentType: "text/html", Body: []byte(page)})
		npe, ok := errors.AsType[*NotPipermailError](err)
		if !ok || npe.ListURL != link || npe.Found != "a list's information page" {
			t.Errorf("a list's information page: %v", err)
		}
	}
}

// H8: names that would lead elsewhere.
func TestH8OverviewWithHostileLinks(t *testing.T) {
	page := `<table><tr><td><a href="/mailman/listinfo/..">x</a></td></tr><tr><td><a href="/mailman/listinfo/a/b">x</a></td></tr>
<tr><td><a href="javascript:/listinfo/x">x</a></td></tr><tr><td><a href="/mailman/listinfo/%2e%2e%2fetc">x</a></td></tr><tr><td><a href="/mailman/listinfo/">x</a></td></tr></table>`
	if got := ParseOverview(Page{URL: "http://l.example/mailman/listinfo", Body: []byte(page)}); len(got) > 0 {
		t.Errorf("%+v", got)
	}
}

func FuzzOverview(f *testing.F) {
	f.Add([]byte(overviewPage))
	f.Fuzz(func(t *testing.T, body []byte) {
		p := Page{URL: "http://l.example/mailman/listinfo", ContentType: "text/html", Body: body}
		for _, o := range ParseOverview(p) {
			if o.Name == "" || !strings.HasSuffix(o.ArchiveURL, "/") || !strings.HasPrefix(o.ArchiveURL, "http") {
				t.Errorf("%+v", o)
			}
		}
		ArchiveLink(p)
		IsLogin(p)
	})
}
