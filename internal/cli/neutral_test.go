package cli

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestM4NothingHostileIsPrinted(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain text stays", "Größe 12 µm — 日本語 🎉\tx\n", "Größe 12 µm — 日本語 🎉\tx\n"},
		{"escape sequence", "a\x1b[31mred", "a␛[31mred"},
		{"C1 control in UTF-8", "a\u009b31m", "a�31m"},
		{"bell and delete", "a\a\x7f", "a␇␡"},
		{"carriage return hides a line", "evil\rgood", "evilgood"},
		{"bidirectional override", "exe.\u202egnp", "exe.gnp"},
		{"isolates", "\u2066a\u2069", "a"},
		{"zero width", "pay\u200bpal\ufeff", "paypal"},
		{"soft hyphen", "pay\u00adpal", "paypal"},
		{"tags", "a\U000e0041\U000e007fb", "ab"},
		{"fillers that draw nothing", "a\u3164\u2800b", "ab"},
		{"line separator", "a\u2028b", "a\nb"},
		{"bytes that are not UTF-8", "a\xff\x9bb", "a\ufffd\ufffdb"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := Neutral(tt.in); got != tt.want {
				t.Errorf("neutral(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestOneLineLeavesNoWayOut(t *testing.T) {
	if got, want := OneLine("  a\n\tb\u2029c  "), "a b c"; got != want {
		t.Errorf("oneLine = %q, want %q", got, want)
	}
}

func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "a\x1b[2J", "\u202e", "\xff", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Neutral(s)
		if !isNeutral(got) || !utf8.ValidString(got) {
			t.Errorf("neutral(%q) = %q, which is not", s, got)
		}
		if again := Neutral(got); again != got {
			t.Errorf("neutral is not stable: %q, then %q", got, again)
		}
		if strings.ContainsAny(OneLine(s), "\n\t") {
			t.Errorf("oneLine(%q) has several lines", s)
		}
	})
}

// FuzzJSONIsLossless checks that escaping for a terminal's sake changes the
// bytes and not the value.
func FuzzJSONIsLossless(f *testing.F) {
	for _, s := range []string{"", "a\u009b\u202e", "\U000e0041", "<&>\u2028", `\u202e`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			t.Skip("JSON holds UTF-8")
		}
		var buf bytes.Buffer
		if err := WriteJSON(&buf, s); err != nil {
			t.Fatal(err)
		}
		if !isNeutral(buf.String()) || strings.Count(buf.String(), "\n") != 1 {
			t.Errorf("JSON of %q is %q: not harmless, or not one line", s, buf.String())
		}
		var got string
		if err := json.Unmarshal(buf.Bytes(), &got); err != nil || got != s {
			t.Errorf("JSON of %q reads back as %q, %v", s, got, err)
		}
	})
}
