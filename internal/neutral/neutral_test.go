package neutral

import (
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
			if got := Text(tt.in); got != tt.want {
				t.Errorf("Text(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestOneLineLeavesNoWayOut(t *testing.T) {
	if got, want := OneLine("  a\n\tb\u2029c  "), "a b c"; got != want {
		t.Errorf("OneLine = %q, want %q", got, want)
	}
}

func FuzzNeutral(f *testing.F) {
	for _, s := range []string{"", "a\x1b[2J", "\u202e", "\xff", "日本"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := Text(s)
		if !isNeutral(got) || !utf8.ValidString(got) {
			t.Errorf("Text(%q) = %q, which is not", s, got)
		}
		if again := Text(got); again != got {
			t.Errorf("Text is not stable: %q, then %q", got, again)
		}
		if strings.ContainsAny(OneLine(s), "\n\t") {
			t.Errorf("OneLine(%q) has several lines", s)
		}
	})
}
