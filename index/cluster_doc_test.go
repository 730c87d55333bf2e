package index

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

// documentOf makes a message's document and reads it back.
func documentOf(t *testing.T, m *archive.Message) map[string]any {
	t.Helper()
	raw, err := clusterDocument(m, 7)
	if err != nil {
		t.Fatal(err)
	}
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatalf("%v in %s", err, raw)
	}
	if strings.ContainsRune(string(raw), '\n') {
		t.Fatalf("a document of several lines: %s", raw)
	}
	return doc
}

// values returns a document's field.
func values(doc map[string]any, field string) []string {
	var out []string
	all, _ := doc[field].([]any)
	for _, v := range all {
		out = append(out, v.(string))
	}
	return out
}

func TestClusterDocumentTexts(t *testing.T) {
	tests := []struct {
		name, body string
		want       []string
	}{
		{"words and their stems", "The breaches, a breach", []string{"the breaches|~~~breach a breach"}},
		{"a compound and its parts stand at one place", "Multi-factor logins", []string{"multifactor|multi|factor logins|~~~login"}},
		{"nothing is said twice at a place", "bora-bora", []string{"borabora|bora"}},
		{"a host and the domains above it", "mail.example.com", []string{"mail.example.com|example.com|mail|example|com|~~~exampl"}},
		{"signs between words are gone", `a "quoted\ | bar` + "\x00\u2028|", []string{"a quoted|~~~quot bar"}},
		{"nothing but signs", "!!! ||| ---", nil},
		{"a word that is only a sign leaves its place", "one ʼ two", []string{"one | two"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := documentOf(t, &archive.Message{ID: "m", Body: tt.body})
			if diff := cmp.Diff(tt.want, values(doc, "body")); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestClusterDocumentStretches(t *testing.T) {
	doc := documentOf(t, &archive.Message{ID: "m", FromName: "Ann", FromAddress: "a@example.org",
		Attachments: []archive.Attachment{{Name: "--"}, {Name: "x.txt", Text: "zebra"}}})
	want := map[string][]string{
		"from":       {"ann", "a example.org|example|org|~~~exampl"},
		"attachment": {"x.txt|txt", "zebra"},
	}
	for field, want := range want {
		if diff := cmp.Diff(want, values(doc, field)); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
	}
}

func TestClusterDocumentForeign(t *testing.T) {
	body := "Die Häuser und das Haus sind nicht für alle Leute, wenn sie es so wollen, aber ein Haus ist noch nicht das Ziel."
	doc := documentOf(t, &archive.Message{ID: "m", Body: body})
	text := values(doc, "body")[0]
	for _, want := range []string{"hauser|~~~de~haus", "das haus sind"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in %q", want, text)
		}
	}
	if diff := cmp.Diff([]string{"de"}, values(doc, "lang")); diff != "" {
		t.Error(diff)
	}
}

func TestClusterDocumentValues(t *testing.T) {
	m := &archive.Message{
		ID: "abc", List: "News", URL: "http://h/2.html", URLs: []string{"http://h/1.html", "http://h/2.html"}, MessageID: "X@y",
		Date: time.Date(2021, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600)), FromName: "Ann  \"O\" Lee", Thread: "abc",
		SourceURL: "https://www.example.co.uk/a", Attachments: []archive.Attachment{{Kind: "html"}, {Kind: "text"}},
	}
	doc := documentOf(t, m)
	want := map[string][]string{
		"id": {"abc"}, "list": {"news"}, "list_as": {"News"}, "page": {"http://h/1.html", "http://h/2.html"}, "mid": {"x@y"},
		"author": {"ann o lee"}, "author_as": {"Ann \"O\" Lee"}, "outlet": {"example.co.uk"},
		"host": {"www.example.co.uk", "example.co.uk", "co.uk"}, "has": {"attachment", "html", "text", "link"},
		"attachment_as": {"html", "text"}, "is": {"starter"}, "thread": {"abc"}, "lang": nil,
	}
	for field, want := range want {
		if diff := cmp.Diff(want, values(doc, field)); diff != "" {
			t.Errorf("%s: %s", field, diff)
		}
	}
	numbers := map[string]float64{"first": 1, "seq": 7, "date": 1614830767, "when": 1614830767 + whenOffset}
	for field, want := range numbers {
		if doc[field] != want {
			t.Errorf("%s is %v, want %v", field, doc[field], want)
		}
	}
}

func TestClusterDocumentDates(t *testing.T) {
	tests := []struct {
		name        string
		date        time.Time
		when, date1 bool
	}{
		{"unknown", time.Time{}, false, false},
		{"known", time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), true, true},
		{"of a broken clock", time.Date(20210, 1, 1, 0, 0, 0, 0, time.UTC), true, false},
		{"before there was mail", time.Date(102, 1, 1, 0, 0, 0, 0, time.UTC), true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			doc := documentOf(t, &archive.Message{ID: "m", Date: tt.date})
			if _, ok := doc["when"]; ok != tt.when {
				t.Errorf("sorted by date: %v", ok)
			}
			if _, ok := doc["date"]; ok != tt.date1 {
				t.Errorf("counted by month: %v", ok)
			}
		})
	}
}

func TestClusterMessageComesBack(t *testing.T) {
	m := &archive.Message{
		ID: "abc", List: "News", URL: "http://h/2.html", URLs: []string{"http://h/2.html"}, MessageID: "X@y", InReplyTo: "w@y",
		References: []string{"v@y", "w@y"}, Date: time.Date(2021, 3, 4, 5, 6, 7, 0, time.FixedZone("", 3600)), FromName: "Ann",
		FromAddress: "ann@example.org", Subject: "Re: <b>", Body: "own\n> quoted", SourceURL: "http://s/",
		Attachments: []archive.Attachment{{Kind: "html", Name: "a", Type: "text/html", Size: 3, URL: "http://h/a", Fetched: true, Text: "words"}},
		Thread:      "t", Parent: "p", Base: "b", DateRaw: "Thu", DateOrigin: archive.DateHeader, IndexParent: "http://h/1.html", BaseSubject: "b", Reply: true,
		Blocks: []archive.Block{{Kind: archive.BlockOwn, End: 4}, {Kind: archive.BlockQuote, Depth: 1, Start: 4, End: 12}},
	}
	for _, m := range []*archive.Message{m, {ID: "bare", URLs: []string{}, References: []string{}, Attachments: []archive.Attachment{}}} {
		raw, err := json.Marshal(documentOf(t, m)["message"])
		if err != nil {
			t.Fatal(err)
		}
		got, err := clusterStoredMessage(m.ID, raw)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, got); diff != "" {
			t.Error(diff)
		}
		print, err := (&clusterHit{Fields: map[string][]string{clusterPrint: values(documentOf(t, m), clusterPrint)}}).print()
		if want := embeddedPrint(m); err != nil || print != want {
			t.Errorf("print %q, %v, want %q", print, err, want)
		}
	}
}

// embeddedPrint is the copyPrint that the embedded engine makes.
func embeddedPrint(m *archive.Message) copyPrint {
	b := newBuilder()
	b.add(archive.Change{ID: m.ID, Message: m})
	return b.columns.prints[0]
}

// What others have written into the index is refused, or is a message that readers
// can take apart.
func FuzzClusterStoredMessage(f *testing.F) {
	f.Add([]byte(`{"list":"l","body":"own\n> quoted","blocks":[{"kind":"own","start":0,"end":4}],"attachments":[{"kind":"html","text":"t"}]}`))
	f.Add([]byte(`{"blocks":[{"start":-1,"end":5}],"body":"x"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := clusterStoredMessage("m", raw)
		if err != nil {
			return
		}
		m.Own()
		again, err := json.Marshal(storedOf(m))
		if err != nil {
			t.Fatal(err)
		}
		same, err := clusterStoredMessage("m", again)
		if err != nil || !cmp.Equal(m.Own(), same.Own()) || !m.Date.Equal(same.Date) {
			t.Errorf("read, written and read again: %v, %+v, not %+v", err, same, m)
		}
	})
}

// FuzzClusterDocument compares what OpenSearch gets with what the embedded
// engine has of the same message.
func FuzzClusterDocument(f *testing.F) {
	f.Add("Breaches of multi-factor logins", "> The e-mail\nCVE-2024-3400 at mail.example.com, U.S.", "a\xffb|c ʼ 個人情報")
	f.Add("C++ and .NET", "Die Häuser und das Haus sind nicht für alle, wenn sie es so wollen, aber ein Haus ist noch da", "x")
	f.Add("one two three four five six seven eight nine ten eleven", "twelve", "thirteen fourteen fifteen 16")
	f.Fuzz(func(t *testing.T, subject, body, text string) {
		m := &archive.Message{ID: "m", List: "l", Subject: subject, Body: body, FromName: text,
			Attachments: []archive.Attachment{{Kind: "text", Name: subject, Text: text}}}
		m.Blocks = []archive.Block{{Kind: archive.BlockOwn, End: len(body) / 2}, {Kind: archive.BlockQuote, Start: len(body) / 2, End: len(body)}}
		doc := documentOf(t, m)
		b := newBuilder()
		b.add(archive.Change{ID: m.ID, Message: m})
		weights := map[string]float64{}
		for _, v := range b.fields {
			if !slices.Contains(clusterTexts[:], v.name) {
				continue
			}
			has, length := placed(values(doc, string(v.name)))
			want := map[string][]uint32{}
			for _, p := range v.postings {
				term := string(v.terms.term(p.term))
				want[term] = v.places[p.places : p.places+p.count]
				for _, w := range textFields {
					if w.field == v.name {
						weights[term] += w.boost * float64(p.count) / (1 - w.b + w.b*float64(v.lengths[0])/clusterMean(v.name))
					}
				}
			}
			if diff := cmp.Diff(want, has); diff != "" {
				t.Errorf("%s: %s", v.name, diff)
			}
			if length != int(v.lengths[0]) {
				t.Errorf("%s has %d places, want %d", v.name, length, v.lengths[0])
			}
		}
		for term, has := range weighed(t, doc) {
			if want := math.Max(math.Round(anyUnit*weights[term]), 1); math.Abs(has-want) > 1 {
				t.Errorf("%q weighs %v, want %v", term, has, want)
			}
			delete(weights, term)
		}
		if len(weights) > 0 {
			t.Errorf("without a weight: %v", weights)
		}
		if got, want := strings.Join(values(doc, clusterPrint), " "), base64.StdEncoding.EncodeToString([]byte(embeddedPrint(m))); got != want {
			t.Errorf("print %q, want %q", got, want)
		}
	})
}

// placed takes a field apart as OpenSearch does, without its stems.
func placed(stretches []string) (places map[string][]uint32, length int) {
	places = map[string][]uint32{}
	at := uint32(1)
	for _, text := range stretches {
		for place := range strings.SplitSeq(text, string(placeSign)) {
			for term := range strings.SplitSeq(place, string(termSign)) {
				if term != "" && !strings.HasPrefix(term, clusterStem) {
					places[term] = append(places[term], at)
				}
			}
			at++
			length++
		}
		at += stretchGap
	}
	return places, length
}

// weighed returns the weights of words, without those of stems.
func weighed(t *testing.T, doc map[string]any) map[string]float64 {
	out := map[string]float64{}
	all, _ := doc["any"].(string)
	for token := range strings.FieldsSeq(all) {
		term, weight, _ := strings.Cut(token, string(termSign))
		n, err := strconv.Atoi(weight)
		if err != nil || out[term] > 0 {
			t.Fatalf("%q in %q: %v", token, all, err)
		}
		if !strings.HasPrefix(term, clusterStem) {
			out[term] = float64(n)
		}
	}
	return out
}

func BenchmarkClusterDocument(b *testing.B) {
	w, m := newClusterWriter(), &archive.Message{ID: "m", List: "l", Subject: "Breaches of multi-factor logins"}
	m.Body = strings.Repeat("The attackers said that records of 1,000 customers were stolen from mail.example.com in May. ", 20)
	var buf []byte
	b.SetBytes(int64(len(m.Body)))
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if buf, err = w.append(buf[:0], m, 1); err != nil {
			b.Fatal(err)
		}
	}
}
