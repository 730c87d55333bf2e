package mail

import (
	"encoding/base64"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxsearch/bxsearch/archive"
)

// summary is what the tests of Read compare.
type summary struct {
	ID, Reply, Date, Origin, Name, Address, Subject, Body string
	Refs                                                  []string
	Parts                                                 []archive.Attachment
	Problems                                              []string // kinds
}

func summarize(m Mail) summary {
	s := summary{ID: m.MessageID, Reply: m.InReplyTo, Refs: m.References, Origin: string(m.DateOrigin), Name: m.FromName,
		Address: m.FromAddress, Subject: m.Subject, Body: m.Content.Body, Parts: m.Attachments}
	if !m.Date.IsZero() {
		s.Date = m.Date.Format(time.RFC3339)
	}
	for _, p := range m.Problems {
		kind, _, _ := strings.Cut(p, ":")
		s.Problems = append(s.Problems, kind)
	}
	return s
}

func base64Of(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

const plainHead = "From: Ann Lee <ann@a.example>\nDate: Fri, 5 Mar 2021 12:30:00 +0100\nMessage-ID: <1@a.example>\nSubject: hello\n"

// plain is what Read makes of plainHead and a body.
func plain(body string) summary {
	return summary{ID: "1@a.example", Date: "2021-03-05T12:30:00+01:00", Origin: "header", Name: "Ann Lee", Address: "ann@a.example", Subject: "hello", Body: body}
}

func (s summary) with(f func(*summary)) summary { f(&s); return s }

var readTests = map[string]struct {
	raw  string
	want summary
}{
	"plain": {plainHead + "\nWords.\n", plain("Words.")},
	"CRLF":  {strings.ReplaceAll(plainHead+"\nWords.\n\nMore.\n", "\n", "\r\n"), plain("Words.\n\nMore.")},
	"threading": {plainHead + "In-Reply-To: Your message of Friday <0@a.example>\nReferences: <00@a.example>\n\t<0@a.example>\n\nx\n",
		plain("x").with(func(s *summary) { s.Reply, s.Refs = "0@a.example", []string{"00@a.example", "0@a.example"} })},
	"quoted-printable in latin1": {plainHead + "MIME-Version: 1.0\nContent-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe, a soft =\nbreak\n",
		plain("Grüße, a soft break")},
	"base64 that is cut": {plainHead + "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64Of("eighteen bytes it is")[:20] + "!!\n",
		plain("eighteen bytes ").with(func(s *summary) { s.Problems = []string{"bad-mime"} })},
	"ISO-2022-JP": {plainHead + "Content-Type: text/plain; charset=ISO-2022-JP\n\n\x1b$BF|K\\8l\x1b(B\n", plain("日本語")},
	"alternative": {plainHead + "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain words\n--b\nContent-Type: text/html\n\n<p>HTML words</p>\n--b--\n",
		plain("plain words").with(func(s *summary) {
			s.Parts = []archive.Attachment{{Kind: "html", Type: "text/html", Size: 17, Text: "HTML words", Fetched: true}}
		})},
	"HTML only": {plainHead + "Content-Type: text/html; charset=utf-8\n\n<html><head><title>no</title></head><body><p>One</p><p>Two&nbsp;three</p></body></html>\n",
		plain("One\n\nTwo three")},
	"HTML only, and the list's footer": {plainHead + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Words</p>\n--b\nContent-Type: text/plain\n\n_______________________________________________\nL mailing list\nL@l.example\nhttps://l.example/mailman/listinfo/l\n--b--\n",
		plain("Words")},
	"attachments": {plainHead + "Content-Type: multipart/mixed; boundary=\"b c\"\n\npreamble\n--b c\n\nbody\n--b c\nContent-Type: image/png; name=\"=?utf-8?q?=C3=BC.png?=\"\nContent-Transfer-Encoding: base64\n\n" + base64Of("\x89PNG\r\n\x1a\n\x00") + "\n--b c\nContent-Type: text/x-patch\nContent-Disposition: attachment; filename=\"/tmp/fix.diff\"\n\n--- a\n+++ b\n--b c--\nepilogue\n",
		plain("body").with(func(s *summary) {
			s.Parts = []archive.Attachment{
				{Kind: "binary", Name: "ü.png", Type: "image/png", Size: 9},
				{Kind: "text", Name: "fix.diff", Type: "text/x-patch", Size: 11, Text: "--- a\n+++ b", Fetched: true},
			}
		})},
	"attached mail": {plainHead + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nReceived: from secret.example\nBcc: hidden@b.example\nFrom: Bob <bob@b.example>\nSubject: inner\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner words\n--c\nContent-Type: text/html\n\n<b>no</b>\n--c--\n--b--\n",
		plain("see below").with(func(s *summary) {
			s.Parts = []archive.Attachment{{Kind: "message", Name: "inner", Type: "message/rfc822", Size: 197, Text: "From: Bob <bob@b.example>\nSubject: inner\n\ninner words", Fetched: true}}
		})},
	"no end of the last part": {plainHead + "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nfirst\n--b\nContent-Type: text/plain\n\nsecond\n",
		plain("first\n\nsecond").with(func(s *summary) { s.Problems = []string{"bad-mime"} })},
	"parts announced and none there": {plainHead + "Content-Type: multipart/mixed; boundary=b\n\nwords\n",
		plain("words").with(func(s *summary) { s.Problems = []string{"bad-mime"} })},
	"no boundary": {plainHead + "Content-Type: multipart/mixed\n\nwords\n",
		plain("words").with(func(s *summary) { s.Problems = []string{"bad-mime"} })},
	"a broken content type": {plainHead + "Content-Type: text/plain; charset=\"iso-8859-1; format\n\nwords\n", plain("words")},
	"an unknown encoding":   {plainHead + "Content-Transfer-Encoding: x-uu\n\nwords\n", plain("words").with(func(s *summary) { s.Problems = []string{"bad-mime"} })},
	"a line that is no field": {strings.Replace(plainHead, "Subject", "this is no field\nSubject", 1) + "\nwords\n",
		plain("words").with(func(s *summary) { s.Problems = []string{"bad-head"} })},
	"no empty line below the head": {plainHead + "Words, and: more\nwords.\n",
		plain("Words, and: more\nwords.").with(func(s *summary) { s.Problems = []string{"bad-head"} })},
	"8-bit head": {"From: J\xfcrgen <j@a.example>\nDate: Fri, 5 Mar 2021 12:30:00 +0100\nSubject: Gr\xfc\xdfe\nContent-Type: text/plain; charset=iso-8859-1\n\nx\n",
		summary{Date: "2021-03-05T12:30:00+01:00", Origin: "header", Name: "Jürgen", Address: "j@a.example", Subject: "Grüße", Body: "x"}},
	"scrubbed before": {plainHead + "\nwords\n-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: <https://l.example/pipermail/l/attachments/20210305/0123abcd/attachment.html>\n",
		plain("words").with(func(s *summary) {
			s.Parts = []archive.Attachment{{Kind: "html", Type: "text/html", URL: "https://l.example/pipermail/l/attachments/20210305/0123abcd/attachment.html"}}
		})},
}

func TestRead(t *testing.T) {
	for name, tt := range readTests {
		t.Run(name, func(t *testing.T) {
			m, ok := Read([]byte(tt.raw))
			if !ok {
				t.Fatal("it is no mail")
			}
			if diff := cmp.Diff(tt.want, summarize(m), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestP12Dates: a Date line as bad as they come gives way to the time of
// receipt, and never to now.
func TestP12Dates(t *testing.T) {
	const received = "Received: from a by b;\n\tFri, 5 Mar 2021 12:31:00 +0100\n"
	tests := map[string]struct{ head, date, origin string }{
		"good":                  {"Date: Fri, 5 Mar 2021 12:30:00 -0500\n", "2021-03-05T12:30:00-05:00", "header"},
		"zone by name":          {"Date: 05 Mar 21 12:30 EDT\n", "2021-03-05T12:30:00-04:00", "header"},
		"missing":               {received, "2021-03-05T12:31:00+01:00", "received"},
		"nonsense":              {received + "Date: yesterday\n", "2021-03-05T12:31:00+01:00", "received"},
		"years ahead":           {received + "Date: Fri, 5 Mar 2038 12:30:00 +0100\n", "2021-03-05T12:31:00+01:00", "received"},
		"before mail":           {received + "Date: Thu, 1 Jan 1970 00:00:00 +0000\n", "2021-03-05T12:31:00+01:00", "received"},
		"years late is no lie":  {received + "Date: Fri, 5 Mar 1999 12:30:00 +0100\n", "1999-03-05T12:30:00+01:00", "header"},
		"nothing says anything": {"", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			m, _ := Read([]byte("From: a@b.example\n" + tt.head + "\nx\n"))
			got := summarize(m)
			if got.Date != tt.date || got.Origin != tt.origin {
				t.Errorf("date %q from %q, want %q from %q", got.Date, got.Origin, tt.date, tt.origin)
			}
		})
	}
	m, _ := Read([]byte("From x@y Fri Mar  5 12:31:00 2021\nFrom: a@b.example\n\nx\n"))
	if got := summarize(m); got.Date != "2021-03-05T12:31:00Z" || got.Origin != "received" {
		t.Errorf("without any line but the separator: %q from %q", got.Date, got.Origin)
	}
}

func TestP14Senders(t *testing.T) {
	tests := []struct{ from, name, address string }{
		{`Ann Lee <ann@a.example>`, "Ann Lee", "ann@a.example"},
		{`"Lee, Ann" <ann@a.example>`, "Lee, Ann", "ann@a.example"},
		{`ann@a.example (Ann Lee)`, "Ann Lee", "ann@a.example"},
		{`ann@a.example`, "ann@a.example", "ann@a.example"},
		{`<ann@a.example>`, "ann@a.example", "ann@a.example"},
		{`=?iso-8859-1?Q?J=FCrgen?= <j@a.example>`, "Jürgen", "j@a.example"},
		{`=?utf-8?B?` + base64Of("Ann, Lee") + `?= <ann@a.example>`, "Ann, Lee", "ann@a.example"},
		{`"ann at a.example" <ann at a.example>`, "ann@a.example", "ann@a.example"},
		{`ann at a.example (Ann Lee)`, "Ann Lee", "ann@a.example"},
		{`Ann: Lee <ann@a.example`, "Ann: Lee <ann@a.example", ""},
		{`nobody`, "nobody", ""},
	}
	for _, tt := range tests {
		if name, address := readFrom(tt.from, nil); name != tt.name || address != tt.address {
			t.Errorf("%s is %q, %q; want %q, %q", tt.from, name, address, tt.name, tt.address)
		}
	}
}

// TestMboxQuoting: lines that an mbox quotes come out as they were written, in
// the mail's text and in its parts.
func TestMboxQuoting(t *testing.T) {
	raw := "From ann@a.example Fri Mar  5 12:30:00 2021\n" + plainHead + "\n>From here\n>>From there\n> From a quote\n>x\nFrom this on\n"
	m, ok := Read([]byte(raw))
	if want := "From here\n>From there\n> From a quote\n>x\nFrom this on"; !ok || m.Content.Body != want {
		t.Errorf("the text is %q, want %q", m.Content.Body, want)
	}
	if m, _ := Read([]byte(plainHead + "\n>From a Maildir\n")); m.Content.Body != ">From a Maildir" {
		t.Errorf("what no mbox quoted is %q", m.Content.Body)
	}
}

// TestPrivateFields: what is for servers, or for the sender's eyes, is in no
// part of what is kept of a message.
func TestPrivateFields(t *testing.T) {
	raw := "Received: from secret1.example\nBcc: secret2@b.example\nX-Originating-IP: secret3\nReturn-Path: <secret4@b.example>\nDelivered-To: secret5\n" + plainHead + "\nwords\n"
	parsed := parse(archive.Group{}, archive.Raw{}, []byte(raw), func(archive.Problem) {})
	if len(parsed) != 1 || parsed[0].Message.Body != "words" {
		t.Fatalf("parsed %+v", parsed)
	}
	if text := cmp.Diff(archive.Parsed{}, parsed[0]); strings.Contains(text, "secret") {
		t.Errorf("something private is in what is kept:\n%s", text)
	}
}

func TestNoMail(t *testing.T) {
	for _, raw := range []string{"", "\n\n", "just words\n", "X-Field: x\n\nwords\n", "From here on\nthere are words.\n"} {
		if _, ok := Read([]byte(raw)); ok {
			t.Errorf("%q is taken for a mail", raw)
		}
	}
}

// TestManyParts: parts within parts, by the thousand, are bounded and named.
func TestManyParts(t *testing.T) {
	deep := "words\n"
	for range 1000 {
		deep = "Content-Type: multipart/mixed; boundary=b\n\n--b\n" + deep
	}
	wide := "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 10_000) + "--b--\n"
	attached := plainHead + "\ninnermost\n"
	for range 200 {
		attached = plainHead + "Content-Type: message/rfc822\n\n" + attached
	}
	for name, raw := range map[string]string{"deep": plainHead + deep, "wide": plainHead + wide, "attached": attached} {
		m, ok := Read([]byte(raw))
		if !ok || len(m.Problems) == 0 {
			t.Errorf("%s: ok %v, problems %v", name, ok, m.Problems)
		}
	}
}

func TestOrigin(t *testing.T) {
	tests := map[string]struct {
		head string
		want Origin
	}{
		"Mailman 2": {"List-Id: A list <announce.lists.example.org>\nList-Archive: <http://lists.example.org/pipermail/announce>\n",
			Origin{"announce", "http://lists.example.org/pipermail/announce/", "2021-March", true}},
		"Mailman 3": {"List-Id: <announce.lists.example.org>\nList-Archive: <https://lists.example.org/archives/list/announce@lists.example.org/>\nX-Mailman-Version: 3.3.8\n",
			Origin{"announce", "", "2021-March", true}},
		"Mailman 2.0": {"X-BeenThere: Announce@lists.example.org\n", Origin{"announce", "", "2021-March", true}},
		"list-post":   {"List-Post: <mailto:announce@lists.example.org>\n", Origin{"announce", "", "2021-March", true}},
		"our export":  {"List-Id: <announce@lists.example.org>\nX-Bxsearch-Id: abcdefgh22345672\n", Origin{"announce@lists.example.org", "", "2021-March", true}},
		"a bad name":  {"List-Id: <../../etc.x>\n", Origin{"", "", "2021-March", true}},
		"no list":     {"", Origin{"", "", "2021-March", true}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, OriginOf([]byte(plainHead+tt.head+"\nx\n"))); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	if o := OriginOf([]byte("From: a@b.example\n\nx\n")); o.Month != Undated {
		t.Errorf("a mail without a date is of the period %s", o.Month)
	}
}
