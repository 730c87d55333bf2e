package mail

import (
	"testing"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/archive"
)

// FuzzRead: any bytes give a message that can be stored, or none; twice the
// same one.
func FuzzRead(f *testing.F) {
	for _, tt := range readTests {
		f.Add([]byte(tt.raw))
		f.Add([]byte("From ann@a.example Fri Mar  5 12:30:00 2021\n" + tt.raw))
		f.Add([]byte("X-Bxsearch-Id: a\nX-Bxsearch-Attachment: {}\n" + tt.raw))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		read := func() []archive.Parsed {
			return parse(archive.Group{List: archive.ListInfo{Name: "l"}}, archive.Raw{URL: "ni:x"}, raw, func(archive.Problem) {})
		}
		first := read()
		for i, p := range first {
			m := p.Message
			end := 0
			for _, b := range m.Blocks {
				if b.Start != end || b.End < b.Start || b.End > len(m.Body) {
					t.Fatalf("blocks do not cover the body: %+v of %d bytes", m.Blocks, len(m.Body))
				}
				end = b.End
			}
			if len(m.Blocks) > 0 && end != len(m.Body) {
				t.Fatalf("blocks end at %d of %d bytes", end, len(m.Body))
			}
			if !utf8.ValidString(m.Subject) || !utf8.ValidString(m.FromName) {
				t.Errorf("subject %q or name %q is no text", m.Subject, m.FromName)
			}
			if again := read(); again[i].Content != p.Content || again[i].Message.Body != m.Body {
				t.Error("read twice it is two things")
			}
		}
		OriginOf(raw)
	})
}

// FuzzUnquote: unquoting never touches more than one mark a line.
func FuzzUnquote(f *testing.F) {
	f.Add([]byte("a\n>From b\n>>From c\n>x\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		out := unquoteFrom(b)
		if len(out) > len(b) {
			t.Errorf("%q became longer: %q", b, out)
		}
		if want := simpleUnquote(b); string(out) != want {
			t.Errorf("%q became %q, want %q", b, out, want)
		}
	})
}

func simpleUnquote(b []byte) string {
	out := ""
	for i := 0; i < len(b); {
		j := i
		for j < len(b) && b[j] == '>' {
			j++
		}
		if j > i && len(b)-j >= 5 && string(b[j:j+5]) == "From " {
			i++
		}
		for i < len(b) {
			out += string(b[i : i+1])
			if i++; b[i-1] == '\n' {
				break
			}
		}
	}
	return out
}
