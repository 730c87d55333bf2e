package pipermail

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

// messageHTML is a message page; link is the answer link's query.
func messageHTML(charset, article, link string) []byte {
	return page09("Hello", "Ann", "ann at example.org", "Mon Mar  1 11:00:00 CET 2010", charset, article, link)
}

func page09(subject, author, address, date, charset, article, link string) []byte {
	meta := ""
	if charset != "" {
		meta = `<META http-equiv="Content-Type" content="text/html; charset=` + charset + `">`
	}
	return []byte(`<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2//EN">
<HTML> <HEAD> <TITLE> ` + subject + `
   </TITLE> <LINK REL="Index" HREF="index.html" >
   <LINK REL="made" HREF="mailto:users%40example.org` + link + `">
   <META NAME="robots" CONTENT="index,nofollow"> ` + meta + ` </HEAD>
 <BODY BGCOLOR="#ffffff"> <H1>` + subject + `</H1>
    <B>` + author + `</B>
    <A HREF="mailto:users%40example.org` + link + `"
       TITLE="` + subject + `">` + address + `
       </A><BR>
    <I>` + date + `</I>
    <P><UL> <LI>Next message: <A HREF="000002.html">Hello</A></li> </UL>
    <HR>
<!--beginarticle-->
<PRE>` + article + `
</PRE>

<!--endarticle-->
    <HR>
    <P><UL> <!--threads--> <LI>Next message: <A HREF="000002.html">Hello</A></li> </UL>
</body></html>
`)
}

const ownLink = "?Subject=Re%3A%20Hello&In-Reply-To=%3Ca1%40example.org%3E"

func TestMessagePage(t *testing.T) {
	m, ok := readMessagePage(Page{Body: messageHTML("us-ascii", "Hello &lt;World&gt; &amp; <A HREF=\"http://x.example/\">http://x.example/</A>\n\n&gt;<i> quoted\n</I>&gt;<i> more\n</I>\nbye", ownLink)})
	if !ok {
		t.Fatal("not read")
	}
	want := messagePage{subject: "Hello", author: "Ann", address: "ann@example.org", date: "Mon Mar 1 11:00:00 CET 2010",
		replyTo: "a1@example.org", hasReply: true, text: "Hello <World> & http://x.example/\n\n> quoted\n> more\n\nbye\n\n\n", charset: "us-ascii",
		fallback: "Mon Mar 1 11:00:00 CET 2010\nAnn ann at example.org\nHello"}
	if d := cmp.Diff(want, m, cmp.AllowUnexported(messagePage{})); d != "" {
		t.Error(d)
	}
}

func TestPipermail005Page(t *testing.T) {
	body := `<HTML><HEAD><TITLE> [List] check it.</TITLE><LINK REL="Index" HREF="index.html" ><LINK REL="made" HREF="mailto:ann%40example.org"></HEAD>
<BODY><H1>[List] check it.</H1> <B>Ann Other</B> <A HREF="mailto:ann%40example.org" TITLE="x">ann@example.org</A><BR>
<I>Sun, 15 Aug 1999 03:54:06 -0400 (EDT)</I><P><UL></UL><HR>
<!--beginarticle-->
<PRE>text
</pre>

<!--endarticle-->`
	m, ok := readMessagePage(Page{Body: []byte(body)})
	if !ok || m.address != "ann@example.org" || m.hasReply || strings.TrimSpace(m.text) != "text" || m.date != "Sun, 15 Aug 1999 03:54:06 -0400 (EDT)" {
		t.Errorf("%v %+v", ok, m)
	}
}

func TestP15Charsets(t *testing.T) {
	russian := "\xf0\xd2\xc9\xd7\xc5\xd4, \xcb\xc1\xcb \xc4\xc5\xcc\xc1? \xf5\xd4\xc5\xde\xcb\xc1 \xc4\xc1\xce\xce\xd9\xc8 \xd7 \xcb\xcf\xcd\xd0\xc1\xce\xc9\xc9 \xc2\xd9\xcc\xc1 \xcf\xc2\xce\xc1\xd2\xd5\xd6\xc5\xce\xc1 \xd7\xde\xc5\xd2\xc1 \xd7\xc5\xde\xc5\xd2\xcf\xcd."
	for _, tt := range []struct{ name, charset, article, want string }{
		{"declared", "iso-8859-2", "\xe9vfolyam \xf5", "évfolyam ő"},
		{"none, UTF-8", "", "caf\xc3\xa9", "café"},
		{"lying: us-ascii over UTF-8", "us-ascii", "caf\xc3\xa9", "café"},
		{"lying: iso-8859-1 over UTF-8", "iso-8859-1", "caf\xc3\xa9", "café"},
		{"lying: us-ascii over KOI8-R", "us-ascii", russian, "Привет, как дела? Утечка данных в компании была обнаружена вчера вечером."},
		{"broken name", "3Diso-8859-1", "caf\xe9", "café"},
		{"unknown name", "x-unknown", "caf\xe9", "café"},
		{"iso-8859-1 means windows-1252", "iso-8859-1", "\x93so\x94", "“so”"},
		{"iso-8859-2 with a dash of Windows", "iso-8859-2", "\xe9vfolyam \x96 \xf5", "évfolyam – ő"},
		{"iso-8859-2 with letters of Windows", "iso-8859-2", "\x9ekola, \x9akoda, \xbeena", "žkola, škoda, ľena"},
		{"iso-8859-7 with marks of Windows", "iso-8859-7", "\x93\xed\xe1\xe9\x94", "“ναι”"},
		{"EUC-JP with a letter cut in two", "euc-jp", strings.Repeat("\xa4\xa2\xa4\xa4", 12) + "\xa4\n\xa4\xa2", strings.Repeat("あい", 12) + "¤\nあ"},
		{"declared, but half of it is not", "euc-jp", "caf\xe9 na\xefve d\xe9j\xe0 \xa4\xa2", "café naïve déjà ¤¢"},
		{"EUC-JP", "euc-jp", "\xa4\xa2\xa4\xa4", "あい"},
		{"declared UTF-8, but is not", "utf-8", "caf\xe9 au lait", "café au lait"},
		{"UTF-8 with other bytes pasted in", "us-ascii", "\xc3\x8d \xc3\xb3rdenes ser\xc3\xa1n m\xc3\xa1s Jer\xe1rquico", "Í órdenes serán más Jerárquico"},
		{"UTF-8 that quotes declared bytes", "iso-8859-1", "se borr\xc3\xb3 aqu\xc3\xad, no s\xc3\xa9 m\xc3\xa1s\n&gt; relaci\xf3n", "se borró aquí, no sé más\n> relación"},
		{"entities", "us-ascii", "caf&#233; &#1087;", "café п"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m, ok := readMessagePage(Page{Body: messageHTML(tt.charset, tt.article, "")})
			if got := strings.TrimSpace(m.text); !ok || got != tt.want {
				t.Errorf("got %q (%s), want %q", got, m.charset, tt.want)
			}
		})
	}
}

// The template may be in one charset and the article in another.
func TestP15OneMessagesBytesDecide(t *testing.T) {
	b := page09("M\xe4rz", "J\xf6rg", "j at example.org", "Mon Mar  1 11:00:00 CET 2010", "iso-8859-1", "na\xc3\xafve", "")
	m, _ := readMessagePage(Page{Body: b})
	if m.subject != "März" || m.author != "Jörg" || strings.TrimSpace(m.text) != "naïve" {
		t.Errorf("%q %q %q", m.subject, m.author, m.text)
	}
}

func TestP14NamesAreDecoded(t *testing.T) {
	b := page09("=?utf-8?b?Z3LDvG4=?= =?iso-8859-1?q?_bla=FC?=", "Philippe =?iso-8859-1?q?Lafor=EAt?=", "(no email)", "x", "us-ascii", "text", "")
	m, _ := readMessagePage(Page{Body: b})
	if got := decodeWords("[list] =?utf-8?q?n=FAmero?= caf=E9"); got != "[list] número caf=E9" {
		t.Errorf("an encoded word that lies about its charset: %q", got)
	}
	if m.subject != "grün blaü" || m.author != "Philippe Laforêt" || m.address != "" {
		t.Errorf("%q %q %q", m.subject, m.author, m.address)
	}
}

func TestDamagedPages(t *testing.T) {
	whole := string(messageHTML("us-ascii", "first\nsecond", ""))
	cut := whole[:strings.Index(whole, "second")]
	m, ok := readMessagePage(Page{Body: []byte(cut)})
	if !ok || strings.TrimSpace(m.text) != "first" || len(m.problems) != 1 {
		t.Errorf("cut off: %v %+v", ok, m)
	}
	bare := strings.NewReplacer("<!--beginarticle-->", "", "<!--endarticle-->", "").Replace(whole)
	m, ok = readMessagePage(Page{Body: []byte(bare)})
	if !ok || strings.TrimSpace(m.text) != "first\nsecond" {
		t.Errorf("without marks: %v %+v", ok, m)
	}
	if _, ok := readMessagePage(Page{Body: []byte("<title>Making sure you're not a bot!</title>")}); ok {
		t.Error("a wall was read as a message")
	}
	deep := string(messageHTML("us-ascii", strings.Repeat("<b>", 5000)+"deep text", ""))
	m, ok = readMessagePage(Page{Body: []byte(deep)})
	if !ok || !strings.Contains(m.text, "deep text") {
		t.Errorf("nested beyond the parser's bound: %v %.80q", ok, m.text)
	}
}

// group makes a period out of pages by file name.
func group(pages map[string][]byte) archive.Group {
	g := archive.Group{List: archive.ListInfo{Name: "users", URL: contentsURL}, Name: "2010-March"}
	for _, name := range []string{"thread.html", "000001.html", "000002.html", "000003.html"} {
		if b, ok := pages[name]; ok {
			kind := archive.RawMessage
			if name == "thread.html" {
				kind = archive.RawPeriod
			}
			g.Raws = append(g.Raws, archive.Raw{URL: contentsURL + "2010-March/" + name, Kind: kind, Size: int64(len(b))})
		}
	}
	g.Body = func(r archive.Raw) ([]byte, error) { return pages[r.URL[strings.LastIndexByte(r.URL, '/')+1:]], nil }
	return g
}

func parse(t *testing.T, pages map[string][]byte, total archive.Evidence) ([]archive.Parsed, []archive.Problem, archive.Evidence) {
	t.Helper()
	var out []archive.Parsed
	var problems []archive.Problem
	ev, err := Parser{}.Parse(context.Background(), group(pages), total,
		func(p archive.Parsed) error { out = append(out, p); return nil },
		func(p archive.Problem) { problems = append(problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	return out, problems, ev
}

func link(id string) string {
	if id == "" {
		return "?Subject=x&In-Reply-To="
	}
	return "?Subject=x&In-Reply-To=%3C" + strings.ReplaceAll(id, "@", "%40") + "%3E"
}

func TestP7WhoseMessageID(t *testing.T) {
	type ids struct{ id, reply string }
	for _, tt := range []struct {
		name  string
		rows  string
		links [3]string
		want  [3]ids
	}{
		{"own, newer archives", threadRow("0 01267437600.1-", "000001.html", "a", "A") + threadRow("1 01267437600.1-01267437660.2-", "000002.html", "a", "B") + threadRow("0 01267437720.3-", "000003.html", "b", "C"),
			[3]string{"a@x", "b@x", "c@x"}, [3]ids{{"a@x", ""}, {"b@x", ""}, {"c@x", ""}}},
		{"the parent's, IDs in the index", threadRow("0 01267437600/a@x-", "000001.html", "a", "A") + threadRow("1 01267437600/a@x-01267437660/b@x-", "000002.html", "a", "B") + threadRow("0 01267437720/c@x-", "000003.html", "b", "C"),
			[3]string{"", "a@x", "gone@x"}, [3]ids{{"a@x", ""}, {"b@x", "a@x"}, {"c@x", "gone@x"}}},
		{"the parent's, no IDs anywhere", threadRow("0 01267437600-", "000001.html", "a", "A") + threadRow("1 01267437600-01267437660-", "000002.html", "a", "B") + threadRow("0 01267437720-", "000003.html", "b", "C"),
			[3]string{"", "a@x", ""}, [3]ids{{"", ""}, {"", "a@x"}, {"", ""}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pages := map[string][]byte{"thread.html": []byte(threadHTML(tt.rows))}
			for i, l := range tt.links {
				pages[fmt.Sprintf("%06d.html", i+1)] = messageHTML("us-ascii", "text", link(l))
			}
			got, _, ev := parse(t, pages, nil)
			if alone, err := (Parser{}).Evidence(t.Context(), group(pages)); err != nil || !cmp.Equal(alone, ev) {
				t.Errorf("evidence alone %v (%v), with the messages %v", alone, err, ev)
			}
			for i, p := range got {
				if (ids{p.Message.MessageID, p.Message.InReplyTo}) != tt.want[i] {
					t.Errorf("message %d: %q, %q; want %+v (evidence %v)", i+1, p.Message.MessageID, p.Message.InReplyTo, tt.want[i], ev)
				}
			}
		})
	}
}

// A period that says nothing by itself follows its list.
func TestP7TheListDecides(t *testing.T) {
	pages := map[string][]byte{
		"thread.html": []byte(threadHTML(threadRow("1 01260000000.0-01267437600.1-", "000001.html", "a", "A"))),
		"000001.html": messageHTML("us-ascii", "text", link("a@x")),
	}
	got, _, ev := parse(t, pages, archive.Evidence{"own number": 10})
	if got[0].Message.MessageID != "a@x" {
		t.Errorf("with the list's evidence: %q", got[0].Message.MessageID)
	}
	if len(ev) != 0 {
		t.Errorf("evidence of its own: %v", ev)
	}
	p := Parser{}
	if p.Verdict(archive.Evidence{"own number": 10}) == p.Verdict(archive.Evidence{"parent number": 10}) {
		t.Error("the verdict does not tell own from parent")
	}
}

func TestParserReportsAndKeepsGoing(t *testing.T) {
	pages := map[string][]byte{
		"thread.html": []byte(threadHTML(threadRow("0 01267437600.1-", "000001.html", "a", "A") + threadRow("0 01267437660.2-", "000002.html", "a", "B"))),
		"000001.html": []byte("<html><title>Oops</title></html>"),
		"000002.html": messageHTML("us-ascii", "https://news.example.com/a\n\nThe clinic said.\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: &lt;<A HREF=\"x\">/pipermail/users/attachments/20100301/1a2b3c4d/attachment.html</A>&gt;", link("b@x")),
		"000003.html": page09("x", "C", "c at example.org", "no date at all", "us-ascii", "text", link("c@x")),
	}
	got, problems, _ := parse(t, pages, nil)
	if len(got) != 2 || len(problems) != 2 || problems[0].Kind != "no-article" || problems[1].Kind != "bad-date" {
		t.Fatalf("%d messages, problems %+v", len(got), problems)
	}
	m := got[0].Message
	wantAtt := []archive.Attachment{{Kind: "html", Type: "text/html", URL: "http://lists.example.org/pipermail/users/attachments/20100301/1a2b3c4d/attachment.html"}}
	if m.Body != "https://news.example.com/a\n\nThe clinic said." || m.SourceURL != "https://news.example.com/a" || !cmp.Equal(m.Attachments, wantAtt) {
		t.Errorf("%+v", m)
	}
	if !got[0].Listed || got[1].Listed {
		t.Errorf("listed: %v, %v", got[0].Listed, got[1].Listed)
	}
	if got[1].Message.DateOrigin != archive.DateGuess || got[1].Message.Date.Format("2006-01") != "2010-03" {
		t.Errorf("a page without a date: %v (%s)", got[1].Message.Date, got[1].Message.DateOrigin)
	}
}

func TestP10ContentSurvivesAnotherRendering(t *testing.T) {
	read := func(b []byte) string {
		got, _, _ := parse(t, map[string][]byte{"000001.html": b}, nil)
		return got[0].Content
	}
	a := read(messageHTML("us-ascii", "Write to ann at example.org, caf&#233;.\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: http://a.example/attachments/20100301/1a2b3c4d/attachment.html", ""))
	b := read(messageHTML("utf-8", "Write to ann@example.org,   caf\xc3\xa9.\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: &lt;http://b.example/attachments/20100301/5e6f7a8b/attachment-0001.html&gt;", ""))
	c := read(messageHTML("us-ascii", "Write to bob at example.org, caf&#233;.", ""))
	if a != b || a == c {
		t.Errorf("contents %s %s %s", a, b, c)
	}
}

func FuzzMessagePage(f *testing.F) {
	f.Add(messageHTML("us-ascii", "Hello\n&gt;<i> quoted\n</I>", ownLink))
	f.Add(messageHTML("iso-2022-jp", "\x1b$B$\"\x1b(B", ""))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, ok := readMessagePage(Page{URL: contentsURL, Body: b})
		if ok && (strings.ContainsAny(m.replyTo, " \n<>") || strings.Contains(m.subject, "\n")) {
			t.Fatalf("unclean: %q %q", m.replyTo, m.subject)
		}
	})
}
