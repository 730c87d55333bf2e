package pipermail

import (
	"testing"

	"github.com/bxsearch/bxsearch/archive"
)

func TestLocate(t *testing.T) {
	const list = "http://lists.example.org/pipermail/users/"
	for _, tt := range []struct {
		name, u string
		want    Place
	}{
		{"contents", list, Place{Kind: archive.RawList, OK: true}},
		{"contents by name", list + "index.html", Place{Kind: archive.RawList, OK: true}},
		{"without the slash", "http://lists.example.org/pipermail/users", Place{Kind: archive.RawList, OK: true}},
		{"https is the same place", "https://LISTS.example.org/pipermail/users/2004-March/thread.html", Place{Kind: archive.RawPeriod, Group: "2004-March", OK: true}},
		{"message", list + "2004-March/000123.html", Place{Kind: archive.RawMessage, Group: "2004-March", Number: 123, OK: true}},
		{"message with a fragment", list + "2004-March/000123.html#start", Place{Kind: archive.RawMessage, Group: "2004-March", Number: 123, OK: true}},
		{"text file", list + "2004-March.txt.gz", Place{Kind: archive.RawText, Group: "2004-March", OK: true}},
		{"localised month", list + "2004-M%C3%A4rz/thread.html", Place{Kind: archive.RawPeriod, Group: "2004-März", OK: true}},
		{"years in folders", list + "2004/2004-March/000001.html", Place{Kind: archive.RawMessage, Group: "2004/2004-March", Number: 1, OK: true}},
		{"attachment", list + "attachments/20040301/1a2b3c4d/attachment.html", Place{Kind: archive.RawAttachment, OK: true}},
		{"another list", "http://lists.example.org/pipermail/users-de/2004-March/000123.html", Place{}},
		{"another host", "http://lists.example.com/pipermail/users/2004-March/000123.html", Place{}},
		{"case of the path", "http://lists.example.org/Pipermail/users/2004-March/000123.html", Place{}},
		{"out and back", list + "../users/2004-March/000123.html", Place{}},
		{"out, escaped", list + "%2e%2e/other/000123.html", Place{}},
		{"a query", list + "2004-March/000123.html?x=1", Place{}},
		{"not a number", list + "2004-March/abc.html", Place{}},
		{"a sign", list + "2004-March/-12.html", Place{}},
		{"a picture", list + "2004-March/a.png", Place{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := Locate(list, tt.u); got != tt.want {
				t.Errorf("Locate(%q) = %+v, want %+v", tt.u, got, tt.want)
			}
		})
	}
}

func TestP20PrefixWithInnerSlashes(t *testing.T) {
	const list = "http://archive.example.net/web/2022id_/http://lists.example.org/pipermail/users/"
	got := Locate(list, list+"2004-March/000123.html")
	if !got.OK || got.Number != 123 {
		t.Errorf("a message below the prefix: %+v", got)
	}
	if got := resolve(list, "2004-March/thread.html"); got != list+"2004-March/thread.html" {
		t.Errorf("resolved to %q", got)
	}
	if got := resolve(list+"2004-March/thread.html", "../2004-April/thread.html"); got != list+"2004-April/thread.html" {
		t.Errorf("resolved to %q", got)
	}
}

func TestH8LinksOfAllKinds(t *testing.T) {
	const page = "http://h.example/pipermail/users/2004-March/thread.html"
	for ref, want := range map[string]string{
		"000001.html":            "http://h.example/pipermail/users/2004-March/000001.html",
		"./000001.html#x":        "http://h.example/pipermail/users/2004-March/000001.html",
		"/a":                     "http://h.example/a",
		"//other.example/a":      "http://other.example/a",
		"https://x.example/":     "https://x.example/",
		"javascript:alert(1)":    "",
		"mailto:a@b.example":     "",
		"":                       "",
		"../../../../../etc/pwd": "http://h.example/../../etc/pwd",
	} {
		if got := resolve(page, ref); got != want {
			t.Errorf("resolve(%q) = %q, want %q", ref, got, want)
		}
	}
}
