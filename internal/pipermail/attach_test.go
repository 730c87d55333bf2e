package pipermail

import (
	"context"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

const partURL = "attachments/20100315/1a2b3c4d/"

// scrubbedMail is an article whose HTML part the server stored at base.
func scrubbedMail(own, base, name string) string {
	return own + "-------------- next part --------------\nAn HTML attachment was scrubbed...\nURL: &lt;<A HREF=\"" + base + partURL + name +
		"\">" + base + partURL + name + "</A>&gt;\n"
}

// parseWith parses one page beside the files that are held of attachments.
func parseWith(t *testing.T, article string, files map[string]string) (archive.Message, []archive.Problem) {
	t.Helper()
	page := messageHTML("utf-8", article, "")
	g := group(map[string][]byte{"000001.html": page})
	for name := range files {
		g.Raws = append(g.Raws, archive.Raw{URL: contentsURL + partURL + name, Kind: archive.RawAttachment, Size: int64(len(files[name]))})
	}
	g.Body = func(r archive.Raw) ([]byte, error) {
		if body, ok := files[r.URL[strings.LastIndexByte(r.URL, '/')+1:]]; ok {
			return []byte(body), nil
		}
		return page, nil
	}
	var out []archive.Message
	var problems []archive.Problem
	_, err := Parser{}.Parse(context.Background(), g, archive.Evidence{},
		func(p archive.Parsed) error { out = append(out, p.Message); return nil },
		func(p archive.Problem) { problems = append(problems, p) })
	if err != nil || len(out) != 1 {
		t.Fatalf("%d messages, error %v", len(out), err)
	}
	return out[0], problems
}

func TestP5StaleHostsAreTodaysArchive(t *testing.T) {
	const list = "https://lists.example.org/pipermail/users/"
	tests := []struct{ name, in, want string }{
		{"another scheme", "http://lists.example.org/pipermail/users/" + partURL + "a.html", list + partURL + "a.html"},
		{"another host", "http://old.example.com/pipermail/users/" + partURL + "a.html", list + partURL + "a.html"},
		{"another folder of it", "http://old.example.com/mailman/private/Users/" + partURL + "a.html", list + partURL + "a.html"},
		{"an odd day", list + "attachments/00000000/1a2b3c4d/a.obj", list + "attachments/00000000/1a2b3c4d/a.obj"},
		{"another list", "http://lists.example.org/pipermail/others/" + partURL + "a.html", "http://lists.example.org/pipermail/others/" + partURL + "a.html"},
		{"a way out", "http://x.example/users/attachments/20100315/1a2b3c4d/..", "http://x.example/users/attachments/20100315/1a2b3c4d/.."},
		{"another page", "http://x.example/users/2010-March/000001.html", "http://x.example/users/2010-March/000001.html"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := AttachmentURL(list, tt.in); got != tt.want {
				t.Errorf("AttachmentURL(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
	saved := "https://web.example/web/2022id_/http://old.example.com/pipermail/users/" // P20
	if got := AttachmentURL(saved, "http://old.example.com/pipermail/users/"+partURL+"a.html"); got != saved+partURL+"a.html" {
		t.Errorf("saved under a prefix: %q", got)
	}
}

func TestP5FetchedPartsBecomeTheMessages(t *testing.T) {
	html := "<tt>\n&lt;p&gt;https://news.example/breach&lt;/p&gt;<br>\n&lt;p&gt;The&nbsp;clinic&nbsp;said&nbsp;so.&lt;/p&gt;\n</tt>\n"
	m, problems := parseWith(t, scrubbedMail("", "http://old.example.com/pipermail/users/", "attachment.obj"), map[string]string{"attachment.obj": html})
	want := []archive.Attachment{{Kind: "html", Type: "text/html", Size: int64(len(html)), URL: contentsURL + partURL + "attachment.obj", Fetched: true,
		Text: "https://news.example/breach\n\nThe clinic said so."}}
	if diff := cmp.Diff(want, m.Attachments); diff != "" || len(problems) > 0 {
		t.Errorf("-want +got\n%sproblems %v", diff, problems)
	}
	if m.SourceURL != "https://news.example/breach" {
		t.Errorf("the article is %q", m.SourceURL)
	}

	m, _ = parseWith(t, scrubbedMail("https://news.example/own\n\nWords of its own.\n", contentsURL, "attachment.html"), map[string]string{"attachment.html": html})
	if m.SourceURL != "https://news.example/own" || m.Attachments[0].Text == "" {
		t.Errorf("beside words of its own: article %q, %+v", m.SourceURL, m.Attachments)
	}

	m, _ = parseWith(t, scrubbedMail("Words.\n", contentsURL, "attachment.html"), map[string]string{"attachment.html": "GIF89a\x01\x00"})
	if a := m.Attachments[0]; a.Kind != "binary" || !a.Fetched || a.Text != "" {
		t.Errorf("a picture under a notice of HTML: %+v", a)
	}

	m, problems = parseWith(t, scrubbedMail("", contentsURL, "a.txt"), map[string]string{"a.txt": strings.Repeat("words and words\n", 1<<18)})
	if len(problems) != 1 || problems[0].Kind != "long-attachment" || m.Attachments[0].Text == "" {
		t.Errorf("one too long: %v", problems)
	}
}

func TestP15AttachmentsAreDecoded(t *testing.T) {
	for name, file := range map[string]string{
		"declared inside the escaping": "<tt>\n&lt;meta&nbsp;http-equiv=&quot;Content-Type&quot;&nbsp;content=&quot;text/html;&nbsp;charset=koi8-r&quot;&gt;&lt;p&gt;\xf0\xd2\xc9\xd7\xc5\xd4&lt;/p&gt;\n</tt>\n",
		"UTF-8 that says otherwise":    "<meta charset=\"iso-8859-1\"><p>Привет</p>",
	} {
		t.Run(name, func(t *testing.T) {
			m, _ := parseWith(t, scrubbedMail("", contentsURL, "attachment.html"), map[string]string{"attachment.html": file})
			if got := m.Attachments[0].Text; got != "Привет" {
				t.Errorf("read %q", got)
			}
		})
	}
}

func TestP4WhichPartsAreMissing(t *testing.T) {
	part := func(kind string) archive.Attachment { return archive.Attachment{Kind: kind, URL: kind} }
	html, text, message, binary := part("html"), part("text"), part("message"), part("binary")
	own := func(s string) (string, []archive.Block) {
		return s, []archive.Block{{Kind: archive.BlockOwn, End: len(s)}}
	}
	tests := []struct {
		name    string
		own     string
		answer  bool
		parts   []archive.Attachment
		missing []archive.Attachment
	}{
		{"no words", "", false, []archive.Attachment{html, text, message, binary}, []archive.Attachment{html}},
		{"only a URL", "https://news.example/a-long-path/of-many-words-in-it", false, []archive.Attachment{html}, []archive.Attachment{html}},
		{"a greeting", "Hello all, see below", false, []archive.Attachment{html}, []archive.Attachment{html}},
		{"enough words", "The clinic said that records had been taken.", false, []archive.Attachment{html, text}, nil},
		{"a short answer", "Thanks!", true, []archive.Attachment{html}, nil},
		{"an answer of quotes alone", "", true, []archive.Attachment{html}, []archive.Attachment{html}},
		{"text without a charset is all there is", "", false, []archive.Attachment{text, message}, []archive.Attachment{text}},
		{"words without spaces", "新しい情報です", false, []archive.Attachment{html}, nil},
		{"removed by the server", "", false, []archive.Attachment{{Kind: "html"}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &archive.Message{Attachments: tt.parts}
			m.Body, m.Blocks = own(tt.own)
			if tt.answer {
				m.Body += "> quoted"
				m.Blocks = append(m.Blocks, archive.Block{Kind: archive.BlockQuote, Depth: 1, Start: len(tt.own), End: len(m.Body)})
			}
			if diff := cmp.Diff(tt.missing, WantedParts(m, false)); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
	m := &archive.Message{Attachments: []archive.Attachment{html, text, message, binary, {Kind: "html"}}}
	m.Body, m.Blocks = own("The clinic said that records had been taken.")
	if diff := cmp.Diff([]archive.Attachment{html, text, message}, WantedParts(m, true)); diff != "" {
		t.Errorf("all: -want +got\n%s", diff)
	}
}

func TestP18WallsAreNoAttachments(t *testing.T) {
	wall := "<!doctype html><html><title>Making sure you're not a bot!</title></html>"
	if Wall(Page{Body: []byte(wall)}) == "" {
		t.Error("a wall passes")
	}
	for _, body := range []string{"<tt>\n&lt;html&gt;checking&nbsp;your&nbsp;browser", "Just a moment...\n", "<html><p>words</p></html>"} {
		if found := Wall(Page{Body: []byte(body)}); found != "" {
			t.Errorf("%q is taken for %s", body, found)
		}
	}
}
