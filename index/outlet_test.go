package index

import (
	"testing"

	"golang.org/x/net/publicsuffix"
)

func TestOutlet(t *testing.T) {
	for link, want := range map[string]string{
		"https://www.News.Example.co.uk:443/a?b": "example.co.uk", "http://user@example.com/": "example.com", "example.org": "example.org",
		"https://blog.someone.github.io/x": "someone.github.io", "http://192.0.2.7/x": "192.0.2.7", "http://localhost/": "localhost",
		"http://evil[.]example.com/": "example.com", "http://co.uk/": "co.uk", "": "", "https:///": "", "two words": "two", "http://.../": "", "https://www.t.co/x": "t.co", "https://abcnews.go.com/": "go.com",
	} {
		if got := Outlet(link); got != want {
			t.Errorf("Outlet(%q) is %q, want %q", link, got, want)
		}
		if again := Outlet(Outlet(link)); again != Outlet(link) {
			t.Errorf("the outlet of %q is %q", Outlet(link), again)
		}
	}
}

// TestOutletsAreRegistered compares Outlet with the public suffix list over
// hosts of the kind that articles are on.
func TestOutletsAreRegistered(t *testing.T) {
	for _, host := range []string{
		"www.example.com", "edition.news.example.org", "www.example.co.uk", "news.example.com.au", "www.example.co.jp", "www3.example.or.jp",
		"example.com.br", "www.example.co.in", "www.example.gov.uk", "health.example.gov", "www.example.de", "m.example.fr", "blog.example.io",
		"www.example.co.nz", "www.example.govt.nz", "www.example.co.za", "economictimes.example.net", "www.example.com.sg", "example.ac.uk",
		"some.blogspot.com", "some.github.io", "www.example.gob.mx", "www.example.gouv.fr", "www.example.go.kr", "www.example.com.tr",
	} {
		want, err := publicsuffix.EffectiveTLDPlusOne(host)
		if got := Outlet(host); err != nil || got != want {
			t.Errorf("Outlet(%q) is %q, the list says %q, %v", host, got, want, err)
		}
	}
}
