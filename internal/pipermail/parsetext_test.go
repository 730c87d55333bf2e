package pipermail

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

// textGroup is a period with files by name: index, pages, text files.
func textGroup(files map[string]string) archive.Group {
	g := archive.Group{List: archive.ListInfo{Name: "users", URL: contentsURL}, Name: "2010-March"}
	for _, name := range []string{"2010-March.txt", "2010-March.txt.gz", "2010-March/000001.html", "2010-March/000002.html", "2010-March/000003.html", "2010-March/thread.html"} {
		if _, ok := files[name]; ok {
			g.Raws = append(g.Raws, archive.Raw{URL: contentsURL + name, Kind: Locate(contentsURL, contentsURL+name).Kind})
		}
	}
	g.Body = func(r archive.Raw) ([]byte, error) { return []byte(files[strings.TrimPrefix(r.URL, contentsURL)]), nil }
	return g
}

func parseFiles(t *testing.T, files map[string]string) (map[string]archive.Parsed, []archive.Problem) {
	t.Helper()
	out := map[string]archive.Parsed{}
	var problems []archive.Problem
	_, err := Parser{}.Parse(context.Background(), textGroup(files), nil,
		func(p archive.Parsed) error { out[strings.TrimPrefix(p.Message.URL, contentsURL)] = p; return nil },
		func(p archive.Problem) { problems = append(problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	return out, problems
}

// at is the instant so many seconds after joinStart, which is 01267437600.
func at(after int) time.Time { return joinStart.Add(time.Duration(after) * time.Second) }

const twoRows = `<!--0 01267437600.1- -->
<LI><A HREF="000001.html">a
</A><A NAME="1">&nbsp;</A>
<I>Ann
</I>
<!--1 01267437600.1-01267437660.2- -->
<LI><A HREF="000002.html">Re: a
</A><A NAME="2">&nbsp;</A>
<I>Bob
</I>
`

func pageOf(subject, author, body, link string) string {
	return string(page09(subject, author, "a at b.org", "Mon Mar  1 10:00:00 UTC 2010", "us-ascii", body, link))
}

func TestTextAloneGivesTheListedMessages(t *testing.T) {
	text := inText("a", "Ann", "1@x", 0, "one") + strings.Replace(inText("Re: a", "Bob", "2@x", 60, "two"), "Message-ID:", "In-Reply-To: <1@x>\nReferences: <0@x> <1@x>\nMessage-ID:", 1)
	got, problems := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(twoRows), "2010-March.txt.gz": string(packed(text))})
	if len(got) != 2 || len(problems) != 0 {
		t.Fatalf("%d messages, problems %v", len(got), problems)
	}
	m := got["2010-March/000002.html"].Message
	if m.MessageID != "2@x" || m.InReplyTo != "1@x" || !cmp.Equal(m.References, []string{"0@x", "1@x"}) || m.IndexParent != contentsURL+"2010-March/000001.html" {
		t.Errorf("%q %q %q %q", m.MessageID, m.InReplyTo, m.References, m.IndexParent)
	}
	if !m.Date.Equal(at(60)) || m.Date.Format("-0700") != "+0100" || m.DateOrigin != archive.DateHeader {
		t.Errorf("date %v by %s", m.Date, m.DateOrigin)
	}
	if m.Subject != "Re: a" || m.FromName != "Bob" || m.FromAddress != "a@b.org" || m.Body != "two" || !got["2010-March/000002.html"].Listed {
		t.Errorf("%+v", m)
	}
}

// A page and the text file of one message are one message: the page's words,
// the text file's IDs.
func TestPageAndTextAreOneMessage(t *testing.T) {
	files := map[string]string{"2010-March/thread.html": threadHTML(twoRows),
		"2010-March/000001.html": pageOf("a", "Ann", "d&#233;j&#224; vu", link("1@x"))}
	alone, _ := parseFiles(t, files)
	files["2010-March.txt"] = strings.Replace(inText("a", "Ann", "1@x", 0, "d?j? vu"), "Message-ID:", "In-Reply-To: <0@x>\nMessage-ID:", 1)
	both, _ := parseFiles(t, files)
	a, b := alone["2010-March/000001.html"], both["2010-March/000001.html"]
	if len(both) != 1 || b.Message.Body != "déjà vu" || b.Message.InReplyTo != "0@x" || b.Message.MessageID != a.Message.MessageID {
		t.Errorf("%d messages: %+v", len(both), b.Message)
	}
	if a.Content != b.Content || !a.Message.Date.Equal(b.Message.Date) {
		t.Errorf("alone %s %v, with text %s %v", a.Content, a.Message.Date, b.Content, b.Message.Date)
	}
}

func TestAPageThatLostItsWordsHasThemFromTheText(t *testing.T) {
	got, _ := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(twoRows),
		"2010-March/000001.html": pageOf("a", "Ann", "", link("1@x")), "2010-March.txt": inText("a", "Ann", "1@x", 0, "one")})
	if body := got["2010-March/000001.html"].Message.Body; body != "one" {
		t.Errorf("body %q", body)
	}
}

// Which of two alike rows has which message only the pages tell.
func TestPagesTellWhatTheIndexCannot(t *testing.T) {
	rows := strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(twoRows, "Re: a", "a"), "Bob", "Ann"), "01267437660", "01267437600")
	got, _ := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(rows),
		"2010-March/000001.html": pageOf("a", "Ann", "one", ""), "2010-March/000002.html": pageOf("a", "Ann", "two", ""),
		"2010-March.txt": inText("a", "Ann", "2@x", 0, "two") + inText("a", "Ann", "1@x", 0, "one")})
	if len(got) != 2 || got["2010-March/000001.html"].Message.MessageID != "1@x" || got["2010-March/000002.html"].Message.MessageID != "2@x" {
		t.Errorf("%d messages: %+v", len(got), got)
	}
}

func TestMessagesInNoIndexAreKept(t *testing.T) {
	text := inText("a", "Ann", "1@x", 0, "one") + inText("Re: a", "Bob", "2@x", 60, "two") + inText("c", "Cy", "3@x", 90, "three") + inText("a", "Ann", "1@x", 0, "one")
	got, _ := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(twoRows), "2010-March.txt": text})
	p, ok := got["2010-March.txt#3"]
	if len(got) != 3 || !ok || p.Listed || p.Message.MessageID != "3@x" || p.Message.Body != "three" {
		t.Errorf("%d messages: %+v", len(got), p)
	}
}

func TestP1TheFresherTextFileCounts(t *testing.T) {
	old, fresh := inText("a", "Ann", "1@x", 0, "one"), inText("Re: a", "Bob", "2@x", 60, "two")
	got, _ := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(twoRows), "2010-March.txt.gz": string(packed(old)), "2010-March.txt": old + fresh})
	if len(got) != 2 || got["2010-March/000002.html"].Message.Body != "two" {
		t.Errorf("%v", got)
	}
}

func TestATextFileWithoutAnIndexIsRead(t *testing.T) {
	got, _ := parseFiles(t, map[string]string{"2010-March.txt": inText("a", "Ann", "1@x", 0, "one")})
	if p := got["2010-March.txt#1"]; p.Message.MessageID != "1@x" || !p.Message.Date.Equal(at(0)) {
		t.Errorf("%+v", got)
	}
}

func TestProblemsOfTextFilesAreNamed(t *testing.T) {
	text := inText("a", "Ann", "1@x", 0, strings.Repeat("one more line\n", 200))
	for name, tt := range map[string]struct{ body, kind string }{
		"cut off":                           {string(packed(text)[:150]), "bad-text"},
		"something above the first message": {"what is this?\n" + text, "stray-text"},
	} {
		got, problems := parseFiles(t, map[string]string{"2010-March/thread.html": threadHTML(twoRows), "2010-March.txt.gz": tt.body})
		if len(problems) != 1 || problems[0].Kind != tt.kind || len(got) != 1 {
			t.Errorf("%s: %d messages, %v", name, len(got), problems)
		}
	}
}

func TestP12DatesOfTextFiles(t *testing.T) {
	for _, tt := range []struct {
		name, sep, date string
		index           time.Time
		want            time.Time
		origin          archive.DateOrigin
	}{
		{"the header has its zone", "Mon Mar  1 11:00:00 2010", "Mon, 1 Mar 2010 11:00:00 +0100", at(0), at(0), archive.DateHeader},
		{"seconds off: the index's", "Mon Mar  1 11:00:02 2010", "Mon, 1 Mar 2010 11:00:02 +0100", at(0), at(0), archive.DateHeader},
		{"absurd: the index's", "Mon Mar  1 11:00:00 2010", "Mon, 1 Mar 1904 11:00:00 +0100", at(0), at(0), archive.DateIndex},
		{"no zone: the index's", "Mon Mar  1 12:00:07 2010", "Mon Mar  1 12:00:07 2010", at(0), at(0), archive.DateIndex},
		{"no zone, no index: the server's clock", "Mon Mar  1 12:00:00 2010", "Mon Mar  1 12:00:00 2010", time.Time{}, at(7200), archive.DatePage},
		{"no index", "Mon Mar  1 12:00:00 2010", "Mon, 1 Mar 2010 11:00:00 +0100", time.Time{}, at(0), archive.DateHeader},
		{"unreadable, no index: the separator's", "Mon Mar  1 10:00:00 2010", "someday", time.Time{}, at(0), archive.DateReceived},
		{"none at all", "Mon Mar  1 10:00:00 2010", "", at(0), at(0), archive.DateIndex},
		{"separator and header agree, the index is hours off", "Mon Mar  1 10:00:00 2010", "Mon, 1 Mar 2010 11:00:00 +0100", at(18000), at(0), archive.DateHeader},
		{"index hours off, separator in local time", "Mon Mar  1 12:00:00 2010", "Mon, 1 Mar 2010 11:00:00 +0100", at(18000), at(18000), archive.DateIndex},
		{"Pipermail 0.05: as written, whatever the index says", "Mon, 1 Mar 2010 10:00:00 +0000", "Mon, 1 Mar 2010 10:00:00 +0000", at(18000), at(0), archive.DateHeader},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := splitText(oneText("a at b.org", "A", tt.sep, tt.date, "s", "", "x"))
			mail := readTextMessage(m[0], nil)
			got := mail.resolveDate(tt.index)
			if !got.at.Equal(tt.want) || got.origin != tt.origin {
				t.Errorf("%v by %s, want %v by %s", got.at, got.origin, tt.want, tt.origin)
			}
		})
	}
}

// A joined text file says directly whose Message-ID the pages' links have.
func TestP7TheTextFileTestifies(t *testing.T) {
	reply := strings.Replace(inText("Re: a", "Bob", "2@x", 60, "two"), "Message-ID:", "In-Reply-To: <1@x>\nMessage-ID:", 1)
	for _, tt := range []struct{ name, linked, want string }{{"own", "2@x", "own"}, {"the parent's", "1@x", "parent"}} {
		g := textGroup(map[string]string{"2010-March/thread.html": threadHTML(twoRows),
			"2010-March/000002.html": pageOf("Re: a", "Bob", "two", link(tt.linked)), "2010-March.txt": inText("a", "Ann", "1@x", 0, "one") + reply})
		ev, err := Parser{}.Evidence(context.Background(), g)
		if d := cmp.Diff(archive.Evidence{tt.want + " number": 1}, ev); d != "" || err != nil {
			t.Errorf("%s: %v %s", tt.name, err, d)
		}
	}
}
