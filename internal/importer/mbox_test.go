package importer

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const (
	sepA = "From a@x.example Fri Mar  5 12:30:00 2021\n"
	sepB = "From b@x.example Fri Mar  5 12:31:00 2021\n"
	sepC = "From c@x.example Fri Mar  5 12:32:00 2021\n"
)

// split reads all pieces of an mbox.
func split(t testing.TB, mbox io.Reader, limit int64) ([]piece, error) {
	t.Helper()
	s := newSplitter(mbox, limit)
	var out []piece
	for {
		p, err := s.next()
		if errors.Is(err, io.EOF) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		out = append(out, p)
	}
}

func TestSplit(t *testing.T) {
	mail := func(sep, extra, body string) string { return sep + "Subject: s\n" + extra + "\n" + body }
	length := func(n int) string { return fmt.Sprintf("Content-Length: %d\n", n) }
	inner := mail(sepB, "", "inner\n")
	tests := map[string]struct {
		mbox string
		want []string
	}{
		"two":                             {mail(sepA, "", "one\n\n") + mail(sepB, "", "two\n\n"), []string{mail(sepA, "", "one\n"), mail(sepB, "", "two\n")}},
		"no empty line between":           {mail(sepA, "", "one\n") + mail(sepB, "", "two\n"), []string{mail(sepA, "", "one\n") + mail(sepB, "", "two\n")}},
		"no line end at the end":          {mail(sepA, "", "one"), []string{mail(sepA, "", "one")}},
		"an empty line of the mail's own": {mail(sepA, "", "one\n\n\n") + mail(sepB, "", "two\n"), []string{mail(sepA, "", "one\n\n"), mail(sepB, "", "two\n")}},
		"CRLF": {strings.ReplaceAll(mail(sepA, "", "one\n\n")+mail(sepB, "", "two\n\n"), "\n", "\r\n"),
			[]string{strings.ReplaceAll(mail(sepA, "", "one\n"), "\n", "\r\n"), strings.ReplaceAll(mail(sepB, "", "two\n"), "\n", "\r\n")}},
		"mboxo: prose begins with From": {mail(sepA, "", "\nFrom here on\nFrom Fri Mar  5 12:30:00 2021\nwe go.\n\n"),
			[]string{mail(sepA, "", "\nFrom here on\nFrom Fri Mar  5 12:30:00 2021\nwe go.\n")}},
		"mboxcl: a mail pasted into a mail": {mail(sepA, length(len("see\n\n"+inner)), "see\n\n"+inner+"\n") + mail(sepC, "", "three\n"),
			[]string{mail(sepA, length(len("see\n\n"+inner)), "see\n\n"+inner), mail(sepC, "", "three\n")}},
		"a Content-Length that lies": {mail(sepA, length(5000), "one\n\n") + mail(sepB, "", "two\n\n") + mail(sepC, "", "three\n"),
			[]string{mail(sepA, length(5000), "one\n"), mail(sepB, "", "two\n"), mail(sepC, "", "three\n")}},
		"a Content-Length into the next mail": {mail(sepA, length(40), "one\n\n") + mail(sepB, "", "two\n\n") + mail(sepC, "", "three\n"),
			[]string{mail(sepA, length(40), "one\n"), mail(sepB, "", "two\n"), mail(sepC, "", "three\n")}},
		"a Content-Length too short": {mail(sepA, length(1), "one\n\n") + mail(sepB, "", "two\n"),
			[]string{mail(sepA, length(1), "one\n"), mail(sepB, "", "two\n")}},
		"something before the first":   {"junk\n\n" + mail(sepA, "", "one\n"), []string{"junk\n", mail(sepA, "", "one\n")}},
		"empty lines before the first": {"\n\n" + mail(sepA, "", "one\n"), []string{mail(sepA, "", "one\n")}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			pieces, err := split(t, strings.NewReader(tt.mbox), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range pieces {
				got = append(got, string(p.raw))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// TestSplitLongMail: of a mail over the bound the beginning is kept, and the
// next one is whole.
func TestSplitLongMail(t *testing.T) {
	long := sepA + "Subject: s\n\n" + strings.Repeat(strings.Repeat("x", 100_000)+"\n", 30)
	pieces, err := split(t, strings.NewReader(long+"\n"+sepB+"Subject: t\n\ntwo\n"), 1<<20)
	if err != nil || len(pieces) != 2 {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
	if p := pieces[0]; !p.long || len(p.raw) != 1<<20 || p.size != int64(len(long)+1) {
		t.Errorf("the long one: long %v, %d of %d bytes", p.long, len(p.raw), p.size)
	}
	if p := pieces[1]; p.long || p.offset != int64(len(long)+1) || !strings.HasSuffix(string(p.raw), "two\n") {
		t.Errorf("the one behind it: %+v", p)
	}
}

// TestSplitTorn: what came before the file broke off is there, and said to be
// perhaps not whole.
func TestSplitTorn(t *testing.T) {
	mbox := io.MultiReader(strings.NewReader(sepA+"Subject: s\n\none\n\n"+sepB+"Subject: t\n\ntw"), broken{})
	pieces, err := split(t, mbox, 1<<20)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(pieces) != 2 {
		t.Fatalf("%d pieces, %v", len(pieces), err)
	}
	if pieces[0].torn || !pieces[1].torn {
		t.Errorf("torn: %v, %v", pieces[0].torn, pieces[1].torn)
	}
}

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// FuzzSplit: every byte of a file is in a piece, but for empty lines between
// mails and before the first; where a piece begins is where it is in the file.
func FuzzSplit(f *testing.F) {
	f.Add([]byte(sepA+"Subject: s\n\none\n\n"+sepB+"Subject: t\n\ntwo\n"), 100)
	f.Add([]byte(sepA+"Subject: s\nContent-Length: 70\n\none\n\n"+sepB+"Subject: t\n\ntwo\n"+sepC), 300)
	f.Add([]byte("\n\njunk\n\n"+sepA+"Subject: s\r\nContent-Length: 4\r\n\r\none\r\n\r\n"), 1000)
	f.Fuzz(func(t *testing.T, mbox []byte, limit int) {
		pieces, err := split(t, bytes.NewReader(mbox), int64(max(limit, 1)))
		if err != nil {
			t.Fatal(err)
		}
		at := int64(0)
		for _, p := range pieces {
			if gap := mbox[at:p.offset]; len(bytes.TrimSpace(gap)) > 0 {
				t.Fatalf("%q is in no piece", gap)
			}
			if !bytes.HasPrefix(mbox[p.offset:], p.raw) {
				t.Fatalf("piece %q is not at %d", p.raw, p.offset)
			}
			if rest := mbox[p.offset+int64(len(p.raw)) : p.offset+p.size]; !p.long && len(bytes.TrimSpace(rest)) > 0 {
				t.Fatalf("%q is cut off and nobody says so", rest)
			}
			at = p.offset + p.size
		}
		if gap := mbox[at:]; len(bytes.TrimSpace(gap)) > 0 {
			t.Fatalf("%q is in no piece", gap)
		}
	})
}
