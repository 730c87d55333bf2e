package archive

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// fullMessage has every field that a record keeps.
func fullMessage() *Message {
	return &Message{
		MessageID: "a@x", InReplyTo: "b@x", References: []string{"c@x", "b@x"},
		Date:     time.Date(2008, 10, 14, 0, 29, 20, 0, time.FixedZone("", -5*3600)),
		FromName: "Ann \x00 Ärger", FromAddress: "ann@x", Subject: "Re: sub\nject", SourceURL: "https://news.example/1",
		DateRaw: "Tue, 14 Oct", DateOrigin: DateHeader, IndexParent: "https://l.example/1.html", BaseSubject: "subject", Reply: true,
		Attachments: []Attachment{{Kind: "html", Name: "n", Type: "text/html", Size: 12, URL: "u", Fetched: true, Text: "t"}, {Kind: "binary"}},
		Body:        "own\n> quoted\n-- \nme\n",
		Blocks: []Block{{Kind: BlockOwn, Start: 0, End: 4}, {Kind: BlockQuote, Depth: 1, Start: 4, End: 13},
			{Kind: BlockSignature, Start: 13, End: 20}},
	}
}

func TestRecordKeepsEveryField(t *testing.T) {
	for name, m := range map[string]*Message{"full": fullMessage(), "empty": {}} {
		t.Run(name, func(t *testing.T) {
			got, err := readRecord(appendRecord(nil, m))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(m, got); diff != "" {
				t.Error(diff)
			}
			if _, offset := got.Date.Zone(); name == "full" && offset != -5*3600 {
				t.Errorf("the sender's offset became %d", offset)
			}
		})
	}
}

func TestTornRecordIsRefused(t *testing.T) {
	record := appendRecord(nil, fullMessage())
	for n := range record {
		if _, err := readRecord(record[:n]); err == nil {
			t.Errorf("the first %d of %d bytes passed", n, len(record))
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add(appendRecord(nil, fullMessage()))
	f.Add(appendRecord(nil, &Message{}))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := readRecord(data)
		if err != nil {
			return
		}
		m.Text(BlockOwn)
		again, err := readRecord(appendRecord(nil, m))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, again); diff != "" {
			t.Error(diff)
		}
	})
}
