package search_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// mail is a message of a test archive. Lines of the text that begin with ">"
// are quoted.
type mail struct {
	N         int // makes the Message-ID "N@mail.example.org" and the URL
	List      string
	Date      time.Time
	From      string // "Alice Smith" has the address alice@example.com
	Subject   string
	Text      string
	Attached  string
	Source    string // the article's URL
	ReplyTo   int
	MessageID string // instead of the one from N
}

func (m mail) url() string {
	return fmt.Sprintf("https://lists.example.org/pipermail/%s/2021-March/%06d.html", m.List, m.N)
}

func (m mail) message() archive.Message {
	name, _, _ := strings.Cut(strings.ToLower(m.From), " ")
	out := archive.Message{
		URL: m.url(), MessageID: m.MessageID, Date: m.Date, FromName: m.From, FromAddress: name + "@example.com",
		Subject: m.Subject, BaseSubject: strings.ToLower(strings.TrimPrefix(m.Subject, "Re: ")), Body: m.Text, SourceURL: m.Source, DateOrigin: archive.DateHeader,
	}
	if out.MessageID == "" {
		out.MessageID = fmt.Sprintf("%d@mail.example.org", m.N)
	}
	if m.ReplyTo > 0 {
		out.InReplyTo = fmt.Sprintf("%d@mail.example.org", m.ReplyTo)
	}
	for at := 0; at < len(m.Text); {
		line, _, _ := strings.Cut(m.Text[at:], "\n")
		end := min(at+len(line)+1, len(m.Text))
		kind := archive.BlockOwn
		if strings.HasPrefix(line, ">") {
			kind = archive.BlockQuote
		}
		out.Blocks = append(out.Blocks, archive.Block{Kind: kind, Start: at, End: end})
		at = end
	}
	if m.Attached != "" {
		out.Attachments = []archive.Attachment{{Kind: "html", Name: "attachment.html", Fetched: true, Text: m.Attached}}
	}
	return out
}

// mailParser reads the raws of a test archive, each a mail as JSON.
type mailParser struct{}

func (mailParser) Version() string                 { return "test" }
func (mailParser) Verdict(archive.Evidence) string { return "" }

func (mailParser) Parse(_ context.Context, g archive.Group, _ archive.Evidence, emit func(archive.Parsed) error, _ func(archive.Problem)) (archive.Evidence, error) {
	for _, r := range g.Raws {
		body, err := g.Body(r)
		if err != nil {
			return nil, err
		}
		var m mail
		if err := json.Unmarshal(body, &m); err != nil {
			return nil, err
		}
		content := fmt.Sprintf("%x", sha256.Sum256(body))
		if err := emit(archive.Parsed{Message: m.message(), Listed: true, Fallback: content, Content: content}); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// put adds mails to the archive in dir, made if need be, and indexes them.
func put(dir string, mails ...mail) error {
	ctx := context.Background()
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true, Holder: "test"})
	if err != nil {
		return err
	}
	defer a.Close()
	for _, m := range mails {
		list, err := a.AddList(ctx, archive.ListInfo{Name: m.List, URL: "https://lists.example.org/pipermail/" + m.List + "/"})
		if err != nil {
			return err
		}
		body, err := json.Marshal(m)
		if err != nil {
			return err
		}
		r := archive.Raw{List: list.Name, Group: "2021-March", Kind: archive.RawMessage, URL: m.url(), Status: 200, Fetched: m.Date}
		if _, err := a.PutRaw(ctx, r, body); err != nil {
			return err
		}
	}
	if _, err := a.Derive(ctx, mailParser{}); err != nil {
		return err
	}
	e, err := index.OpenBleve(filepath.Join(dir, "index"), nil)
	if err != nil {
		return err
	}
	defer e.Close()
	_, err = e.Update(ctx, a)
	return err
}

// open makes an archive of mails and opens it for searching.
func open(t testing.TB, mails ...mail) *search.Searcher {
	t.Helper()
	dir := t.TempDir()
	if err := put(dir, mails...); err != nil {
		t.Fatal(err)
	}
	s, err := search.Open(dir, &search.Options{Location: time.UTC, Now: func() time.Time { return time.Date(2022, 6, 16, 12, 0, 0, 0, time.UTC) }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// numbers returns the N of the mails that a query finds, in order.
func numbers(t testing.TB, s *search.Searcher, q search.Query) []int {
	t.Helper()
	var out []int
	for h, err := range s.Hits(t.Context(), q) {
		if err != nil {
			t.Fatalf("%s: %v", q.Text, err)
		}
		out = append(out, number(h.Message))
	}
	return out
}

func number(m *archive.Message) (n int) {
	fmt.Sscanf(filepath.Base(m.URL), "%d", &n)
	return n
}

// sample is the archive of docs/query.md.
func sample() ([]mail, error) {
	doc, err := os.ReadFile("../docs/query.md")
	if err != nil {
		return nil, err
	}
	var out []mail
	for _, row := range table(string(doc), "| mail |") {
		m := mail{List: row[1], From: row[3], Subject: row[4], Text: row[5], Attached: row[7]}
		if _, err := fmt.Sscan(row[0], &m.N); err != nil {
			return nil, err
		}
		if m.Date, err = time.Parse(time.DateOnly, row[2]); err != nil {
			return nil, err
		}
		m.Date = m.Date.Add(12 * time.Hour)
		if row[6] != "" {
			m.Text = "> " + row[6] + "\n" + m.Text
		}
		switch m.N {
		case 2:
			m.ReplyTo = 1
		case 3:
			m.Source = "https://news.example.com/2021/retailer"
		}
		out = append(out, m)
	}
	return out, nil
}

// table returns the rows of all tables of a document whose header line begins
// like that.
func table(doc, header string) [][]string {
	var rows [][]string
	inside := false
	for line := range strings.Lines(doc) {
		switch line = strings.TrimSpace(line); {
		case strings.HasPrefix(line, header):
			inside = true
		case !strings.HasPrefix(line, "|"):
			inside = false
		case inside && !strings.HasPrefix(line, "|---"):
			cells := strings.Split(strings.Trim(line, "|"), "|")
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			rows = append(rows, cells)
		}
	}
	return rows
}
