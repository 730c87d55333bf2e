package alert

import (
	"crypto/sha256"
	"encoding/base32"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/internal/web/link"
	"github.com/bxsearch/bxsearch/search"
)

// Alert is one message that a watch found. It does not change once it was made.
// The JSON names are a promise; texts are as their senders wrote them.
type Alert struct {
	ID    string    `json:"id"` // of this watch and this message, for ever
	Watch string    `json:"watch"`
	Query string    `json:"query"`
	At    time.Time `json:"at"` // when it was found
	// First says that no older message of the archive matches, Mentions how many
	// messages do, this one too. Without an index nothing is known: 0.
	First    bool     `json:"first"`
	Mentions int      `json:"mentions"`
	Matched  []string `json:"matched"` // the words that were marked, each once
	Subject  Text     `json:"subject"`
	Snippet  []Text   `json:"snippet"`
	Message  Message  `json:"message"`
	// Copies say the same as the message, and came with it: cross-posts. They are
	// not told apart from it.
	Copies []Message `json:"copies"`
	Mute   string    `json:"mute"` // the command that ends this
}

// Message is what an alert says of a message.
type Message struct {
	ID          archive.ID `json:"id"`
	List        string     `json:"list"`
	URL         string     `json:"url"`  // the permalink in the list's archive
	Page        string     `json:"page"` // on the site of this archive; empty where its address is not configured
	MessageID   string     `json:"message_id"`
	Date        time.Time  `json:"date"`
	FromName    string     `json:"from_name"`
	FromAddress string     `json:"from_address"`
	SourceURL   string     `json:"source_url"`
}

// Text is a line with the places to highlight.
type Text struct {
	Text   string   `json:"text"`
	Marks  [][2]int `json:"marks"`  // byte offsets in Text, [start, end)
	Before bool     `json:"before"` // text is left out before it
	After  bool     `json:"after"`  // and after it
}

// Bounds of what an alert takes from a message, in bytes.
const (
	maxText    = 1000
	maxField   = 200
	maxURL     = 2000
	maxMatched = 20
)

// newAlert makes the alert of a hit.
func newAlert(w *asked, h search.Hit, at time.Time, links link.Links) Alert {
	m := h.Message
	a := Alert{
		ID: digest("bx:alert", w.name, string(m.ID)), Watch: w.name, Query: w.query, At: at.UTC().Truncate(time.Second),
		Subject: newText(h.Subject), Snippet: []Text{}, Copies: []Message{}, Mute: "bxcrawl watch mute " + w.name,
		Message: Message{
			ID: m.ID, List: cut(m.List, maxField), URL: shortURL(m.URL), MessageID: cut(m.MessageID, maxField), Date: m.Date,
			FromName: cut(m.FromName, maxField), FromAddress: cut(m.FromAddress, maxField), SourceURL: shortURL(m.SourceURL),
		},
	}
	if links.Origin() != "" {
		a.Message.Page = links.Absolute(links.Message(m.ID, link.HTML))
	}
	for _, f := range h.Snippet.Fragments {
		a.Snippet = append(a.Snippet, newText(f))
	}
	a.Matched = matched(append([]Text{a.Subject}, a.Snippet...))
	return a
}

// newText takes what is found in a message, within bounds.
func newText(f search.Fragment) Text {
	t := Text{Text: cut(strings.ToValidUTF8(f.Text, "\ufffd"), maxText), Marks: [][2]int{}, Before: f.Before, After: f.After}
	if t.Text != f.Text && !utf8.ValidString(f.Text) {
		return t // the places are others now
	}
	for _, m := range f.Marks {
		if m[1] <= len(t.Text) {
			t.Marks = append(t.Marks, m)
		}
	}
	t.After = t.After || len(t.Text) < len(f.Text)
	return t
}

// matched lists the words that are marked, as they stand there first.
func matched(texts []Text) []string {
	out, known := []string{}, map[string]bool{}
	for _, t := range texts {
		for _, m := range t.Marks {
			word := t.Text[m[0]:m[1]]
			if key := strings.ToLower(word); !known[key] && len(out) < maxMatched {
				known[key] = true
				out = append(out, word)
			}
		}
	}
	return out
}

// cut takes at most so many bytes of a text, whole characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most]
}

// shortURL is a URL, or nothing: half of one leads nowhere.
func shortURL(u string) string {
	if len(u) > maxURL {
		return ""
	}
	return u
}

// digest names something by what it is made of, as the archive's IDs do.
func digest(domain string, fields ...string) string {
	h := sha256.New()
	for _, f := range append([]string{domain}, fields...) {
		h.Write([]byte(strings.ReplaceAll(f, "\x00", "")))
		h.Write([]byte{0})
	}
	return strings.ToLower(base32.StdEncoding.EncodeToString(h.Sum(nil)[:10]))
}
