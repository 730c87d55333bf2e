package pipermail

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"
)

func packed(parts ...string) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		w := gzip.NewWriter(&b)
		_, _ = w.Write([]byte(p))
		_ = w.Close()
	}
	return b.Bytes()
}

func TestH1TextFilesInEveryDisguise(t *testing.T) {
	text := strings.Repeat("From ann at example.org  Mon Mar  1 10:00:00 2010\n", 20)
	whole := packed(text)
	for _, tt := range []struct {
		name string
		body []byte
		want string
		cut  bool
	}{
		{"plain under a gz name", []byte(text), text, false},
		{"packed once", whole, text, false},
		{"packed twice", packed(string(whole)), text, false},
		{"in several members", packed(text[:100], text[100:]), text, false},
		{"padded with zeros", append(bytes.Clone(whole), make([]byte, 100)...), text, false},
		{"cut off within the data", whole[:len(whole)-12], text, true},
		{"cut off within the checksum", whole[:len(whole)-3], text, true},
		{"cut off within the head", whole[:5], "", true},
		{"rubbish behind it", append(bytes.Clone(whole), "rubbish"...), text, true},
		{"nothing", nil, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := Unpack(tt.body, 0)
			var cut *TruncatedError
			if errors.As(err, &cut) != tt.cut || err != nil && !tt.cut {
				t.Fatalf("error %v, want one about a cut-off file: %v", err, tt.cut)
			}
			if !strings.HasPrefix(tt.want, string(got)) || !tt.cut && string(got) != tt.want {
				t.Errorf("got %d bytes, want %d", len(got), len(tt.want))
			}
		})
	}
}

func TestH1ABombIsRefused(t *testing.T) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	zeros := make([]byte, 1<<20)
	for range 8 {
		_, _ = w.Write(zeros)
	}
	_ = w.Close()
	for name, body := range map[string][]byte{"packed once": b.Bytes(), "packed twice": packed(b.String())} {
		_, err := Unpack(body, 1<<20)
		var large *TooLargeError
		if !errors.As(err, &large) || large.Limit != 1<<20 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUnpack(f *testing.F) {
	f.Add([]byte("From a at b  Mon Mar  1 10:00:00 2010\n"))
	f.Add(packed("one", "two"))
	f.Add(packed(string(packed("twice"))))
	f.Add(packed("cut off")[:20])
	f.Fuzz(func(t *testing.T, body []byte) {
		const limit = 1 << 20
		text, err := Unpack(body, limit)
		var cut *TruncatedError
		if len(text) > limit || err != nil && !errors.As(err, &cut) && text != nil {
			t.Fatalf("%d bytes and %v", len(text), err)
		}
	})
}
