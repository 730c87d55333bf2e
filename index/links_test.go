package index

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

func TestHostsOfLinks(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"see https://News.Example.COM/a?b=c.", "news.example.com example.com"},
		{"<http://example.org:8080/>, (https://a.example.net).", "example.org a.example.net example.net"},
		{"hxxps://evil[.]example/x", "evil.example"},
		{"http://user:secret@example.org/", "example.org"},
		{"ftp://user@files.example.org", "files.example.org example.org"},
		{"www.example.org and xwww.example.com", "www.example.org example.org"},
		{"http://10.1.2.3/x", "10.1.2.3"},
		{"http://x/login", "x"},
		{"http://bücher.example/", "bücher.example"},
		{"std://x foo://bar xhttp://no.example", ""},
		{"http:// ://x", ""},
		{"http://example.org http://example.org", "example.org"},
	} {
		t.Run(c.text, func(t *testing.T) {
			if got := strings.Join(appendHosts(nil, c.text), " "); got != c.want {
				t.Errorf("hosts %q, want %q", got, c.want)
			}
		})
	}
	t.Run("bounded", func(t *testing.T) {
		if n := len(appendHosts(nil, strings.Repeat("http://a.b.c.d.e.f.example http://g.h ", 1000)+many("http://", 1000))); n > maxHosts {
			t.Errorf("%d hosts of one message", n)
		}
	})
}

// many returns n links to different hosts.
func many(before string, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(before + strings.Repeat("x", i%50+1) + strings.Repeat("y", i/50+1) + ".example ")
	}
	return b.String()
}

func TestWhatMessagesHave(t *testing.T) {
	own := func(text string) *archive.Message {
		return &archive.Message{Body: text, Blocks: []archive.Block{{Kind: archive.BlockOwn, End: len(text)}}}
	}
	quoted := own("> http://example.org cve-2021-3156")
	quoted.Blocks[0].Kind = archive.BlockQuote
	for _, c := range []struct {
		name string
		m    *archive.Message
		want []string
	}{
		{"nothing", own("CVE-20 CVE-2021 CVE-2021- cve20213156 a-b"), nil},
		{"a vulnerability", own("see (CVE-2021-3156)"), []string{HasCVE}},
		{"in any case, behind another hyphen", own("e-mail about cve-2021-44228"), []string{HasCVE}},
		{"quoted", quoted, []string{HasCVE}},
		{"a link", own("see http://example.org"), []string{HasLink}},
		{"an article", &archive.Message{SourceURL: "https://example.org/cve-2021-3156.html"}, []string{HasLink, HasCVE}},
		{"attached", &archive.Message{Attachments: []archive.Attachment{{Text: "CVE-2021-3156"}}}, []string{HasAttachment, HasCVE}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, has := linked(c.m)
			if diff := cmp.Diff(c.want, has); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
