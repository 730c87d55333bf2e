package cli

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

func mboxMessages() map[string]*archive.Message {
	date := time.Date(2021, 3, 5, 12, 30, 0, 0, time.FixedZone("", -5*3600))
	return map[string]*archive.Message{
		"plain": {
			ID: "abcdefgh22345672", List: "announce", MessageID: "1@x.example", InReplyTo: "0@x.example",
			References: []string{"00@x.example", "0@x.example"}, Date: date, FromName: "Ann Lee", FromAddress: "ann@x.example",
			Subject: "Re: a subject, with (punctuation): 100 %", Body: "From here on\n>From there\ntext\n", Thread: "zzcdefgh22345672",
			URL: "https://l.example/p/1.html", URLs: []string{"https://l.example/p/1.html", "https://l.example/q/1.html"}, SourceURL: "https://news.example/a?b=c",
			Attachments: []archive.Attachment{{Kind: "html", Name: "attachment.html", Type: "text/html", Size: 12, URL: "https://l.example/a.html"}},
		},
		"hostile":         {FromName: "Mallory\r\nBcc: all@x.example", Subject: "a\nSubject: b\x1b[2J =?utf-8?q?x?=", Body: "\x00 nul, cr\r here", MessageID: "a\r\nb@x", Date: date},
		"foreign":         {FromName: "Jürgen Groß", Subject: "Füße und 日本語の件名がとても長いので折り返さなければならない件", Body: "日本語\n", Date: date},
		"hidden sender":   {FromName: "Doe, \"John\" \\", Subject: " spaces  inside and around ", Body: "no end of line", Date: date},
		"long lines":      {Subject: strings.Repeat("word ", 60) + "end", Body: strings.Repeat("x", 5000) + "\nFrom x\n", Date: date, FromAddress: "a@b"},
		"nothing at all":  {},
		"one long header": {Subject: strings.Repeat("x", 3000), Date: date},
	}
}

// TestMboxIsLossless reads what writeMbox wrote with the standard library, and
// finds everything again.
func TestMboxIsLossless(t *testing.T) {
	for name, m := range mboxMessages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeMbox(&b, m); err != nil {
				t.Fatal(err)
			}
			got := readMbox(t, b.String())
			want := *m
			want.MessageID = structured(m.MessageID)
			if diff := cmp.Diff(want, *got, cmp.Comparer(time.Time.Equal)); diff != "" {
				t.Errorf("-written +read\n%s\n%s", diff, &b)
			}
		})
	}
}

func TestMboxLinesAreLegal(t *testing.T) {
	for name, m := range mboxMessages() {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := writeMbox(&b, m); err != nil {
				t.Fatal(err)
			}
			for i, line := range strings.Split(b.String(), "\n") {
				if len(line) > hardLine {
					t.Errorf("line %d has %d bytes", i, len(line))
				}
				if i > 0 && strings.HasPrefix(line, "From ") {
					t.Errorf("line %d would begin a message: %q", i, line)
				}
			}
		})
	}
}

// readMbox reads one message back by the rules of mboxrd.
func readMbox(t *testing.T, text string) *archive.Message {
	t.Helper()
	_, text, _ = strings.Cut(text, "\n")
	text = strings.TrimSuffix(text, "\n")
	text = regexp.MustCompile(`(?m)^>(>*From )`).ReplaceAllString(text, "$1")
	msg, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		t.Fatalf("net/mail cannot read it: %v\n%s", err, text)
	}
	var body io.Reader = msg.Body
	if msg.Header.Get("Content-Transfer-Encoding") == "quoted-printable" {
		body = quotedprintable.NewReader(body)
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	h := msg.Header
	m := &archive.Message{
		ID: archive.ID(h.Get("X-Bxsearch-Id")), Thread: archive.ID(h.Get("X-Bxsearch-Thread")),
		URL: h.Get("X-Bxsearch-Url"), SourceURL: h.Get("X-Bxsearch-Source"), List: bare(h.Get("List-Id")),
		MessageID: bare(h.Get("Message-Id")), InReplyTo: bare(h.Get("In-Reply-To")),
		Subject: decoded(t, h.Get("Subject")), Body: strings.TrimSuffix(string(raw), "\n"),
	}
	for _, u := range h["Archived-At"] {
		m.URLs = append(m.URLs, bare(u))
	}
	for _, id := range strings.Fields(h.Get("References")) {
		m.References = append(m.References, bare(id))
	}
	for _, a := range h["X-Bxsearch-Attachment"] {
		var att archive.Attachment
		if err := json.Unmarshal([]byte(decoded(t, a)), &att); err != nil {
			t.Fatal(err)
		}
		m.Attachments = append(m.Attachments, att)
	}
	readFrom(t, m, h)
	return m
}

func readFrom(t *testing.T, m *archive.Message, h mail.Header) {
	t.Helper()
	from, err := h.AddressList("From")
	if err != nil {
		t.Fatalf("From %q: %v", h.Get("From"), err)
	}
	m.FromName = from[0].Name
	if from[0].Address != hiddenAddress {
		m.FromAddress = from[0].Address
	}
	if h.Get("Date") != "" {
		if m.Date, err = h.Date(); err != nil {
			t.Fatal(err)
		}
	}
}

func bare(s string) string { return strings.TrimSuffix(strings.TrimPrefix(s, "<"), ">") }

func decoded(t *testing.T, s string) string {
	t.Helper()
	d, err := new(mime.WordDecoder).DecodeHeader(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
