package search

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
	"github.com/bxsearch/bxsearch/index"
)

// marked writes a snippet with its marks in brackets.
func marked(s Snippet) string {
	var out []string
	for _, f := range s.Fragments {
		text := f.Text
		for i := len(f.Marks) - 1; i >= 0; i-- {
			m := f.Marks[i]
			text = text[:m[0]] + "[" + text[m[0]:m[1]] + "]" + text[m[1]:]
		}
		if f.Before {
			text = "…" + text
		}
		if f.After {
			text += "…"
		}
		out = append(out, text)
	}
	return string(s.Source) + ": " + strings.Join(out, " | ")
}

// message has own words, an attachment and a quote.
func message(own, attached, quote string) *archive.Message {
	m := &archive.Message{Body: own + quote, Blocks: []archive.Block{
		{Kind: archive.BlockOwn, End: len(own)},
		{Kind: archive.BlockQuote, Depth: 1, Start: len(own), End: len(own) + len(quote)},
	}}
	if attached != "" {
		m.Attachments = []archive.Attachment{{Text: attached}}
	}
	return m
}

func TestSnippet(t *testing.T) {
	filler := strings.Repeat("so it goes on and on ", 30)
	for _, c := range []struct {
		name, query          string
		own, attached, quote string
		length               int
		want                 string
	}{
		{name: "one line of the own words", query: "clinic", own: "The\n\n clinic\twas\r\nclosed.\n", want: "body: The [clinic] was closed."},
		{name: "endings", query: "breach", own: "Breaches, breached", want: "body: [Breaches], [breached]"},
		{name: "phrase", query: `"data breach"`, own: "A breach of data is a data breach.", want: "body: A breach of data is a [data breach]."},
		{name: "compound", query: "multifactor", own: "multi-factor and multi factor", want: "body: [multi-factor] and [multi factor]"},
		{name: "compound apart", query: "multi factor", own: "multifactor logins", want: "body: [multifactor] logins"},
		{name: "excluded words are not marked", query: "clinic -closed", own: "clinic closed", want: "body: [clinic] closed"},
		{name: "words of other fields are not marked", query: "from:closed clinic", own: "clinic closed", want: "body: [clinic] closed"},
		{name: "attachment", query: "clinic", own: "See below.", attached: "A clinic.", want: "attachment: A [clinic]."},
		{name: "quote", query: "clinic", own: "Indeed.\n", quote: "> > The clinic\n> is closed.\n", want: "quoted: The [clinic] is closed."},
		{name: "own words before attachments", query: "clinic", own: "Our clinic.", attached: "A clinic.", want: "body: Our [clinic]."},
		{name: "more words before own words", query: "clinic closed", own: "Our clinic.", attached: "A clinic closed.", want: "attachment: A [clinic] [closed]."},
		{name: "nothing matches", query: "from:alice", own: "Hello there.", want: "body: Hello there."},
		{name: "nothing matches, long", query: "from:alice", own: filler, length: 30, want: "body: so it goes on and on so it…"},
		{name: "no text", query: "clinic", want: ": "},
		{name: "only an attachment", query: "from:alice", attached: "Page one.", want: "attachment: Page one."},
		{name: "in the middle", query: "clinic", own: filler + "the clinic is here " + filler, length: 60,
			want: "body: …on and on the [clinic] is here so it goes on and on so it…"},
		{name: "the window with most words", query: "clinic closed today", own: "clinic. " + filler + "clinic closed today. " + filler, length: 60,
			want: "body: …on and on [clinic] [closed] [today]. so it goes on and on so it…"},
		{name: "two windows", query: "clinic closed", own: "The clinic. " + filler + "It closed. " + filler, length: 80,
			want: "body: The [clinic]. so it goes on and on so it… | …and on It [closed]. so it goes on and on…"},
		{name: "at the end", query: "clinic", own: filler + "the clinic", length: 40, want: "body: …and on so it goes on and on the [clinic]"},
		{name: "no spaces", query: "病院", own: strings.Repeat("情報漏洩", 50) + "病院" + strings.Repeat("情報漏洩", 50), length: 20,
			want: "body: …漏洩情報漏洩[病院]情報漏洩情報漏洩情報漏洩…"},
		{name: "email address", query: "example.com", own: "to bob@mail.example.com now", want: "body: to bob@mail.[example.com] now"},
	} {
		t.Run(c.name, func(t *testing.T) {
			q, err := Parse(c.query, nil)
			if err != nil {
				t.Fatal(err)
			}
			if c.length == 0 {
				c.length = defaultSnippet
			}
			got := snippet(message(c.own, c.attached, c.quote), termsOf(q, nil), c.length)
			if diff := cmp.Diff(c.want, marked(got)); diff != "" {
				t.Errorf("snippet (-want +got):\n%s", diff)
			}
		})
	}
}

func TestSnippetString(t *testing.T) {
	s := Snippet{Fragments: []Fragment{{Text: "a", After: true}, {Text: "b", Before: true, After: true}}}
	if got := s.String(); got != "a … b …" {
		t.Errorf("String is %q", got)
	}
}

func TestSubjectMarks(t *testing.T) {
	q, err := Parse("subject:breach body:data", nil)
	if err != nil {
		t.Fatal(err)
	}
	got := mark("Data  breaches\n at X", termsOf(q, nil), index.FieldSubject)
	want := Fragment{Text: "Data breaches at X", Marks: [][2]int{{5, 13}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("subject (-want +got):\n%s", diff)
	}
}

// FuzzSnippet holds that fragments are text of the message, marks lie inside
// and apart, and the length is about what was asked for.
func FuzzSnippet(f *testing.F) {
	f.Add("data breach", "A data breach.\n> and more data\n", "attached data", 40)
	f.Add(`"multi factor" e-mail`, strings.Repeat("multi-factor email ", 40), "", 100)
	f.Add("病院", strings.Repeat("情報漏洩病院", 60), "\xff\xfe", 20)
	f.Fuzz(func(t *testing.T, query, own, attached string, length int) {
		q, err := Parse(query, nil)
		if err != nil || !utf8.ValidString(own) || !utf8.ValidString(attached) {
			return
		}
		length = 1 + int(uint(length)%maxSnippet)
		s := snippet(message(own, attached, ""), termsOf(q, nil), length)
		for _, f := range s.Fragments {
			if !utf8.ValidString(f.Text) {
				t.Fatalf("cut inside a character: %q", f.Text)
			}
			last := -1
			for _, m := range f.Marks {
				if m[0] <= last || m[1] <= m[0] || m[1] > len(f.Text) || !utf8.ValidString(f.Text[m[0]:m[1]]) {
					t.Fatalf("marks %v do not fit %q", f.Marks, f.Text)
				}
				last = m[1]
			}
		}
	})
}

// TestSnippetOfLongTexts compares with snippets for which all of a text was
// looked at.
func TestSnippetOfLongTexts(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	words := strings.Fields("breach bank of the data leak multi factor multifactor vendor said that on Monday it had been told by nobody at all")
	for _, query := range []string{"breach", "bank breach", `"multi factor" vendor`, "multifactor Monday nobody", "nosuchword breach"} {
		tree, err := Parse(query, nil)
		if err != nil {
			t.Fatal(err)
		}
		terms := termsOf(tree, index.DefaultSynonyms())
		for range 40 {
			var b strings.Builder
			rare := rnd.IntN(20000) // before that, nothing that was asked for
			for b.Len() < rare {
				b.WriteString("filler text ")
			}
			for b.Len() < 30000 {
				b.WriteString(words[rnd.IntN(len(words))] + " ")
			}
			m := message(b.String(), "", "")
			text := oneLine(b.String())
			want := Snippet{index.FieldBody, fragments(text, matches(text, terms, index.FieldBody), 240)}
			if diff := cmp.Diff(want, snippet(m, terms, 240)); diff != "" {
				t.Fatalf("%s (-all +part):\n%s", query, diff)
			}
		}
	}
}
