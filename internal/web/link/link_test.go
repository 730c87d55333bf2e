package link

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/search"
)

func TestNew(t *testing.T) {
	for _, c := range []struct{ name, public, home string }{
		{"nothing known", "", "/"},
		{"root", "/", "/"},
		{"path", "/lists", "/lists/"},
		{"path with a slash at its end", "/lists/", "/lists/"},
		{"origin", "https://example.org", "https://example.org/"},
		{"origin and path", "https://example.org:8443/a/b/", "https://example.org:8443/a/b/"},
		{"a path of odd characters", "/a%20b", "/a%20b/"},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, err := New(c.public)
			if err != nil {
				t.Fatal(err)
			}
			if got := l.Absolute(l.Home()); got != c.home {
				t.Errorf("home is at %q, want %q", got, c.home)
			}
		})
	}
	for _, bad := range []string{"lists", "example.org:80", "ftp://example.org", "https://", "https://u:p@example.org", "/x?y", "/x#y", "//example.org", "javascript:alert(1)", ":"} {
		if l, err := New(bad); err == nil {
			t.Errorf("New(%q) = %+v, want an error", bad, l)
		}
	}
}

func TestOriginOfARequest(t *testing.T) {
	l, _ := New("/lists")
	if got := l.WithOrigin("http://127.0.0.1:80"); got.Absolute(got.Help()) != "http://127.0.0.1:80/lists/help" {
		t.Errorf("help is at %s", got.Absolute(got.Help()))
	}
	l, _ = New("https://example.org")
	if got := l.WithOrigin("http://evil.example").Origin(); got != "https://example.org" {
		t.Errorf("a request moved the site to %s", got)
	}
}

func TestLinks(t *testing.T) {
	l, err := New("https://example.org/lists")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ got, want string }{
		{l.Message("abc", HTML), "/lists/m/abc"},
		{l.Message("abc", Markdown), "/lists/m/abc.md"},
		{l.MessagePart("abc", 1), "/lists/m/abc"},
		{l.MessagePart("abc", 3), "/lists/m/abc?part=3"},
		{l.MessageID("a/b?c#d%@e"), "/lists/mid/a%2Fb%3Fc%23d%25@e"},
		{l.Thread("abc", MboxGzip), "/lists/t/abc.mbox.gz"},
		{l.ThreadPage("abc", false, 1), "/lists/t/abc"},
		{l.ThreadPage("abc", true, 2), "/lists/t/abc?page=2&view=flat"},
		{l.List("a b/c"), "/lists/l/a%20b%2Fc/"},
		{l.Period("news", "2021-03", ""), "/lists/l/news/2021-03"},
		{l.Period("news", Undated, "x/y"), "/lists/l/news/undated?after=x%2Fy"},
		{l.People(""), "/lists/p/"},
		{l.People("news"), "/lists/p/?list=news"},
		{l.Static("a.css"), "/lists/static/a.css"},
		{l.Watch("a/b"), "/lists/watch/a%2Fb.atom"},
		{l.API("search"), "/lists/api/v1/search"},
		{l.OpenAPI() + l.LLMs() + l.MCP(), "/lists/openapi.json/lists/llms.txt/lists/mcp"},
		{l.Search(search.Query{}, HTML), "/lists/search"},
		{l.Search(search.Query{Text: "a&b", Sort: search.ByRelevance, Group: search.GroupCopy, Limit: 20}, Atom), "/lists/search.atom?q=a%26b"},
		{l.Absolute(l.Home()), "https://example.org/lists/"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestSearchThereAndBack(t *testing.T) {
	q := search.Query{Text: `"a b" -c:d`, Like: "m1", SimilarSubject: "<x@y>", Sort: search.ByDateDesc, Group: search.GroupThread, After: "cur", Limit: 7}
	got, err := ReadSearch(SearchValues(q))
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(q, got); d != "" {
		t.Errorf("another search came back (-want +got):\n%s", d)
	}
}

func TestReadSearchRefuses(t *testing.T) {
	for _, v := range []url.Values{
		{"limit": {"0"}}, {"limit": {"101"}}, {"limit": {"x"}}, {"limit": {"1e9"}},
		{"q": {strings.Repeat("x", maxText+1)}}, {"after": {strings.Repeat("x", maxRef+1)}},
	} {
		var wrong *ParamError
		if _, err := ReadSearch(v); !errors.As(err, &wrong) || v[wrong.Name] == nil {
			t.Errorf("%.40v: got %v, want an error that names the parameter", v, err)
		}
	}
}

func FuzzReadSearch(f *testing.F) {
	f.Add("q=a+b&sort=-date&limit=3&after=xyz")
	f.Add("q=%00&group=thread;like=<a@b>")
	f.Fuzz(func(t *testing.T, raw string) {
		v, _ := url.ParseQuery(raw)
		q, err := ReadSearch(v)
		if err != nil {
			return
		}
		again, err := ReadSearch(SearchValues(q))
		if err != nil {
			t.Fatalf("%q: what was written cannot be read: %v", raw, err)
		}
		// A default that was given and one that was left out are the same.
		if d := cmp.Diff(SearchValues(q), SearchValues(again)); d != "" {
			t.Errorf("%q is another search when read again:\n%s", raw, d)
		}
	})
}
