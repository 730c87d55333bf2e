package index

import (
	"testing"

	"github.com/bxsearch/bxsearch/archive"
)

func TestAuthorsThatAreTheSame(t *testing.T) {
	for _, same := range [][]string{
		{"Ann Lee", "ann  lee", `"ANN" LEE`, "“Ann” Lee", "Ann, Lee", "Ann\u200b Lee", "Ann\x00Lee", "Ann Lee *"},
		{"Zoë Müller", "Zoe\u0308 Mu\u0308ller", "zoe muller"},
		{"ann@example.org", "<ANN@example.org>"},
		{"日本 太郎"},
		{"", "***", "-", "@"},
	} {
		want := authorTerm(same[0])
		for _, name := range same {
			if got := authorTerm(name); got != want {
				t.Errorf("%q is %q, but %q is %q", name, got, same[0], want)
			}
		}
	}
	if a, b := authorTerm("Ann Lee"), authorTerm("Ann Leeds"); a == b || a == "" {
		t.Errorf("%q and %q", a, b)
	}
}

func TestAuthor(t *testing.T) {
	for _, c := range []struct{ name, address, want string }{
		{"Ann  Lee", "ann@example.org", "Ann Lee"},
		{"", "ann@example.org", "ann@example.org"},
		{"***", "ann@example.org", "ann@example.org"},
		{"", "", ""},
	} {
		if got := author(&archive.Message{FromName: c.name, FromAddress: c.address}); got != c.want {
			t.Errorf("author of %q <%s> is %q, want %q", c.name, c.address, got, c.want)
		}
	}
}
