package mbox_test

import (
	"bytes"
	"mime"
	netmail "net/mail"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/mail"
	"github.com/bxsearch/bxsearch/internal/mbox"
)

func mboxMessages() map[string]*archive.Message {
	date := time.Date(2021, 3, 5, 12, 30, 0, 0, time.FixedZone("", -5*3600))
	messages := map[string]*archive.Message{
		"plain": {
			ID: "abcdefgh22345672", List: "announce", MessageID: "1@x.example", InReplyTo: "0@x.example",
			References: []string{"00@x.example", "0@x.example"}, Date: date, FromName: "Ann Lee", FromAddress: "ann@x.example",
			Subject: "Re: a subject, with (punctuation): 100 %", Body: "From here on\n>From there\ntext\n", Thread: "zzcdefgh22345672", Base: "abcdefgh22345672",
			URL: "https://l.example/p/1.html", URLs: []string{"https://l.example/p/1.html", "https://l.example/q/1.html"}, SourceURL: "https://news.example/a?b=c",
			Attachments: []archive.Attachment{{Kind: "html", Name: "attachment.html", Type: "text/html", Size: 12, URL: "https://l.example/a.html"}},
		},
		"with attachments": {
			ID: "bbcdefgh22345672", List: "announce", Base: "bbcdefgh22345672", Date: date, Subject: "parts", Body: "see below\n--=_bx_bbcdefgh22345672_0\n",
			IndexParent: "https://l.example/p/0.html",
			Attachments: []archive.Attachment{
				{Kind: "binary", Name: "a.png", Type: "image/png", Size: 3, Fetched: false},
				{Kind: "html", Name: "ü \"q\".html", Type: "text/html", URL: "https://l.example/a.html", Fetched: true, Text: "From me\n\n>From you\r\nno end"},
				{Kind: "text", Fetched: true, Text: "ends in a line\n"},
			},
		},
		"hostile":         {FromName: "Mallory\r\nBcc: all@x.example", Subject: "a\nSubject: b\x1b[2J =?utf-8?q?x?=", Body: "\x00 nul, cr\r here", MessageID: "a\r\nb@x", Date: date},
		"foreign":         {FromName: "Jürgen Groß", Subject: "Füße und 日本語の件名がとても長いので折り返さなければならない件", Body: "日本語\n", Date: date},
		"hidden sender":   {FromName: "Doe, \"John\" \\", Subject: " spaces  inside and around ", Body: "no end of line", Date: date},
		"long lines":      {Subject: strings.Repeat("word ", 60) + "end", Body: strings.Repeat("x", 5000) + "\nFrom x\n", Date: date, FromAddress: "a@b"},
		"nothing at all":  {},
		"one long header": {Subject: strings.Repeat("x", 3000), Date: date},
	}
	for _, m := range messages {
		if m.ID == "" {
			m.ID, m.Base = "cccdefgh22345672", "cccdefgh22345672"
		}
	}
	return messages
}

// TestMboxIsLossless reads what Write wrote as an import does, and finds
// everything again.
func TestMboxIsLossless(t *testing.T) {
	for name, m := range mboxMessages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := mbox.Write(&b, m, "https://l.example/p/"); err != nil {
				t.Fatal(err)
			}
			got := imported(t, b.Bytes(), m)
			want := *m
			want.MessageID = mbox.Structured(m.MessageID)
			if diff := cmp.Diff(want, *got, cmp.Comparer(time.Time.Equal), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("-written +read\n%s\n%s", diff, &b)
			}
		})
	}
}

// imported reads one mail of an mbox as an import does. What the archive adds
// is taken from want.
func imported(t *testing.T, mbox []byte, want *archive.Message) *archive.Message {
	t.Helper()
	raw := bytes.TrimSuffix(mbox, []byte("\n"))
	g := archive.Group{
		List: archive.ListInfo{Name: want.List}, Name: "2021-March",
		Raws: []archive.Raw{{Kind: archive.RawMail, URL: "ni:///sha-256;x"}},
		Body: func(archive.Raw) ([]byte, error) { return raw, nil },
	}
	var got *archive.Message
	emit := func(p archive.Parsed) error {
		if got == nil {
			got = &p.Message
			got.Base = p.Base
			if got.MessageID != "" {
				got.Base = want.Base
			}
		}
		if p.Message.URL != "" {
			got.URLs = append(got.URLs, p.Message.URL)
		}
		return nil
	}
	report := func(p archive.Problem) { t.Errorf("problem: %+v", p) }
	if _, err := (mail.Parser{}).Parse(t.Context(), g, nil, emit, report); err != nil || got == nil {
		t.Fatalf("no message: %v", err)
	}
	got.ID, got.Thread, got.Blocks, got.BaseSubject, got.Reply, got.DateRaw, got.DateOrigin = want.ID, want.Thread, nil, "", false, "", ""
	return got
}

// TestMboxForOthers: a program that knows nothing of ours reads it, too.
func TestMboxForOthers(t *testing.T) {
	for name, m := range mboxMessages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := mbox.Write(&b, m, ""); err != nil {
				t.Fatal(err)
			}
			_, text, _ := strings.Cut(b.String(), "\n")
			msg, err := netmail.ReadMessage(strings.NewReader(text))
			if err != nil {
				t.Fatalf("net/mail cannot read it: %v\n%s", err, text)
			}
			from, err := msg.Header.AddressList("From")
			if err != nil || from[0].Name != m.FromName {
				t.Errorf("From is %v, %v; want %q", from, err, m.FromName)
			}
			subject, err := new(mime.WordDecoder).DecodeHeader(msg.Header.Get("Subject"))
			if err != nil || subject != m.Subject {
				t.Errorf("Subject is %q, %v; want %q", subject, err, m.Subject)
			}
			if date, err := msg.Header.Date(); !m.Date.IsZero() && (err != nil || !date.Equal(m.Date)) {
				t.Errorf("Date is %v, %v; want %v", date, err, m.Date)
			}
		})
	}
}

func TestMboxLinesAreLegal(t *testing.T) {
	for name, m := range mboxMessages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := mbox.Write(&b, m, "https://l.example/p/"); err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(b.String(), "\n") {
				if len(line) > mbox.HardLine {
					t.Errorf("line %d has %d bytes", i, len(line))
				}
				if i > 0 && strings.HasPrefix(line, "From ") {
					t.Errorf("line %d would begin a message: %q", i, line)
				}
			}
		})
	}
}
