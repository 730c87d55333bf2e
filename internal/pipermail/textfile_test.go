package pipermail

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/internal/clean"
)

// oneText writes a message as Pipermail 0.09 does.
func oneText(from, name, sep, date, subject, rest, body string) string {
	return "From " + from + "  " + sep + "\nFrom: " + from + " (" + name + ")\nDate: " + date + "\nSubject: " + subject + "\n" + rest + "\n" + body + "\n"
}

func splitText(text string) []TextMessage {
	return slices.Collect(TextMessages([]byte(text)))
}

// bodies shows how a text was split.
func bodies(text string) []string {
	var out []string
	for _, m := range splitText(text) {
		out = append(out, strings.TrimSpace(string(m.Body)))
	}
	return out
}

func TestP3SeparatorDialects(t *testing.T) {
	head := "From: a at b (A)\nDate: Tue, 14 Oct 2008 00:29:20 +0200\nSubject: s\nMessage-ID: <x@y>\n\nbody\n"
	for _, sep := range []string{
		"From a at b  Tue Oct 14 00:29:20 2008",
		"From a at b  Sat Oct  4 00:29:20 2008",
		"From a en b  Tue Oct 14 00:29:20 2008",
		"From j\xf6rg at b  Tue Oct 14 00:29:20 2008",
		"From bogus@does.not.exist.com  Tue Oct 14 00:29:20 2008",
		"From erlang  Wed Mar  1 10:00:00 2006",
		"From   Wed Mar  1 10:00:00 2006",
		"From a at b  Tue Oct 14 00:29:20 CEST 2008",
		"From \"a b\" at c  Tue Oct 14 00:29:20 2008",
	} {
		for name, text := range map[string]string{
			"after an empty line":    "From z at z  Mon Oct 13 00:00:00 2008\n" + head + "\n" + sep + "\n" + head,
			"without an empty line":  "From z at z  Mon Oct 13 00:00:00 2008\n" + head + sep + "\n" + head,
			"with Windows line ends": strings.ReplaceAll("From z at z  Mon Oct 13 00:00:00 2008\n"+head+"\n"+sep+"\n"+head, "\n", "\r\n"),
		} {
			if got := bodies(text); !cmp.Equal(got, []string{"body", "body"}) {
				t.Errorf("%q %s: %q", sep, name, got)
			}
		}
	}
}

func TestP3OldSeparatorsRepeatTheDateLine(t *testing.T) {
	for _, date := range []string{"Sun, 15 Aug 1999 20:08:06 -0500", "Sun, 15 Aug 1999 20:08:06 -0500 (EDT)", "Tue, 4 Jan 100 10.11.12 EST", "15 Aug 99 20:08", "someday soon"} {
		text := "From ann@example.org " + date + "\nDate: " + date + "\nFrom: Ann Example ann@example.org\nSubject: one\n\nfirst\n\n" +
			"From bob@example.org " + date + "\nDate: " + date + "\nFrom: Bob bob@example.org\nSubject: two\n\nsecond\n"
		if got := bodies(text); !cmp.Equal(got, []string{"first", "second"}) {
			t.Errorf("%q: %q", date, got)
		}
	}
}

func TestP3ProseIsNoSeparator(t *testing.T) {
	start := oneText("ann at example.org", "Ann", "Mon Mar  1 10:00:00 2010", "Mon, 1 Mar 2010 10:00:00 +0000", "s", "Message-ID: <a@x>\n", "start")
	for name, prose := range map[string]string{
		"a sentence":                        "From what I see, it works.\n",
		"with a time in it":                 "From 10:30 on Monday, 1 March 2010 10:30 we meet\nat the office\n",
		"ends like a date":                  "From Berlin to Paris  Mon Mar  1 10:00:00 2010\nthere were no trains: none.\n",
		"a header follows, no date":         "From our sponsor:\nSubject: buy this\n\nnow\n",
		"a pasted mailbox":                  "From ann@example.org  Mon Mar  1 10:00:00 2010\nReturn-Path: <ann@example.org>\nFrom: Ann\nSubject: pasted\n\nx\n",
		"a pasted mail with its recipients": "From ann@example.org  Mon Mar  1 10:00:00 2010\nFrom: Ann\nTo: Bob\nDate: Mon, 1 Mar 2010 10:00:00 +0000\n\nx\n",
		"a quoted separator":                "> From ann at example.org  Mon Mar  1 10:00:00 2010\n> From: ann at example.org (Ann)\n",
		"at the end of the file":            "From ann at example.org  Mon Mar  1 10:00:00 2010",
	} {
		if got := splitText(start + prose); len(got) != 1 || !strings.HasSuffix(string(got[0].Body), prose) {
			t.Errorf("%s: split into %q", name, bodies(start+prose))
		}
	}
}

func TestP2Fields(t *testing.T) {
	text := oneText("ann at example.org", "=?utf-8?q?Ann_=C3=84?= (the other)", "Mon Mar  1 10:00:00 2010", "Mon, 1 Mar 2010 10:00:00 +0000", "a subject\n\tthat is folded\n ",
		"In-Reply-To: <p@x>\nReferences: <r@x>\n\t<p@x>\nMessage-ID: <a@x> \n", "Subject: not a field\n\nfrom here on")
	got := splitText(text)
	if len(got) != 1 {
		t.Fatalf("%d messages", len(got))
	}
	m := readTextMessage(got[0], nil)
	want := textMail{id: "a@x", inReplyTo: "p@x", references: []string{"r@x", "p@x"}}
	if m.id != want.id || m.inReplyTo != want.inReplyTo || !cmp.Equal(m.references, want.references) {
		t.Errorf("IDs %q %q %q", m.id, m.inReplyTo, m.references)
	}
	if m.subject != "a subject that is folded" || m.author != "Ann Ä (the other)" || m.address != "ann@example.org" || m.date != "Mon, 1 Mar 2010 10:00:00 +0000" {
		t.Errorf("%q %q %q %q", m.subject, m.author, m.address, m.date)
	}
	if m.text != "Subject: not a field\n\nfrom here on\n" {
		t.Errorf("text %q", m.text)
	}
}

func TestP13MissingFields(t *testing.T) {
	for _, tt := range []struct{ name, text, author, address, subject, id string }{
		{"no Message-ID", "From a at b.org  Mon Mar  1 10:00:00 2010\nFrom: a at b.org (A)\nDate: Mon, 1 Mar 2010 10:00:00 +0000\nSubject: s\n\nx\n", "A", "a@b.org", "s", ""},
		{"an ID without brackets", "From a at b.org  Mon Mar  1 10:00:00 2010\nFrom: a at b.org (A)\nDate: x\nSubject: s\nMessage-ID: 12@y\n\nx\n", "A", "a@b.org", "s", "12@y"},
		{"no date", "From a at b.org  Mon Mar  1 10:00:00 2010\nFrom: a at b.org (A)\nSubject: s\nMessage-ID: <i@x>\n\nx\n", "A", "a@b.org", "s", "i@x"},
		{"only a subject", "From a at b.org  Mon Mar  1 10:00:00 2010\nSubject: s\n\nx\n", "", "", "s", ""},
		{"no name", "From a at b.org  Mon Mar  1 10:00:00 2010\nFrom: a at b.org ()\nDate: x\nSubject: s\n\nx\n", "", "a@b.org", "s", ""},
		{"the oldest form", "From a@b.org Mon, 1 Mar 2010 10:00:00 +0000\nDate: Mon, 1 Mar 2010 10:00:00 +0000\nFrom: Ann A a@b.org\nSubject: s\n\nx\n", "Ann A", "a@b.org", "s", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := splitText(tt.text)
			if len(got) != 1 {
				t.Fatalf("%d messages", len(got))
			}
			m := readTextMessage(got[0], nil)
			if m.author != tt.author || m.address != tt.address || m.subject != tt.subject || m.id != tt.id || m.text != "x\n" {
				t.Errorf("%q %q %q %q %q", m.author, m.address, m.subject, m.id, m.text)
			}
		})
	}
}

func TestP15EachMessageHasItsCharset(t *testing.T) {
	one := func(subject, body string) string {
		return oneText("a at b.org", "A", "Mon Mar  1 10:00:00 2010", "x", subject, "", body)
	}
	text := one("s", "na\xefve \x80") + one("s", "naïve") + one("=?koi8-r?b?0M/T1A==?=", "\xf0\xd2\xc9\xd7\xc5\xd4, \xed\xc9\xd2!") + one("s", "a\x00b\x8d")
	want := []string{"naïve €\n", "naïve\n", "Привет, Мир!\n", "a\x00b\u008d\n"}
	for i, m := range splitText(text) {
		if got := readTextMessage(m, nil).text; got != want[i] {
			t.Errorf("message %d: %q, want %q", i, got, want[i])
		}
	}
}

// The words of a text file come out as those of its page, which hides
// addresses but not within URLs.
func TestP14AddressesAreHiddenAsOnPages(t *testing.T) {
	for _, tt := range []struct{ name, from, body, want string }{
		{"an old file shows them", "a at b.org", "ask ann@example.org or\n> bob@example.org", "ask ann at example.org or\n> bob at example.org"},
		{"the list's word", "a en b.org", "ask ann@example.org", "ask ann en example.org"},
		{"the list hides none", "a@b.org", "ask ann@example.org", "ask ann@example.org"},
		{"a URL of an old file", "a at b.org", "http://x.org/ann@example.org/1", "http://x.org/ann@example.org/1"},
		{"a URL of a newer file", "a at b.org", "<svn+ssh://ann at svn.example.org/repo> http://x.org/list at y.org/m.html", "<svn+ssh://ann@svn.example.org/repo> http://x.org/list@y.org/m.html"},
		{"a URL and prose", "a at b.org", "read http://x.org/a at home, or http://x.org at 10 am", "read http://x.org/a at home, or http://x.org at 10 am"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			m := splitText(oneText(tt.from, "A", "Mon Mar  1 10:00:00 2010", "x", "s", "", tt.body))
			if got := readTextMessage(m[0], nil).text; got != tt.want+"\n" {
				t.Errorf("got %q", got)
			}
		})
	}
}

// A page and its text file may hide addresses with different words, and the
// text is the same all the same.
func TestP14TheHidingWordIsNoText(t *testing.T) {
	want := wordsDigest([]byte("ask ann@example.org.uk now, en casa"))
	for _, s := range []string{"ask ann at example.org.uk now, en casa", "ask ann en example.org.uk now, en casa", "ask ann на example.org.uk now, en casa"} {
		if wordsDigest([]byte(s)) != want || digest(clean.Mail{Body: s}) != digest(clean.Mail{Body: "ask ann@example.org.uk now, en casa"}) {
			t.Errorf("%q is another text", s)
		}
	}
	if wordsDigest([]byte("ask ann en example.org.uk now, casa")) == want {
		t.Error("a word of the text does not count")
	}
}

func TestBytesBeforeTheFirstSeparatorAreKept(t *testing.T) {
	got := splitText("leftovers\nof something\n" + oneText("a at b.org", "A", "Mon Mar  1 10:00:00 2010", "x", "s", "", "body"))
	if len(got) != 2 || got[0].Separator != nil || string(got[0].Body) != "leftovers\nof something\n" || got[1].Separator == nil {
		t.Errorf("%+v", got)
	}
}

func FuzzTextMessages(f *testing.F) {
	whole := oneText("a at b.org", "A", "Mon Mar  1 10:00:00 2010", "Mon, 1 Mar 2010 10:00:00 +0000", "s", "Message-ID: <a@x>\n", "body\nFrom here")
	f.Add([]byte(whole + whole))
	f.Add([]byte("From a@b Sun, 15 Aug 1999 20:08:06 -0500\nDate: Sun, 15 Aug 1999 20:08:06 -0500\nFrom: A a@b\nSubject: s\n\nx\n"))
	f.Add([]byte("From \r\n\x00From a  Mon Mar  1 10:00:00 2010\nSubject: \xff\n \n\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		at := 0
		for m := range TextMessages(text) {
			if m.Offset != at || m.End <= m.Offset && len(text) > 0 || !bytes.HasSuffix(text[m.Offset:m.End], m.Body) {
				t.Fatalf("bytes %d to %d belong to no message: %+v", at, m.Offset, m)
			}
			at = m.End
			readTextMessage(m, []string{"iso-8859-2"})
		}
		if at != len(text) {
			t.Fatalf("the last %d bytes belong to no message", len(text)-at)
		}
	})
}
