package clean

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"
)

// mailHTML is the HTML twin of a mail, and mailWords what it says.
const (
	mailHTML  = "<html><head><style>p {color: red}</style></head>\n<body><p style=\"margin:0\">Records of\n3,000 clients &amp; more.</p>\n\t<p>Read <a href=\"https://news.example/a?b=1&amp;c=2\">the report</a>.&nbsp;<br>Ann</p></body></html>\n"
	mailWords = "Records of 3,000 clients & more.\n\nRead the report.\nAnn"
)

// escapedAttachment writes HTML as Mailman's scrubber does: space and tab are
// how it writes those, brk how it joins lines.
func escapedAttachment(source, space, tab, brk string) string {
	s := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(strings.TrimSuffix(source, "\n"))
	s = strings.NewReplacer(" ", space, "\t", strings.Repeat(tab, 8), "\n", brk).Replace(s)
	return "<tt>\n" + s + "\n</tt>\n"
}

func TestP6EverySanitizerSetting(t *testing.T) {
	nbsp := "&nbsp;"
	tests := []struct{ name, in, kind, want string }{
		{"escaped", escapedAttachment(mailHTML, nbsp, nbsp, "<br>\n"), "html", mailWords},
		{"escaped, older: no semicolons", escapedAttachment(mailHTML, "&nbsp", "&nbsp", "<br>\n"), "html", mailWords},
		{"escaped, upper case, lines joined by BR alone", escapedAttachment(mailHTML, nbsp, nbsp, "<BR>"), "html", mailWords},
		{"escaped, in capitals", strings.NewReplacer("<tt>", "<TT>", "</tt>", "</TT>").Replace(escapedAttachment(mailHTML, nbsp, nbsp, "<BR>\n")), "html", mailWords},
		{"raw", mailHTML, "html", mailWords},
		{"raw, no page round it", "Records &lt;here&gt; <b>and</b>\nthere<br>Ann", "html", "Records <here> and there\nAnn"},
		{"an outer HTML mail in PRE", "<PRE>" + strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(mailHTML) + "</PRE>\n", "html", mailWords},
		{"escaped, nothing round it", strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(mailHTML), "html", mailWords},
		{"escaped text without a tag", "<tt>\nTwo&nbsp;words,<br>\ntwo&nbsp;&nbsp;lines\n</tt>\n", "html", "Two words,\ntwo  lines"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, text, err := ReadAttachment(Attached{Body: []byte(tt.in), Notice: "html"})
			if err != nil || kind != tt.kind {
				t.Fatalf("kind %s, error %v", kind, err)
			}
			if diff := cmp.Diff(tt.want, text); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestP5TheBytesSayWhatItIs(t *testing.T) {
	tests := []struct{ name, in, notice, kind, text string }{
		{"HTML under a notice of text", mailHTML, "text", "html", mailWords},
		{"text under a notice of HTML", "Only words.\n", "html", "text", "Only words."},
		{"a script", "#!/bin/ksh\nif [ $a -lt 3 ]; then\n\techo \"<b>\"\nfi\n", "text", "text", "#!/bin/ksh\nif [ $a -lt 3 ]; then\n\techo \"<b>\"\nfi"},
		{"a patch of a page", "--- a.html\n+++ a.html\n-<html>\n+<html lang=\"en\">\n", "text", "text", "--- a.html\n+++ a.html\n-<html>\n+<html lang=\"en\">"},
		{"a picture under a notice of HTML", "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "html", "binary", ""},
		{"a PDF", "%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\n", "text", "binary", ""},
		{"zeros", "words\x00words", "text", "binary", ""},
		{"control characters", "\x01\x02\x03\x04words", "text", "binary", ""},
		{"a signature", "-----BEGIN PGP SIGNATURE-----\nVersion: GnuPG v1\n\nabc\n-----END PGP SIGNATURE-----\n", "text", "binary", ""},
		{"UTF-16 with its mark", "\xff\xfeW\x00o\x00r\x00t\x00 \x00\xe4\x00", "text", "text", "Wort ä"},
		{"UTF-8 with its mark", "\xef\xbb\xbfWort", "text", "text", "Wort"},
		{"nothing", "", "html", "text", ""},
		{"a page behind a prolog", "<?xml version=\"1.0\"?>\n<!-- made -->\n<html><body><p>One</p></body></html>", "text", "html", "One"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, text, err := ReadAttachment(Attached{Body: []byte(tt.in), Notice: tt.notice})
			if err != nil || kind != tt.kind || text != tt.text {
				t.Errorf("got %s %q, error %v; want %s %q", kind, text, err, tt.kind, tt.text)
			}
		})
	}
}

func TestAttachedMessageShowsHeadAndText(t *testing.T) {
	simple := "From: =?iso-8859-1?Q?J=FCrgen?= <j@mail.example>\nTo: all@list.example\nReceived: from a by b\nDate: Tue, 5 Jan 2021 10:00:00 +0100\nSubject: A =?utf-8?q?=E2=82=AC?=\n\tquestion\n\nWhat does it cost?\n"
	want := "From: Jürgen <j@mail.example>\nTo: all@list.example\nDate: Tue, 5 Jan 2021 10:00:00 +0100\nSubject: A € question\n\nWhat does it cost?"
	nested := "Return-Path: <x>\nFrom: a@b.example\nSubject: s\nContent-Type: multipart/alternative; boundary=\"zz zz\"\n\n--zz zz\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\nCaf=C3=A9 =\nopen\n--zz zz\nContent-Type: text/html\n\n<p>twin</p>\n--zz zz--\n"
	page := "From: a@b.example\nSubject: s\nContent-Type: text/html\n\n<html><body><p>One</p><p>Two</p></body></html>\n"
	tests := []struct{ name, in, want string }{
		{"as sent", simple, want},
		{"escaped by the server", strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace(simple), want},
		{"with its separator and DOS lines", strings.ReplaceAll("From j@mail.example  Tue Jan  5 10:00:00 2021\n"+simple, "\n", "\r\n"), want},
		{"a multipart", nested, "From: a@b.example\nSubject: s\n\nCafé open\n\ntwin"},
		{"HTML only", page, "From: a@b.example\nSubject: s\n\nOne\n\nTwo"},
		{"head only", "From: a@b.example\nSubject: s\n", "From: a@b.example\nSubject: s"},
	}
	latin1 := func(b []byte, declared []string) string {
		if len(declared) > 0 && declared[0] == "iso-8859-1" {
			s, _ := charmap.ISO8859_1.NewDecoder().String(string(b))
			return s
		}
		return string(b)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			kind, text, err := ReadAttachment(Attached{Body: []byte(tt.in), Notice: "message", Decode: latin1})
			if err != nil || kind != "message" {
				t.Fatalf("kind %s, error %v", kind, err)
			}
			if diff := cmp.Diff(tt.want, text); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

func TestAttachmentNamesItsCharset(t *testing.T) {
	tests := []struct{ name, body, contentType, want string }{
		{"in its own META, escaped", escapedAttachment("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=koi8-r\">", "&nbsp;", "&nbsp;", "<br>\n"), "text/html; charset=utf-8", "koi8-r"},
		{"in its own META", `<meta charset="windows-1251">`, "", "windows-1251"},
		{"by the server", "words", "text/plain; charset=iso-8859-15", "iso-8859-15"},
		{"nowhere", "words", "text/plain", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			_, _, err := ReadAttachment(Attached{Body: []byte(tt.body), ContentType: tt.contentType, Decode: func(b []byte, declared []string) string {
				if len(declared) > 0 {
					got = declared[0]
				}
				return string(b)
			}})
			if err != nil || got != tt.want {
				t.Errorf("asked for %q, error %v, want %q", got, err, tt.want)
			}
		})
	}
}

// One broken byte must not turn all others into those of another charset.
func TestP15BrokenUTF8StaysUTF8(t *testing.T) {
	never := func([]byte, []string) string { return "decoded otherwise" }
	good := strings.Repeat("Größe ", 20)
	if _, text, _ := ReadAttachment(Attached{Body: []byte(good + "\xff end"), Decode: never}); text != good+"\ufffd end" {
		t.Errorf("got %q", text)
	}
	if _, text, _ := ReadAttachment(Attached{Body: []byte("Gr\xf6\xdfe"), Decode: never}); text != "decoded otherwise" {
		t.Errorf("bytes of another charset: %q", text)
	}
}

func TestNothingUnseenIsInAnAttachment(t *testing.T) {
	in := "<html><body><div style=\"display: none; max-height:0\">preheader</div><p>Zero\u200bwidth,\u00adsoft\u00a0hard\u202fnarrow &zwnj;&nbsp;&zwnj;</p><p>می\u200cخواهم</p><script>x()</script><!-- [if mso]>mso<![endif] --></body></html>"
	_, text, _ := ReadAttachment(Attached{Body: []byte(in)})
	if want := "Zerowidth,soft hard narrow\n\nمی\u200cخواهم"; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
}

func TestQuotesOfHTMLAreMarked(t *testing.T) {
	in := `<div>I think so.</div><div class="gmail_quote">Bob wrote:<blockquote class="gmail_quote" style="border-left:1px solid">One two<br>three
<blockquote type="cite"><p>inner</p><p>words</p></blockquote></blockquote></div><blockquote>indented</blockquote>`
	_, text, _ := ReadAttachment(Attached{Body: []byte(in), Notice: "html"})
	want := "I think so.\nBob wrote:\n\n> One two\n> three\n>\n> > inner\n> >\n> > words\n\nindented"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestNewsletterLosesItsChoresAndNothingElse(t *testing.T) {
	in := `<table><tr><td><a href="https://t.example/v">View this email in your browser</a></td></tr>
<tr><td><h1>Breach at a clinic</h1><p>Somebody took the records. We tell how to unsubscribe from fear.</p></td></tr>
<tr><td>You get this as a customer. <a href="https://t.example/u">Unsubscribe</a> | <a href="https://t.example/p">Privacy</a></td></tr></table>`
	_, text, _ := ReadAttachment(Attached{Body: []byte(in), Notice: "html"})
	if want := "Breach at a clinic\n\nSomebody took the records. We tell how to unsubscribe from fear."; text != want {
		t.Errorf("got %q, want %q", text, want)
	}
	// A mail about nothing but that keeps its words.
	if _, text, _ := ReadAttachment(Attached{Body: []byte(`<p>Please <a href="mailto:x">unsubscribe</a> me.</p>`), Notice: "html"}); text != "Please unsubscribe me." {
		t.Errorf("a mail lost its words: %q", text)
	}
}

func TestWebPageGivesItsArticle(t *testing.T) {
	words := strings.Repeat("<p>The clinic said that records of patients had been taken, with names and dates of birth, and that it would write to each of them.</p>\n", 8)
	in := "<!DOCTYPE html><html><head><title>News</title></head><body><nav><ul><li><a href=/a>Home</a></li><li><a href=/b>Sport</a></li></ul></nav>" +
		"<main><article><h1>Breach at a clinic</h1>" + words + "</article></main><aside>Buy our paper</aside><footer>All rights reserved</footer></body></html>"
	_, text, _ := ReadAttachment(Attached{Body: []byte(in)})
	if strings.Count(text, "The clinic said") != 8 {
		t.Errorf("the article is not whole: %q", text)
	}
	for _, chrome := range []string{"Home", "Sport", "Buy our paper", "All rights reserved"} {
		if strings.Contains(text, chrome) {
			t.Errorf("%q is no part of the article", chrome)
		}
	}
}

func TestAttachmentIsBounded(t *testing.T) {
	long := strings.Repeat("ein schönes Wort\n", maxAttached/16)
	kind, text, err := ReadAttachment(Attached{Body: []byte(long)})
	if kind != "text" || !errors.Is(err, ErrLong) || len(text) > maxAttachedText || len(text) < maxAttachedText-20 {
		t.Errorf("%s of %d bytes, error %v", kind, len(text), err)
	}
	if strings.Contains(text, "\ufffd") {
		t.Error("the cut broke a character")
	}
	deep := strings.Repeat("<div>", 100_000) + "words"
	if _, text, _ := ReadAttachment(Attached{Body: []byte(deep), Notice: "html"}); text != "words" {
		t.Errorf("tags nested deep leave %.40q", text)
	}
}

func FuzzReadAttachment(f *testing.F) {
	f.Add([]byte(mailHTML), "text/html", "html")
	f.Add([]byte(escapedAttachment(mailHTML, "&nbsp;", "&nbsp", "<br>\n")), "", "html")
	f.Add([]byte("From: a\nSubject: b\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\nc\n--x--\n"), "message/rfc822", "message")
	f.Add([]byte("<main><article><p>words</p></article><nav>a</nav></main>"), "", "text")
	f.Add([]byte("\xff\xfea\x00\x00\xd8"), "", "text")
	f.Fuzz(func(t *testing.T, body []byte, contentType, notice string) {
		a := Attached{Body: body, ContentType: contentType, Notice: notice}
		kind, text, err := ReadAttachment(a)
		if err != nil && !errors.Is(err, ErrLong) || len(text) > maxAttachedText || kind == "binary" && text != "" {
			t.Errorf("%s of %d bytes, error %v", kind, len(text), err)
		}
		if strings.ContainsAny(text, "\x00\u00a0\u200b\r") {
			t.Errorf("characters left in %q", text)
		}
		if again, other, _ := ReadAttachment(a); again != kind || other != text {
			t.Error("read twice, it says two things")
		}
	})
}
