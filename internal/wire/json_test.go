package wire

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/bxsearch/bxsearch/internal/neutral"
)

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
		if neutral.Text(buf.String()) != buf.String() || strings.Count(buf.String(), "\n") != 1 {
			t.Errorf("JSON of %q is %q: not harmless, or not one line", s, buf.String())
		}
		var got string
		if err := json.Unmarshal(buf.Bytes(), &got); err != nil || got != s {
			t.Errorf("JSON of %q reads back as %q, %v", s, got, err)
		}
	})
}
