package pipermail

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const contentsURL = "http://lists.example.org/pipermail/users/"

func contents(rows string) Page {
	return Page{URL: contentsURL, ContentType: "text/html", Body: []byte(`<HTML><HEAD><title>The Users Archives</title>
<META NAME="robots" CONTENT="noindex,follow"><META http-equiv="Content-Type" content="text/html; charset=iso-8859-1"></HEAD>
<BODY><h1>The Users Archives</h1><p>You can get <a href="http://lists.example.org/mailman/listinfo/users">more information</a>.</p>
<table border=3><tr><td>Archive</td><td>View by:</td><td>Downloadable version</td></tr>` + rows + `</table></BODY></HTML>`)}
}

func row(label, period, text string) string {
	return `<tr><td>` + label + `:</td><td><A href="` + period + `/thread.html">[ Thread ]</a><A href="` + period + `/date.html">[ Date ]</a></td><td>` + text + `</td></tr>`
}

func TestP1ContentsPage(t *testing.T) {
	li, err := ParseListIndex(contents(
		row("M\xe4rz 2010", "2010-March", "") +
			row("Februar 2010", "2010-February", `<A href="2010-February.txt">[ Text 3 KB ]</a>`) +
			row("Januar 2010", "2010-January", `<A href="2010-January.txt.gz">[ Gzip'd Text 21 KB ]</a>`)))
	if err != nil {
		t.Fatal(err)
	}
	day := func(m time.Month) time.Time { return time.Date(2010, m, 1, 0, 0, 0, 0, time.UTC) }
	want := []Period{
		{Name: "2010-March", Label: "März 2010", IndexURL: contentsURL + "2010-March/thread.html", DateURL: contentsURL + "2010-March/date.html", Start: day(3), End: day(4)},
		{Name: "2010-February", Label: "Februar 2010", IndexURL: contentsURL + "2010-February/thread.html", DateURL: contentsURL + "2010-February/date.html", TextURL: contentsURL + "2010-February.txt", Size: "Text 3 KB", Start: day(2), End: day(3)},
		{Name: "2010-January", Label: "Januar 2010", IndexURL: contentsURL + "2010-January/thread.html", DateURL: contentsURL + "2010-January/date.html", TextURL: contentsURL + "2010-January.txt.gz", Size: "Gzip'd Text 21 KB", Start: day(1), End: day(2)},
	}
	if d := cmp.Diff(want, li.Periods); d != "" {
		t.Error(d)
	}
	if li.Name != "users" || li.Title != "The Users Archives" || !strings.HasSuffix(li.InfoURL, "/listinfo/users") {
		t.Errorf("%+v", li)
	}
}

func TestP16CopiedContentsPage(t *testing.T) {
	p := contents(row("March 2010", "http://old.example.com/pipermail/users/2010-March", ""))
	p.Body = append([]byte("<!-- Mirrored -->\n<meta http-equiv=\"content-type\" content=\"text/html;charset=UTF-8\">"), p.Body...)
	li, err := ParseListIndex(p)
	if err != nil {
		t.Fatal(err)
	}
	if len(li.Periods) != 1 || li.Periods[0].IndexURL != contentsURL+"2010-March/thread.html" {
		t.Errorf("an absolute link to the old host: %+v", li.Periods)
	}
}

func TestContentsPageOfAnEmptyList(t *testing.T) {
	p := Page{URL: contentsURL, Body: []byte(`<HTML><HEAD><title>The Users Archives</title></HEAD><BODY><h1>The Users Archives </h1>
<p>No messages have been posted to this list yet, so the archives are currently empty: there are no archives.
You can get <a href="http://lists.example.org/mailman/listinfo/users">more information about this list</a>.</p></BODY></HTML>`)}
	li, err := ParseListIndex(p)
	if err != nil || len(li.Periods) != 0 {
		t.Errorf("%+v, %v", li, err)
	}
}

func TestWrongPages(t *testing.T) {
	for _, tt := range []struct{ name, url, ct, body, found, list string }{
		{"a blog", contentsURL, "text/html", "<title>My blog</title><h1>Hello</h1>", `a page titled "My blog"`, ""},
		{"P18 a bot wall", contentsURL, "text/html", "<title>Making sure you're not a bot!</title>", "a bot wall", ""},
		{"a login page", contentsURL, "text/html", `<form><input type="password" name="p"></form>`, "a login page", ""},
		{"nothing", contentsURL, "text/html", " \n", "an empty page", ""},
		{"a picture", contentsURL, "image/png", "\x89PNG", "a document of type image/png", ""},
		{"a message page", contentsURL + "2010-March/000001.html", "text/html", string(messageHTML("us-ascii", "x", "")), "a message page", contentsURL},
		{"a period index", contentsURL + "2010-March/thread.html", "text/html", threadHTML(""), "the index of one period", contentsURL},
		{"a period's folder", contentsURL + "2010-March/", "text/html", threadHTML(""), "the index of one period", contentsURL},
		{"the list's information page", "http://lists.example.org/mailman/listinfo/users", "text/html", `<title>Users Info Page</title><a href="/pipermail/users/">Users Archives</a><form><input></form>`, "a list's information page", contentsURL},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseListIndex(Page{URL: tt.url, ContentType: tt.ct, Body: []byte(tt.body)})
			var not *NotPipermailError
			if !errors.As(err, &not) {
				t.Fatalf("got %v", err)
			}
			if not.Found != tt.found || not.ListURL != tt.list {
				t.Errorf("found %q, list %q; want %q, %q", not.Found, not.ListURL, tt.found, tt.list)
			}
		})
	}
}

func threadHTML(rows string) string {
	return `<HTML><HEAD><title>The Users March 2010 Archive by thread</title></HEAD><BODY><h1>March 2010 Archives by thread</h1>
<ul><li> <b>Messages sorted by:</b> <a href="subject.html#start">[ subject ]</a> <a href="author.html#start">[ author ]</a> <a href="date.html#start">[ date ]</a>
<li><b><a href="http://lists.example.org/mailman/listinfo/users">More info on this list...</a></b></li></ul>
<p><b>Starting:</b> <i>Mon Mar  1 10:00:00 UTC 2010</i><br><b>Ending:</b> <i>Tue Mar  2 10:00:00 UTC 2010</i><br><b>Messages:</b> 3<p><ul>
` + rows + `</ul><p><a name="end"><b>Last message date:</b></a> <i>Tue Mar  2 10:00:00 UTC 2010</i></BODY></HTML>`
}

func threadRow(comment, file, subject, author string) string {
	return "<!--" + comment + " -->\n<LI><A HREF=\"" + file + "\">" + subject + "\n</A><A NAME=\"1\">&nbsp;</A>\n<I>" + author + "\n</I>\n"
}

func TestP8ThreadComments(t *testing.T) {
	base := contentsURL + "2010-March/"
	at := func(sec int64) time.Time { return time.Unix(sec, 0).UTC() }
	for _, tt := range []struct {
		name, rows, form string
		want             []Row
	}{
		{"numbers; the chain knows deep parents", threadRow("0 01267437600.1-", "000001.html", "Hi &amp; bye", "Ann") + "<UL>" +
			threadRow("1 01267437600.1-01267437660.2-", "000002.html", "Hi", "Bob") +
			threadRow("3 01267437600.1-01267437660.2-01267437720.3-", "000003.html", "Hi", "Cy") +
			threadRow("3 01267437600.1-01267437660.2-01267437720.3-01267437780.4-", "000004.html", "Hi", "Di") +
			threadRow("3 01267437600.1-01267437660.2-01267437720.3-01267437780.4-01267437840.5-", "000005.html", "Hi", "Ed") + "</UL>",
			FormNumber, []Row{
				{URL: base + "000001.html", Number: 1, Subject: "Hi & bye", Author: "Ann", Time: at(1267437600)},
				{URL: base + "000002.html", Number: 2, Subject: "Hi", Author: "Bob", Time: at(1267437660), Depth: 1, Parent: base + "000001.html"},
				{URL: base + "000003.html", Number: 3, Subject: "Hi", Author: "Cy", Time: at(1267437720), Depth: 3, Parent: base + "000002.html"},
				{URL: base + "000004.html", Number: 4, Subject: "Hi", Author: "Di", Time: at(1267437780), Depth: 3, Parent: base + "000003.html"},
				{URL: base + "000005.html", Number: 5, Subject: "Hi", Author: "Ed", Time: at(1267437840), Depth: 3, Parent: base + "000004.html"},
			}},
		{"Message-IDs that contain dashes", threadRow("0 01267437600/a-1-b@x-y.example-", "000001.html", "Hi", "Ann") +
			threadRow("1 01267437600/a-1-b@x-y.example-01267437660/c--0d@z-", "000002.html", "Hi", "Bob"),
			FormMessageID, []Row{
				{URL: base + "000001.html", Number: 1, Subject: "Hi", Author: "Ann", MessageID: "a-1-b@x-y.example", Time: at(1267437600)},
				{URL: base + "000002.html", Number: 2, Subject: "Hi", Author: "Bob", MessageID: "c--0d@z", Time: at(1267437660), Depth: 1, Parent: base + "000001.html"},
			}},
		{"times only", threadRow("0 00933753471-", "000054.html", "Hi", "Ann"),
			FormTime, []Row{{URL: base + "000054.html", Number: 54, Subject: "Hi", Author: "Ann", Time: at(933753471)}}},
		{"P16 a row listed twice, P10 numbers in disorder", threadRow("0 01267437660.9-", "000009.html", "Hi", "Bob") + threadRow("0 01267437600.1-", "000001.html", "Hi", "Ann") + threadRow("0 01267437660.9-", "000009.html", "Hi", "Bob"),
			FormNumber, []Row{
				{URL: base + "000009.html", Number: 9, Subject: "Hi", Author: "Bob", Time: at(1267437660)},
				{URL: base + "000001.html", Number: 1, Subject: "Hi", Author: "Ann", Time: at(1267437600)},
			}},
		{"links elsewhere are no rows", threadRow("0 01267437600.1-", "000001.html", "Hi", "Ann") + `<LI><A HREF="../../secret/000002.html">x</A><LI><A HREF="javascript:x()">y</A>`,
			FormNumber, []Row{{URL: base + "000001.html", Number: 1, Subject: "Hi", Author: "Ann", Time: at(1267437600)}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pi, err := ParsePeriodIndex(Page{URL: base + "thread.html", Body: []byte(threadHTML(tt.rows))})
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(tt.want, pi.Rows); d != "" {
				t.Error(d)
			}
			if pi.Form != tt.form || pi.Declared != 3 || pi.Order != "thread" {
				t.Errorf("form %q, declared %d, order %q", pi.Form, pi.Declared, pi.Order)
			}
		})
	}
}

func TestP16CopiedPeriodIndex(t *testing.T) {
	const old = "http://old.example.com/pipermail/users/2010-March/"
	body := threadHTML(threadRow("0 01267437600.1-", old+"000001.html", "Hi", "Ann"))
	for _, f := range []string{"subject", "author", "date"} {
		body = strings.ReplaceAll(body, `"`+f+`.html#start"`, `"`+old+f+`.html#start"`)
	}
	pi, err := ParsePeriodIndex(Page{URL: contentsURL + "2010-March/thread.html", Body: []byte(body)})
	if err != nil || len(pi.Rows) != 1 || pi.Rows[0].URL != contentsURL+"2010-March/000001.html" {
		t.Errorf("%+v, %v", pi, err)
	}
}

func FuzzListIndex(f *testing.F) {
	f.Add(contents(row("March 2010", "2010-March", `<A href="2010-March.txt">[ Text ]</a>`)).Body)
	f.Fuzz(func(t *testing.T, b []byte) {
		li, err := ParseListIndex(Page{URL: contentsURL, Body: b})
		var not *NotPipermailError
		if err != nil && !errors.As(err, &not) {
			t.Fatalf("an error of another kind: %v", err)
		}
		for i := 0; err == nil && i < len(li.Periods); i++ {
			if p := Locate(contentsURL, li.Periods[i].IndexURL); !p.OK || p.Group != li.Periods[i].Name {
				t.Fatalf("period %+v is located as %+v", li.Periods[i], p)
			}
		}
	})
}

func FuzzPeriodIndex(f *testing.F) {
	f.Add([]byte(threadHTML(threadRow("0 01267437600/a-1@x-", "000001.html", "Hi", "Ann"))))
	f.Fuzz(func(t *testing.T, b []byte) {
		pi, err := ParsePeriodIndex(Page{URL: contentsURL + "2010-March/thread.html", Body: b})
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, r := range pi.Rows {
			if p := Locate(contentsURL, r.URL); !p.OK || p.Group != "2010-March" || seen[r.URL] {
				t.Fatalf("row %+v is located as %+v", r, p)
			}
			seen[r.URL] = true
		}
	})
}
