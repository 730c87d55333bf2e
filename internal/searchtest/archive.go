// Package searchtest makes archives for the tests of searches and of what is
// served: small ones of mails written in the test, hostile mails among them.
package searchtest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
	"github.com/bxsearch/bxsearch/search"
)

// Now is when the tests' searches take place.
var Now = time.Date(2022, 6, 16, 12, 0, 0, 0, time.UTC)

// Mail is a message of a test archive. Lines of the text that begin with ">" are
// quoted.
type Mail struct {
	N         int    // makes the Message-ID "N@mail.example.org" and the URL
	List      string // empty means "breach"
	Date      time.Time
	From      string // "Alice Smith" has the address alice@example.com
	Subject   string
	Text      string
	Attached  string
	Source    string // the article's URL
	ReplyTo   int
	MessageID string // instead of the one from N
	Nameless  bool   // it has none
}

// URL is where the mail is said to have been fetched.
func (m Mail) URL() string {
	return fmt.Sprintf("https://lists.example.org/pipermail/%s/2021-March/%06d.html", m.List, m.N)
}

func (m Mail) message() archive.Message {
	name, _, _ := strings.Cut(strings.ToLower(m.From), " ")
	out := archive.Message{
		URL: m.URL(), MessageID: m.MessageID, Date: m.Date, FromName: m.From, FromAddress: name + "@example.com",
		Subject: m.Subject, BaseSubject: strings.ToLower(strings.TrimPrefix(m.Subject, "Re: ")), Body: m.Text, SourceURL: m.Source, DateOrigin: archive.DateHeader,
	}
	if out.MessageID == "" && !m.Nameless {
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

// parser reads the raws of a test archive, each a Mail as JSON.
type parser struct{}

func (parser) Version() string                 { return "test" }
func (parser) Verdict(archive.Evidence) string { return "" }

func (parser) Parse(_ context.Context, g archive.Group, _ archive.Evidence, emit func(archive.Parsed) error, _ func(archive.Problem)) (archive.Evidence, error) {
	for _, r := range g.Raws {
		body, err := g.Body(r)
		if err != nil {
			return nil, err
		}
		var m Mail
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

// Put adds mails to the archive in dir, made if need be, and indexes them.
func Put(t testing.TB, dir string, mails ...Mail) {
	t.Helper()
	if err := Write(context.Background(), dir, mails); err != nil {
		t.Fatal(err)
	}
}

// Write does the same where there is no test to fail.
func Write(ctx context.Context, dir string, mails []Mail) error {
	a, err := archive.Open(dir, &archive.Options{Write: true, Create: true, Holder: "test"})
	if err != nil {
		return err
	}
	defer a.Close()
	for _, m := range mails {
		if err := record(ctx, a, m); err != nil {
			return err
		}
	}
	if _, err := a.Derive(ctx, parser{}); err != nil {
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

// record records a mail as if it had been fetched.
func record(ctx context.Context, a *archive.Archive, m Mail) error {
	if m.List == "" {
		m.List = "breach"
	}
	list, err := a.AddList(ctx, archive.ListInfo{Name: m.List, Title: "All about " + m.List, URL: "https://lists.example.org/pipermail/" + m.List + "/"})
	if err != nil {
		return err
	}
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	r := archive.Raw{List: list.Name, Group: "2021-March", Kind: archive.RawMessage, URL: m.URL(), Status: 200, Fetched: Now}
	if _, err := a.PutRaw(ctx, r, body); err != nil {
		return err
	}
	return a.MarkChecked(ctx, list.Name, Now)
}

// Open makes an archive of mails and opens it for searching.
func Open(t testing.TB, mails ...Mail) *search.Searcher {
	t.Helper()
	dir := t.TempDir()
	Put(t, dir, mails...)
	return OpenIn(t, dir)
}

// OpenIn opens the archive in dir for searching.
func OpenIn(t testing.TB, dir string) *search.Searcher {
	t.Helper()
	s, err := search.Open(dir, &search.Options{Location: time.UTC, Now: func() time.Time { return Now }})
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
