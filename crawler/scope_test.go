package crawler

import (
	"net/http"
	"testing"
)

func TestListFolder(t *testing.T) {
	for _, test := range []struct{ raw, want string }{
		{"https://h.example/pipermail/l/", "https://h.example/pipermail/l/"},
		{"https://h.example/pipermail/l", "https://h.example/pipermail/l/"},
		{" https://h.example/pipermail/l/index.html#top ", "https://h.example/pipermail/l/"},
		{"https://h.example/pipermail/l/2021-May/000001.html", "https://h.example/pipermail/l/2021-May/000001.html"},
		{"http://a.example/web/2022id_/http://h.example/pipermail/l/", "http://a.example/web/2022id_/http://h.example/pipermail/l/"},
		{"h.example/pipermail/l/", ""},
		{"ftp://h.example/l/", ""},
		{"/var/lib/mailman/l", ""},
		{"https://", ""},
		{"https://h.example/%zz", ""},
		{"", ""},
	} {
		got, err := listFolder(test.raw)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("listFolder(%q) = %q, %v; want %q", test.raw, got, err, test.want)
		}
	}
}

func TestH8Redirects(t *testing.T) {
	const list = "http://h.example/pipermail/l/"
	for _, test := range []struct {
		name, base, from, to string
		hops                 int
		ok                   bool
	}{
		{"contents page to https", "", list, "https://h.example/pipermail/l/", 1, true},
		{"contents page to another folder", "", list, "http://h.example/lists/l/", 1, true},
		{"contents page to another host", "", list, "http://other.example/pipermail/l/", 1, false},
		{"contents page to a file", "", list, "file:///etc/passwd", 1, false},
		{"page within the list", list, list + "2021-May/000001.html", list + "2021-May/000002.html", 1, true},
		{"page to https", list, list + "2021-May/000001.html", "https://h.example/pipermail/l/2021-May/000001.html", 1, true},
		{"page out of the list", list, list + "2021-May/000001.html", "http://h.example/login", 1, false},
		{"page to another host", list, list + "2021-May/000001.html", "http://other.example/pipermail/l/2021-May/000001.html", 1, false},
		{"page to a script", list, list + "2021-May/000001.html", "javascript:alert(1)", 1, false},
		{"loop", list, list + "2021-May/000001.html", list + "2021-May/000001.html", 10, false},
		{"robots.txt to another host", "", "http://h.example/robots.txt", "https://www.h.example/robots.txt", 1, true},
		{"robots.txt to a packed file", "", "http://h.example/robots.txt", "https://h.example/bomb.xml.gz", 1, false},
	} {
		from, _ := http.NewRequest(http.MethodGet, test.from, nil)
		to, err := http.NewRequest(http.MethodGet, test.to, nil)
		if err != nil {
			t.Fatal(err)
		}
		via := make([]*http.Request, test.hops)
		for i := range via {
			via[i] = from
		}
		if err := (scope{base: test.base}).redirect(to, via); (err == nil) != test.ok {
			t.Errorf("%s: error %v, want followed: %v", test.name, err, test.ok)
		}
	}
}
