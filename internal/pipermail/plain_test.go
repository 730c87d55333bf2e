package pipermail

import (
	"strings"
	"testing"
)

// TestPlainArticle holds that the pages Pipermail writes need no tree, and
// that what it does not write gets one.
func TestPlainArticle(t *testing.T) {
	for _, test := range []struct {
		name, source, want string
		plain              bool
	}{
		{"as written", "\n<PRE>1 &lt; 2\n&gt;<i> x <A HREF=\"http://a.example/?a&lt=1\">link</A>\n</I></PRE>\n\n", "1 < 2\n> x link\n\n\n", true},
		{"bare signs", "<PRE>a < b &amp c <3</PRE>", "a < b & c <3", true},
		{"line break after PRE", "<PRE>\n\nx</PRE>", "\nx", true},
		{"paragraphs", "<PRE>a<P>b<BR>c</P>d</PRE>", "a\nb\ncd", true},
		{"carriage returns", "<PRE>a\r\nb\rc</PRE>", "a\nb\nc", true},
		{"no-break space", "<PRE>a&nbsp;b</PRE>", "a b", true},
		{"table", "<PRE>a<TABLE>b<TR><TD>c</TABLE></PRE>", "abc", false},
		{"comment", "<PRE>a<!-- b -->c</PRE>", "ac", false},
		{"script", "<PRE>a<SCRIPT>b</SCRIPT>c</PRE>", "ac", false},
		{"cut off in a tag", "<PRE>a<A HREF=\"http:", "a", false},
		{"attributes", "<PRE>a<A NAME=x HREF=\"y\">b</A></PRE>", "ab", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := articleText(test.source); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if _, ok := plainArticle(test.source); ok != test.plain {
				t.Errorf("plain is %v, want %v", ok, test.plain)
			}
		})
	}
}

// FuzzPlain holds that reading without a tree gives what the tree gives.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{
		"<PRE>a <I>b</I><A HREF=\"c\">d</A></PRE>\n", "\n<pre>\n\n&lt;x&#13;\n<p>y</p><br>z</pre><pre>\nq", "<i><p>a</i>b</p></pre>", "</a>\n x",
		"<H1>a &amp; b</H1>\n<B>c</B> <A HREF=\"d?e&amp;f&lt=g\"\n TITLE=\"h\">i\n</A><BR>\n<I>j</I>", "<h1>a<b>b</b></h1><a>x</a><i>y</i>",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, ok := plainArticle(s); ok {
			if want := treeText(s); got != want {
				t.Errorf("article %q\nplain %q\ntree  %q", s, got, want)
			}
		}
		if i := strings.Index(s, "<H1>"); i >= 0 {
			s = s[i:]
		}
		got, ok := plainHead(s)
		want, err := treeHead(s)
		if ok && err == nil && got != want {
			t.Errorf("head %q\nplain %+v\ntree  %+v", s, got, want)
		}
	})
}
