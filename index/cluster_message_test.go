package index

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/bxsearch/bxsearch/archive"
)

func wholeMessage() *archive.Message {
	return &archive.Message{
		ID: "aaaaaaaaaaaaaaaa", Base: "bbbbbbbbbbbbbbbb", Parent: "cccccccccccccccc", Thread: "dddddddddddddddd",
		List: "News", URL: "https://lists.example.org/pipermail/news/2021-March/000001.html",
		URLs:      []string{"https://lists.example.org/pipermail/news/2021-March/000001.html", "https://lists.example.org/pipermail/news/2021-March/000007.html"},
		MessageID: "1@example.org", InReplyTo: "0@example.org", References: []string{"0@example.org"},
		Date: time.Date(2021, 3, 5, 12, 0, 0, 0, time.FixedZone("", -5*3600)), DateRaw: "Fri, 5 Mar 2021 12:00:00 -0500", DateOrigin: archive.DateHeader,
		FromName: "Ann <b>Lee</b>", FromAddress: "ann@example.org", Subject: "Re: breach & \u202eleak", BaseSubject: "breach & leak", Reply: true,
		Body: "> was it?\nIt was.\n-- \nAnn", SourceURL: "https://example.com/a", IndexParent: "https://lists.example.org/pipermail/news/2021-March/000000.html",
		Blocks: []archive.Block{{Kind: archive.BlockQuote, Depth: 1, End: 10}, {Kind: archive.BlockOwn, Start: 10, End: 18}, {Kind: archive.BlockSignature, Start: 18, End: 25}},
		Attachments: []archive.Attachment{
			{Kind: "html", Name: "attachment.html", Type: "text/html", Size: 12, URL: "https://lists.example.org/a.html", Fetched: true, Text: "It was."},
			{Kind: "binary", Name: "x.bin"},
		},
	}
}

func TestMessageOfACluster(t *testing.T) {
	undated := &archive.Message{ID: "aaaaaaaaaaaaaaaa", Base: "aaaaaaaaaaaaaaaa", URLs: []string{}, References: []string{}, Attachments: []archive.Attachment{}}
	late := wholeMessage()
	late.Date = time.Unix(1<<40, 0).UTC()
	for name, m := range map[string]*archive.Message{"whole": wholeMessage(), "nothing known": undated, "in the year 36812": late} {
		t.Run(name, func(t *testing.T) {
			raw, err := encodeMessage(m)
			if err != nil {
				t.Fatal(err)
			}
			got, err := decodeMessage(raw)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m, got); diff != "" {
				t.Errorf("it came back otherwise (-kept +read):\n%s", diff)
			}
		})
	}
}

// A byte that is no character becomes one, so that blocks stand where they stood.
func TestMessageOfAClusterKeepsItsBlocks(t *testing.T) {
	m := wholeMessage()
	m.Body = strings.Replace(m.Body, "was it", "w\xe4s \xfft", 1)
	raw, err := encodeMessage(m)
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeMessage(raw)
	if err != nil {
		t.Fatal(err)
	}
	if own := got.Own(); len(own) != 1 || own[0] != "It was.\n" {
		t.Errorf("the sender's words are %q", own)
	}
}

func FuzzDecodeMessage(f *testing.F) {
	raw, err := encodeMessage(wholeMessage())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"id":"a","blocks":[{"start":-1,"end":5}],"body":"x"}`))
	f.Add([]byte(`null`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := decodeMessage(raw)
		if err != nil {
			return
		}
		m.Own()
		again, err := encodeMessage(m)
		if err != nil {
			t.Fatal(err)
		}
		same, err := decodeMessage(again)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := encodeMessage(same); err != nil || !bytes.Equal(again, twice) {
			t.Errorf("read, written and read again it differs: %v\n%s\n%s", err, again, twice)
		}
	})
}
